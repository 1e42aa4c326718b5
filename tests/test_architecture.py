"""The house rules that a machine can read off the source: who may know whom, how long things may be.

Every rule is a function from parsed modules to faults, so that each has its control: a small bad source that
it must catch.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

SLICES = ("places", "accounts", "audit", "organisations", "households", "intake", "assistance", "offers",
          "pairings", "shop", "exchange", "figures", "todo", "notices", "api", "pages")
LIBRARIES = ("engine", "exchange", "places", "demo", "shop")  # rooms that may have files by noun
BELOW: dict[str, set[str]] = {  # whose models (and rows) a slice may know: house.md, rule 2
    "places": set(), "accounts": {"places"}, "audit": set(),
    "organisations": {"places", "accounts"},
    "households": {"places", "accounts"},
    "offers": {"places", "accounts", "organisations"},
    "assistance": {"places", "accounts", "households"},
    "intake": {"places", "accounts", "organisations", "households", "assistance", "offers"},
    "pairings": {"places", "accounts", "organisations", "households", "offers", "assistance", "intake"},
    "shop": {"places", "accounts", "organisations", "households", "offers"},
    "notices": {"accounts"}, "pages": set(),
}
EVERYTHING_BELOW = {"places", "accounts", "audit", "organisations", "households", "intake", "assistance",
                    "offers", "pairings", "shop", "notices"}
for above in ("figures", "todo", "exchange", "api"):
    BELOW[above] = EVERYTHING_BELOW | ({"figures", "exchange"} if above == "todo" else set())
ALWAYS_BELOW = {"places", "audit", "notices"}  # services of all slices may call these
PLAIN_ROOMS = {"extensions", "crypto", "clock", "actor", "words", "vault"}  # what models may use of the rest
FILE_NAMES = ("routes", "forms", "models", "service", "queries")
ENGINE_MAY = {"numpy", "scipy", "numba", "matching.engine"}
ASKS_THE_REQUEST = {"request", "session", "current_user", "render_template", "redirect", "flash", "abort", "g",
                    "current_actor", "the_actor"}
FILE_LINES, VIEW_LINES, FUNCTION_LINES = 400, 25, 40


@dataclass(frozen=True)
class Module:
    """One source file: its dotted name, its text and its tree."""

    name: str
    source: str
    is_package: bool = False

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @property
    def slice(self) -> str:
        parts = self.name.split(".")
        return parts[1] if len(parts) > 2 or (len(parts) == 2 and self.is_package) else ""

    @property
    def file(self) -> str:
        return "" if self.is_package else self.name.split(".")[-1]

    @property
    def kind(self) -> str:
        """`routes` for routes.py and routes_visits.py alike."""
        return next((name for name in FILE_NAMES if self.file == name or self.file.startswith(f"{name}_")), "")

    def imports(self, *, at_import: bool = False) -> Iterator[str]:
        """Every imported name, dotted and absolute; `at_import`: only what runs when the module is loaded."""
        for node in _running(self.tree) if at_import else ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self._absolute(node)
                yield from (f"{base}.{alias.name}" for alias in node.names)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        parts = parts[: len(parts) - node.level + self.is_package]
        return ".".join([*parts, *([node.module] if node.module else [])])


def _running(tree: ast.Module) -> Iterator[ast.AST]:
    """Nodes that run on import: no function bodies, nothing under TYPE_CHECKING."""
    todo: list[ast.AST] = list(tree.body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            todo += node.orelse
            continue
        yield node
        todo += ast.iter_child_nodes(node)


def house() -> list[Module]:
    """All modules of the package."""
    found = []
    for path in sorted((ROOT / "matching").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        package = parts[-1] == "__init__"
        found.append(Module(".".join(parts[:-1] if package else parts), path.read_text("utf-8"), package))
    return found


def owned(name: str) -> tuple[str, str]:
    """Slice and file kind of an imported name: `matching.offers.models.Offer` → ("offers", "models")."""
    parts = name.split(".")
    if parts[0] != "matching" or len(parts) < 3 or parts[1] not in (*SLICES, "engine", "demo"):
        return "", ""
    return parts[1], next((kind for kind in FILE_NAMES if parts[2] == kind or parts[2].startswith(f"{kind}_")),
                          parts[2])


def engine_knows_nobody(module: Module) -> Iterator[str]:
    """Rule 1: the engine imports the standard library and what its speed needs."""
    if not module.name.startswith("matching.engine"):
        return
    for name in module.imports():
        known = name.split(".")[0] in sys.stdlib_module_names or name.split(".")[0] in ENGINE_MAY
        if not known and not name.startswith("matching.engine"):
            yield f"{module.name} imports {name}"


def models_look_down(module: Module) -> Iterator[str]:
    """Rule 2: models know their libraries and models of slices below."""
    if module.kind != "models":
        return
    for name in module.imports():
        where, kind = owned(name)
        ours = name.startswith("matching.")
        if where and where != module.slice:
            allowed = kind == "models" and where in BELOW[module.slice]
        else:
            allowed = bool(where) or not ours or name.split(".")[1] in PLAIN_ROOMS
        if not allowed:
            yield f"{module.name} imports {name}"


def services_look_down(module: Module) -> Iterator[str]:
    """Rule 3: services (and queries) know own files and models, queries and services of slices below."""
    if module.kind not in ("service", "queries") and module.file != "bridge":
        return
    for name in module.imports():
        where, kind = owned(name)
        if where == "engine":
            if module.file != "bridge":
                yield f"{module.name} imports {name}: only a bridge knows the engine"
        elif where and where != module.slice:
            if where not in BELOW[module.slice] | ALWAYS_BELOW:
                yield f"{module.name} imports {name}: not below"
            elif kind in ("routes", "forms"):
                yield f"{module.name} imports {name}: {kind} of another slice"
        elif where == module.slice and kind in ("routes", "forms"):
            yield f"{module.name} imports {name}"


def services_are_told(module: Module) -> Iterator[str]:
    """Rule 3: a service is told who acts and when; it asks no request and does not commit."""
    if module.kind not in ("service", "queries") and module.file != "bridge":
        return
    for name in module.imports():
        if name.split(".")[0] in ("flask", "flask_login", "matching") and name.split(".")[-1] in ASKS_THE_REQUEST:
            yield f"{module.name} imports {name}"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr == "commit" and ast.unparse(node.value).endswith("session"):
            yield f"{module.name}:{node.lineno} commits"
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("utc_now", "datetime.now", "date.today"):
            yield f"{module.name}:{node.lineno} asks the clock; the time is an argument"


def forms_run_no_query(module: Module) -> Iterator[str]:
    """Rule 4: forms know wtforms, the base form and plain words."""
    if module.kind != "forms":
        return
    for name in module.imports():
        where, kind = owned(name)
        foreign = kind == "service" and where != module.slice
        database = name.startswith(("sqlalchemy", "matching.extensions", "flask_sqlalchemy"))
        if foreign or database or kind in ("queries", "routes"):
            yield f"{module.name} imports {name}"


def routes_stay_home(module: Module) -> Iterator[str]:
    """Rule 4: routes never import another slice's routes or forms, and no engine."""
    if module.kind != "routes":
        return
    for name in module.imports():
        where, kind = owned(name)
        if where == "engine" or (where and where != module.slice and kind in ("routes", "forms")):
            yield f"{module.name} imports {name}"


def jobs_and_commands_call_services(module: Module) -> Iterator[str]:
    """Rule 5: jobs, commands and the API call services and reads; never routes or forms."""
    if module.slice not in ("api", "demo") and not module.file.startswith(("cli", "jobs")):
        return
    for name in module.imports():
        where, kind = owned(name)
        if where and where != module.slice and kind in ("routes", "forms"):
            yield f"{module.name} imports {name}"


def files_have_known_names(module: Module) -> Iterator[str]:
    """A slice holds routes, forms, models, service and queries, split by noun; libraries have nouns."""
    if not module.slice or module.is_package or module.slice in LIBRARIES:
        return
    if module.slice == "pairings" and module.file == "bridge":
        return
    if module.slice not in SLICES:
        yield f"{module.name}: unknown room {module.slice}"
    elif not module.kind:
        yield f"{module.name}: a slice has only {', '.join(FILE_NAMES)}"


def files_are_short(module: Module) -> Iterator[str]:
    """A file has fewer than 400 lines."""
    lines = len(module.source.splitlines())
    if lines >= FILE_LINES:
        yield f"{module.name} has {lines} lines"


def is_view(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function stands under a route."""
    return any(isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute)
               and mark.func.attr in ("get", "post", "route", "put", "delete", "patch")
               for mark in function.decorator_list)


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring."""
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def functions_are_short(module: Module) -> Iterator[str]:
    """A view has fewer than 25 lines, any other function fewer than 40, without its docstring."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            limit = VIEW_LINES if is_view(node) else FUNCTION_LINES
            if length(node) >= limit:
                yield f"{module.name}.{node.name} has {length(node)} lines"


def views_have_one_access_line(module: Module) -> Iterator[str]:
    """Directly under each route stands exactly one of @public, @signed_in, @may(…)."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.FunctionDef) or not is_view(node):
            continue
        marks = [ast.unparse(mark).split("(")[0].split(".")[-1] for mark in node.decorator_list]
        if sum(mark in ("public", "signed_in", "may") for mark in marks) != 1:
            yield f"{module.name}.{node.name} has not one access line"


def no_circles(modules: list[Module]) -> list[str]:
    """Rule 6: what modules import when they are loaded makes no circle."""
    names = {module.name for module in modules}
    edges = {module.name: {_within(name, names) for name in module.imports(at_import=True)} - {module.name, ""}
             for module in modules}
    found, done = [], set()

    def visit(name: str, path: list[str]) -> None:
        if name in path:
            found.append(" → ".join([*path[path.index(name):], name]))
        elif name not in done:
            for after in sorted(edges.get(name, ())):
                visit(after, [*path, name])
            done.add(name)

    for name in sorted(names):
        visit(name, [])
    return found


def _within(imported: str, names: set[str]) -> str:
    """The module that an imported name lives in; "" for a foreign one."""
    parts = imported.split(".")
    for end in range(len(parts), 0, -1):
        if ".".join(parts[:end]) in names:
            return ".".join(parts[:end]) if end > 1 or len(parts) == 1 else ""
    return ""


Rule = Callable[[Module], Iterator[str]]
RULES: tuple[Rule, ...] = (
    engine_knows_nobody, models_look_down, services_look_down, services_are_told, forms_run_no_query,
    routes_stay_home, jobs_and_commands_call_services, files_have_known_names, files_are_short,
    functions_are_short, views_have_one_access_line)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: Rule) -> None:
    assert [fault for module in house() for fault in rule(module)] == []


def test_the_house_has_no_circles() -> None:
    assert no_circles(house()) == []


LONG_VIEW = "@blueprint.get('/x')\n@public\ndef x():\n" + "    a = 1\n" * 24
LONG_FUNCTION = "def x():\n" + "    a = 1\n" * 39
CONTROLS: tuple[tuple[Rule, str, str], ...] = (
    (engine_knows_nobody, "matching.engine.assign", "import flask"),
    (engine_knows_nobody, "matching.engine.assign", "from matching.offers.models import Offer"),
    (engine_knows_nobody, "matching.engine.assign", "def f():\n    from ..extensions import db"),
    (models_look_down, "matching.households.models", "from matching.pairings.models import Pairing"),
    (models_look_down, "matching.offers.models", "from matching.organisations import service"),
    (models_look_down, "matching.offers.models", "from matching.access import may"),
    (services_look_down, "matching.households.service", "from matching.pairings.service import approve"),
    (services_look_down, "matching.households.service", "def f():\n    from matching.pairings import queries"),
    (services_look_down, "matching.pairings.service", "from matching.engine import assign"),
    (services_look_down, "matching.pairings.service", "from matching.offers.routes import blueprint"),
    (services_look_down, "matching.pairings.queries", "from matching.pairings.forms import PairForm"),
    (services_are_told, "matching.offers.service", "from flask import request"),
    (services_are_told, "matching.offers.service", "from flask_login import current_user"),
    (services_are_told, "matching.offers.service", "from matching.access import the_actor"),
    (services_are_told, "matching.offers.service_skills", "def f():\n    db.session.commit()"),
    (services_are_told, "matching.offers.service", "def f():\n    return utc_now()"),
    (forms_run_no_query, "matching.offers.forms", "from matching.places.queries import children"),
    (forms_run_no_query, "matching.offers.forms", "from sqlalchemy import select"),
    (routes_stay_home, "matching.offers.routes", "from matching.households.routes import blueprint"),
    (routes_stay_home, "matching.offers.routes_skills", "from ..households.forms import NeedForm"),
    (jobs_and_commands_call_services, "matching.cli_match", "from matching.pairings.routes import desk"),
    (files_have_known_names, "matching.offers.helpers", ""),
    (files_have_known_names, "matching.misc.routes", ""),
    (files_are_short, "matching.offers.service", "\n" * 400),
    (functions_are_short, "matching.offers.routes", LONG_VIEW),
    (functions_are_short, "matching.offers.service", LONG_FUNCTION),
    (views_have_one_access_line, "matching.offers.routes", "@blueprint.post('/x')\ndef x(): ..."),
    (views_have_one_access_line, "matching.offers.routes",
     "@blueprint.post('/x')\n@public\n@may(Right.PAIR)\ndef x(): ..."),
)


@pytest.mark.parametrize(("rule", "name", "source"), CONTROLS, ids=lambda value: getattr(value, "__name__", None))
def test_control_the_rule_catches_a_bad_source(rule: Rule, name: str, source: str) -> None:
    assert list(rule(Module(name, source))), f"{rule.__name__} let pass:\n{source}"


def test_control_a_circle_is_found() -> None:
    circle = [Module("matching.a", "from matching.b import x"), Module("matching.b", "import matching.c"),
              Module("matching.c", "from matching.a import y")]
    assert no_circles(circle) == ["matching.a → matching.b → matching.c → matching.a"]


def test_control_a_late_import_is_no_circle() -> None:
    assert no_circles([Module("matching.a", "from matching.b import x"),
                       Module("matching.b", "def f():\n    from matching.a import y")]) == []


def test_the_engine_brings_no_web_framework_along() -> None:
    import subprocess

    told = subprocess.run([sys.executable, "-c", "import sys, matching.engine; print('flask' in sys.modules)"],
                          cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"

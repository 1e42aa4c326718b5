"""Our own rules for what bandit (`make lint`) and ruff's S cannot know: SQL is never put together, no redirect leads
where a request says, no finding is silenced without its reason. Each rule has its control: a bad source it must catch.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.check import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([*(ROOT / "matching").rglob("*.py"), *(ROOT / "tools").rglob("*.py"),
                  *(ROOT / "bench").rglob("*.py"), *ROOT.glob("*.py")])
SQL = ("text", "exec_driver_sql", "executescript", "literal_column", "execute")
SETTINGS = ("PRAGMA ", "SHOW ")
ASKED = ("request.args", "request.form", "request.values", "request.referrer", "request.headers", "request.url")
SILENCED = re.compile(r"#\s*(?:noqa:\s*S\d+|nosec)(?:\s*#?\s*(?:nosec|B\d+)\b)*(?P<why>.*)")

Rule = Callable[[str], Iterator[str]]


def sql_is_never_put_together(source: str) -> Iterator[str]:
    """What is sent as SQL is built by SQLAlchemy or a constant; no f-string, sum, format or % of strings.

    PRAGMA and SHOW take no parameters; ours name settings of the program's own and hold no data.
    """
    for call in _calls(source):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in SQL and call.args and _is_put_together(call.args[0]):
            yield f"line {call.lineno}: {ast.unparse(call)[:80]}"


def _is_put_together(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        first = node.values[0]
        return not (isinstance(first, ast.Constant) and str(first.value).startswith(SETTINGS))
    if isinstance(node, ast.BinOp):
        return any(isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
                   for side in (node.left, node.right))
    return (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("format", "join", "replace")
            and not ast.unparse(node.func.value).startswith("sql.SQL("))  # the driver's own, which quotes names


def no_redirect_leads_where_a_request_says(source: str) -> Iterator[str]:
    """`redirect()` gets an address of ours: what came in goes through `same_site_path` first."""
    for call in _calls(source):
        if getattr(call.func, "id", getattr(call.func, "attr", "")) == "redirect" and call.args:
            said = ast.unparse(call.args[0])
            if said.startswith(ASKED):
                yield f"line {call.lineno}: redirect({said})"


def nothing_is_silenced_without_a_reason(source: str) -> Iterator[str]:
    """`# noqa: S…` and `# nosec` are followed by words that say why it is no danger."""
    for number, line in enumerate(source.splitlines(), 1):
        found = SILENCED.search(line)
        if found and len(found["why"].replace("#", " ").split()) < 2:
            yield f"line {number}: {line.strip()[:80]}"


def _calls(source: str) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))


RULES: list[Rule] = [sql_is_never_put_together, no_redirect_leads_where_a_request_says,
                     nothing_is_silenced_without_a_reason]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.slow
def test_the_sources_keep_the_rule(rule: Rule) -> None:
    assert len(SOURCES) > 150
    faults = [f"{path.relative_to(ROOT)} {fault}" for path in SOURCES for fault in rule(path.read_text("utf-8"))]
    assert faults == []


@pytest.mark.parametrize(("rule", "bad"), [
    (sql_is_never_put_together, 'session.execute(text(f"SELECT * FROM users WHERE name = \'{name}\'"))'),
    (sql_is_never_put_together, 'session.execute(text("DELETE FROM users WHERE id = " + number))'),
    (sql_is_never_put_together, 'connection.exec_driver_sql("SELECT %s" % name)'),
    (sql_is_never_put_together, 'text("SELECT {}".format(name))'),
    (no_redirect_leads_where_a_request_says, 'redirect(request.args["next"])'),
    (no_redirect_leads_where_a_request_says, 'flask.redirect(request.referrer or "/")'),
    (nothing_is_silenced_without_a_reason, "eval(text)  # noqa: S307"),
    (nothing_is_silenced_without_a_reason, "eval(text)  # nosec"),
    (nothing_is_silenced_without_a_reason, "eval(text)  # noqa: S307  # nosec B307  # so"),
])
def test_control_a_breach_is_caught(rule: Rule, bad: str) -> None:
    assert list(rule(bad))


@pytest.mark.slow
def test_bandit_finds_nothing() -> None:
    done = subprocess.run([sys.executable, "-m", *COMMANDS["lint"][-1]], cwd=ROOT, capture_output=True, text=True,
                          check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


@pytest.mark.slow
def test_control_bandit_catches_a_breach(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("import hashlib\nhashlib.md5(b'')\n", "utf-8")
    done = subprocess.run([sys.executable, "-m", "bandit", "-q", "-c", "pyproject.toml", "-r", tmp_path], cwd=ROOT,
                          capture_output=True, text=True, check=False)
    assert (done.returncode, "B324" in done.stdout) == (1, True)

"""The rules of templates and of what they load, read off the files; each rule has its control, a bad sample."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
MSGIDS = {"_": slice(0, 1), "gettext": slice(0, 1), "ngettext": slice(0, 2), "pgettext": slice(1, 2),
          "npgettext": slice(1, 3)}
"""Where the words stand among the arguments of what translates them."""
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
OWN_NAME_OF_A_LANGUAGE = "中文"


@dataclass(frozen=True)
class Template:
    """One template file: its name below templates/ and its text."""

    name: str
    text: str

    @property
    def tree(self) -> nodes.Template:
        return parsed(self.text)

    @property
    def html(self) -> str:
        """What stands in the file outside Jinja's braces."""
        return re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", self.text, flags=re.DOTALL)

    @property
    def is_component(self) -> bool:
        return self.name.startswith("components/")


@cache
def parsed(text: str) -> nodes.Template:
    """The tree of a template's text."""
    return ENVIRONMENT.parse(text)


@cache
def templates() -> tuple[Template, ...]:
    """All templates of the product."""
    return tuple(Template(path.relative_to(TEMPLATES).as_posix(), path.read_text("utf-8"))
                 for path in sorted(TEMPLATES.rglob("*.*")))


@cache
def macros() -> dict[str, set[str]]:
    """Template name → the macros it defines."""
    return {template.name: {macro.name for macro in template.tree.find_all(nodes.Macro)}
            for template in templates()}


def nothing_is_marked_safe(template: Template) -> Iterator[str]:
    """Escaping is never switched off."""
    for found in template.tree.find_all(nodes.Filter):
        if found.name == "safe":
            yield f"|safe on line {found.lineno}"
    if re.search(r"{%-?\s*autoescape", template.text):
        yield "autoescape"
    for call in template.tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "Markup":
            yield "Markup in a template"


def nothing_is_inline(template: Template) -> Iterator[str]:
    """No style attribute, style element, handler or script element: `script()` writes the only tag."""
    for pattern in (r"\sstyle\s*=", r"<style\b", r"<script\b", r"\son[a-z]+\s*=", r"javascript:"):
        for found in re.finditer(pattern, template.html, re.IGNORECASE):
            yield f"{found.group().strip()}"


def no_colour_is_picked(template: Template) -> Iterator[str]:
    """Colours have meanings, and their names are classes."""
    yield from re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgb\(", template.html)


def a_component_holds_one_macro(template: Template) -> Iterator[str]:
    """One macro a file, named like the file, with a comment that says what it is for."""
    if not template.is_component:
        return
    name = Path(template.name).stem
    if macros().get(template.name, {m.name for m in template.tree.find_all(nodes.Macro)}) != {name}:
        yield f"does not hold exactly the macro {name}"
    if not template.text.startswith("{# "):
        yield "no comment on its first line"


def what_is_brought_exists(template: Template) -> Iterator[str]:
    """Every extended, included and imported template exists, has the macro, and the macro is used."""
    for node in template.tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        if isinstance(node.template, nodes.Const) and node.template.value not in macros():
            yield f"{node.template.value} does not exist"
        elif isinstance(node, nodes.FromImport):
            assert isinstance(node.template, nodes.Const)
            for name, here in _imported(node):
                if name not in macros()[node.template.value]:
                    yield f"{node.template.value} has no macro {name}"
                elif not re.search(rf"\b{here}\(", template.text):
                    yield f"{here} is imported for nothing"


def _imported(node: nodes.FromImport) -> list[tuple[str, str]]:
    """Each macro that is imported: its own name, and its name here."""
    return [(name, name) if isinstance(name, str) else (name[0], name[1]) for name in node.names]


def a_post_carries_its_token(template: Template) -> Iterator[str]:
    """Every form that changes something sends the CSRF token."""
    for form in re.findall(r"<form\b.*?</form>", template.text, flags=re.DOTALL):
        if re.search(r"method\s*=\s*[\"']post", form) and "csrf_token" not in form and "hidden_tag" not in form:
            yield form[:60]


def words_can_be_translated(template: Template) -> Iterator[str]:
    """No Chinese outside `_()`, but for the name of the language itself."""
    for found in CHINESE.findall(template.html.replace(OWN_NAME_OF_A_LANGUAGE, "")):
        yield f"{found!r} outside a translation"
    said = {id(const) for call in template.tree.find_all(nodes.Call) if _is_gettext(call)
            for const in call.find_all(nodes.Const)}
    for const in template.tree.find_all(nodes.Const):
        if isinstance(const.value, str) and CHINESE.search(const.value) and id(const) not in said:
            yield f"{const.value!r} outside a translation"


def _is_gettext(call: nodes.Call) -> bool:
    return isinstance(call.node, nodes.Name) and call.node.name in MSGIDS


def sentences_are_whole(template: Template) -> Iterator[str]:
    """What is translated is a literal with named places, and a bare % would break it."""
    for call in template.tree.find_all(nodes.Call):
        if not _is_gettext(call):
            continue
        assert isinstance(call.node, nodes.Name)
        for text in call.args[MSGIDS[call.node.name]]:
            if not isinstance(text, nodes.Const):
                yield f"line {call.lineno}: not a literal"
            elif re.search(r"%(?!\(\w+\)s)", text.value):
                yield f"line {call.lineno}: a place without a name in {text.value!r}"
            else:
                given = {"num", *(keyword.key for keyword in call.kwargs)}
                for name in re.findall(r"%\((\w+)\)s", text.value):
                    if name not in given and call.dyn_kwargs is None:
                        yield f"line {call.lineno}: no value for {name}"


def symbols_exist(template: Template) -> Iterator[str]:
    """Every drawing that is named is in the sprite."""
    known = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "img" / "sprite.svg").read_text("utf-8")))
    for call in template.tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "icon" and call.args:
            name = call.args[0]
            if isinstance(name, nodes.Const) and f"i-{name.value}" not in known:
                yield f"no icon {name.value}"
    for name in re.findall(r"#([ijk]-[a-z]+)\"", template.text):
        if name not in known:
            yield f"no symbol {name}"


def classes_exist(template: Template) -> Iterator[str]:
    """Every jd- class is in our style sheets."""
    sheets = "".join(path.read_text("utf-8") for path in (STATIC / "css").glob("*.css"))
    known = set(re.findall(r"\.(jd-[a-z0-9-]+)", sheets))
    for attribute in re.findall(r'class="([^"]*)"', template.html):
        for name in attribute.split():
            if name.startswith("jd-") and name not in known:
                yield f"no class {name}"


def scripts_exist(template: Template) -> Iterator[str]:
    """Every behaviour that is asked for has its file."""
    known = {path.stem for path in (STATIC / "js").glob("*.js")}
    for call in template.tree.find_all(nodes.Call):
        named = isinstance(call.node, nodes.Name) and call.node.name == "script"
        if named and isinstance(name := call.args[0], nodes.Const) and name.value not in known:
            yield f"no static/js/{name.value}.js"


Rule = Callable[[Template], Iterator[str]]
RULES: tuple[Rule, ...] = (
    nothing_is_marked_safe, nothing_is_inline, no_colour_is_picked, a_component_holds_one_macro,
    what_is_brought_exists, a_post_carries_its_token, words_can_be_translated, sentences_are_whole, symbols_exist,
    classes_exist, scripts_exist)
CONTROLS: tuple[tuple[Rule, str], ...] = (
    (nothing_is_marked_safe, "{{ a | safe }}"),
    (nothing_is_marked_safe, "{% autoescape false %}{{ a }}{% endautoescape %}"),
    (nothing_is_marked_safe, "{{ Markup(a) }}"),
    (nothing_is_inline, '<p style="color: red">'),
    (nothing_is_inline, "<script>go()</script>"),
    (nothing_is_inline, '<button onclick="go()">'),
    (nothing_is_inline, '<a href="javascript:go()">'),
    (no_colour_is_picked, '<rect fill="#b1221a"/>'),
    (a_component_holds_one_macro, "{# two #}{% macro a() %}{% endmacro %}{% macro b() %}{% endmacro %}"),
    (a_component_holds_one_macro, "{% macro sample() %}{% endmacro %}"),
    (what_is_brought_exists, '{% include "nowhere.html" %}'),
    (what_is_brought_exists, '{% from "components/icon.html" import icons %}{{ icons() }}'),
    (what_is_brought_exists, '{% from "components/icon.html" import icon %}'),
    (a_post_carries_its_token, '<form method="post" action="/x"><button>x</button></form>'),
    (words_can_be_translated, "<p>您好</p>"),
    (words_can_be_translated, "{{ tag('您好') }}"),
    (words_can_be_translated, "<p>{{ _('您') }}，</p>"),
    (sentences_are_whole, "{{ _(greeting) }}"),
    (sentences_are_whole, "{{ _('放大到 400%，看看') }}"),
    (sentences_are_whole, "{{ _('%(n)s 条') }}"),
    (symbols_exist, "{{ icon('dragon') }}"),
    (symbols_exist, '<use href="{{ asset(\'img/sprite.svg\') }}#j-dragon"/>'),
    (classes_exist, '<p class="jd-dragon">'),
    (scripts_exist, "{{ script('dragon') }}"),
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_templates_keep_the_rule(rule: Rule) -> None:
    assert len(templates()) > 50
    assert [f"{template.name}: {fault}" for template in templates() for fault in rule(template)] == []


@pytest.mark.parametrize(("rule", "sample"), CONTROLS)
def test_the_rule_catches_its_bad_sample(rule: Rule, sample: str) -> None:
    assert list(rule(Template("components/sample.html", sample))) != []


def test_every_component_is_used() -> None:
    sheet = (ROOT / "tests" / "pages" / "pieces.html").read_text("utf-8")
    trees = [parsed(sheet), *(template.tree for template in templates())]
    used = {name for tree in trees for node in tree.find_all(nodes.FromImport) for name, _ in _imported(node)}
    used |= {str(call.args[0].value) for tree in trees for call in tree.find_all(nodes.Call)
             if getattr(call.node, "name", "") == "remembered" and isinstance(call.args[0], nodes.Const)}
    assert {name for template in templates() if template.is_component for name in macros()[template.name]} <= used


@pytest.mark.parametrize("path", sorted([*STATIC.glob("css/*"), *STATIC.glob("js/*"), *STATIC.glob("img/*")]),
                         ids=lambda path: path.name)
def test_assets_ask_nobody_else_and_stay_small(path: Path) -> None:
    text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|//[a-z]+\.[a-z]", text), "asks another site"
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write", text), "runs text as code"
    assert len(text.encode()) < 32_000

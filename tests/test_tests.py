"""Rules for the tests themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
CLOCKS = {"utc_now", "today", "now"}


def _asks_the_clock(name: str) -> bool:
    return name == "time.time" or name.split(".")[-1] in CLOCKS


def asked_on_import(node: ast.AST) -> Iterator[int]:
    """The lines of calls that ask the clock when a module is imported, not when a test runs."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.Lambda):
            early = [*getattr(child, "decorator_list", []), *child.args.defaults,
                     *(value for value in child.args.kw_defaults if value)]
            for part in early:
                yield from asked_on_import(ast.Expr(part))
            continue
        if isinstance(child, ast.Call) and _asks_the_clock(ast.unparse(child.func)):
            yield child.lineno
        yield from asked_on_import(child)


def test_no_day_is_kept_from_the_import() -> None:
    """A run that passes midnight in Shanghai would compare yesterday's day with the site's."""
    assert [f"{path}:{line}" for path in sorted(TESTS.rglob("*.py"))
            for line in asked_on_import(ast.parse(path.read_text("utf-8")))] == []


@pytest.mark.parametrize("source", [
    "TODAY = day_of(utc_now())", "@mark.parametrize('day', [today(1)])\ndef test(day): pass",
    "def start(now=datetime.now(UTC)): pass", "class Test:\n    at = time.time()"])
def test_the_rule_sees(source: str) -> None:
    assert list(asked_on_import(ast.parse(source)))


def test_the_rule_lets_a_test_ask() -> None:
    assert not list(asked_on_import(ast.parse("def test():\n    assert today() == day_of(utc_now())")))

"""Every fault and every refusal has its sentence."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import matching.exchange
from matching.exchange.messages import FAULTS, REFUSALS, fault_message, refusal_message
from matching.exchange.register import Fault
from matching.exchange.workbook import FileRefused

SOURCES = sorted(Path(matching.exchange.__file__).parent.glob("*.py"))


def calls(*names: str) -> Iterator[ast.Call]:
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in names:
                yield node


def constants(nodes: Iterator[ast.Call], argument: int) -> set[str]:
    return {node.args[argument].value for node in nodes
            if len(node.args) > argument and isinstance(node.args[argument], ast.Constant)}


def test_every_kind_of_fault_that_the_code_names_has_a_sentence() -> None:
    named = constants(calls("warn", "reject", "_warn"), 2)
    assert {"income_unknown", "no_reach", "below_given"} <= named
    assert named <= FAULTS.keys()


@pytest.mark.slow
def test_every_refusal_that_the_code_names_has_a_sentence() -> None:
    named = constants(calls("FileRefused"), 0)
    assert {"damaged", "macros", "area_unknown"} <= named
    assert named <= REFUSALS.keys()


@pytest.mark.one_database
def test_all_sentences_can_be_filled_in(app: Flask) -> None:
    for kind in FAULTS:
        assert "%" not in fault_message(Fault("台账", 5, "C", "id", kind, "warning", "***1234"))
    for code in REFUSALS:
        told = refusal_message(FileRefused(code, limit=40, rows=9, columns=9, suffix=".pdf", values=9))
        assert "%" not in told
        assert told.endswith(("。", "！"))

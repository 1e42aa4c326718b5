"""What a preview shows of a register: faults, the rows they stand in, doubles, changes. Personal values masked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from matching.exchange.cells import text
from matching.exchange.columns import wording
from matching.exchange.identity import masked
from matching.exchange.joining import row_in_sheet
from matching.exchange.register import HouseholdsRegister
from matching.exchange.report import AnyRegister, Outcome

__all__ = ["columns_of", "findings"]

MASKED = frozenset({"id", "head_id", "certificate", "phone", "bank", "contact", "code"})
HIDDEN = frozenset({"addr", "illness", "note", "others"})
"""Fields that are sealed in a file and never shown in a preview."""
LONGEST = 60
_DAMAGED = re.compile(r"\d[eE]\+?\d")


def findings(register: AnyRegister, outcome: Outcome) -> Iterator[dict[str, Any]]:
    """Rows for `ImportFinding` but for the import's number, each list in the order of the register."""
    faults = sorted([*register.faults, *outcome.faults], key=lambda fault: (fault.row, fault.column))
    own = list(register.duplicates) if isinstance(register, HouseholdsRegister) else []
    doubles = [*own, *outcome.duplicates]
    for at, fault in enumerate(faults):
        yield {"list": "fault", "position": at, "row": fault.row, "kind": fault.kind, "data": {
            "sheet": fault.sheet, "row": fault.sheet_row, "column": fault.column, "field": fault.field,
            "verdict": fault.verdict, "shown": fault.shown}}
    for at, double in enumerate(doubles):
        yield {"list": "double", "position": at, "row": double.rows[0], "data": {
            "rows": list(double.rows), "households": list(double.households), "there": len(double.rows) == 1}}
    for at, change in enumerate(sorted(outcome.changes, key=lambda change: change.row)):
        yield {"list": "change", "position": at, "row": change.row, "kind": change.what, "data": {
            "row": row_in_sheet(change.row), "sheet": register.joined.part(change.row).sheet, "number": change.number,
            "head": change.head, "name": change.name, "fields": [list(field) for field in change.fields]}}
    wanted = {fault.row for fault in faults} | {row for double in doubles for row in double.rows}
    yield from _lines(register, wanted)


def _lines(register: AnyRegister, wanted: set[int]) -> Iterator[dict[str, Any]]:
    rows = (row for row in register.table.rows if row.number in wanted)
    for row in rows:
        cells = {field: _shown(field, text(row.at(column))) for field, column in register.joined.columns.items()}
        yield {"list": "line", "position": row.number, "row": row.number, "data": {
            "sheet": register.joined.part(row.number).sheet, "row": row_in_sheet(row.number), "cells": cells}}


def _shown(field: str, written: str) -> str:
    if field in MASKED and _DAMAGED.search(written):
        return "····"  # 3.6E+17: nothing in it tells whose it was
    if field in MASKED:
        return f"****{masked(written).lstrip('*')}" if written else ""
    return "···" if field in HIDDEN and written else written[:LONGEST]


def columns_of(register: AnyRegister) -> list[list[str]]:
    """[sheet, letter, header, wording, field or empty] of every column with a header, sheet by sheet."""
    found = []
    for at, part in enumerate(register.joined.parts):
        fields = {column.index: field for field, column in reversed(list(part.columns.items()))}
        columns = register.joined.layouts[at]
        found += [[part.sheet, column.letter, column.header[:LONGEST], wording(column), fields.get(column.index, "")]
                  for column in columns if column.header.strip()]
    return found

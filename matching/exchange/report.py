"""The report of one import, in the form that scripts rely on (contract.md, "Import report")."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from matching.exchange.aid import AidRegister
from matching.exchange.joining import row_in_sheet
from matching.exchange.messages import fault_message
from matching.exchange.register import Duplicate, Fault, HouseholdsRegister, OffersRegister, PlacesRegister

__all__ = ["Outcome", "report"]

AnyRegister = AidRegister | HouseholdsRegister | OffersRegister | PlacesRegister


@dataclass(frozen=True, slots=True)
class Changed:
    """What one row of the register changes in one row of a file: (field, before, after), as a preview may show it."""

    row: int
    number: str
    head: str
    what: str
    name: str
    fields: tuple[tuple[str, Any, Any], ...]


@dataclass(slots=True)
class Outcome:
    """What applying a register did to the database, by sheet row; a row counts once, the strongest word wins.

    `refused`: first rows of households that are not imported after all, `homes`: (created, updated) households.
    `sums` of a register of aid: created, updated, unchanged, and of the new ones each help type → (lines, fen).
    """

    created: set[int] = field(default_factory=set)
    updated: set[int] = field(default_factory=set)
    refused: dict[int, int] = field(default_factory=dict)
    homes: list[set[int]] = field(default_factory=lambda: [set(), set()])
    changes: list[Changed] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    new_places: list[str] = field(default_factory=list)
    sums: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, other: Outcome) -> None:
        """Take in what a part of the work did."""
        self.created |= other.created
        self.updated |= other.updated
        self.refused |= other.refused
        self.homes = [own | more for own, more in zip(self.homes, other.homes, strict=True)]
        self.changes += other.changes
        self.faults += other.faults
        self.duplicates += other.duplicates
        self.new_places += other.new_places
        for name, (lines, amount) in other.sums.items():
            self.count(name, lines, amount)

    def count(self, name: str, lines: int, amount_fen: int) -> None:
        """Add lines and their money to a sum."""
        before = self.sums.get(name, (0, 0))
        self.sums[name] = before[0] + lines, before[1] + amount_fen


def report(register: AnyRegister, outcome: Outcome, area_code: str) -> dict[str, Any]:
    """Figures, faults and duplicates of one import; `rows` leaves out blank and total rows."""
    table = register.table
    faults = sorted([*register.faults, *outcome.faults], key=lambda fault: (fault.row, fault.column))
    rejected = {fault.row for fault in faults if fault.verdict == "reject"}
    rows = {row.number for row in table.rows}
    created, updated = outcome.created - rejected, outcome.updated - outcome.created - rejected
    found: dict[str, Any] = {
        "rows": len(rows), "created": len(created), "updated": len(updated),
        "unchanged": len(rows - rejected - created - updated),
        "warned": len({fault.row for fault in faults} - rejected), "rejected": len(rejected),
        "faults": [_fault(fault) for fault in faults],
        "duplicates": [{"rows": [row_in_sheet(row) for row in duplicate.rows], "households": list(duplicate.households)}
                       for duplicate in _duplicates(register) + outcome.duplicates],
        "area": area_code, "new_places": outcome.new_places,
        "structure": {"sheet": table.sheet, "header_rows": list(table.header_rows),
                      "blank_rows": list(table.blank_rows), "total_rows": list(table.total_rows)},
        "columns": {name: [column.letter, column.header] for name, column in register.joined.parts[0].columns.items()},
        "sheets": [part.sheet for part in register.joined.parts], "sheets_left_out": list(register.joined.left_out)}
    if isinstance(register, AidRegister):
        found["sums"] = {name: list(sums) for name, sums in outcome.sums.items()}
    if isinstance(register, HouseholdsRegister):
        found |= {"households": len(register.households) - len(outcome.refused),
                  "people": register.people - sum(outcome.refused.values()),
                  "households_created": len(outcome.homes[0]), "households_updated": len(outcome.homes[1])}
    return found


def _duplicates(register: AnyRegister) -> list[Duplicate]:
    return list(register.duplicates) if isinstance(register, HouseholdsRegister) else []


def _fault(fault: Fault) -> dict[str, Any]:
    return {"sheet": fault.sheet, "row": fault.sheet_row, "column": fault.column, "field": fault.field,
            "kind": fault.kind,
            "verdict": fault.verdict, "message": fault_message(fault)}

"""Turns a table of aid already given into records: who got what, how much, when, from whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matching.exchange.areas import County
from matching.exchange.cells import Cell, amount_fen, read_date, squeezed, text
from matching.exchange.columns import Choices
from matching.exchange.headers import unit_of_header
from matching.exchange.joining import Joined, join
from matching.exchange.members import code_or_text
from matching.exchange.register import Fault, Faults
from matching.exchange.sheets import Column, Row, Table
from matching.exchange.vocabulary import is_nothing, lexicon
from matching.exchange.wants import help_type_of
from matching.exchange.workbook import FileRefused

__all__ = ["AidRegister", "AidRow", "read_aid"]


@dataclass(frozen=True, slots=True)
class AidRow:
    """One time that help was given. `amount_fen` 0: help that is no money. `policy`: its code where the purpose is one.

    `source` is one of those of `assistance.models_grants.SOURCES`; `progress` a code or the register's own word.
    """

    row: int
    number: str
    name: str
    help_type: str
    policy: str
    purpose: str
    source: str
    giver: str
    amount_fen: int
    given_on: date | None
    progress: str


@dataclass(frozen=True, slots=True)
class AidRegister:
    """A register of aid as read."""

    joined: Joined
    faults: tuple[Fault, ...]
    aid: tuple[AidRow, ...]

    @property
    def table(self) -> Table:
        """The rows of all sheets."""
        return self.joined.table


def read_aid(tables: Sequence[Table], county: County, choices: Choices | None = None) -> AidRegister:
    """Read a register of aid. Raises FileRefused without the households' numbers or without what was given.

    The same line again (household, person, what for, when, how much, from whom) is rejected; the same sum in another
    month is not the same line.
    """
    joined = join(tables, "aid", county, choices)
    columns = joined.columns
    if "no" not in columns or not {"type", "project"} & columns.keys():
        raise FileRefused("columns_missing")
    faults = Faults(joined)
    aid: dict[tuple[object, ...], AidRow] = {}
    for row in joined.table.rows:
        given = _given(row, columns, faults)
        if given is None:
            continue
        same = (given.number, given.name, given.help_type, given.purpose, given.source, given.giver,
                given.amount_fen, given.given_on)
        if given.given_on is not None and same in aid:
            faults.reject(row.number, "amount", "aid_twice")
            continue
        aid[(*same, row.number) if given.given_on is None else same] = given
    return AidRegister(joined, tuple(faults.found), tuple(aid.values()))


def _given(row: Row, columns: Mapping[str, Column], faults: Faults) -> AidRow | None:
    """One line, or None when it is rejected (the reason is in `faults`)."""
    at: dict[str, Cell] = {field: row.at(column) for field, column in columns.items()}
    number, purpose = squeezed(at["no"]), squeezed(at.get("project"))
    help_type = help_type_of(text(at.get("type"))) or help_type_of(purpose)
    if help_type is None:
        field = "type" if "type" in at else "project"
        faults.reject(row.number, field, "type_unknown", text(at.get("type")) or purpose)
        return None
    day = read_date(at.get("day"))
    if day.fault:
        faults.warn(row.number, "day", day.fault, text(at["day"]))
    name = squeezed(at.get("name"))
    return AidRow(
        row=row.number, number=number, name="" if is_nothing(name) else name, help_type=help_type,
        policy=(lexicon("policy").exact(purpose) or "").split("+")[0], purpose="" if is_nothing(purpose) else purpose,
        source=_source(row, at, faults), giver="" if is_nothing(text(at.get("provider"))) else squeezed(at["provider"]),
        amount_fen=_amount(row, columns, faults), given_on=day.on, progress=code_or_text("progress", at.get("status")))


def _source(row: Row, at: Mapping[str, Cell], faults: Faults) -> str:
    """Where the money came from: by the register's word, without one by the giver's name."""
    written = text(at.get("source"))
    found = lexicon("source").find(text(at.get("provider")) if is_nothing(written) else written)
    if found is None and not is_nothing(written):
        faults.warn(row.number, "source", "source_unknown", written)
    return found or "unknown"


def _amount(row: Row, columns: Mapping[str, Column], faults: Faults) -> int:
    """The sum in fen; help without a sum is 0, one that cannot be read too, with a warning."""
    column = columns.get("amount")
    written = text(row.at(column))
    if column is None or is_nothing(written):
        return 0
    amount = amount_fen(row.at(column), scale=unit_of_header(column.header)[0])
    if amount is None:
        faults.warn(row.number, "amount", "amount_unknown", written)
    return amount or 0

"""Several sheets as one register: one a town, or households on one sheet and their people on another.

A row keeps the number that it has in its sheet; which sheet that is stands above it in the same number
(`SHEET` to a sheet), so that every row has a number of its own and the first sheet's are plain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from matching.exchange.areas import County
from matching.exchange.cells import Cell, squeezed
from matching.exchange.columns import Choices, recognise
from matching.exchange.sheets import Column, Row, Table
from matching.exchange.ticks import gathered
from matching.exchange.unfolding import unfolded
from matching.exchange.vocabulary import is_nothing

__all__ = ["SHEET", "Joined", "Part", "join", "row_in_sheet"]

SHEET = 1 << 21
ALIKE = 0.5
"""A further sheet joins when it has at least this share of the best sheet's fields."""
SAME_PEOPLE = 0.5
"""A sheet of which this share stands on an earlier sheet is the same list once more (last year's, a copy)."""
LINKED = 0.7
_KEYS: Mapping[str, tuple[str, ...]] = {
    "households": ("name", "head"), "offers": ("org",), "places": ("lat",), "aid": ("no",)}


@dataclass(frozen=True, slots=True)
class Part:
    """One sheet of a register: its fields' columns, its titles; `facts`: rows are households, not people."""

    sheet: str
    columns: Mapping[str, Column]
    titles: tuple[str, ...] = ()
    facts: bool = False


@dataclass(frozen=True, slots=True)
class Joined:
    """The rows of all sheets under the columns of the first; `left_out`: sheets that hold the same people again.

    `layouts`: all columns of each part, unknown ones included.
    """

    table: Table
    columns: dict[str, Column]
    parts: tuple[Part, ...]
    left_out: tuple[str, ...] = ()
    layouts: tuple[tuple[Column, ...], ...] = ()

    def part(self, number: int) -> Part:
        """The sheet in which a row stands."""
        return self.parts[number // SHEET]


def row_in_sheet(number: int) -> int:
    """A row's number in its own sheet."""
    return number % SHEET


def join(tables: Sequence[Table], kind: str, county: County | None = None, choices: Choices | None = None) -> Joined:
    """All sheets that are this register, the best first. `choices`: what an officer said that columns mean."""
    if kind == "households":
        tables = [unfolded(gathered(table), county, choices) for table in tables]
    found = [(table, dict(recognise(table, kind, county, choices))) for table in tables]
    best_columns = found[0][1]
    taken, left_out = [found[0]], []
    for table, columns in found[1:]:
        if not _belongs(columns, best_columns, kind):
            continue
        if any(_same_people(table, columns, *other) for other in taken):
            left_out.append(table.sheet)
        else:
            taken.append((table, columns))
    facts = {table.sheet for table, columns in taken if any(_facts_of(table, columns, *other) for other in taken)}
    if kind == "households":
        for table, columns in taken:
            _heads_are_people(columns, table.sheet in facts)
    taken.sort(key=lambda pair: pair[0].sheet not in facts)
    return _joined(taken, facts, tuple(left_out))


def _belongs(columns: Mapping[str, Column], best: Mapping[str, Column], kind: str) -> bool:
    keys = any(key in columns for key in _KEYS[kind])
    linked = kind == "households" and "no" in columns and "no" in best
    return keys and (linked or len(columns.keys() & best.keys()) >= ALIKE * len(best))


def _values(table: Table, column: Column | None) -> set[str]:
    return {value for row in table.rows if not is_nothing(value := squeezed(row.at(column)))}


def _same_people(table: Table, columns: Mapping[str, Column], other: Table, others: Mapping[str, Column]) -> bool:
    field = "id" if "id" in columns and "id" in others else "code"
    people = _values(table, columns.get(field))
    return bool(people) and len(people & _values(other, others.get(field))) > SAME_PEOPLE * len(people)


def _facts_of(table: Table, columns: Mapping[str, Column], other: Table, others: Mapping[str, Column]) -> bool:
    """Whether a sheet has one row for each household whose people stand on the other, joined by the number."""
    if table is other or not ({"no"} <= columns.keys() & others.keys()) or "rel" in columns or "name" not in others:
        return False
    numbers = _values(table, columns["no"])
    known = numbers & _values(other, others["no"])
    return len(numbers) == len(table.rows) < len(other.rows) and len(known) > LINKED * len(numbers)


def _heads_are_people(columns: dict[str, Column], facts: bool) -> None:
    """Where only the head is named, the head is the person of the row; where rows are households, nobody is."""
    if facts:
        for field in ("name", "id", "others"):
            columns.pop(field, None)
    elif "name" not in columns and "head" in columns:
        columns["name"] = columns["head"]
    if not facts and "id" not in columns and "head_id" in columns:
        columns["id"] = columns["head_id"]
    if not facts and "id" not in columns and "certificate" in columns:
        columns["id"] = columns["certificate"]


def _joined(taken: Sequence[tuple[Table, dict[str, Column]]], facts: set[str], left_out: tuple[str, ...]) -> Joined:
    first, columns = taken[0][0], dict(taken[0][1])
    layouts = tuple(table.columns for table, _ in taken)
    parts = tuple(Part(table.sheet, own, table.titles, table.sheet in facts) for table, own in taken)
    if len(taken) == 1:
        return Joined(first, columns, parts, left_out, layouts)
    layout = list(first.columns)
    for _, own in taken[1:]:
        for field, column in own.items():
            if field not in columns:
                columns[field] = Column(len(layout), column.header, column.group)
                layout.append(columns[field])
    rows = list(first.rows)
    for number, (table, own) in enumerate(taken[1:], start=1):
        rows += [_moved(row, own, columns, len(layout), number) for row in table.rows]
    texts = tuple(text for table, _ in taken for text in table.texts)
    whole = replace(first, columns=tuple(layout), rows=tuple(rows), texts=texts)
    return Joined(whole, columns, parts, left_out, layouts)


def _moved(row: Row, own: Mapping[str, Column], columns: Mapping[str, Column], width: int, number: int) -> Row:
    """A row of a further sheet under the columns of the first."""
    cells: list[Cell] = [None] * width
    inherited, origins = set(), {}
    for field, column in own.items():
        target = columns[field].index
        cells[target] = row.at(column)
        if column.index in row.origins:
            origins[target] = row.origins[column.index]
        if column.index in row.inherited:
            inherited.add(target)
    return replace(row, number=number * SHEET + row.number, cells=cells, inherited=frozenset(inherited),
                   origins=origins)

"""Turns a table of households into records: one row a person, grouped by household, each person counted once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from matching.exchange.areas import County
from matching.exchange.cells import Cell, read_date, squeezed, text
from matching.exchange.columns import recognise
from matching.exchange.members import code_or_text, identity_of, read_member
from matching.exchange.register import Duplicate, Faults, HouseholdRow, HouseholdsRegister, MemberRow
from matching.exchange.sheets import Column, Row, Table
from matching.exchange.vocabulary import is_nothing, lexicon
from matching.exchange.wants import read_legend, read_needs
from matching.exchange.workbook import FileRefused

__all__ = ["read_households"]


@dataclass(slots=True)
class _Group:
    """The accepted rows of one household with the people in them."""

    number: str
    town_code: str = ""
    rows: list[Row] = field(default_factory=list)
    members: list[MemberRow] = field(default_factory=list)
    also_listed: list[MemberRow] = field(default_factory=list)


def read_households(table: Table, county: County, on: date) -> HouseholdsRegister:
    """Read a register of households of one county; `on` is the day for ages.

    Raises FileRefused when the names of the people or the means to tell households apart are not found.
    """
    columns = dict(recognise(table, "households", county))
    if "name" not in columns or not {"no", "head", "rel"} & columns.keys():
        raise FileRefused("columns_missing")
    faults = Faults(table, columns)
    reader = _Reader(columns, county, faults)
    for row in table.rows:
        reader.take(row)
    legend = read_legend([*table.texts, *(column.header for column in table.columns)])
    households = tuple(_household(group, columns, county, faults, on, legend)
                       for group in reader.groups.values() if group.rows)
    duplicates = tuple(Duplicate(tuple(row for row, _ in places), tuple(number for _, number in places))
                       for places in reader.places.values() if len(places) > 1)
    return HouseholdsRegister(table, columns, tuple(sorted(faults.found, key=lambda fault: fault.row)), households,
                              tuple(sorted(duplicates, key=lambda duplicate: duplicate.rows[-1])))


class _Reader:
    """Takes row after row: which household it belongs to, whether it is accepted, who is in it."""

    def __init__(self, columns: Mapping[str, Column], county: County, faults: Faults) -> None:
        self.columns, self.county, self.faults = columns, county, faults
        self.groups: dict[str, _Group] = {}
        self.places: dict[str, list[tuple[int, str]]] = {}
        self._bare: set[tuple[str, tuple[str, ...]]] = set()
        self._current = ""

    def take(self, row: Row) -> None:
        """Accept or reject one row, and put its person where it belongs."""
        key = self._key(row)
        group = self.groups.setdefault(key, _Group(number=self._number(row)))
        if reason := self._refusal(row, key, group):
            self.faults.reject(row.number, *reason)
            return
        group.rows.append(row)
        member = read_member(row, self.columns, self.faults)
        if member.identity_number is None:
            group.members.append(member)
            return
        places = self.places.setdefault(member.identity_number, [])
        places.append((row.number, group.number or key))
        (group.members if len(places) == 1 else group.also_listed).append(member)

    def _number(self, row: Row) -> str:
        written = squeezed(row.at(self.columns.get("no")))
        return "" if is_nothing(written) else written

    def _key(self, row: Row) -> str:
        """Which household a row belongs to: by its number, else the one above unless a new one begins."""
        if number := self._number(row):
            self._current = number
        elif not self._current or self._begins(row):
            self._current = f"row {row.number}"
        return self._current

    def _begins(self, row: Row) -> bool:
        own = {name: text(row.at(column)) for name, column in self.columns.items()
               if column.index not in row.inherited}
        if lexicon("rel").find(own.get("rel", "")) == "head":
            return True
        return "rel" not in self.columns and not is_nothing(own.get("head") or own.get("seq") or "")

    def _refusal(self, row: Row, key: str, group: _Group) -> tuple[str, str, str] | None:
        """(field, kind, shown) of the reason for rejecting a row, or None."""
        name, identity = squeezed(row.at(self.columns["name"])), identity_of(row, self.columns)
        if is_nothing(name) and identity.number is None:
            return "name", "no_identity", ""
        town = text(row.at(self.columns.get("town")))
        if not group.town_code or not is_nothing(town):
            code = self._town(row, town)
            if code is None:
                return "town", "foreign_area", town
            group.town_code = group.town_code or code
        if identity.number is None:
            return self._bare_refusal(row, key, name)
        if (identity.number, key) in {(number, place[1]) for number in (identity.number,)
                                      for place in self.places.get(number, ())}:
            return "name", "row_twice", ""
        return None

    def _bare_refusal(self, row: Row, key: str, name: str) -> tuple[str, str, str] | None:
        """A person without a usable number is there twice only when all that is told of both is the same."""
        told = (name, *(text(row.at(self.columns.get(field))) for field in ("rel", "id", "phone", "income", "birth")))
        if (key, told) in self._bare:
            return "name", "row_twice", ""
        self._bare.add((key, told))
        return None

    def _town(self, row: Row, town: str) -> str | None:
        """Code of a row's town; where none is written, by number or address, at worst the county itself."""
        if not is_nothing(town):
            return self.county.town(town)
        number = self._number(row)
        if number[:9] in self.county.towns:
            return number[:9]
        return self.county.town_in(text(row.at(self.columns.get("addr")))) or self.county.code


def _household(group: _Group, columns: Mapping[str, Column], county: County, faults: Faults, on: date,
               legend: Mapping[str, int]) -> HouseholdRow:
    first = {name: _first(group.rows, column) for name, column in columns.items()}
    number_row = group.rows[0].number
    registered = read_date(first.get("registered"))
    if registered.fault:
        faults.warn(number_row, "registered", registered.fault, text(first["registered"]))
    category = lexicon("category").find(text(first.get("category")))
    if category is None and not is_nothing(text(first.get("category"))):
        faults.warn(number_row, "category", "category_unknown", text(first["category"]))
    if group.town_code == county.code:
        faults.warn(number_row, "town", "town_missing")
    people = group.members + group.also_listed
    head = next((member.name for member in people if member.relation == "head"), people[0].name)
    return HouseholdRow(
        number=group.number, town_code=group.town_code, village=_told(first.get("village")),
        head_name=squeezed(first.get("head")) or head, address=_told(first.get("addr")),
        category=category or "", residence=lexicon("residence").find(text(first.get("hukou"))) or "",
        cause=code_or_text("cause", first.get("cause")), housing=code_or_text("house", first.get("house")),
        support=lexicon("support").find(text(first.get("support"))) or _told(first.get("support")),
        note=_told(first.get("note")), registered_on=registered.on.replace(day=1) if registered.on else None,
        members=tuple(group.members), also_listed=tuple(group.also_listed),
        needs=read_needs(group.rows, columns, legend, group.members, on, faults))


def _told(cell: Cell) -> str:
    return "" if is_nothing(text(cell)) else text(cell)


def _first(rows: Sequence[Row], column: Column) -> Cell:
    """The first value that a household's rows hold in a column."""
    return next((row.at(column) for row in rows if text(row.at(column))), None)

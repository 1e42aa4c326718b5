"""Turns tables of households into records: people grouped by household, each person counted once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from matching.exchange.areas import County
from matching.exchange.cells import Cell, read_date, squeezed, text
from matching.exchange.columns import Choices
from matching.exchange.grouping import Group, Grouping
from matching.exchange.joining import Joined, join
from matching.exchange.members import code_or_text, identity_of, read_member, read_others
from matching.exchange.register import Duplicate, Faults, HouseholdRow, HouseholdsRegister, MemberRow
from matching.exchange.sheets import Column, Row, Table
from matching.exchange.vocabulary import is_nothing, lexicon
from matching.exchange.wants import read_legend, read_needs
from matching.exchange.workbook import FileRefused

__all__ = ["read_households"]

_VILLAGE_IN = re.compile(r"^([^\d组号路街巷镇乡县市区省]{1,8}?(?:村|社区|居委会|村委会|嘎查))")


def read_households(tables: Sequence[Table], county: County, on: date, choices: Choices | None = None
                    ) -> HouseholdsRegister:
    """Read a register of households of one county; `on` is the day for ages, `tables` the best sheet first.

    Raises FileRefused when the names of the people are not found.
    """
    joined = join(tables, "households", county, choices)
    columns = joined.columns
    if "name" not in columns or not {"no", "head", "rel", "id", "addr"} & columns.keys():
        raise FileRefused("columns_missing")
    faults = Faults(joined)
    reader = _Reader(joined, county, faults)
    for row in joined.table.rows:
        reader.take(row)
    legend = read_legend([*joined.table.texts, *(column.header for column in joined.table.columns)])
    households = tuple(_household(group, reader, faults, on, legend)
                       for group in reader.grouping.groups.values() if group.members or group.also_listed)
    duplicates = tuple(Duplicate(tuple(row for row, _ in places), tuple(number for _, number in places))
                       for places in reader.places.values() if len(places) > 1)
    return HouseholdsRegister(joined, tuple(sorted(faults.found, key=lambda fault: fault.row)), households,
                              tuple(sorted(duplicates, key=lambda duplicate: duplicate.rows[-1])))


class _Reader:
    """Takes row after row: which household it belongs to, whether it is accepted, who is in it."""

    def __init__(self, joined: Joined, county: County, faults: Faults) -> None:
        self.joined, self.columns, self.county, self.faults = joined, joined.columns, county, faults
        self.grouping = Grouping(joined)
        self.places: dict[str, list[tuple[int, str]]] = {}
        self._bare: set[tuple[str, tuple[str, ...]]] = set()
        self._titled = {part.sheet: _titled(county, (part.sheet, *part.titles)) for part in joined.parts}

    def take(self, row: Row) -> None:
        """Accept or reject one row, and put its people where they belong."""
        self.faults.at = row
        group = self.grouping.group(row)
        if reason := self._refusal(row, group):
            self.faults.reject(row.number, *reason)
            return
        group.rows.append(row)
        if self.joined.part(row.number).facts:
            return
        self._enter(read_member(row, self.columns, self.faults), group)
        for member in read_others(row, self.columns.get("others"), self.faults):
            self._enter(member, group)

    def _enter(self, member: MemberRow, group: Group) -> None:
        if member.identity_number is None:
            group.members.append(member)
            return
        places = self.places.setdefault(member.identity_number, [])
        places.append((member.row, group.number or group.key))
        (group.members if len(places) == 1 else group.also_listed).append(member)

    def _refusal(self, row: Row, group: Group) -> tuple[str, str, str] | None:
        """(field, kind, shown) of the reason for rejecting a row, or None."""
        facts = self.joined.part(row.number).facts
        name, identity = squeezed(row.at(self.columns["name"])), identity_of(row, self.columns)
        if not facts and is_nothing(name) and identity.number is None:
            return "name", "no_identity", ""
        town = text(row.at(self.columns.get("town")))
        if not group.town_code or not (is_nothing(town) or self.county.town(town)):
            code, village = self._place(row, town)
            if code is None:
                return "town", "foreign_area", town
            if not group.town_code:
                group.town_code, group.village = code, village
        if facts:
            return None
        if identity.number is None:
            return self._bare_refusal(row, group, name)
        return ("name", "row_twice", "") if self._listed(identity.number, group) else None

    def _listed(self, number: str, group: Group) -> bool:
        """Whether a person stands in this household already; without numbers also: heads this household elsewhere."""
        where = {place for _, place in self.places.get(number, ())}
        if (group.number or group.key) in where:
            return True
        return not group.number and not group.members and any(
            other.members and other.members[0].identity_number == number and other.head == group.head
            for place in where if (other := self.grouping.groups.get(place)) is not None)

    def _bare_refusal(self, row: Row, group: Group, name: str) -> tuple[str, str, str] | None:
        """A person without a usable number is there twice only when all that is told of both is the same."""
        told = (name, *(text(row.at(self.columns.get(field))) for field in ("rel", "id", "phone", "income", "birth")))
        if (group.key, told) in self._bare:
            return "name", "row_twice", ""
        self._bare.add((group.key, told))
        return None

    def _place(self, row: Row, town: str) -> tuple[str | None, str]:
        """(town, village) of a row. Where no town is written: by village, heading, number, address, sheet or title,
        at worst the reach of who brings the register, or the county itself; a town that is not here: None.
        """
        county, columns = self.county, self.columns
        there, named = county.parted(text(row.at(columns["village"]))) if "village" in columns else (None, "")
        told = named if there else text(row.at(columns.get("village")))
        village = "" if is_nothing(told) else told
        if not is_nothing(town):
            if code := county.town(town):
                return code, village or row.village
            code, after = county.parted(town)
            return code, village or row.village or (after if _VILLAGE_IN.fullmatch(after) else "")
        by_address, rest = county.parted(text(row.at(columns["addr"]))) if "addr" in columns else (None, "")
        addressed = _VILLAGE_IN.match(rest) if "village" not in columns else None
        by_title, titled = self._titled[self.joined.part(row.number).sheet]
        number = self.grouping.number(row)[:9]
        code = (there or county.town(row.town) or (number if number in county.towns else None) or by_address or by_title
                or county.own or county.code)
        return code, village or row.village or (addressed[1] if addressed else titled)


def _titled(county: County, lines: Sequence[str]) -> tuple[str | None, str]:
    """The one town, and its village, that the name or the title of a sheet names."""
    for line in lines:
        code, rest = county.parted(line)
        code = code or (county.town(line) if len(line) <= 12 else None)
        if code is not None:
            village = _VILLAGE_IN.match(rest)
            return code, village[1] if village else ""
    return None, ""


def _household(group: Group, reader: _Reader, faults: Faults, on: date, legend: Mapping[str, int]) -> HouseholdRow:
    columns = reader.columns
    at = {name: _first(group.rows, column) for name, column in columns.items()}
    first = {name: row.at(columns[name]) for name, row in at.items()}
    registered = read_date(first.get("registered"))
    if registered.fault:
        faults.warn(at["registered"].number, "registered", registered.fault, text(first["registered"]))
    category, residence = _category(text(first.get("category")), group, reader)
    if category is None and not is_nothing(text(first.get("category"))):
        faults.warn(at["category"].number, "category", "category_unknown", text(first["category"]))
    if group.town_code == reader.county.code:
        faults.warn(group.rows[0].number, "town", "town_missing")
    people = group.members + group.also_listed
    head = next((member.name for member in people if member.relation == "head"), people[0].name)
    return HouseholdRow(
        number=reader.grouping.lasting(group), town_code=group.town_code, village=group.village,
        head_name=squeezed(first.get("head")) or head, address=_told(first.get("addr")),
        category=category or "", residence=lexicon("residence").find(text(first.get("hukou"))) or residence,
        cause=code_or_text("cause", first.get("cause")), housing=code_or_text("house", first.get("house")),
        support=lexicon("support").find(text(first.get("support"))) or _told(first.get("support")),
        note=_told(first.get("note")), registered_on=registered.on.replace(day=1) if registered.on else None,
        members=tuple(group.members), also_listed=tuple(group.also_listed),
        needs=read_needs(group.rows, columns, legend, group.members, on, faults))


def _category(written: str, group: Group, reader: _Reader) -> tuple[str | None, str]:
    """(category, residence that its word tells): a bare A类 is of 低保 where the header or the title says so."""
    part = reader.joined.part(group.rows[0].number)
    column = part.columns.get("category") or reader.columns.get("category")
    around = " ".join([column.header if column else "", *part.titles, part.sheet])
    residence = _residence(written) or _residence(around)
    found = lexicon("category").find(written)
    if found is None and re.search("低保|最低生活保障", around) and not is_nothing(written):
        found = lexicon("category").find(f"低保{written}")
    if is_nothing(written) and column is None and re.search("特困|五保|边缘", around) and "低保户" not in around:
        found = lexicon("category").find(re.sub("低保(?!边缘)", "", around))
    return found, residence


def _residence(written: str) -> str:
    """Urban or rural where words tell one of both: 农村低保, 城市低保; 城乡 tells neither."""
    urban = re.search("城[镇市](居民|低保|最低|特困|户)", written)
    rural = re.search("农村(居民|低保|最低|特困|五保|户)", written)
    return "" if bool(urban) == bool(rural) else "urban" if urban else "rural"


def _told(cell: Cell) -> str:
    return "" if is_nothing(text(cell)) else text(cell)


def _first(rows: Sequence[Row], column: Column) -> Row:
    """The first of a household's rows that holds a value in a column, else the first of all."""
    return next((row for row in rows if text(row.at(column))), rows[0])

"""A row that names a whole household, each person in columns of its own, read as one row a person.

成员1姓名 成员1身份证 成员2姓名 …, 姓名1 身份证号1, 配偶姓名, 子女1姓名, a heading 成员1 over 姓名 and 关系, or
家庭成员1 with all in one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from matching.exchange.areas import County
from matching.exchange.cells import Cell, squeezed, text
from matching.exchange.columns import Choices, recognise
from matching.exchange.headers import fit
from matching.exchange.listed import listed_people
from matching.exchange.sheets import Column, Row, Table
from matching.exchange.vocabulary import header_words, is_nothing, lexicon, plain

__all__ = ["unfolded"]

PERSON = ("name", "id", "rel", "certificate", "phone", "sex", "birth", "health", "illness", "distype", "disgrade",
          "stage", "child", "income", "work", "job", "gets", "bank")
"""Fields of a person; all others are the household's."""
PLACES = ("no", "head", "town", "village")
"""What tells of a further person's row whose household it belongs to."""
NAMED = 0.6
FEW = 3
"""So many columns at least make a list that may stand twice side by side."""
_NUMBER = r"(?:\d{1,2}|[一二三四五六七八九十]{1,2})"
_WHO = (r"(?:共同生活|其他|其它)?(?:家庭|家|户内)?(?:成员|人口|人员)|家属|家人|子女|儿女|孩子|小孩|子|女|儿童|学生|"
        r"老人|被[抚扶赡]养人|共同生活人")
_KIN = "配偶|妻子|丈夫|爱人|父亲|母亲|长子|次子|三子|长女|次女|三女|儿子|女儿"
_BLOCKS = (re.compile(rf"^(?P<who>{_WHO})第?(?P<at>{_NUMBER})[个位名人]?(?:的)?(?P<what>\D*)$"),
           re.compile(rf"^第(?P<at>{_NUMBER})[个位名](?P<who>{_WHO})(?:的)?(?P<what>\D*)$"),
           re.compile(rf"^(?P<who>(?:{_WHO})?)(?P<what>\D+?)(?P<at>{_NUMBER})$"),
           re.compile(rf"^(?P<who>{_KIN})(?P<at>{_NUMBER}?)(?:的)?(?P<what>\D+)$"))


@dataclass(slots=True)
class _Block:
    """The columns of one further person: field → column. `bare`: one that holds name, relation and number together."""

    who: str
    columns: dict[str, Column] = field(default_factory=dict)
    bare: Column | None = None


def unfolded(table: Table, county: County | None = None, choices: Choices | None = None) -> Table:
    """The same table with a row for each person; as it is where no person has columns of its own."""
    table = _parted(table)
    blocks = _blocks(table.columns)
    if not blocks:
        return table
    taken = {column.index for block in blocks for column in (*block.columns.values(), block.bare) if column}
    layout = [Column(column.index, "") if column.index in taken else column for column in table.columns]
    without = tuple(replace(row, cells=[None if at in taken else cell for at, cell in enumerate(row.cells)])
                    for row in table.rows)
    base = recognise(replace(table, columns=tuple(layout), rows=without), "households", county, choices)
    if "rel" in base and any(block.who in _KIN.split("|") for block in blocks):
        return table  # a row is a person already, and says besides who its spouse is
    first = {"name": base.get("name") or base.get("head"), "id": base.get("id") or base.get("head_id")} | {
        name: base[name] for name in PERSON[2:] if name in base}
    fields = [name for name in PERSON if name in ("name", "id", "rel")
              or any(name in block.columns for block in blocks) or first.get(name)]
    targets: dict[str, Column] = {}
    for name in fields:
        if name not in base:
            layout.append(Column(len(layout), header_words("households")[name].names[0]))
        targets[name] = base.get(name) or layout[-1]
    reader = _Reader(blocks, {name: column for name, column in first.items() if column}, targets,
                     [base[name] for name in PLACES if name in base], len(layout))
    return replace(table, columns=tuple(layout), rows=tuple(row for whole in table.rows for row in reader.rows(whole)))


def _parted(table: Table) -> Table:
    """A list whose columns stand there two or three times side by side, to save paper, as one below the other."""
    told = [(plain(column.group), plain(column.header)) for column in table.columns]
    while told and told[-1] == ("", ""):
        told.pop()
    width = next((len(told) // times for times in (2, 3) if len(told) % times == 0
                  and told == told[:len(told) // times] * times), 0)
    if width < FEW or not any(fit(header, "", "name", "households") >= NAMED for _group, header in told[:width]):
        return table
    rows = [replace(row, cells=row.cells[start:start + width],
                    origins={at: start + at for at in range(width)},
                    inherited=frozenset(at - start for at in row.inherited if start <= at < start + width))
            for row in table.rows for start in range(0, len(told), width)
            if any(not is_nothing(text(cell)) for cell in row.cells[start:start + width])]
    return replace(table, columns=table.columns[:width], rows=tuple(rows))


def _blocks(columns: Sequence[Column]) -> list[_Block]:
    """The people who have columns of their own, in the order of the columns: each with a name or all in one cell."""
    found: dict[tuple[str, str], _Block] = {}
    for column in columns:
        if (told := _told(column)) is None:
            continue
        who, at, what = told
        block = found.setdefault((who, at), _Block(who))
        if what is None:
            block.bare = block.bare or column
        else:
            block.columns.setdefault(what, column)
    blocks = [block for (_who, at), block in found.items()
              if ("name" in block.columns and (at or "id" in block.columns)) or (block.bare and not block.columns)]
    alone = sum(not block.who for block in blocks) == 1  # 姓名1 without 姓名2 is a name
    return [block for block in blocks if block.who or not alone]


def _told(column: Column) -> tuple[str, str, str | None] | None:
    """Of whom a column tells, the number of that person, and which field; None for the field: all in one cell."""
    written = plain(column.group + column.header)
    for pattern in _BLOCKS:
        match = pattern.match(written) or pattern.match(plain(column.header))
        if match is None:
            continue
        who, at, what = match["who"], match["at"], match["what"]
        if not what:
            return (who, at, None) if who else None
        best = max(PERSON, key=lambda name: fit(what, "", name, "households"))
        if fit(what, "", best, "households") >= NAMED and (at or who):
            return who, at, best
    return None


@dataclass(slots=True)
class _Reader:
    """Makes rows of one: the household's first person stands in `first`, everybody's values go to `targets`."""

    blocks: list[_Block]
    first: Mapping[str, Column]
    targets: Mapping[str, Column]
    places: Sequence[Column]
    width: int

    def rows(self, whole: Row) -> list[Row]:
        """The people of one row, each in a row; the household's own values stand in the first only."""
        head = {name: (whole.at(column), column.index) for name, column in self.first.items()
                if not is_nothing(text(whole.at(column)))}
        people = [head] if "name" in head else []
        for block in self.blocks:
            person = self._person(whole, block)
            known = next((other for other in people if _is_same(person, other)), None)
            if known is not None:
                known.update({name: value for name, value in person.items() if name not in known})
            elif person:
                people.append(person)
        return [self._row(whole, person, is_first=at == 0) for at, person in enumerate(people or [head])]

    def _person(self, whole: Row, block: _Block) -> dict[str, tuple[Cell, int]]:
        if block.bare is not None:
            told = listed_people(text(whole.at(block.bare)))
            return {name: (value, block.bare.index) for name, value in zip(
                ("name", "rel", "id"), told[0] if told else (), strict=False) if value}
        found = {name: (whole.at(column), column.index) for name, column in block.columns.items()
                 if not is_nothing(text(whole.at(column)))}
        if found and "rel" not in found and lexicon("rel").find(block.who):
            found["rel"] = (block.who, block.columns["name"].index)
        return found if "name" in found or "id" in found else {}

    def _row(self, whole: Row, person: Mapping[str, tuple[Cell, int]], *, is_first: bool) -> Row:
        cells: list[Cell] = [None] * self.width
        if is_first:
            cells[:len(whole.cells)] = whole.cells
            for block in self.blocks:
                for column in (*block.columns.values(), block.bare):
                    if column is not None and column.index < len(cells):
                        cells[column.index] = None
        for column in self.places:
            cells[column.index] = whole.at(column)
        for name, target in self.targets.items():
            cells[target.index] = person[name][0] if name in person else None
        if is_first and "rel" not in person and self.first.get("name"):
            cells[self.targets["rel"].index] = "户主"
        origins = {self.targets[name].index: at for name, (_value, at) in person.items() if name in self.targets}
        inherited = frozenset() if is_first else frozenset(column.index for column in self.places)
        return replace(whole, cells=cells, origins=origins, inherited=whole.inherited | inherited)


def _is_same(one: Mapping[str, tuple[Cell, int]], other: Mapping[str, tuple[Cell, int]]) -> bool:
    """The head often stands among the members once more."""
    mine, theirs = (squeezed(person.get("id", (None, 0))[0]) for person in (one, other))
    same_name = squeezed(one.get("name", (None, 0))[0]) == squeezed(other.get("name", (None, 0))[0])
    return mine == theirs if mine and theirs else same_name

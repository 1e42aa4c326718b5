"""From a sheet's cells to a table: where the header is, which rows hold data, and what is only text around it.

A header may stand under title and note rows and may have several levels; merged cells are filled; blank rows,
total rows, headings of towns and villages, repeated headers, rows that number the columns or explain them, worked
examples and closing remarks are set apart and never become data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from matching.exchange.cells import Cell, text
from matching.exchange.headers import fit, header_score
from matching.exchange.vocabulary import header_words, needs
from matching.exchange.workbook import Sheet

__all__ = ["Column", "Row", "Table", "letter_of", "tables_of"]

_HEADER_WITHIN = 30
_EXPLAINED_WITHIN = 3
"""Rows under the header that may number or explain the columns, or hold a worked example."""
_TOTAL = re.compile(r"^(总|合|小|共|累)\s*计|^(总|合)数|^(SUB|GRAND )?TOTAL", re.IGNORECASE)
_TOTAL_OF = re.compile(r"(小|合|总|共)\s*计[:：]?$|^共\s*\d+\s*[户人]")
_IDENTITY = re.compile(r"\d{15}")
_HEADING = re.compile(r"^(?:[（(]?[一二三四五六七八九十\d]+[)）]?[、.．)）:：\s]*)?"
                      r"(?P<name>[㐀-鿿]{1,14}?(?P<kind>镇|乡|街道|街道办事处|办事处|农场|林场|苏木|村|社区|居委会|村委会|嘎查))"
                      r"\s*(?:[（(].*|[:：]|共?\s*\d.*)?$")
_NAMED = 0.6
_TOWNS = frozenset({"镇", "乡", "街道", "街道办事处", "办事处", "农场", "林场", "苏木"})
_HINT = re.compile(r"^[（(]?(文本|数字|日期|整数|必填|选填|可不填|下拉|单选|多选|可多选|\d+\s*位|格式|如[:：]|"
                   r"例如|请|按|填|自动|YYYY|TEXT|NUMBER|DATE|REQUIRED|OPTIONAL)", re.IGNORECASE)
_EXAMPLE = re.compile(r"^[（(【]?(示例|样例|范例|举例|填写示例|填表示例|例[:：)）】]|EXAMPLE)", re.IGNORECASE)
_LABELLED = re.compile(r"[:：]|盖章|\d{4}年")
"""填报单位：…, 单位：元, 2024年9月30日: what stands over a table, but heads no column."""
_REMARK = re.compile(r"^(注|备注|说明|填表|制表|填报|审核|负责人|经办|联系人|单位盖章|盖章|日期|打印)")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: position from 0, the header as written and the heading of its group (may be empty)."""

    index: int
    header: str
    group: str = ""

    @property
    def letter(self) -> str:
        return letter_of(self.index)


@dataclass(frozen=True, slots=True)
class Row:
    """One data row: its number in the sheet (first line = 1) and its cells, merged ones filled.

    `inherited`: columns whose value was filled from a merged range that begins in an earlier row. `town`, `village`:
    what the last headings above the row name. Of several joined sheets `number` also tells which (see `joining`).
    `origins`: in which column of the sheet a value stands that was moved (see `unfolding`).
    """

    number: int
    cells: Sequence[Cell]
    inherited: frozenset[int] = frozenset()
    town: str = ""
    village: str = ""
    origins: Mapping[int, int] = field(default_factory=dict)

    def at(self, column: Column | None) -> Cell:
        """The cell of a column; None when the column is not there or the row is shorter."""
        return self.cells[column.index] if column is not None and column.index < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet as a table. Row numbers count from 1; `titles` are the lines above the header, `texts` all notes."""

    sheet: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    header_rows: tuple[int, ...]
    blank_rows: tuple[int, ...] = ()
    total_rows: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()
    is_text: bool = False
    recognised: float = field(default=0.0, compare=False)
    titles: tuple[str, ...] = ()


def letter_of(index: int) -> str:
    """The letters of a column: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def tables_of(sheets: Sequence[Sheet], kind: str) -> list[Table]:
    """Every sheet that could be a register of this kind, the likeliest first; that one also gets the others' texts."""
    tables = [table for sheet in sheets if (table := _table(sheet, kind)) is not None]
    tables.sort(key=lambda table: (-round(table.recognised), -len(table.rows)))
    if tables:
        others = tuple(text(cell) for sheet in sheets if sheet.name != tables[0].sheet for row in sheet.cells[:100]
                       for cell in row if isinstance(cell, str) and text(cell))
        tables[0] = replace(tables[0], texts=tables[0].texts + others)
    return tables


def _table(sheet: Sheet, kind: str) -> Table | None:
    top = sheet.cells[:_HEADER_WITHIN]
    scores = [sum(max(0.0, header_score(text(cell), kind) - 0.3) for cell in row if isinstance(cell, str))
              for row in top]
    if not scores or max(scores) < 1.4:
        return None
    leaf = max(range(len(top)), key=lambda i: scores[i])
    first = leaf
    while first > 0 and leaf - first < 2 and _is_group_row(sheet, first - 1):
        first -= 1
    last = leaf
    while last + 1 < len(sheet.cells) and last - leaf < 2 and _is_leaf_row(sheet, last, kind):
        last += 1
    columns = _columns(sheet, first, last)
    body = _Body(sheet, columns, last + 1, kind)
    titles = tuple(text(cell) for row in sheet.cells[:first] for cell in row if text(cell))
    return Table(sheet.name, columns, tuple(body.rows), tuple(range(first + 1, last + 2)), body.gaps,
                 tuple(body.total), titles + tuple(body.remarks), sheet.is_text, sum(scores[first:last + 1]), titles)


def _is_group_row(sheet: Sheet, index: int) -> bool:
    """Whether a row holds headings of groups: several short texts, no single line across the sheet."""
    filled = [text(cell) for cell in sheet.cells[index] if text(cell)]
    width = len(sheet.cells[index])
    across = any(top <= index <= bottom and right - left >= width * 0.7
                 for top, left, bottom, right in sheet.merges)
    return len(filled) >= 2 and not across and not any(_LABELLED.search(written) for written in filled) and all(
        isinstance(cell, str) and len(text(cell)) <= 16 for cell in sheet.cells[index] if text(cell))


def _is_leaf_row(sheet: Sheet, index: int, kind: str) -> bool:
    """Whether the row after `index` is a second level of the header, under merged headings of groups."""
    spread = [(left, right) for top, left, bottom, right in sheet.merges
              if top <= index <= bottom and right > left and bottom == index]
    below = sheet.cells[index + 1]
    under = [text(cell) for left, right in spread for cell in below[left:right + 1] if text(cell)]
    outside = [cell for i, cell in enumerate(below) if text(cell) and not any(a <= i <= b for a, b in spread)]
    known = sum(header_score(name, kind) >= _NAMED or needs().exact(name) is not None for name in under)
    return bool(under) and not outside and known * 2 >= len(under)


def _columns(sheet: Sheet, first: int, last: int) -> tuple[Column, ...]:
    filled = {(row, column): cell for row in range(first, last + 1)
              for column, cell in enumerate(sheet.cells[row])}
    for top, left, bottom, right in sheet.merges:
        if first <= top <= last:
            for row in range(top, min(bottom, last) + 1):
                for column in range(left, right + 1):
                    filled[row, column] = sheet.cells[top][left]
    columns = []
    for index in range(max(len(sheet.cells[row]) for row in range(first, last + 1))):
        names = [str(filled.get((row, index)) or "") for row in range(first, last + 1)]
        written = [name for name in dict.fromkeys(names) if name.strip()]
        columns.append(Column(index, written[-1] if written else "", "".join(written[:-1])))
    return tuple(columns)


class _Body:
    """What stands below the header, row by row: data, or what only surrounds it."""

    def __init__(self, sheet: Sheet, columns: Sequence[Column], start: int, kind: str) -> None:
        self.rows: list[Row] = []
        self.blank: list[int] = []
        self.total: list[int] = []
        self.remarks: list[str] = []
        self._headers = {text(column.header) for column in columns if column.header}
        self._width, self._start = len(columns), start
        self._places = {column.index for column in columns for field in ("town", "village")
                        if field in header_words(kind) and fit(column.header, column.group, field, kind) >= _NAMED}
        self._town = self._village = ""
        fills = _fills(sheet, start)
        for index in range(start, len(sheet.cells)):
            self._take(sheet.cells[index], index, fills.get(index, ()))

    @property
    def gaps(self) -> tuple[int, ...]:
        """Blank rows between others; empty rows at the end are no gap."""
        last = max([row.number for row in self.rows] + self.total, default=self._start)
        return tuple(number for number in self.blank if number < last)

    def _take(self, cells: Sequence[Cell], index: int, fills: Sequence[tuple[int, Cell]]) -> None:
        filled = [written for cell in cells if (written := text(cell))]
        if not filled:
            self.blank.append(index + 1)
        elif _is_total(filled):
            self.total.append(index + 1)
        elif index - self._start < _EXPLAINED_WITHIN and not self.rows and _explains(filled):
            self.remarks.extend(filled)
        elif len(filled) > 2 and sum(cell in self._headers for cell in filled) * 2 > len(filled):
            return  # the header printed again at the top of a page
        elif len(filled) <= 3 and self._width > 4 and _REMARK.match(filled[0]):
            self.remarks.extend(filled)
        elif len(filled) == 1 and (heading := self._heading(cells)):
            self._under(heading["name"], heading["kind"])
        else:
            self.rows.append(_row(cells, index, fills, self._town, self._village))

    def _heading(self, cells: Sequence[Cell]) -> re.Match[str] | None:
        """A town or village alone in its row, but not in a column of towns or villages: there it is data."""
        column, written = next((i, text(cell)) for i, cell in enumerate(cells) if text(cell))
        return _HEADING.match(written) if self._width > 3 and column not in self._places else None

    def _under(self, name: str, kind: str) -> None:
        """A heading across the sheet: the rows that follow belong to this town or village."""
        if kind in _TOWNS:
            self._town, self._village = name, ""
        else:
            self._village = name


def _is_total(filled: Sequence[str]) -> bool:
    if any(_TOTAL.match(cell) and len(cell) <= 6 for cell in filled[:3]):
        return True
    return any(_TOTAL_OF.search(cell) and len(cell) <= 20 for cell in filled[:2]) and not any(
        _IDENTITY.search(cell) for cell in filled)


def _explains(filled: Sequence[str]) -> bool:
    """Whether a row under the header numbers the columns (1 2 3, 甲 乙 1 2), explains them, or is a worked example."""
    if len(filled) > 2 and filled == _numbering(filled):
        return True
    return _EXAMPLE.match(filled[0]) is not None or (
        len(filled) > 2 and sum(_HINT.match(cell) is not None for cell in filled) * 2 > len(filled))


def _numbering(filled: Sequence[str]) -> list[str]:
    letters = [letter for letter, cell in zip("甲乙丙丁戊己", filled, strict=False) if letter == cell]
    return letters + [str(number) for number in range(1, len(filled) - len(letters) + 1)]


def _fills(sheet: Sheet, start: int) -> dict[int, list[tuple[int, Cell]]]:
    """Row → (column, value) of the cells that a merged range fills there."""
    fills: dict[int, list[tuple[int, Cell]]] = {}
    for top, left, bottom, right in _usable(sheet, start):
        value = sheet.cells[top][left]
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (row, column) != (top, left):
                    fills.setdefault(row, []).append((column, value))
    return fills


def _usable(sheet: Sheet, start: int) -> Iterator[tuple[int, int, int, int]]:
    """Merged ranges below the header that lie inside the sheet, cut to it."""
    for top, left, bottom, right in sheet.merges:
        if start <= top < len(sheet.cells) and left < len(sheet.cells[top]):
            yield top, left, min(bottom, len(sheet.cells) - 1), min(right, len(sheet.cells[top]) - 1)


def _row(cells: Sequence[Cell], index: int, fills: Sequence[tuple[int, Cell]], town: str, village: str) -> Row:
    if not fills:
        return Row(index + 1, cells, frozenset(), town, village)
    whole = list(cells)
    for column, value in fills:
        if column < len(whole) and not text(whole[column]):
            whole[column] = value
    return Row(index + 1, whole, frozenset(column for column, _ in fills), town, village)

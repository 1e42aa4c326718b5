"""From a sheet's cells to a table: where the header is, which rows hold data, and what is only text around it.

A header may stand under title and note rows and may have two levels; merged cells are filled; blank rows,
total rows, repeated headers and closing remarks are set apart and never become data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from matching.exchange.cells import Cell, text
from matching.exchange.headers import header_score
from matching.exchange.workbook import Sheet

__all__ = ["Column", "Row", "Table", "best_table", "letter_of"]

_HEADER_WITHIN = 30
_TOTAL = re.compile(r"^(总|合|小|共|累)\s*计|^(总|合)数|^TOTAL", re.IGNORECASE)
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

    `inherited`: columns whose value was filled from a merged range that begins in an earlier row.
    """

    number: int
    cells: Sequence[Cell]
    inherited: frozenset[int] = frozenset()

    def at(self, column: Column | None) -> Cell:
        """The cell of a column; None when the column is not there or the row is shorter."""
        return self.cells[column.index] if column is not None and column.index < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet as a table. Row numbers count from 1; `texts` are title, note and closing lines."""

    sheet: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    header_rows: tuple[int, ...]
    blank_rows: tuple[int, ...] = ()
    total_rows: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()
    is_text: bool = False
    recognised: float = field(default=0.0, compare=False)


def letter_of(index: int) -> str:
    """The letters of a column: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def best_table(sheets: Sequence[Sheet], kind: str) -> Table | None:
    """The sheet that looks most like a register of this kind, or None; other sheets give their texts only."""
    tables = [table for sheet in sheets if (table := _table(sheet, kind)) is not None]
    if not tables:
        return None
    best = max(tables, key=lambda table: (round(table.recognised), len(table.rows)))
    others = tuple(text(cell) for sheet in sheets if sheet.name != best.sheet for row in sheet.cells[:100]
                   for cell in row if isinstance(cell, str) and text(cell))
    return Table(best.sheet, best.columns, best.rows, best.header_rows, best.blank_rows, best.total_rows,
                 best.texts + others, best.is_text, best.recognised)


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
    if last + 1 < len(sheet.cells) and _is_leaf_row(sheet, last, kind):
        last += 1
    columns = _columns(sheet, first, last)
    rows, blank, total, remarks = _data_rows(sheet, last + 1, columns)
    texts = tuple(text(cell) for row in sheet.cells[:first] for cell in row if text(cell))
    return Table(sheet.name, columns, rows, tuple(range(first + 1, last + 2)), blank, total,
                 texts + remarks, sheet.is_text, sum(scores[first:last + 1]))


def _is_group_row(sheet: Sheet, index: int) -> bool:
    """Whether a row holds headings of groups: several short texts, no single line across the sheet."""
    filled = [text(cell) for cell in sheet.cells[index] if text(cell)]
    width = len(sheet.cells[index])
    across = any(top <= index <= bottom and right - left >= width * 0.7
                 for top, left, bottom, right in sheet.merges)
    return len(filled) >= 2 and not across and all(
        isinstance(cell, str) and len(text(cell)) <= 16 for cell in sheet.cells[index] if text(cell))


def _is_leaf_row(sheet: Sheet, index: int, kind: str) -> bool:
    """Whether the row after `index` is a second level of the header, under merged headings of groups."""
    spread = [(left, right) for top, left, bottom, right in sheet.merges
              if top <= index <= bottom and right > left and bottom == index]
    below = sheet.cells[index + 1]
    under = [text(cell) for left, right in spread for cell in below[left:right + 1] if text(cell)]
    outside = [cell for i, cell in enumerate(below) if text(cell) and not any(a <= i <= b for a, b in spread)]
    return bool(under) and not outside and sum(header_score(name, kind) >= 0.6 for name in under) * 2 >= len(under)


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


def _data_rows(sheet: Sheet, start: int, columns: Sequence[Column]
               ) -> tuple[tuple[Row, ...], tuple[int, ...], tuple[int, ...], tuple[str, ...]]:
    headers = {text(column.header) for column in columns if column.header}
    fills = _fills(sheet, start)
    rows, blank, total, remarks = [], [], [], []
    for index in range(start, len(sheet.cells)):
        cells = sheet.cells[index]
        filled = [text(cell) for cell in cells if text(cell)]
        if not filled:
            blank.append(index + 1)
        elif _is_total(filled):
            total.append(index + 1)
        elif len(filled) > 2 and sum(cell in headers for cell in filled) * 2 > len(filled):
            continue  # the header printed again at the top of a page
        elif len(filled) <= 3 and len(columns) > 4 and _REMARK.match(filled[0]):
            remarks.extend(filled)
        else:
            rows.append(_row(cells, index, fills.get(index, ())))
    last = max([row.number for row in rows] + total, default=start)
    gaps = tuple(number for number in blank if number < last)  # empty rows at the end are no gap
    return tuple(rows), gaps, tuple(total), tuple(remarks)


def _is_total(filled: Sequence[str]) -> bool:
    return any(_TOTAL.match(cell) and len(cell) <= 6 for cell in filled[:3])


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


def _row(cells: Sequence[Cell], index: int, fills: Sequence[tuple[int, Cell]]) -> Row:
    if not fills:
        return Row(index + 1, cells)
    whole = list(cells)
    for column, value in fills:
        if column < len(whole) and not text(whole[column]):
            whole[column] = value
    return Row(index + 1, whole, frozenset(column for column, _ in fills))

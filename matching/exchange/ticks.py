"""A heading with a column for each kind of help to tick (需求类别: 资金 就医 助学 其他) read as one column of words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from matching.exchange.cells import text, whole
from matching.exchange.headers import fit
from matching.exchange.sheets import Column, Row, Table
from matching.exchange.vocabulary import is_nothing, needs, plain

__all__ = ["gathered", "is_ticked"]

FEW = 2
NAMED = 0.45
_ASKS = re.compile("需|诉求|愁盼|帮扶|救助")
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")
_TICK = re.compile(r"^(√|✓|✔|☑|■|●|○|◎|是|有|要|需要|需|V|Y|YES|1)$", re.IGNORECASE)
_CROSS = re.compile(r"^(×|✗|✘|☐|□|否|不需要|不需|不要|X|N|NO|0)$", re.IGNORECASE)


def is_ticked(names: Sequence[str]) -> bool:
    """Whether headers under one heading are kinds of help, at least half of them."""
    kinds = sum(needs().exact(_BRACKETS.sub("", name)) is not None for name in names)
    return len(names) >= FEW and kinds * 2 >= len(names)


def gathered(table: Table) -> Table:
    """The same table with the words of what is ticked in the first of such columns; the others are left out."""
    for columns in _runs(table.columns):
        first, others = columns[0].index, {column.index for column in columns[1:]}
        layout = tuple(Column(column.index, column.group) if column.index == first
                       else Column(column.index, "") if column.index in others else column for column in table.columns)
        rows = tuple(_told(row, columns) for row in table.rows)
        table = replace(table, columns=layout, rows=rows)
    return table


def _runs(columns: Sequence[Column]) -> Iterator[list[Column]]:
    for group, run in groupby(columns, lambda column: column.group):
        under = list(run)
        if group and is_ticked([column.header for column in under]) and (
                _ASKS.search(plain(group)) or fit(group, "", "need", "households") >= NAMED):
            yield under


def _told(row: Row, columns: Sequence[Column]) -> Row:
    words = [word for column in columns if (word := _word(column, text(row.at(column))))]
    cells = list(row.cells) + [None] * (columns[-1].index + 1 - len(row.cells))
    for column in columns:
        cells[column.index] = None
    cells[columns[0].index] = "、".join(words) or None
    return replace(row, cells=cells)


def _word(column: Column, written: str) -> str:
    """What a cell asks for: the header where it is ticked or counted, else what it says itself."""
    if is_nothing(written) or _CROSS.match(written):
        return ""
    header = _BRACKETS.sub("", column.header)
    if _TICK.match(written):
        return header
    if whole(written) is not None and needs().exact(header):
        return f"{header}（{written}）"
    return written if needs().find(written) or not needs().exact(header) else header

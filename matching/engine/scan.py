"""Reading plain CSV files fast: whole columns in one pass over the bytes.

Plain means: no quotation marks, UTF-8, every row as wide as the header, every cell of its kind. For any other
file `scan` gives up, and the caller reads it the slow way, which understands the rest or says what is wrong.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.arrays import Floats, Ints, Parts, Rows
from matching.engine.compiled import kernel, part_of_kernel

__all__ = ["KEY", "NAME", "NUMBER", "WHOLE", "Columns", "scan"]

SKIPPED, KEY, NAME, WHOLE, NUMBER = 0, 1, 2, 3, 4
"""What a column holds: nothing of interest, the row's identifier, a word out of few, a whole or a decimal number."""

LF, CR, QUOTE, COMMA, MINUS, POINT, ZERO, NINE = 10, 13, 34, 44, 45, 46, 48, 57
MOST_WHOLE = 10**9
MOST_DIGITS = 15
"""Digits and powers of ten up to this are exact as doubles, so that their quotient is the nearest double."""
POWERS_OF_TEN = 10.0 ** np.arange(MOST_DIGITS + 1)
SLOTS = 1 << 17


@dataclass(frozen=True)
class Columns:
    """What a scan found: identifiers as fixed bytes; by column's name, words as numbers (-1: empty) into the
    sorted list of them, whole numbers, and decimal ones."""

    ids: NDArray[np.bytes_]
    names: dict[str, tuple[Rows, tuple[str, ...]]]
    wholes: dict[str, Rows]
    numbers: dict[str, Floats]


class Cells(NamedTuple):
    """Room for what a scan finds. `kind` and `slot` by column: which row of `reals` or `small` it fills.
    `start`, `length`: where each identifier stands; `words`: where each new word does, `table` finds it again."""

    kind: Rows
    slot: Rows
    reals: Floats
    small: Rows
    start: Ints
    length: Rows
    table: Rows
    words: Ints
    known: Rows


def scan(path: str, kinds: dict[str, int]) -> Columns | None:
    """Read the columns named in `kinds` (those that are there), or None when the file is not plain.

    1. The header says which columns there are. 2. Count the lines and see that nothing needs care.
    3. One pass over all cells. 4. Identifiers differ; words are numbered in sorted order.
    """
    try:
        data = np.fromfile(path, np.uint8)
    except OSError:
        return None
    lines, ascii_only = _survey(data)
    if lines < 1 or not (ascii_only or _is_utf8(data)):
        return None
    head, begin = _head(data)
    kind = [kinds.get(name, SKIPPED) for name in head]
    if KEY not in kind or any(head.count(name) > 1 for name in kinds):
        return None
    cells = _room(kind, lines)
    rows = _fill(data, begin, cells)
    if rows < 0 or not _all_differ(data, cells.start[:rows], cells.length[:rows]):
        return None
    return _columns(data, head, cells, rows)


def _is_utf8(data: Parts) -> bool:
    try:
        data.tobytes().decode()
    except UnicodeDecodeError:
        return False
    return True


def _head(data: Parts) -> tuple[list[str], int]:
    """The header's names, and where the rows begin."""
    line = data[:65536].tobytes().partition(b"\n")[0]
    return line.decode("utf-8-sig", "replace").removesuffix("\r").split(","), len(line) + 1


def _room(kind: list[int], lines: int) -> Cells:
    slot = [sum(_shares_room(k, other) for other in kind[:i]) for i, k in enumerate(kind)]
    names = kind.count(NAME)
    keyed = lines if KEY in kind else 0
    return Cells(np.array(kind, np.int32), np.array(slot, np.int32), np.empty((kind.count(NUMBER), lines)),
                 np.empty((names + kind.count(WHOLE), lines), np.int32), np.empty(keyed, np.int64),
                 np.empty(keyed, np.int32), np.full((len(kind), SLOTS if names else 0), -1, np.int32),
                 np.empty((len(kind), SLOTS // 2 if names else 0, 2), np.int64), np.zeros(len(kind), np.int32))


def _shares_room(kind: int, other: int) -> bool:
    return other == kind or {kind, other} == {NAME, WHOLE}


def _columns(data: Parts, head: list[str], cells: Cells, rows: int) -> Columns:
    found = Columns(_identifiers(data, cells, rows), {}, {}, {})
    for c, name in enumerate(head):
        if cells.kind[c] == NUMBER:
            found.numbers[name] = cells.reals[cells.slot[c], :rows]
        elif cells.kind[c] == WHOLE:
            found.wholes[name] = cells.small[cells.slot[c], :rows]
        elif cells.kind[c] == NAME:
            words = [data[a:b].tobytes().decode() for a, b in cells.words[c, : cells.known[c]].tolist()]
            known = sorted(words)
            rank = np.array([*map({w: i for i, w in enumerate(known)}.__getitem__, words), -1], np.int32)
            found.names[name] = rank[cells.small[cells.slot[c], :rows]], tuple(known)
    return found


def _identifiers(data: Parts, cells: Cells, rows: int) -> NDArray[np.bytes_]:
    width = max(1, int(cells.length[:rows].max(initial=1)))
    out = np.zeros((rows, width), np.uint8)
    _copy_out(data, cells.start, cells.length, out)
    return out.view(f"S{width}").reshape(rows)


@kernel
def _survey(data: Parts) -> tuple[int, bool]:
    """An upper bound of the number of lines (-1: the file needs care), and whether it is all ASCII."""
    lines, high = 1, 0
    for i in range(len(data)):
        byte = data[i]
        high |= byte
        if byte == LF:
            lines += 1
        elif byte in (QUOTE, 0) or (byte == CR and (i + 1 == len(data) or data[i + 1] != LF)):
            return -1, False
    return lines, high < 128


@kernel
def _fill(data: Parts, at: int, cells: Cells) -> int:
    """Step 3: read every cell; the number of rows, or -1 when something is not as it should be."""
    row, last = 0, len(cells.kind) - 1
    while at < len(data):
        if data[at] == LF or data[at] == CR:
            at += 1
            continue
        for c in range(last + 1):
            end = at
            while end < len(data) and data[end] != COMMA and data[end] != LF:
                end += 1
            if (c == last) != (end == len(data) or data[end] == LF):
                return -1
            stop = end
            if c == last and data[end - 1] == CR:
                stop = end - 1
            if cells.kind[c] != SKIPPED and not _read_cell(data, at, stop, cells, c, row):
                return -1
            at = end + 1
        row += 1
    return row


@part_of_kernel
def _read_cell(data: Parts, at: int, stop: int, cells: Cells, c: int, row: int) -> bool:
    kind, slot = cells.kind[c], cells.slot[c]
    if kind == NUMBER:
        value = _number(data, at, stop)
        cells.reals[slot, row] = value
        return not np.isnan(value)
    if kind == WHOLE:
        whole = _whole(data, at, stop)
        cells.small[slot, row] = whole
        return whole >= 0
    if kind == NAME:
        word = _word(data, at, stop, cells, c)
        cells.small[slot, row] = word
        return word > -2
    cells.start[row], cells.length[row] = at, stop - at
    return stop > at


@part_of_kernel
def _whole(data: Parts, at: int, stop: int) -> int:
    """A whole number from 0 to MOST_WHOLE, else -1."""
    value = np.int64(0)
    for i in range(at, stop):
        if data[i] < ZERO or data[i] > NINE or i - at >= 10:
            return -1
        value = 10 * value + (np.int64(data[i]) - ZERO)
    return int(value) if stop > at and value <= MOST_WHOLE else -1


@part_of_kernel
def _number(data: Parts, at: int, stop: int) -> float:
    """A decimal number without exponent as the nearest double, else NaN."""
    minus = at < stop and data[at] == MINUS
    digits, behind, value, point = 0, 0, np.int64(0), False
    for i in range(at + 1 if minus else at, stop):
        if data[i] == POINT and not point:
            point = True
            continue
        if data[i] < ZERO or data[i] > NINE:
            return np.nan
        value = 10 * value + (np.int64(data[i]) - ZERO)
        digits += 1
        behind += point
    if digits == 0 or digits > MOST_DIGITS:
        return np.nan
    magnitude = float(value / POWERS_OF_TEN[behind])
    return -magnitude if minus else magnitude


@part_of_kernel
def _hash(data: Parts, at: int, stop: int) -> int:
    """FNV-1a, folded."""
    h = np.uint64(14695981039346656037)
    for i in range(at, stop):
        h = (h ^ np.uint64(data[i])) * np.uint64(1099511628211)
    return int(np.int64((h ^ (h >> np.uint64(29))) & np.uint64(0x7FFFFFFF)))


@part_of_kernel
def _same(data: Parts, at: int, stop: int, other: int, length: int) -> bool:
    if stop - at != length:
        return False
    i = 0
    while i < length and data[at + i] == data[other + i]:
        i += 1
    return i == length


@part_of_kernel
def _word(data: Parts, at: int, stop: int, cells: Cells, c: int) -> int:
    """The number of a word in the order of first appearance; -1 for an empty cell, -2 when there are too many."""
    if stop == at:
        return -1
    place = _hash(data, at, stop) & (SLOTS - 1)
    while cells.table[c, place] >= 0:
        word = cells.table[c, place]
        first = cells.words[c, word, 0]
        if _same(data, at, stop, first, cells.words[c, word, 1] - first):
            return int(word)
        place = (place + 1) & (SLOTS - 1)
    new = cells.known[c]
    if new == SLOTS // 2:
        return -2
    cells.table[c, place] = new
    cells.words[c, new, 0], cells.words[c, new, 1] = at, stop
    cells.known[c] += 1
    return int(new)


@kernel
def _all_differ(data: Parts, start: Ints, length: Rows) -> bool:
    """Whether no identifier is there twice."""
    size = 16
    while size < 2 * len(start):
        size *= 2
    table = np.full(size, -1, np.int32)
    for row in range(len(start)):
        stop = start[row] + length[row]
        place = _hash(data, start[row], stop) & (size - 1)
        while table[place] >= 0:
            if _same(data, start[row], stop, start[table[place]], length[table[place]]):
                return False
            place = (place + 1) & (size - 1)
        table[place] = row
    return True


@kernel
def _copy_out(data: Parts, start: Ints, length: Rows, out: Parts) -> None:
    for row in range(len(out)):
        for i in range(length[row]):
            out[row, i] = data[start[row] + i]

"""Reading plain CSV files fast: whole columns in one pass over the bytes, several pieces at a time.

Plain means: no quotation marks, UTF-8, every row as wide as the header, every cell of its kind. For any other
file `scan` gives up, and the caller reads it the slow way, which understands the rest or says what is wrong.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

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
SLOTS = 1 << 16
PIECE_BYTES = 1 << 22


@dataclass(frozen=True)
class Columns:
    """What a scan found: identifiers as fixed bytes; by column's name, words as numbers (-1: empty) into the
    sorted list of them, whole numbers, and decimal ones."""

    ids: NDArray[np.bytes_]
    names: dict[str, tuple[Rows, tuple[str, ...]]]
    wholes: dict[str, Rows]
    numbers: dict[str, Floats]


class Cells(NamedTuple):
    """Room for what is found in one piece. `kind` and `slot` by column: which row of `reals` or `small` it fills.
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


class Piece(NamedTuple):
    """What was found in a piece of the file: its cells, how many rows of them, and its words by column."""

    cells: Cells
    rows: int
    words: list[list[str]]


def scan(path: str, kinds: dict[str, int], workers: int | None = None) -> Columns | None:
    """Read the columns named in `kinds` (those that are there), or None when the file is not plain.

    1. The header says which columns there are. 2. The rest is cut into pieces that end with a line, and
    `workers` threads (default: as many as processors) read one each: all cells in one pass.
    3. Identifiers differ; words are numbered in sorted order.
    """
    try:
        data = _with_last_line_ended(path)
    except OSError:
        return None
    head, begin = _head(data)
    kind = [kinds.get(name, SKIPPED) for name in head]
    if KEY not in kind or any(head.count(name) > 1 for name in kinds):
        return None
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        pieces = list(pool.map(partial(_read_piece, data, kind), *_pieces(data, begin)))
    sound = [piece for piece in pieces if piece is not None]
    if len(sound) < len(pieces):
        return None
    start, length = _joined(sound, "start"), _joined(sound, "length")
    if not _all_differ(data, start, length):
        return None
    return _columns(head, kind, sound, _identifiers(data, start, length))


def _with_last_line_ended(path: str) -> Parts:
    """The file's bytes, and an end of line after them if there is none."""
    data = np.empty(os.path.getsize(path) + 1, np.uint8)
    with open(path, "rb") as file:
        size = file.readinto(data[:-1].data)
    data[size] = LF
    return data[: size if size and data[size - 1] == LF else size + 1]


def _head(data: Parts) -> tuple[list[str], int]:
    """The header's names, and where the rows begin."""
    line = data[:65536].tobytes().partition(b"\n")[0]
    return line.decode("utf-8-sig", "replace").removesuffix("\r").split(","), len(line) + 1


def _pieces(data: Parts, begin: int) -> tuple[list[int], list[int]]:
    """Where pieces of some megabytes begin and end, each after the end of a line."""
    cuts = [min(begin, len(data))]
    while len(cuts) == 1 or cuts[-1] < len(data):
        cuts.append(_line_end(data, cuts[-1] + PIECE_BYTES))
    return cuts[:-1], cuts[1:]


@kernel
def _line_end(data: Parts, at: int) -> int:
    """The place after the first end of line from a place on."""
    while at < len(data) and data[at] != LF:
        at += 1
    return min(at + 1, len(data))


def _read_piece(data: Parts, kind: list[int], at: int, end: int) -> Piece | None:
    """All cells of a piece, or None when something in it needs care."""
    lines, ascii_only = _survey(data, at, end)
    if lines < 0 or not (ascii_only or _is_utf8(data[at:end])):
        return None
    cells = _room(kind, lines)
    rows = _fill(data, at, end, cells)
    if rows < 0:
        return None
    places = [words[:known].tolist() for words, known in zip(cells.words, cells.known, strict=True)]
    return Piece(cells, rows, [[data[a:b].tobytes().decode() for a, b in words] for words in places])


def _is_utf8(data: Parts) -> bool:
    try:
        data.tobytes().decode()
    except UnicodeDecodeError:
        return False
    return True


def _room(kind: list[int], lines: int) -> Cells:
    slot = [sum(_shares_room(k, other) for other in kind[:i]) for i, k in enumerate(kind)]
    names = kind.count(NAME)
    return Cells(np.array(kind, np.int32), np.array(slot, np.int32), np.empty((kind.count(NUMBER), lines)),
                 np.empty((names + kind.count(WHOLE), lines), np.int32), np.empty(lines, np.int64),
                 np.empty(lines, np.int32), np.full((len(kind), SLOTS if names else 0), -1, np.int32),
                 np.empty((len(kind), SLOTS // 2 if names else 0, 2), np.int64), np.zeros(len(kind), np.int32))


def _shares_room(kind: int, other: int) -> bool:
    return other == kind or {kind, other} == {NAME, WHOLE}


def _joined(pieces: Sequence[Piece], field: str, slot: int | None = None) -> NDArray[Any]:
    """A column of all pieces."""
    columns = [getattr(piece.cells, field) for piece in pieces]
    return np.concatenate([(c if slot is None else c[slot])[: p.rows] for c, p in zip(columns, pieces, strict=True)])


def _columns(head: list[str], kind: list[int], pieces: Sequence[Piece], ids: NDArray[np.bytes_]) -> Columns:
    found = Columns(ids, {}, {}, {})
    for c, (name, slot) in enumerate(zip(head, pieces[0].cells.slot.tolist(), strict=True)):
        if kind[c] == NUMBER:
            found.numbers[name] = _joined(pieces, "reals", slot)
        elif kind[c] == WHOLE:
            found.wholes[name] = _joined(pieces, "small", slot)
        elif kind[c] == NAME:
            known = sorted({word for piece in pieces for word in piece.words[c]})
            number = {word: i for i, word in enumerate(known)}
            ranks = [np.array([*map(number.__getitem__, piece.words[c]), -1], np.int32) for piece in pieces]
            rows = [rank[p.cells.small[slot, : p.rows]] for rank, p in zip(ranks, pieces, strict=True)]
            found.names[name] = np.concatenate(rows), tuple(known)
    return found


def _identifiers(data: Parts, start: Ints, length: Rows) -> NDArray[np.bytes_]:
    width = max(1, int(length.max(initial=1)))
    out = np.zeros((len(start), width), np.uint8)
    _copy_out(data, start, length, out)
    return out.view(f"S{width}").reshape(len(start))


@kernel
def _survey(data: Parts, at: int, end: int) -> tuple[int, bool]:
    """An upper bound of the number of lines (-1: they need care), and whether all is ASCII."""
    lines, high = 0, 0
    for i in range(at, end):
        byte = data[i]
        high |= byte
        if byte == LF:
            lines += 1
        elif byte in (QUOTE, 0) or (byte == CR and data[i + 1] != LF):
            return -1, False
    return lines, high < 128


@kernel
def _fill(data: Parts, at: int, end: int, cells: Cells) -> int:
    """Read every cell of whole lines; the number of rows, or -1 when something is not as it should be."""
    row, last = 0, len(cells.kind) - 1
    while at < end:
        if data[at] == LF or data[at] == CR:
            at += 1
            continue
        for c in range(last + 1):
            at = _read_cell(data, at, cells, c, row)
            if c == last and at >= 0 and data[at] == CR:
                at += 1
            if at < 0 or data[at] != (LF if c == last else COMMA):
                return -1
            at += 1
        row += 1
    return row


@part_of_kernel
def _read_cell(data: Parts, at: int, cells: Cells, c: int, row: int) -> int:
    """Read the cell that begins at a place; where it ends, or -1."""
    kind, slot = cells.kind[c], cells.slot[c]
    if kind == NUMBER:
        stop, value = _number(data, at)
        cells.reals[slot, row] = value
        return stop
    if kind == WHOLE:
        stop, whole = _whole(data, at)
        cells.small[slot, row] = whole
        return stop
    stop = at
    while data[stop] != COMMA and data[stop] != LF and data[stop] != CR:
        stop += 1
    if kind == NAME:
        word = _word(data, at, stop, cells, c)
        cells.small[slot, row] = word
        return stop if word > -2 else -1
    if kind == KEY:
        cells.start[row], cells.length[row] = at, stop - at
        return stop if stop > at else -1
    return stop


@part_of_kernel
def _whole(data: Parts, at: int) -> tuple[int, int]:
    """Where a whole number from 0 to MOST_WHOLE ends (-1: it is none), and the number."""
    value, i = np.int64(0), at
    while ZERO <= data[i] <= NINE:
        value = 10 * value + (np.int64(data[i]) - ZERO)
        i += 1
    return (i if at < i <= at + 10 and value <= MOST_WHOLE else -1), int(value)


@part_of_kernel
def _number(data: Parts, at: int) -> tuple[int, float]:
    """Where a decimal number without exponent ends (-1: it is none), and the nearest double."""
    minus = data[at] == MINUS
    value, digits, i = np.int64(0), 0, at + minus
    while ZERO <= data[i] <= NINE:
        value = 10 * value + (np.int64(data[i]) - ZERO)
        i += 1
    digits = i - at - minus
    behind = 0
    if data[i] == POINT:
        i += 1
        point = i
        while ZERO <= data[i] <= NINE:
            value = 10 * value + (np.int64(data[i]) - ZERO)
            i += 1
        behind = i - point
    digits += behind
    if digits == 0 or digits > MOST_DIGITS:
        return -1, 0.0
    magnitude = value / POWERS_OF_TEN[behind]
    return i, -magnitude if minus else magnitude


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


def _all_differ(data: Parts, start: Ints, length: Rows) -> bool:
    """Whether no identifier is there twice."""
    size = 1 << max(4, (2 * len(start)).bit_length())
    return _none_twice(data, start, length, np.full(size, -1, np.int32))


@kernel
def _none_twice(data: Parts, start: Ints, length: Rows, table: Rows) -> bool:
    for row in range(len(start)):
        stop = start[row] + length[row]
        place = _hash(data, start[row], stop) & (len(table) - 1)
        while table[place] >= 0:
            if _same(data, start[row], stop, start[table[place]], length[table[place]]):
                return False
            place = (place + 1) & (len(table) - 1)
        table[place] = row
    return True


@kernel
def _copy_out(data: Parts, start: Ints, length: Rows, out: Parts) -> None:
    for row in range(len(out)):
        for i in range(length[row]):
            out[row, i] = data[start[row] + i]

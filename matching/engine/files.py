"""The files of needs and offers: read whole or refused at the first fault."""

import csv
import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine.arrays import Floats, Rows
from matching.engine.faults import FileFault
from matching.engine.scan import KEY, NAME, NUMBER, WHOLE, Columns, scan

__all__ = ["LARGEST", "NeedFile", "OfferFile", "read_needs", "read_offers"]

LARGEST = 10**9
"""No quantity, capacity or count of days is greater, so that sums of worths stay within 64 bits."""

FilePath = str | PathLike[str]
Texts = NDArray[np.bytes_]


@dataclass(frozen=True)
class NeedFile:
    """Needs in the file's order. `ids` in UTF-8; `type` and `attr` are numbers into `types` and `attrs`
    (attr -1: nothing asked); `lat`, `lon` in WGS-84 degrees; `area` a number into `areas`, -1 where
    empty, or None without that column."""

    ids: Texts
    type: Rows
    types: tuple[str, ...]
    lat: Floats
    lon: Floats
    quantity: Rows
    urgency: Rows
    waiting_days: Rows
    attr: Rows
    attrs: tuple[str, ...]
    area: Rows | None
    areas: tuple[str, ...]


@dataclass(frozen=True)
class OfferFile:
    """Offers in the file's order, as in `NeedFile`; `accepts` is a number into `accept_lists`, each the
    codes joined by ";" as written (-1: any); `radius_km` in kilometres."""

    ids: Texts
    type: Rows
    types: tuple[str, ...]
    lat: Floats
    lon: Floats
    radius_km: Floats
    capacity: Rows
    accepts: Rows
    accept_lists: tuple[str, ...]


NEED_KINDS = {"need_id": KEY, "type": NAME, "lat": NUMBER, "lon": NUMBER, "quantity": WHOLE, "urgency": WHOLE,
              "waiting_days": WHOLE, "attr": NAME, "area": NAME}
OFFER_KINDS = {"offer_id": KEY, "type": NAME, "lat": NUMBER, "lon": NUMBER, "radius_km": NUMBER, "capacity": WHOLE,
               "accepts": NAME}
LIMITS = {"lat": (-90, 90), "lon": (-180, 180), "quantity": (1, LARGEST), "capacity": (1, LARGEST),
          "urgency": (1, 5), "waiting_days": (0, LARGEST), "radius_km": (0, math.inf)}


def read_needs(path: FilePath) -> NeedFile:
    """Read needs.csv (columns in the contract; `area` if it is there). Raises FileFault."""
    table = _read(path, NEED_KINDS, optional="area")
    words, wholes, numbers = table.names, table.wholes, table.numbers
    area, areas = words.get("area", (None, ()))
    return NeedFile(table.ids, *words["type"], numbers["lat"], numbers["lon"], wholes["quantity"],
                    wholes["urgency"], wholes["waiting_days"], *words["attr"], area, areas)


def read_offers(path: FilePath) -> OfferFile:
    """Read offers.csv (columns in the contract). Raises FileFault."""
    table = _read(path, OFFER_KINDS)
    words, numbers = table.names, table.numbers
    return OfferFile(table.ids, *words["type"], numbers["lat"], numbers["lon"], numbers["radius_km"],
                     table.wholes["capacity"], *words["accepts"])


def _read(path: FilePath, kinds: dict[str, int], optional: str = "") -> Columns:
    """All columns: fast when the file is plain and sound, else the careful way."""
    found = scan(str(path), kinds)
    if found is not None and _is_sound(found, set(kinds) - {optional}):
        return found
    return _carefully(path, kinds, optional)


def _is_sound(found: Columns, columns: set[str]) -> bool:
    """Whether all columns are there, every row has a type, and all values are within their limits."""
    values: dict[str, NDArray[Any]] = {**found.wholes, **found.numbers}
    there = {"need_id", "offer_id", *values, *found.names}
    if not columns <= there or (found.names["type"][0] < 0).any():
        return False
    return all(bool(((low <= values[name]) & (values[name] <= high)).all())
               for name, (low, high) in LIMITS.items() if name in values)


def _carefully(path: FilePath, kinds: dict[str, int], optional: str) -> Columns:
    """The same columns by the standard library's reader, or FileFault at the first thing that is wrong."""
    table = _Table(path, [name for name in kinds if name != optional], optional)
    key = next(name for name, kind in kinds.items() if kind == KEY)
    found = Columns(table.ids(key), {}, {}, {})
    for name, kind in kinds.items():
        if kind == NAME and table.has(name):
            found.names[name] = table.names(name, blank=name != "type")
        elif kind == WHOLE:
            found.wholes[name] = table.wholes(name, *LIMITS[name])
        elif kind == NUMBER:
            found.numbers[name] = table.numbers(name, *LIMITS[name])
    return found


class _Table:
    """The cells of a CSV file by column, each with the line it stands in."""

    def __init__(self, path: FilePath, columns: list[str], optional: str = "") -> None:
        self.file = str(path)
        self.lines: list[int] = []
        self.cells: dict[str, list[str]] = {}
        rows = self._rows()
        head = next(rows, None)
        if head is None:
            raise FileFault(self.file, 0, "", "empty")
        for name in columns:
            if name not in head:
                raise FileFault(self.file, 1, name, "no_column")
        wanted = [c for c in [*columns, optional] if c in head]
        for name in wanted:
            if head.count(name) > 1:
                raise FileFault(self.file, 1, name, "twice_column")
        places = [head.index(c) for c in wanted]
        kept = [[row[i] for i in places] for row in self._checked(rows, len(head))]
        self.cells = {c: [row[i] for row in kept] for i, c in enumerate(wanted)}

    def _rows(self) -> Iterator[list[str]]:
        """The rows that are not blank, remembering where each one of them begins."""
        try:
            text = Path(self.file).read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            raise FileFault(self.file, 0, "", "missing") from None
        except OSError as error:
            raise FileFault(self.file, 0, "", "unreadable", reason=error.strerror or "") from None
        except UnicodeDecodeError as error:
            line = error.object[:error.start].count(b"\n") + 1
            raise FileFault(self.file, line, "", "not_utf8") from None
        if "\0" in text:
            raise FileFault(self.file, text[:text.index("\0")].count("\n") + 1, "", "not_utf8")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        begins = 1
        try:
            for row in reader:
                if row:
                    self.lines.append(begins)
                    yield row
                begins = reader.line_num + 1
        except csv.Error:
            raise FileFault(self.file, begins, "", "quotes") from None

    def _checked(self, rows: Iterator[list[str]], width: int) -> Iterator[list[str]]:
        for row in rows:
            if len(row) != width:
                raise FileFault(self.file, self.lines[-1], "", "fields", found=len(row), expected=width)
            yield row

    def has(self, column: str) -> bool:
        return column in self.cells

    def _fault(self, row: int, column: str, code: str, **values: object) -> FileFault:
        return FileFault(self.file, self.lines[row + 1], column, code, **values)

    def ids(self, column: str) -> Texts:
        """Identifiers, each there and only once."""
        first: dict[str, int] = {}
        for row, text in enumerate(self.cells[column]):
            if not text:
                raise self._fault(row, column, "blank")
            if text in first:
                raise self._fault(row, column, "twice", found=text, first=self.lines[first[text] + 1])
            first[text] = row
        return np.array([text.encode() for text in self.cells[column]], dtype=np.bytes_)

    def names(self, column: str, blank: bool = True) -> tuple[Rows, tuple[str, ...]]:
        """Words as numbers into the sorted list of them, an empty one as -1."""
        cells = self.cells[column]
        if not blank and "" in cells:
            raise self._fault(cells.index(""), column, "blank")
        known = tuple(sorted(set(cells) - {""}))
        number = {"": -1} | {name: i for i, name in enumerate(known)}
        return np.array([number[text] for text in cells], dtype=np.int32), known

    def wholes(self, column: str, low: float, high: float) -> Rows:
        """Whole numbers from low to high."""
        return np.array(self._each(column, _whole, "not_whole", low, high), dtype=np.int32)

    def numbers(self, column: str, low: float, high: float) -> Floats:
        """Finite numbers from low to high."""
        return np.array(self._each(column, _number, "not_number", low, high), dtype=np.float64)

    def _each(self, column: str, parse: Callable[[str], Any], code: str, low: float, high: float) -> list[Any]:
        values = []
        for row, text in enumerate(self.cells[column]):
            value = parse(text)
            if value is None:
                raise self._fault(row, column, code, found=text)
            if not low <= value <= high:
                raise self._fault(row, column, "outside", found=text, low=low, high=high)
            values.append(value)
        return values


def _whole(text: str) -> int | None:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(text) < 40 else None


def _number(text: str) -> float | None:
    if not text or not set(text) <= set("0123456789+-.eE"):
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None

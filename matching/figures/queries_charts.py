"""Charts of the yearly report: sums laid out as columns and bars in the units of a drawing; the table beneath says all.

Pure: sums in whole fen go in, finished places come out, so that templates only draw.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matching.formatting import percents

__all__ = ["Bar", "Column", "Columns", "bars", "columns"]

FEN_PER_YUAN, FEN_PER_WAN = 100, 1_000_000
WIDTH, LEFT, TOP, BASE = 520, 64, 40, 222
"""The drawing of columns: its width, where the first may stand, the line of the greatest tick, the base line."""
MOST_TICKS, WIDEST, SHARE = 4, 44, 0.64
BAR_WIDTH, ROW = 200, 38
"""The drawing of bars: how long the longest is, the height of a row."""


@dataclass(frozen=True, slots=True)
class Column:
    """One period: its place in the drawing, what it is called below, and whether it is the greatest."""

    label: str
    x: float
    y: float
    width: float
    height: float
    is_most: bool


@dataclass(frozen=True, slots=True)
class Columns:
    """Sums of periods as columns. `ticks`: height in the drawing and text; `in_wan`: they are 10,000 yuan each."""

    columns: Sequence[Column]
    ticks: Sequence[tuple[float, str]]
    in_wan: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a whole: its name, height in the drawing, length, share in words, and whether it is the greatest."""

    name: str
    y: int
    width: float
    share: str
    is_most: bool


def columns(sums: Sequence[tuple[str, int]]) -> Columns | None:
    """(label, fen) of periods as columns from one base line; None where there is nothing to compare."""
    most = max((fen for _label, fen in sums), default=0)
    if len(sums) < 2 or not most:
        return None
    unit = FEN_PER_WAN if most >= FEN_PER_WAN else FEN_PER_YUAN
    step = _step(most, unit)
    top = -(-most // step) * step
    each = (WIDTH - LEFT) / len(sums)
    width = min(each * SHARE, WIDEST)
    ticks = [(_y(at, top), f"{at / unit:,g}") for at in range(0, top + 1, step)]
    return Columns([Column(label, round(LEFT + each * at + (each - width) / 2, 1), _y(fen, top), round(width, 1),
                           round(BASE - _y(fen, top), 1), fen == most) for at, (label, fen) in enumerate(sums)],
                   ticks, unit == FEN_PER_WAN)


def _y(fen: int, top: int) -> float:
    return round(BASE - (BASE - TOP) * fen / top, 1)


def _step(most: int, unit: int) -> int:
    """The distance of ticks in fen: 1, 2 or 5 and noughts, so that there are at most `MOST_TICKS` above the base."""
    return next(step for step in _steps(unit) if most <= step * MOST_TICKS)


def _steps(unit: int) -> Iterator[int]:
    step = max(unit // 10, 1)
    while True:
        yield from (step, 2 * step, 5 * step)
        step *= 10


def bars(parts: Sequence[tuple[str, int]]) -> list[Bar]:
    """(name, amount) of the parts of a whole as bars, with shares that add up to 100%."""
    most = max((amount for _name, amount in parts), default=0)
    shares = percents([amount for _name, amount in parts])
    return [Bar(name, ROW * at, round(BAR_WIDTH * amount / most, 1) if most else 0, share, amount == most)
            for at, ((name, amount), share) in enumerate(zip(parts, shares, strict=True))]

"""When recurring help is due: by the month or the year, what was paid, what was missed. Pure; days of Shanghai."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

__all__ = ["missed", "period_of", "periods", "rhythm_of"]

LEAST = 3


def period_of(day: date, rhythm: str) -> str:
    """The period that a day falls into: 2020-09 by the month, 2020 by the year, the day itself for help once."""
    return {"month": f"{day:%Y-%m}", "year": f"{day:%Y}"}.get(rhythm, day.isoformat())


def periods(first: date, last: date, rhythm: str) -> Iterator[str]:
    """The periods from one day's to another's, both included; help once has the one of its first day."""
    if rhythm == "month":
        for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
            yield f"{month // 12:04}-{month % 12 + 1:02}"
    elif rhythm == "year":
        yield from (f"{year:04}" for year in range(first.year, last.year + 1))
    else:
        yield first.isoformat()


def rhythm_of(paid: Sequence[tuple[date, int]]) -> str:
    """How payments (day, fen) came: by the year or month when the same sum came at least three times, once each, and
    in at least half of the periods in between; else each for itself.
    """
    if len(paid) < LEAST or len({fen for _day, fen in paid}) > 1:
        return "once"
    days = [day for day, _fen in paid]
    for rhythm in ("year", "month"):
        had = {period_of(day, rhythm) for day in days}
        if len(had) == len(paid) and 2 * len(paid) >= len(list(periods(min(days), max(days), rhythm))):
            return rhythm
    return "once"


def missed(paid: Sequence[date], rhythm: str, until: date | None = None) -> list[str]:
    """Periods without a payment between the first payment and the last one, or the day `until`."""
    if rhythm == "once" or not paid:
        return []
    had = {period_of(day, rhythm) for day in paid}
    return [period for period in periods(min(paid), max(until or max(paid), max(paid)), rhythm) if period not in had]

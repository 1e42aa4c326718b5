"""When recurring help is due: by the month or the year, what was paid, what was missed. Pure; days of Shanghai."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

__all__ = ["ONCE", "Due", "due_days", "missed", "paid_periods", "period_of", "periods", "plan", "rhythm_of"]

LEAST = 3
ONCE = "once"
LONGEST_YEARS = 100
"""A promise without end is reckoned at most so far ahead of its beginning."""


@dataclass(frozen=True, slots=True)
class Due:
    """One payment of a promise: the period it is for, the day it is due, and how it stands.

    `state`: paid, missed (its period is over), due (its day has come), ahead.
    """

    period: str
    due_on: date
    state: str = "ahead"


def due_days(first: date, last: date, rhythm: str) -> Iterator[Due]:
    """The payments of a promise from its first day to its last one, both included.

    By the month: one in each month that it touches, on the day of the first one or the month's last (31 → 28, 29, 30),
    never after the end. By the year: one on each return of the first day, 29 February on the 28th where there is none.
    Once: on the first day.
    """
    if rhythm == "month":
        for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
            day = _day(month // 12, month % 12 + 1, first.day)
            yield Due(f"{day:%Y-%m}", min(day, last))
    elif rhythm == "year":
        for year in range(first.year, min(last.year, first.year + LONGEST_YEARS) + 1):
            if (day := _day(year, first.month, first.day)) <= last:
                yield Due(f"{year:04}", day)
    else:
        yield Due(ONCE, first)


def _day(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def paid_periods(written: Collection[str], rhythm: str) -> set[str]:
    """The periods that payments stand for: a register writes a day where we write its month or year."""
    if rhythm == ONCE:
        return {ONCE} if written else set()
    return {period[:7 if rhythm == "month" else 4] for period in written}


def plan(first: date, until: date | None, rhythm: str, written: Collection[str], today: date) -> list[Due]:
    """All payments of a promise up to the next one that lies ahead, the oldest first, each with how it stands.

    `written`: the periods that its payments carry. A promise with an end is shown to its end.
    """
    had, running = paid_periods(written, rhythm), period_of(today, rhythm)
    found: list[Due] = []
    for due in due_days(first, until or date(max(today, first).year + 2, 1, 1), rhythm):
        ahead = due.due_on > today
        over = rhythm != ONCE and due.period != running
        state = "paid" if due.period in had else "ahead" if ahead else "missed" if over else "due"
        found.append(Due(due.period, due.due_on, state))
        if until is None and ahead:
            break
    return found


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

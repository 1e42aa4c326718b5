"""What was given in an area between two days, as figures each of which opens the rows it counts.

A household with several kinds of help counts once, a person once by household and name, a person-time is one line.
The figures are those of the contract's yearly report; sums are whole fen. A figure and its rows come from the same
conditions (`lines`), so that they cannot part.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, extract, func, select

from matching.assistance.models_grants import Grant, Payment
from matching.assistance.service_rhythm import periods
from matching.extensions import db
from matching.households.models import Household
from matching.offers.models import HELP_TYPES
from matching.places.queries import within

__all__ = ["COUNTED", "Chosen", "Counts", "Report", "Span", "count_rows", "household_keys", "lines", "payment_keys",
           "person_keys", "report", "sums_by_period"]

MONTHS_A_YEAR = 12
COUNTED = ("households", "persons", "person_times", "money")


@dataclass(frozen=True, slots=True)
class Span:
    """An area and two days, both included."""

    area_code: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which figure: one of `COUNTED`, of all help or of one help type, source, or word that a household has reached."""

    figure: str = "households"
    help_type: str = ""
    source: str = ""
    progress: str = ""


@dataclass(slots=True)
class Counts:
    """The four figures of all help or of one kind."""

    households: int = 0
    persons: int = 0
    person_times: int = 0
    money_fen: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a span. `progress`: households by the furthest word that their last payment has."""

    total: Counts
    by_type: Mapping[str, Counts] = field(default_factory=dict)
    by_source: Mapping[str, int] = field(default_factory=dict)
    by_progress: Mapping[str, int] = field(default_factory=dict)


def report(span: Span) -> Report:
    """All figures of a span: four SELECTs at any size."""
    people = _people(span)
    total = db.session.execute(_counts(people)).one()
    by_type = {row[0]: Counts(*map(int, row[1:])) for row in db.session.execute(
        _counts(people, people.c.help_type)).all()}
    sums = db.session.execute(_joined(select(Grant.source, func.sum(Payment.amount_fen)), span)
                              .group_by(Grant.source)).all()
    reached = _reached(span)
    words = db.session.execute(select(reached.c.progress, func.count()).where(reached.c.place == 1)
                               .group_by(reached.c.progress)).all()
    return Report(
        Counts(*(int(value or 0) for value in total)), {code: by_type[code] for code in HELP_TYPES if code in by_type},
        {source: int(fen) for source, fen in sorted(sums, key=lambda row: -row[1]) if fen}, dict(sorted(words)))


def sums_by_period(span: Span) -> Sequence[tuple[str, Span, int]]:
    """(period, its days in the span, fen) of each month of a span; where it is longer than twelve of them, of each year
    from the first one in which money was given to the last one.
    """
    months = (span.last.year - span.first.year) * MONTHS_A_YEAR + span.last.month - span.first.month
    rhythm = "month" if months < MONTHS_A_YEAR else "year"
    year, month = extract("year", Payment.paid_on), extract("month", Payment.paid_on)
    by = [year, month] if rhythm == "month" else [year]
    sums = {"-".join(f"{int(part):02}" for part in key): int(fen or 0) for *key, fen in db.session.execute(
        _joined(select(*by, func.sum(Payment.amount_fen)), span).group_by(*by))}
    return [(period, Span(span.area_code, max(span.first, _day(period, first=True)),
                          min(span.last, _day(period, first=False))), sums.get(period, 0))
            for period in periods(span.first, span.last, rhythm)
            if rhythm == "month" or (sums and min(sums) <= period <= max(sums))]


def _day(period: str, *, first: bool) -> date:
    """The first or last day of a period written 2026 or 2026-11."""
    year, month = int(period[:4]), int(period[5:] or (1 if first else MONTHS_A_YEAR))
    return date(year, month, 1 if first else monthrange(year, month)[1])


def lines(columns: Select[*tuple[Any, ...]], span: Span, chosen: Chosen) -> Select[*tuple[Any, ...]]:
    """The payments that a figure counts: `columns` of Payment, Grant and Household under its conditions."""
    asked = _joined(columns, span)
    if chosen.help_type:
        asked = asked.where(Grant.help_type == chosen.help_type)
    if chosen.source:
        asked = asked.where(Grant.source == chosen.source)
    if chosen.figure == "money":
        asked = asked.where(Payment.amount_fen > 0)
    if chosen.progress:
        reached = _reached(span)
        asked = asked.where(Payment.household_id.in_(select(reached.c.household_id).where(
            reached.c.place == 1, reached.c.progress == chosen.progress)))
    return asked


def count_rows(span: Span, chosen: Chosen) -> int:
    """How many rows a figure opens: households, persons, or payments."""
    keys = {"households": (Payment.household_id,), "persons": (Payment.household_id, Grant.person_name)}
    columns = keys.get(chosen.figure, (Payment.id,))
    return db.session.scalar(select(func.count()).select_from(
        lines(select(*columns), span, chosen).distinct().subquery())) or 0


def household_keys(span: Span, chosen: Chosen) -> Sequence[str]:
    """The numbers of the households that a figure counts, each once, in order."""
    return db.session.scalars(lines(select(Household.number), span, chosen).distinct().order_by(
        Household.number)).all()


def person_keys(span: Span, chosen: Chosen) -> list[str]:
    """The persons that a figure counts, each once: household's number and the payment that first helped each."""
    rows = db.session.execute(lines(select(Household.number, func.min(Payment.id)), span, chosen).group_by(
        Household.number, Payment.household_id, Grant.person_name).order_by(Household.number, func.min(Payment.id)))
    return [f"{number}/{payment_id}" for number, payment_id in rows]


def payment_keys(span: Span, chosen: Chosen) -> Sequence[int]:
    """The ids of the payments that a figure counts or sums up, in order."""
    return db.session.scalars(lines(select(Payment.id), span, chosen).order_by(Payment.id)).all()


def _joined(columns: Select[*tuple[Any, ...]], span: Span) -> Select[*tuple[Any, ...]]:
    return (columns.select_from(Payment).join(Grant, Grant.id == Payment.grant_id)
            .join(Household, Household.id == Payment.household_id).where(*_in(span)))


def _in(span: Span) -> Iterator[ColumnElement[bool]]:
    yield within(Household.area_code, span.area_code)
    yield Payment.paid_on.between(span.first, span.last)


def _people(span: Span) -> Subquery:
    """One row for each help type, household and person: lines and fen."""
    return _joined(select(
        Grant.help_type, Payment.household_id, Grant.person_name, func.count().label("times"),
        func.sum(Payment.amount_fen).label("fen")), span).group_by(
        Grant.help_type, Payment.household_id, Grant.person_name).subquery()


def _counts(people: Subquery, by: ColumnElement[str] | None = None) -> Select[*tuple[Any, ...]]:
    """The four figures of `_people`, of all or by a column of it."""
    once = select(people.c.household_id, people.c.person_name, func.sum(people.c.times).label("times"),
                  func.sum(people.c.fen).label("fen"), *([by.label("kind")] if by is not None else [])).group_by(
        people.c.household_id, people.c.person_name, *([by] if by is not None else [])).subquery()
    figures = (func.count(once.c.household_id.distinct()), func.count(), func.sum(once.c.times), func.sum(once.c.fen))
    return select(*figures) if by is None else select(once.c.kind, *figures).group_by(once.c.kind)


def _reached(span: Span) -> Subquery:
    """Households with the words that their payments have, the last one in place 1."""
    return _joined(select(
        Payment.household_id, Payment.progress, func.row_number().over(
            partition_by=Payment.household_id, order_by=(Payment.paid_on.desc(), Payment.id.desc())).label("place")),
        span).where(Payment.progress != "").subquery()

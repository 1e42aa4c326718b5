"""What was given in an area between two days: the figures of the yearly report, of households and of their givers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import selectinload

from matching.assistance.models_grants import Grant, Payment
from matching.assistance.queries_grants import missed_periods
from matching.assistance.service_rhythm import missed
from matching.extensions import db
from matching.households.models import Household
from matching.places.queries import within

__all__ = ["Package", "Part", "Tally", "aid_between", "aid_of_households", "grants_of", "package_of"]


@dataclass(frozen=True, slots=True)
class Part:
    """What one giver gave a household for one purpose, less what came back; `missed`: periods that were not paid."""

    grant: Grant
    total_fen: int
    back_fen: int
    times: int
    first_on: date | None
    last_on: date | None
    missed: Sequence[str]
    progress: str


@dataclass(frozen=True, slots=True)
class Package:
    """Everything a household was given, by giver and purpose, and the sum of each source."""

    parts: Sequence[Part]
    by_source: Sequence[tuple[str, int]]

    @property
    def givers(self) -> int:
        """How many different givers there are."""
        return len({(part.grant.source, part.grant.giver) for part in self.parts if part.times})

    @property
    def total_fen(self) -> int:
        """All money together."""
        return sum(part.total_fen for part in self.parts)


@dataclass(slots=True)
class Tally:
    """Households and persons counted once, person-times by line, money in fen."""

    households: set[int] = field(default_factory=set)
    persons: set[tuple[int, str]] = field(default_factory=set)
    person_times: int = 0
    money_fen: int = 0

    def add(self, line: Row[Any]) -> None:
        """Count one payment."""
        self.households.add(line.household_id)
        self.persons.add((line.household_id, line.person_name))
        self.person_times += 1
        self.money_fen += line.amount_fen

    @property
    def figures(self) -> dict[str, int]:
        """The four figures by their names in the contract, money in fen."""
        return {"households": len(self.households), "persons": len(self.persons),
                "person_times": self.person_times, "money_fen": self.money_fen}


def aid_between(area_code: str, first: date | None = None, last: date | None = None) -> dict[str, Any]:
    """What was given in an area from one day to another, both included; None: from the beginning, without end.

    The keys are those of `yearly_report` in the contract, money in fen: the four figures, `by_type`, `by_source`, and
    `households_by_progress`, where a household counts with the furthest word that its last payment has.
    """
    whole, by_type, by_source = Tally(), defaultdict[str, Tally](Tally), defaultdict[str, int](int)
    progress: dict[int, str] = {}
    for line in _lines(area_code, first, last):
        whole.add(line)
        by_type[line.help_type].add(line)
        by_source[line.source] += line.amount_fen
        if line.progress:
            progress[line.household_id] = line.progress
    counts = defaultdict[str, int](int)
    for word in progress.values():
        counts[word] += 1
    return whole.figures | {
        "by_type": {code: tally.figures for code, tally in sorted(by_type.items())},
        "by_source": {code: fen for code, fen in sorted(by_source.items()) if fen},
        "households_by_progress": dict(sorted(counts.items()))}


def aid_of_households(area_code: str) -> dict[str, int]:
    """Household number → fen that it was given in all years; households without money are left out."""
    sums: dict[str, int] = defaultdict(int)
    for line in _lines(area_code, None, None):
        sums[line.number] += line.amount_fen
    return {number: fen for number, fen in sums.items() if fen}


def _lines(area_code: str, first: date | None, last: date | None) -> Iterable[Row[Any]]:
    """All payments in an area between two days, by day."""
    asked = select(
        Payment.household_id, Household.number, Grant.person_name, Grant.help_type, Grant.source, Payment.amount_fen,
        Payment.progress).join(Payment.grant).join(Household, Household.id == Payment.household_id).where(
        within(Household.area_code, area_code)).order_by(Payment.paid_on, Payment.id)
    if first is not None:
        asked = asked.where(Payment.paid_on >= first)
    if last is not None:
        asked = asked.where(Payment.paid_on <= last)
    return db.session.execute(asked)


def grants_of(household_id: int) -> Sequence[Grant]:
    """Everything that was promised to a household, the oldest first, with what was paid."""
    return db.session.scalars(select(Grant).where(Grant.household_id == household_id).options(
        selectinload(Grant.payments), selectinload(Grant.repayments)).order_by(Grant.starts_on, Grant.id)).all()


def package_of(household_id: int, today: date) -> Package:
    """What a household was given by whom, and what was due and not paid by a day: three SELECTs."""
    parts = [_part(grant, today) for grant in grants_of(household_id)]
    sources: dict[str, int] = defaultdict(int)
    for part in parts:
        sources[part.grant.source] += part.total_fen
    return Package(parts, sorted(((code, fen) for code, fen in sources.items() if fen), key=lambda one: -one[1]))


def _part(grant: Grant, today: date) -> Part:
    days = [payment.paid_on for payment in grant.payments if payment.paid_on]
    words = [payment.progress for payment in grant.payments if payment.progress]
    back = sum(one.amount_fen for one in grant.repayments if not one.is_waived)
    owed = missed_periods(grant, today) if grant.asked_at else missed(days, grant.rhythm)
    return Part(grant, grant.paid_fen - back, back, len(grant.payments), min(days, default=None),
                max(days, default=None), owed, words[-1] if words else "")

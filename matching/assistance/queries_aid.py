"""What a household was promised and given, by its givers. The figures of an area are in `matching.figures`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from matching.assistance.models_grants import Grant
from matching.assistance.queries_grants import missed_periods
from matching.assistance.service_rhythm import missed
from matching.extensions import db

__all__ = ["Package", "Part", "grants_of", "package_of"]


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

"""How often officers followed the engine's proposals, changed or refused them, and what that gave up or gained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from matching.actor import Actor
from matching.extensions import db, read
from matching.households.models import Household
from matching.keyset import Asked, Key, Order, Page, instant, whole
from matching.offers.models import Offer
from matching.pairings.models_decisions import COURSES, WHYS, DeskDecision
from matching.places.queries import within

__all__ = ["PAGE", "PERIODS", "Looked", "Tally", "compared", "decisions"]

PAGE = 20
PERIODS = (30, 90, 365)
"""Days back that can be looked at."""
LATEST = Order(Key(DeskDecision.decided_at, instant, falls=True), Key(DeskDecision.id, whole, falls=True))


@dataclass(frozen=True, slots=True)
class Looked:
    """Which decisions are looked at: of how many days, where, and which course and reason (empty: all)."""

    days: int = 90
    area_code: str = ""
    course: str = ""
    why: str = ""

    def of(self, actor: Actor) -> Looked:
        """The same within the actor's reach, nonsense left out."""
        return replace(
            self, days=self.days if self.days in PERIODS else 90,
            area_code=self.area_code if actor.reaches(self.area_code) else "",
            course=self.course if self.course in COURSES else "", why=self.why if self.why in WHYS else "")


@dataclass(slots=True)
class Tally:
    """Decisions of one kind: how many by course, and their points in sum and by those below and above 0."""

    courses: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COURSES, 0))
    points: int = 0

    @property
    def number(self) -> int:
        """All of them."""
        return sum(self.courses.values())

    def add(self, course: str, number: int, points: int) -> None:
        """Count some more."""
        self.courses[course] += number
        self.points += points


def compared(actor: Actor, looked: Looked, now: datetime
             ) -> tuple[Tally, dict[str, Tally], dict[str, Tally]]:
    """All decisions of a period in reach, the same by town code, and those with a reason by reason; one SELECT."""
    town = func.substr(DeskDecision.area_code, 1, 9)
    counted = (select(town, DeskDecision.why, DeskDecision.course, func.count(), func.sum(DeskDecision.points))
               .where(*_of(actor, Looked(looked.days), now)).group_by(town, DeskDecision.why, DeskDecision.course))
    whole_, towns, whys = Tally(), dict[str, Tally](), dict[str, Tally]()
    for code, why, course, number, points in sorted(read(counted)):
        whole_.add(course, number, int(points))
        towns.setdefault(code, Tally()).add(course, number, int(points))
        if why:
            whys.setdefault(why, Tally()).add(course, number, int(points))
    return whole_, towns, {why: whys[why] for why in WHYS if why in whys}


def decisions(actor: Actor, looked: Looked, asked: Asked, now: datetime) -> Page[DeskDecision]:
    """The decisions behind the figures, the latest first, with household and both offers; one SELECT."""
    shown = select(DeskDecision).where(*_of(actor, looked, now)).options(
        joinedload(DeskDecision.household, innerjoin=True).load_only(Household.head_name),
        *(joinedload(side).joinedload(Offer.organisation)
          for side in (DeskDecision.engine_offer, DeskDecision.chosen_offer)))
    rows = db.session.scalars(LATEST.take(shown, asked, PAGE)).all()
    return LATEST.page(rows, asked, PAGE, lambda row: (row.decided_at, row.id))


def _of(actor: Actor, looked: Looked, now: datetime) -> Sequence[Any]:
    wanted = [within(DeskDecision.area_code, looked.area_code or actor.area_code),
              DeskDecision.decided_at >= now - timedelta(days=looked.days)]
    wanted += [DeskDecision.course == looked.course] if looked.course else []
    return wanted + ([DeskDecision.why == looked.why] if looked.why else [])

"""Counts of hardship reports and visits that wait for a person: parts of the one SELECT of its other chores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from matching.actor import Actor
from matching.extensions import db
from matching.intake.models import OPEN, Report
from matching.intake.models_work import Task
from matching.places.queries import within

__all__ = ["ReportChores", "report_counts", "visits_of"]


@dataclass(frozen=True, slots=True)
class ReportChores:
    """`visits` to be made by the reader, the first due on `visit_on`, `visit_id` that one; `late` reports that the
    reader answers for; `mine` its open ones that wait for a decision, the first due at `due_at`; `doubtful`: all.
    """

    visits: int
    visit_on: date | None
    visit_id: int | None
    late: int
    mine: int
    due_at: datetime | None
    doubtful: int


def report_counts(actor: Actor, now: Any) -> tuple[Select[Any], ...]:
    """The SELECTs of the counts, in the order of `ReportChores`."""
    own = (Report.owner_id == actor.user_id, Report.state.in_(OPEN))
    waits = (*own, Report.due_at >= now, Report.step != "visit", Report.is_doubtful.is_(False))
    return (*_visits(actor), select(func.count()).where(*own, Report.due_at < now), select(func.count()).where(*waits),
            select(func.min(Report.due_at)).where(*waits),
            select(func.count()).where(Report.state.in_(OPEN), Report.is_doubtful.is_(True),
                                       within(Report.area_code, actor.area_code)))


def visits_of(actor: Actor) -> tuple[int, date | None, int | None]:
    """How many visits somebody has to make, the first one's day and number: one SELECT."""
    many, on, number = db.session.execute(select(*(part.scalar_subquery() for part in _visits(actor)))).one()
    return many, on, number


def _visits(actor: Actor) -> tuple[Select[Any], ...]:
    own = (Task.assigned_id == actor.user_id, Task.done_at.is_(None))
    return (select(func.count()).select_from(Task).where(*own), select(func.min(Task.due_on)).where(*own),
            select(Task.id).where(*own).order_by(Task.due_on, Task.id).limit(1))

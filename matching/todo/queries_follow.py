"""Counts of follow-ups, signatures and complaints that wait for an officer: parts of the one SELECT of its chores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select

from matching.actor import Actor
from matching.extensions import db
from matching.pairings.models_ledger import FollowUp, LedgerLine
from matching.pairings.models_voice import Complaint
from matching.places.queries import within

__all__ = ["FollowChores", "follow_counts", "follow_ups_of"]


@dataclass(frozen=True, slots=True)
class FollowChores:
    """`looks`: follow-ups in the area that nobody else was given, the first due on `look_on`, `look_id` that one;
    `to_sign`: lines that somebody else brought up, `sign_id` the need of the oldest; `complaints` to be answered, the
    first by `answer_on`, `complaint_id` that one.
    """

    looks: int
    look_on: date | None
    look_id: int | None
    to_sign: int
    sign_id: int | None
    complaints: int
    answer_on: date | None
    complaint_id: int | None


def follow_counts(actor: Actor) -> tuple[Select[Any], ...]:
    """The SELECTs of the counts, in the order of `FollowChores`."""
    code, me = actor.area_code, actor.user_id
    looks = (FollowUp.done_at.is_(None), within(FollowUp.area_code, code),
             or_(FollowUp.assigned_id.is_(None), FollowUp.assigned_id == me))
    signs = (LedgerLine.state == "to_sign", within(LedgerLine.area_code, code),
             or_(LedgerLine.recorded_by_id.is_(None), LedgerLine.recorded_by_id != me))
    waits = (Complaint.answered_at.is_(None), within(Complaint.area_code, code))
    return (*_first(FollowUp, *looks), select(func.count()).select_from(LedgerLine).where(*signs),
            select(LedgerLine.need_id).where(*signs).order_by(LedgerLine.changed_at, LedgerLine.id).limit(1),
            *_first(Complaint, *waits))


def follow_ups_of(actor: Actor) -> tuple[int, date | None, int | None]:
    """How many follow-ups somebody was given, the first one's day and number: one SELECT."""
    parts = _first(FollowUp, FollowUp.assigned_id == actor.user_id, FollowUp.done_at.is_(None))
    many, on, number = db.session.execute(select(*(part.scalar_subquery() for part in parts))).one()
    return many, on, number


def _first(model: type[FollowUp] | type[Complaint], *which: Any) -> tuple[Select[Any], ...]:
    return (select(func.count()).select_from(model).where(*which), select(func.min(model.due_on)).where(*which),
            select(model.id).where(*which).order_by(model.due_on, model.id).limit(1))

"""What waits for an officer or an organisation about referrals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from matching.actor import Actor
from matching.clock import SHANGHAI
from matching.extensions import db
from matching.intake.models import Report
from matching.intake.models_meetings import Meeting, MeetingDecision, MeetingInvitation
from matching.intake.models_work import REFERRAL_OPEN, Referral
from matching.intake.queries_referrals import overdue

__all__ = ["Asked", "MeetingChore", "ReferralChores", "asked_of", "evening_of", "meetings_of",
           "referral_counts"]

SHOWN = 8


@dataclass(frozen=True, slots=True)
class ReferralChores:
    """Counts of an officer's own: answers that it has not read, and referrals past their day that it asked for,
    answers for or was told of; each with the number of the oldest, the late with the first day. `decisions`: what
    meetings gave to it and what was passed up to it; `meetings`: those it called whose day has come.
    """

    answers: int
    answer_id: int | None
    late: int
    late_id: int | None
    late_on: date | None
    decisions: int
    decision_id: int | None
    decision_on: date | None
    meetings: int
    meeting_id: int | None


def referral_counts(actor: Actor, today: date, evening: Any) -> Sequence[Select[Any]]:
    """The statements behind the fields of `ReferralChores`, for one SELECT that asks them all; see `evening_of`."""
    me = actor.user_id
    mine = or_(Referral.asked_by_id == me, Report.owner_id == me)
    answers = (Referral.seen_at.is_(None), Referral.state.in_(("accepted", "refused", "answered")), mine)
    late = (overdue(today), or_(mine, Referral.chaser_id == me))
    day = func.min(func.coalesce(Referral.act_by_on, Referral.answer_due_on))
    asked = tuple(select(what).select_from(Referral).join(Report, Report.id == Referral.report_id).where(*where)
                  for what, where in ((func.count(), answers), (func.min(Referral.id), answers),
                                      (func.count(), late), (func.min(Referral.id), late), (day, late)))
    given = (MeetingDecision.done_at.is_(None), or_(MeetingDecision.owner_id == me, MeetingDecision.chaser_id == me))
    called = (Meeting.state == "called", Meeting.called_by_id == me, Meeting.held_at <= evening)
    return (*asked, *(select(what).select_from(MeetingDecision).where(*given) for what in (
        func.count(), func.min(MeetingDecision.id), func.min(MeetingDecision.due_on))),
        *(select(what).select_from(Meeting).where(*called) for what in (func.count(), func.min(Meeting.id))))


@dataclass(frozen=True, slots=True)
class Asked:
    """One referral that waits for an organisation; `of` is how many wait in the same state."""

    id: int
    state: str
    help_type: str
    area_code: str
    due_on: date | None
    of: int


def asked_of(organisation_id: int) -> list[Asked]:
    """What was referred to an organisation and waits for it, what is due first before the rest; one SELECT."""
    due_on = func.coalesce(Referral.act_by_on, Referral.answer_due_on)
    rows = db.session.execute(
        select(Referral.id, Referral.state, Referral.help_type, Report.area_code, due_on,
               func.count().over(partition_by=Referral.state))
        .join(Report, Report.id == Referral.report_id)
        .where(Referral.organisation_id == organisation_id, Referral.state.in_(REFERRAL_OPEN))
        .order_by(due_on, Referral.id).limit(SHOWN))
    return [Asked(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class MeetingChore:
    """What a meeting asks of an organisation: to say whether it comes (`decision_id` None), or one decision."""

    meeting_id: int
    decision_id: int | None
    due_on: date | None
    held_at: datetime
    area_code: str


def meetings_of(organisation_id: int) -> list[MeetingChore]:
    """Invitations without an answer and decisions that an organisation is to carry out, at most eight; one SELECT."""
    mine = and_(MeetingDecision.organisation_id == organisation_id, MeetingDecision.done_at.is_(None))
    asked = and_(Meeting.state == "called", MeetingInvitation.state == "waiting")
    rows = db.session.execute(
        select(Meeting.id, MeetingDecision.id, MeetingDecision.due_on, Meeting.held_at, Meeting.area_code)
        .join(MeetingInvitation, and_(MeetingInvitation.meeting_id == Meeting.id,
                                      MeetingInvitation.organisation_id == organisation_id))
        .outerjoin(MeetingDecision, and_(MeetingDecision.meeting_id == Meeting.id, mine))
        .where(or_(asked, MeetingDecision.id.is_not(None)))
        .order_by(MeetingDecision.due_on, Meeting.held_at, Meeting.id).limit(SHOWN))
    return [MeetingChore(*row) for row in rows]


def evening_of(day: date) -> datetime:
    """The end of a day in Asia/Shanghai."""
    return datetime.combine(day, time.max, SHANGHAI)

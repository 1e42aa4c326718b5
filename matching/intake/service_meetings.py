"""Joint meetings on hard cases: called, held, their decisions followed to the end, then closed.

Every step is one conditional UPDATE. A decision has one owner, an organisation that was invited or an officer, and a
day; the meeting closes only when all of them are carried out. The report keeps its owner throughout.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, select, update

from matching.accounts.models import User
from matching.actor import Actor
from matching.clock import day_of
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.intake import service_news as news
from matching.intake.models import Report
from matching.intake.models_meetings import Meeting, MeetingDecision, MeetingInvitation
from matching.intake.service import tell
from matching.intake.service_referrals import (
    LATE,
    SOON,
    coming,
    hold_open,
    in_reach,
    members_of,
    next_tier,
    no_names,
)
from matching.notices.queries import TIERS, officers_at
from matching.notices.service import Users, tell_all
from matching.organisations.models import Organisation

__all__ = ["Calling", "call", "cancel", "carry_out", "close", "decide", "hold", "may_carry_out", "respond",
           "run_after_decisions"]

LATEST = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Calling:
    """What a meeting is called with. `facts`: what those invited may know beforehand, without names."""

    held_at: datetime
    place: str
    facts: str
    organisation_ids: Collection[int]


def call(report: Report, calling: Calling, actor: Actor, now: datetime) -> Meeting:
    """Call a meeting and invite. Raises Invalid for words that name somebody, a time that is past, nobody in reach."""
    if not now < calling.held_at <= now + LATEST:
        raise Invalid(_("请写以后的时间，%(n)s 天以内。", n=LATEST.days), "held_on")
    no_names(calling.facts, report, "facts")
    invited = db.session.scalars(select(Organisation.id).where(
        Organisation.id.in_(calling.organisation_ids), *in_reach(report.area_code)).order_by(Organisation.id)).all()
    if not invited:
        raise Invalid(_("至少请一个单位。"), "organisation_ids")
    hold_open(report, now)
    meeting = Meeting(report_id=report.id, area_code=report.area_code, held_at=calling.held_at, place=calling.place,
                      called_by_id=actor.user_id, called_by_name=actor.name, created_at=now, changed_at=now)
    meeting.facts = calling.facts
    db.session.add(meeting)
    db.session.flush()
    db.session.add_all(MeetingInvitation(meeting_id=meeting.id, organisation_id=number) for number in invited)
    db.session.flush()
    _tell(meeting, "meet_call", actor, now, invited=len(invited))
    for number in invited:
        tell_all(members_of(number), "meeting_invited", {"on": day_of(meeting.held_at), "path": _ours(meeting)}, now,
                 key=f"{meeting.id}")
    return meeting


def respond(invitation: MeetingInvitation, meeting: Meeting, state: str, actor: Actor, now: datetime) -> None:
    """An organisation says that it comes, or not; it may change its mind until the meeting is held."""
    if state not in ("coming", "declined"):
        raise ValueError(f"no such answer: {state!r}")
    called = exists().where(Meeting.id == invitation.meeting_id, Meeting.state == "called")
    said = db.session.execute(
        update(MeetingInvitation).where(MeetingInvitation.id == invitation.id, called)
        .values(state=state, answered_at=now, answered_by_name=actor.name).execution_options(synchronize_session=False))
    db.session.refresh(invitation)
    if said.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这次会商已经开过，或者取消了。"))
    tell_all([meeting.called_by_id], "meeting_answered", {"path": _page(meeting)}, now,
             key=f"{invitation.id}:{state}:{now.isoformat()}", by=actor)


def hold(meeting: Meeting, came: Collection[int], summary: str, actor: Actor, now: datetime) -> None:
    """Note that it was held: which of the invited organisations came, and what was said.

    Raises Conflict before its day, or when that was noted.
    """
    if day_of(meeting.held_at) > day_of(now):
        raise Conflict(_("还没有到开会的日子。"))
    _move(meeting, ("called",), "held", now)
    meeting.summary = summary
    db.session.execute(update(MeetingInvitation).where(
        MeetingInvitation.meeting_id == meeting.id, MeetingInvitation.organisation_id.in_(came)).values(has_come=True))
    db.session.flush()
    _tell(meeting, "meet_hold", actor, now, came=len(came))


def decide(meeting: Meeting, words: str, due_on: date, actor: Actor, now: datetime, *,
           organisation_id: int | None = None, owner_id: int | None = None) -> MeetingDecision:
    """Write down one decision with its one owner, who hears of it. Raises Invalid for an owner who is neither invited
    nor an officer of the place, Conflict when the meeting is not held or closed.
    """
    coming(due_on, day_of(now), "due_on")
    if not _may_own(meeting, organisation_id, owner_id):
        raise Invalid(_("请选一个单位或者一位干部。"), "owner")
    _move(meeting, ("held",), "held", now)
    decision = MeetingDecision(meeting_id=meeting.id, organisation_id=organisation_id, owner_id=owner_id,
                               due_on=due_on)
    decision.words = words
    db.session.add(decision)
    db.session.flush()
    _tell(meeting, "meet_decide", actor, now, by=due_on.isoformat())
    tell_all(_owners(decision), "decision_given", {"by": due_on, "path": _act(decision)}, now, key=f"{decision.id}",
             by=actor)
    return decision


def may_carry_out(decision: MeetingDecision, actor: Actor) -> bool:
    """Its owner says that it is done; or who called the meeting, or was told that it is late, having heard so."""
    return (actor.user_id in (decision.owner_id, decision.meeting.called_by_id, decision.chaser_id)
            or (decision.organisation_id is not None and decision.organisation_id == actor.organisation_id))


def carry_out(decision: MeetingDecision, note: str, actor: Actor, now: datetime) -> None:
    """A decision is carried out, and by what one can tell. Raises Conflict when that was said, or by somebody else."""
    if not may_carry_out(decision, actor):
        raise Conflict(_("只有这件事的负责人，或者召集会商的人，能记办好了。"))
    done = db.session.execute(
        update(MeetingDecision).where(MeetingDecision.id == decision.id, MeetingDecision.done_at.is_(None))
        .values(done_at=now, done_by_name=actor.name).execution_options(synchronize_session=False))
    db.session.refresh(decision)
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这件事已经记过办好了。"))
    decision.done_note = note
    db.session.flush()
    whose = {"organisation": decision.organisation_id} if decision.organisation_id else {}
    _tell(decision.meeting, "meet_done", actor, now, **whose)
    tell_all([decision.meeting.called_by_id], "decision_done", {"path": _page(decision.meeting)}, now,
             key=f"{decision.id}", by=actor)


def close(meeting: Meeting, actor: Actor, now: datetime) -> None:
    """End a meeting whose decisions are all carried out. Raises Conflict when one is open or none was written down."""
    _move(meeting, ("held",), "held", now)  # who decides at the same time waits, and then finds it closed
    mine = MeetingDecision.meeting_id == meeting.id
    if not db.session.scalar(select(exists().where(mine))):
        raise Conflict(_("先把定下的事记下来。"))
    if db.session.scalar(select(exists().where(mine, MeetingDecision.done_at.is_(None)))):
        raise Conflict(_("还有定下的事没有办好。"))
    _move(meeting, ("held",), "closed", now)
    _tell(meeting, "meet_close", actor, now)


def cancel(meeting: Meeting, why: str, actor: Actor, now: datetime) -> None:
    """Call a meeting off before it is held; those invited hear of it."""
    _move(meeting, ("called",), "cancelled", now)
    meeting.why = why
    db.session.flush()
    _tell(meeting, "meet_cancel", actor, now)
    for invitation in meeting.invitations:
        tell_all(members_of(invitation.organisation_id), "meeting_cancelled", {"path": _ours(meeting)}, now,
                 key=f"{meeting.id}")


def run_after_decisions(now: datetime) -> int:
    """Remind of decisions that are due, pass up what is late; each once, whichever way the clock is set."""
    today, told = day_of(now), 0
    for decision in db.session.scalars(select(MeetingDecision).where(
            MeetingDecision.done_at.is_(None), MeetingDecision.reminded < LATE,
            MeetingDecision.due_on <= today + timedelta(days=1)).order_by(MeetingDecision.id)).all():
        level = LATE if decision.due_on < today else SOON
        raised = db.session.execute(update(MeetingDecision).where(
            MeetingDecision.id == decision.id, MeetingDecision.done_at.is_(None), MeetingDecision.reminded < level)
            .values(reminded=level).execution_options(synchronize_session=False))
        if raised.rowcount == 1:  # type: ignore[attr-defined]
            db.session.refresh(decision)
            _remind(decision, level, now)
            told += 1
    return told


def _remind(decision: MeetingDecision, level: int, now: datetime) -> None:
    values = {"by": decision.due_on, "path": _act(decision)}
    if level == SOON:
        tell_all(_owners(decision), "decision_due", values, now, key=f"{decision.id}")
        return
    meeting = decision.meeting
    tell_all(_owners(decision), "decision_overdue", values, now, key=f"{decision.id}")
    tell_all([meeting.called_by_id], "decision_overdue", values, now, key=f"{decision.id}")
    above = next_tier(meeting.area_code, decision.owner_id or meeting.called_by_id)
    if above is not None:
        decision.chaser_id = above
        db.session.flush()
        tell_all([above], "escalated", {"path": _page(meeting)}, now, key=f"decision:{decision.id}")
    _tell(meeting, "meet_late", None, now, by=decision.due_on.isoformat())


def _may_own(meeting: Meeting, organisation_id: int | None, owner_id: int | None) -> bool:
    if (organisation_id is None) == (owner_id is None):
        return False
    if organisation_id is not None:
        return organisation_id in {one.organisation_id for one in meeting.invitations}
    officers = officers_at(meeting.area_code, *(role for role, _digits in TIERS))
    return db.session.scalar(select(User.id).where(
        User.id == owner_id, User.is_enabled, User.id.in_(officers))) is not None


def _owners(decision: MeetingDecision) -> Users:
    if decision.owner_id is not None:
        return [decision.owner_id]
    return members_of(decision.organisation_id or 0)


def _move(meeting: Meeting, sources: tuple[str, ...], target: str, now: datetime) -> None:
    moved = db.session.execute(
        update(Meeting).where(Meeting.id == meeting.id, Meeting.state.in_(sources))
        .values(state=target, changed_at=now).execution_options(synchronize_session=False))
    db.session.refresh(meeting)
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这次会商现在的状态不同了。请看一下最新情况。"))


def _tell(meeting: Meeting, event: str, actor: Actor | None, now: datetime, **data: Any) -> None:
    tell(meeting.report, event, actor, now, data={"meeting": meeting.id, **data})
    news.tell_step(meeting.report, event, actor, now)


def _page(meeting: Meeting) -> str:
    return f"/intake/{meeting.id}/show-meeting"


def _ours(meeting: Meeting) -> str:
    return f"/intake/{meeting.id}/our-meeting"


def _act(decision: MeetingDecision) -> str:
    return f"/intake/{decision.id}/carry-out-decision"

"""Referrals: a matter of a report is handed over to an organisation, which says yes or no by a day and then acts.

The report keeps its owner throughout: whoever was asked first stays responsible. Every step is one conditional UPDATE
(`WHERE state IN …`), so that of two members who answer at once, or an answer and a withdrawal, one counts and the
other hears why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.exc import IntegrityError

from matching.accounts.models import User
from matching.actor import Actor
from matching.clock import day_of
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.intake import service_news as news
from matching.intake.models import Report
from matching.intake.models_work import REFERRAL_OPEN, Referral
from matching.intake.service import tell
from matching.intake.service_owners import first_asked
from matching.notices.service import tell_all
from matching.organisations.models import Membership, Organisation
from matching.places.queries import ancestors, county_of, within

__all__ = ["REASONS", "REFERRED_TO", "agree", "answer", "coming", "hold_open", "in_reach", "members_of", "next_tier",
           "no_names", "note_seen", "refer", "refuse", "run_after_referrals", "take_on", "withdraw"]

REFERRED_TO = ("department", "charity", "agency", "enterprise")
"""Kinds of organisation that are asked; a volunteer is paired, never made to answer by a day."""
REASONS = ("not_ours", "no_capacity", "not_eligible", "unclear", "no_contact", "other")
LATEST = timedelta(days=60)
"""No day that is asked for lies further ahead."""
SOON, LATE = 1, 2
_NUMBER = re.compile(r"\d[\d \-]{5,}\d")


@dataclass(frozen=True, slots=True)
class Asking:
    """What an officer asks: of whom, for which kind of help, in which words, until when, and how the person agreed
    that name and telephone are told (empty: not asked yet).
    """

    organisation_id: int
    help_type: str
    question: str
    answer_due_on: date
    consent_how: str = ""


def in_reach(area_code: str) -> tuple[ColumnElement[bool], ...]:
    """SQL conditions: a vetted organisation that can be asked for a place: of its county, or of an area around that."""
    county = county_of(area_code)
    return (Organisation.status == "vetted", Organisation.kind.in_(REFERRED_TO),
            or_(within(Organisation.area_code, county), Organisation.area_code.in_(ancestors(county))))


def refer(report: Report, asking: Asking, actor: Actor, now: datetime) -> Referral:
    """Ask an organisation to take a matter on. Raises Invalid for words that name somebody, a day that is past or an
    organisation out of reach, Conflict when the report is closed or the same was asked already.
    """
    organisation = db.session.scalar(select(Organisation).where(
        Organisation.id == asking.organisation_id, *in_reach(report.area_code)))
    if organisation is None:
        raise Invalid(_("请从列表里选一个单位。"), "organisation_id")
    no_names(asking.question, report, "question")
    coming(asking.answer_due_on, day_of(now), "answer_due_on")
    hold_open(report, now)
    values: dict[str, Any] = {"consented_at": now, "consent_how": asking.consent_how} if asking.consent_how else {}
    referral = Referral(
        report_id=report.id, organisation_id=organisation.id, help_type=asking.help_type, asked_at=now,
        asked_by_id=actor.user_id, asked_by_name=actor.name, answer_due_on=asking.answer_due_on, **values)
    referral.question = asking.question
    try:
        with db.session.begin_nested():
            db.session.add(referral)
    except IntegrityError:
        raise Conflict(_("这件事已经转给%(organisation)s了，正等着它。", organisation=organisation.name)) from None
    _tell(referral, report, "refer", actor, now, by=asking.answer_due_on)
    tell_all(members_of(organisation.id), "referral_received",
             {"by": asking.answer_due_on, "path": f"/intake/{referral.id}/our-referral"}, now, key=f"{referral.id}")
    return referral


def take_on(referral: Referral, act_by_on: date, words: str, actor: Actor, now: datetime) -> None:
    """The organisation says yes, and by which day it acts. Raises Invalid, or Conflict when that was answered."""
    coming(act_by_on, day_of(now), "act_by_on")
    _move(referral, ("waiting",), "accepted", act_by_on=act_by_on, answered_at=now, answered_by_name=actor.name,
          seen_at=None, reminded=0, chaser_id=None)
    referral.answer = words
    _answered(referral, "refer_accept", actor, now, by=act_by_on)


def refuse(referral: Referral, reason: str, words: str, actor: Actor, now: datetime) -> None:
    """The organisation says no, one of `REASONS` and a sentence; also when it had accepted and cannot do it."""
    if reason not in REASONS:
        raise Invalid(_("请选一个原因。"), "reason")
    _move(referral, REFERRAL_OPEN, "refused", reason=reason, answered_at=now, answered_by_name=actor.name,
          seen_at=None)
    referral.answer = words
    _answered(referral, "refer_refuse", actor, now)


def answer(referral: Referral, words: str, actor: Actor, now: datetime) -> None:
    """The organisation says what it did; with that it has answered, and contact is shut again."""
    _move(referral, ("accepted",), "answered", done_at=now, done_by_name=actor.name, seen_at=None)
    referral.did = words
    _answered(referral, "refer_answer", actor, now)


def withdraw(referral: Referral, actor: Actor | None, now: datetime) -> None:
    """Take a referral back: its report's owner or who asked. `actor` None: the report was closed meanwhile."""
    report = referral.report
    if actor is not None and actor.user_id not in (report.owner_id, referral.asked_by_id):
        raise Conflict(_("只有负责这件事的人，或者当初转出去的人，能撤回。"))
    _move(referral, REFERRAL_OPEN, "withdrawn", seen_at=now)
    _tell(referral, report, "refer_withdraw", actor, now)
    tell_all(members_of(referral.organisation_id), "referral_withdrawn",
             {"path": f"/intake/{referral.id}/our-referral"}, now, key=f"{referral.id}")


def agree(referral: Referral, how: str, actor: Actor, now: datetime) -> None:
    """An officer asked the person, who agrees that the organisation learns name and telephone."""
    changed = db.session.execute(update(Referral).where(
        Referral.id == referral.id, Referral.state.in_(REFERRAL_OPEN), Referral.consented_at.is_(None))
        .values(consented_at=now, consent_how=how).execution_options(synchronize_session=False))
    db.session.refresh(referral)
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("已经记过了，或者这次转介已经结束。"))
    _tell(referral, referral.report, "refer_consent", actor, now)
    if referral.state == "accepted":
        tell_all(members_of(referral.organisation_id), "referral_opened",
                 {"path": f"/intake/{referral.id}/our-referral"}, now, key=f"{referral.id}", by=actor)


def note_seen(referral: Referral, actor: Actor, now: datetime) -> None:
    """Who asked, or the report's owner, has read the latest answer; it leaves the to-do list. Twice does no harm."""
    if actor.user_id in (referral.asked_by_id, referral.report.owner_id):
        db.session.execute(update(Referral).where(Referral.id == referral.id, Referral.seen_at.is_(None))
                           .values(seen_at=now))


def run_after_referrals(now: datetime) -> int:
    """Remind of answers and deeds that are due, pass up what is late, take back what nobody needs any more.

    Each level of each day is reached at most once, by a conditional UPDATE, whichever way the clock is set. Returns
    how many reminders were written.
    """
    today, told = day_of(now), 0
    for referral in db.session.scalars(select(Referral).join(Report, Report.id == Referral.report_id).where(
            Referral.state == "waiting", Report.state == "closed").order_by(Referral.id)).all():
        withdraw(referral, None, now)
    near = or_(
        (Referral.state == "waiting") & (Referral.answer_due_on <= today + timedelta(days=1)),
        (Referral.state == "accepted") & (Referral.act_by_on <= today + timedelta(days=1)))
    for referral in db.session.scalars(
            select(Referral).where(near, Referral.reminded < LATE).order_by(Referral.id)).all():
        due_on = referral.due_on or today
        level = LATE if due_on < today else SOON
        raised = db.session.execute(update(Referral).where(
            Referral.id == referral.id, Referral.state == referral.state, Referral.reminded < level)
            .values(reminded=level).execution_options(synchronize_session=False))
        if raised.rowcount == 1:  # type: ignore[attr-defined]
            db.session.refresh(referral)
            _remind(referral, level, due_on, now)
            told += 1
    return told


def members_of(organisation_id: int) -> Select[Any]:
    """SELECT of the accounts that act for an organisation."""
    return select(Membership.user_id).where(Membership.organisation_id == organisation_id)


def no_names(words: str, report: Report, field: str) -> None:
    """Raise Invalid when words that others read hold the name, telephone or address of a report, or any long number."""
    secrets = [value for value in (report.name, report.phone, report.address) if value and len(value) > 1]
    if any(value in words for value in secrets) or _NUMBER.search(words):
        raise Invalid(_("这里不要写姓名、电话、住址和证件号：对方接下、本人也同意以后，自己会看到。"), field)


def _remind(referral: Referral, level: int, due_on: date, now: datetime) -> None:
    """Say that a day is near, or that it is past, to those who owe the answer; what is past goes up a tier."""
    key = f"{referral.id}:{referral.state}"
    kind = "referral_due" if level == SOON else "referral_overdue"
    tell_all(members_of(referral.organisation_id), kind,
             {"by": due_on, "path": f"/intake/{referral.id}/our-referral"}, now, key=key)
    if level == SOON:
        return
    above = next_tier(referral.report.area_code, referral.asked_by_id)
    if above is not None:
        referral.chaser_id = above
        db.session.flush()
        tell_all([above], "escalated", {"path": f"/intake/{referral.id}/show-referral"}, now, key=f"referral:{key}")
    tell_all({referral.asked_by_id, referral.report.owner_id}, "referral_late",
             {"path": f"/intake/{referral.id}/show-referral"}, now, key=key)
    _tell(referral, referral.report, "refer_late", None, now, by=due_on)


def next_tier(area_code: str, officer_id: int) -> int | None:
    """The officer of the next tier above one officer's own, over a place; None at the top."""
    own = db.session.scalar(select(User.area_code).where(User.id == officer_id))
    try:
        return first_asked(area_code, above=own or area_code).id
    except Invalid:
        return None


def hold_open(report: Report, now: datetime) -> None:
    """Raise Conflict for a closed report; of closing and asking somebody at once the second waits here."""
    held = db.session.execute(update(Report).where(Report.id == report.id, Report.state != "closed")
                              .values(changed_at=now).execution_options(synchronize_session=False))
    db.session.refresh(report)
    if held.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这件事已经办结了，先把它重新打开。"))


def _move(referral: Referral, sources: tuple[str, ...], target: str, **values: Any) -> None:
    changed = db.session.execute(
        update(Referral).where(Referral.id == referral.id, Referral.state.in_(sources))
        .values(state=target, **values).execution_options(synchronize_session=False))
    db.session.refresh(referral)
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这次转介已经有人答复过，或者已经撤回。请看一下最新情况。"))


def _answered(referral: Referral, event: str, actor: Actor, now: datetime, *, by: date | None = None) -> None:
    """What the organisation said comes back to who asked and to the report's owner."""
    db.session.flush()
    _tell(referral, referral.report, event, actor, now, by=by)
    tell_all({referral.asked_by_id, referral.report.owner_id}, "referral_answered",
             {"path": f"/intake/{referral.id}/show-referral"}, now, key=f"{referral.id}:{referral.state}", by=actor)


def _tell(referral: Referral, report: Report, event: str, actor: Actor | None, now: datetime, *,
          by: date | None = None) -> None:
    """One entry in the report's history, the log and the timeline: which referral, to whom, until when."""
    data: dict[str, Any] = {"referral": referral.id, "organisation": referral.organisation_id}
    tell(report, event, actor, now, data=data | ({"by": by.isoformat()} if by else {}))
    news.tell_step(report, event, actor, now)


def coming(day: date, today: date, field: str) -> None:
    """Raise Invalid for a day that is past or too far ahead."""
    if not today <= day <= today + LATEST:
        raise Invalid(_("请写今天以后、%(n)s 天以内的日子。", n=LATEST.days), field)

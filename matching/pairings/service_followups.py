"""Follow-ups made: what was found, and what follows from it; reopening a difficulty from its ledger line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import update

from matching.accounts.models import User
from matching.actor import Actor
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.households.models import Household, Need
from matching.households.service import add_to_timeline
from matching.households.service_needs import NeedFacts, add_need
from matching.intake.service_tasks import workers_for
from matching.notices.service import tell
from matching.offers.models import HELP_TYPES
from matching.pairings import queries, service, service_voice
from matching.pairings.models import Pairing
from matching.pairings.models_ledger import FOLLOW_UP_RESULTS, FollowUp
from matching.pairings.service_watch import first_look, line_of, lock_pairings, plan_follow_up, risk_of
from matching.words import help_type_word

__all__ = ["LATEST", "LOOK_AGAIN", "RESULTS", "finish", "hand_on", "reopen_line"]

RESULTS = tuple(result for result in FOLLOW_UP_RESULTS if result != "dropped")
LOOK_AGAIN = timedelta(days=3)
"""Nobody was at home: somebody goes again by then."""
LATEST = timedelta(days=180)


def finish(follow_up: FollowUp, result: str, note: str, other: str, actor: Actor, now: datetime) -> None:
    """Say what a follow-up found, once. What is back is opened again; another difficulty (`other`: its help type)
    becomes a need that a second person confirms; a part that is lacking is looked at again.

    Raises Conflict when that was said before, Invalid (field `result`, `note` or `other`).
    """
    if result not in RESULTS:
        raise Invalid(_("请选一样结果。"), "result")
    if result in ("back", "other", "partly") and not note:
        raise Invalid(_("请写一句看到了什么。"), "note")
    if result == "other" and other not in HELP_TYPES:
        raise Invalid(_("请选缺的是哪一种帮助。"), "other")
    pairing = db.session.get_one(Pairing, follow_up.pairing_id)
    lock_pairings(pairing.need_id)
    db.session.refresh(pairing)
    _claim(follow_up, done_at=now, done_by_id=actor.user_id, done_by_name=actor.name, result=result)
    follow_up.note = note
    _tell(follow_up, "done", actor, now, result=result)
    _go_on(follow_up, pairing, other, actor, now)


def hand_on(follow_up: FollowUp, assigned_id: int | None, on: date, actor: Actor, now: datetime) -> None:
    """Somebody else looks, or on another day; None: whoever of the place's officers comes to it.

    Raises Conflict when it is done, Invalid (field `assigned_id` or `due_on`) for somebody or a day that cannot be.
    """
    if assigned_id is not None and assigned_id not in {worker.id for worker in workers_of(follow_up)}:
        raise Invalid(_("这个人去不了这里。请从列表里选。"), "assigned_id")
    if not day_of(now) <= on <= day_of(now) + LATEST:
        raise Invalid(_("日子要在今天以后、%(n)s 天以内。", n=LATEST.days), "due_on")
    _claim(follow_up, assigned_id=assigned_id, due_on=on, reminded="")
    _tell(follow_up, "plan", actor, now)
    if assigned_id is not None and assigned_id != actor.user_id:
        tell(assigned_id, "follow_up_given", {"path": f"/pairings/{follow_up.id}/show-follow-up", "by": on}, now,
             key=f"follow_up:{follow_up.id}:{now.isoformat()}")


def workers_of(follow_up: FollowUp) -> Sequence[User]:
    """Who may look: officers of the place, and social workers of its county."""
    return workers_for(follow_up.area_code)


def reopen_line(need: Need, reason: str, actor: Actor, now: datetime) -> None:
    """The difficulty is back: all of its help that was signed off is opened again, and that counts as once.

    Raises Conflict when it stands open already.
    """
    lock_pairings(need.id)
    found = db.session.scalars(queries.whole_pairings().where(
        Pairing.need_id == need.id, Pairing.state == "closed").order_by(Pairing.id)
        .execution_options(populate_existing=True)).all()
    if not found:
        raise Conflict(_("这件难处没有销号，或者别人已经重新打开了。"))
    for pairing in found:
        service.reopen(pairing, reason, actor, now)


def _go_on(follow_up: FollowUp, pairing: Pairing, other: str, actor: Actor, now: datetime) -> None:
    need, today = pairing.need, day_of(now)
    match follow_up.result:
        case "not_home":
            plan_follow_up(pairing, follow_up.kind, follow_up.how, today + LOOK_AGAIN, now, follow_up.assigned_id)
        case "partly":
            again = first_look(risk_of(need, line_of(need.id)), today)
            plan_follow_up(pairing, follow_up.kind, follow_up.how, again, now, follow_up.assigned_id)
        case "back" if pairing.state == "closed":
            reopen_line(need, follow_up.note or "", actor, now)
        case "back":
            service_voice.complain(pairing, "finding", follow_up.note or "", actor, now)
        case "other":
            household = db.session.get_one(Household, follow_up.household_id)
            with force_locale("zh_Hans"):  # data that all read
                summary = _("回访时看到，还要这一种帮助：%(help)s", help=help_type_word(other))
            add_need(household, NeedFacts(other, 1, "", need.urgency, summary, today), actor, now)


def _claim(follow_up: FollowUp, **values: object) -> None:
    """Change a follow-up that is not done yet, or raise Conflict."""
    changed = db.session.execute(
        update(FollowUp).where(FollowUp.id == follow_up.id, FollowUp.done_at.is_(None)).values(**values)
        .execution_options(synchronize_session=False))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这次回访已经有人记过结果了。"))
    db.session.refresh(follow_up)


def _tell(follow_up: FollowUp, what: str, actor: Actor, now: datetime, **data: str) -> None:
    add_to_timeline(follow_up.household_id, f"follow_up.{what}", actor, now, pairing_id=follow_up.pairing_id, **data)
    record(actor, f"follow_up.{what}", now, object_type="pairing", object_id=follow_up.pairing_id,
           household_id=follow_up.household_id, area_code=follow_up.area_code)

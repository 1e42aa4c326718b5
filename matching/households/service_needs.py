"""Writing needs: what a household lacks, in words that providers may read, and who has looked at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import case, or_, update

from matching.actor import Actor
from matching.audit.service import record
from matching.clock import day_of
from matching.conditions import GROUPS
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.formatting import number
from matching.households.models import Household, Member, Need
from matching.households.service import add_to_timeline
from matching.households.service_changes import keep, keep_new, state
from matching.households.service_details import (
    DETAILS,
    asks_of,
    check_public,
    details_of,
    drawn,
    kept,
    traits_by,
)
from matching.households.service_files import age_on
from matching.notices.service import tell
from matching.words import UNITS
from matching.words_units import unit_word

WITHDRAWALS = ("settled", "not_needed", "moved", "mistake")
"""Why a need is taken back: settled elsewhere, no longer needed, moved away, written by mistake."""
STILL_WRITTEN = ("reported", "verified", "open")
"""The statuses in which a need can be changed and taken back."""
OVER_60 = 60
TOLD = {"add": "need.added", "edit": "need.edited", "confirm": "need.confirmed", "withdraw": "need.withdrawn"}


@dataclass(frozen=True, slots=True)
class NeedFacts:
    """What a form says of a need.

    `details` are those of the help type (`service_details`); what they say goes into conditions by itself.
    `traits` says what is known of the person, None leaves that as it was. `asks`: further codes that an offer must
    provide. An empty `summary` is drawn from the details; an empty `unit` is the usual one.
    """

    help_type: str
    quantity: int
    unit: str
    urgency: int
    summary: str
    reported_on: date
    asks: tuple[str, ...] = ()
    traits: tuple[str, ...] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    wanted_by: date | None = None


def traits_of(member: Member | None, today: date | None) -> tuple[str, ...]:
    """What is known of a person, in the codes that offers can be limited to: stage, age, sex. Nobody: nothing."""
    if member is None:
        return ()
    age = age_on(member.born_on, today) if today else None
    known = [member.school_stage if member.school_stage in GROUPS["stage"] else "",
             "" if age is None else "over60" if age >= OVER_60 else "under60",
             member.sex if member.sex in ("female", "male") else ""]
    return tuple(code for code in known if code)


def add_need(household: Household, facts: NeedFacts, actor: Actor, now: datetime) -> Need:
    """Write a need into a file. It is paired once somebody else has looked at it and the file is verified.

    Raises Invalid when its words give away who is meant, a detail is wrong, or a day cannot be.
    """
    wanted = _wanted(household, None, facts, now)
    last = max((need.sequence for need in household.needs if need.help_type == facts.help_type), default=0)
    need = Need(help_type=facts.help_type, sequence=last + 1, given=0, received=0, closed=0, status="reported",
                reported_by_id=actor.user_id, created_at=now, **wanted)
    household.needs.append(need)
    db.session.flush()
    keep_new(need, actor, now)
    _tell(need, "add", actor, now, {})
    return need


def edit_need(need: Need, facts: NeedFacts, actor: Actor, now: datetime, why: str = "") -> list[str]:
    """Change a need; returns the names of the fields that changed.

    One that then wants no more than is signed off is met. The type stays.
    Raises Invalid as `add_need`, and when less is wanted than pairings already hold;
    Conflict when it has been met or withdrawn.
    """
    wanted = _wanted(need.household, need, facts, now)
    changes = {name: value for name, value in wanted.items() if getattr(need, name) != value}
    if not changes:
        return []
    before = state(need)
    was, met = need.state, case((Need.closed == facts.quantity, "met"), else_=Need.status)
    if not _change(need, changes | {"status": met}, Need.status.in_(STILL_WRITTEN), Need.given <= facts.quantity):
        if need.status in STILL_WRITTEN:
            raise Invalid(_("已经结对了 %(n)s %(unit)s，不能改得比这更少。", n=need.given,
                            unit=unit_word(need.unit, need.given)), "quantity")
        raise Conflict(_("这项需求已经不是待帮的了，不能再改。"))
    keep(need, before, actor, now, why=why)
    _tell(need, "edit", actor, now, {"fields": sorted(changes)}, was)
    return sorted(changes)


def confirm_need(need: Need, actor: Actor, now: datetime) -> None:
    """Somebody other than its author has looked: the need is so. It opens when its file is verified.

    Raises Conflict for the author, and when it is no longer waiting for this.
    """
    db.session.refresh(need.household, with_for_update=True)
    target = "open" if need.household.status == "verified" else "verified"
    before, was = state(need), need.state
    changed = _change(need, {"status": target}, Need.status == "reported",
                      or_(Need.reported_by_id.is_(None), Need.reported_by_id != actor.user_id))
    if not changed:
        raise Conflict(_("这项需求是您登记的，要换一个人来核实。") if need.status == "reported"
                       else _("别人已经先办了这一条，现在的状态不同了。请看一下最新情况。"))
    keep(need, before, actor, now)
    _tell(need, "confirm", actor, now, {}, was)
    if need.reported_by_id:
        tell(need.reported_by_id, "need_verified", {"path": f"/households/{need.id}/show-need"}, now, key=f"{need.id}")


def withdraw_need(need: Need, reason: str, actor: Actor, now: datetime) -> None:
    """Take a need back, for one of the reasons `WITHDRAWALS`. Raises Conflict while pairings hold a part."""
    if reason not in WITHDRAWALS:
        raise ValueError(f"no such reason: {reason!r}")
    before, was = state(need), need.state
    if not _change(need, {"status": "withdrawn"}, Need.status.in_(STILL_WRITTEN), Need.given == 0):
        raise Conflict(_("这项需求还有没做完的结对，先把结对办完或撤回。") if need.status in STILL_WRITTEN
                       else _("这项需求已经不是待帮的了。"))
    keep(need, before, actor, now, why=reason)
    _tell(need, "withdraw", actor, now, {}, was, reason=reason)


def _wanted(household: Household, need: Need | None, facts: NeedFacts, now: datetime) -> dict[str, Any]:
    """The columns that follow from what was written; `need` is what was there before."""
    _check_days(facts, need, now)
    details = kept(facts.help_type, facts.details)
    for detail in DETAILS.get(facts.help_type, ()):
        if detail.kind == "text" and detail.name in details:
            check_public(household, details[detail.name], detail.name)
    unit = facts.unit or (need.unit if need else UNITS[facts.help_type])
    person = (need.traits if need else []) if facts.traits is None else facts.traits
    return {"quantity": facts.quantity, "unit": unit, "urgency": facts.urgency, "reported_on": facts.reported_on,
            "wanted_by": facts.wanted_by, "details": details, "asks": asks_of(facts.help_type, details, facts.asks),
            "traits": traits_by(facts.help_type, details, person),
            "summary": _summary(household, need, facts, details, unit)}


def _summary(household: Household, need: Need | None, facts: NeedFacts, details: Mapping[str, Any], unit: str) -> str:
    """What providers read: the officer's own words, else what the details say; words that were drawn are drawn anew."""
    before = drawn(need.help_type, details_of(need), f"{number(need.quantity)} {need.unit}") if need else ""
    if facts.summary and facts.summary != before:
        check_public(household, facts.summary, "summary")
        return facts.summary
    sentence = drawn(facts.help_type, details, f"{number(facts.quantity)} {unit}")
    if not sentence:
        raise Invalid(_("选一两项具体的，或者在这里写一句话。"), "summary")
    return sentence


def _check_days(facts: NeedFacts, need: Need | None, now: datetime) -> None:
    today = day_of(now)
    if facts.reported_on > today:
        raise Invalid(_("提出的日子不能在今天以后。"), "reported_on")
    if facts.wanted_by and facts.wanted_by < today and (need is None or need.wanted_by != facts.wanted_by):
        raise Invalid(_("这一天已经过去了。"), "wanted_by")


def _change(need: Need, values: dict[str, Any], *conditions: Any) -> bool:
    """Change a need by one conditional UPDATE; the need in memory then shows what the database holds."""
    changed = db.session.scalar(update(Need).where(Need.id == need.id, *conditions).values(**values).returning(Need.id),
                                execution_options={"synchronize_session": False})
    db.session.refresh(need)
    return changed is not None


def _tell(need: Need, what: str, actor: Actor, now: datetime, changes: dict[str, Any], was: str = "",
          **more: Any) -> None:
    """One entry in the household's story and one in the audit log; both say when the need's state changed."""
    household = need.household
    household.updated_at = now
    add_to_timeline(household.id, TOLD[what], actor, now, need_id=need.id, help_type=need.help_type,
                    quantity=need.quantity, unit=need.unit, state=need.state, **more)
    changes = changes if was == need.state else changes | {"state": [was, need.state]}
    record(actor, f"need.{what}", now, object_type="need", object_id=need.id, household_id=household.id,
           area_code=household.area_code, changes=changes)

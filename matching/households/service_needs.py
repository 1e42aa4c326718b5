"""Writing needs: what a household lacks, in words that providers may read."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update

from matching.actor import Actor
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.households.models import Household, Member, Need
from matching.households.service import add_to_timeline
from matching.households.service_changes import keep, keep_new, state
from matching.households.service_files import age_on
from matching.words import UNITS

WITHDRAWALS = ("settled", "not_needed", "moved", "mistake")
"""Why a need is taken back: settled elsewhere, no longer needed, moved away, written by mistake."""
ASKS = ("home_based", "disabled_ok")
STAGES = ("primary", "junior", "senior", "university")
OVER_60 = 60

TOLD = {"add": "need.added", "edit": "need.edited", "withdraw": "need.withdrawn"}
_NUMBERS = re.compile(r"\d{15,}|1[3-9]\d{9}|0\d{2,3}\d{7,8}")


@dataclass(frozen=True, slots=True)
class NeedFacts:
    """What a form says of a need. `traits` None leaves them as they are."""

    help_type: str
    quantity: int
    unit: str
    urgency: int
    summary: str
    reported_on: date
    asks: tuple[str, ...] = ()
    traits: tuple[str, ...] | None = None


def traits_of(member: Member | None, today: date | None) -> tuple[str, ...]:
    """What is known of a person, in the codes that offers can be limited to: stage, age, sex. Nobody: nothing."""
    if member is None:
        return ()
    age = age_on(member.born_on, today) if today else None
    known = [member.school_stage if member.school_stage in STAGES else "",
             "" if age is None else "over60" if age >= OVER_60 else "under60",
             member.sex if member.sex in ("female", "male") else ""]
    return tuple(code for code in known if code)


def add_need(household: Household, facts: NeedFacts, actor: Actor, now: datetime) -> Need:
    """Write a need into a file. It is paired once the file is verified.

    Raises Invalid when its words give away who is meant, or its day lies in the future.
    """
    check_summary(household, facts.summary)
    _check_day(facts.reported_on, now)
    last = max((need.sequence for need in household.needs if need.help_type == facts.help_type), default=0)
    need = Need(help_type=facts.help_type, sequence=last + 1, quantity=facts.quantity, urgency=facts.urgency,
                unit=facts.unit or UNITS[facts.help_type], reported_on=facts.reported_on, summary=facts.summary,
                asks=list(facts.asks), traits=list(facts.traits or ()), created_at=now)
    household.needs.append(need)
    db.session.flush()
    keep_new(need, actor, now)
    _tell(need, "add", actor, now, {})
    return need


def edit_need(need: Need, facts: NeedFacts, actor: Actor, now: datetime, why: str = "") -> list[str]:
    """Change an open need; returns the names of the fields that changed.

    The type stays. Raises Invalid as `add_need`, and when less is wanted than pairings already hold;
    Conflict when it is no longer open.
    """
    check_summary(need.household, facts.summary)
    _check_day(facts.reported_on, now)
    wanted: dict[str, Any] = {
        "quantity": facts.quantity, "unit": facts.unit or need.unit, "urgency": facts.urgency,
        "summary": facts.summary, "reported_on": facts.reported_on, "asks": list(facts.asks),
        "traits": list(need.traits if facts.traits is None else facts.traits)}
    changes = {name: value for name, value in wanted.items() if getattr(need, name) != value}
    if not changes:
        return []
    before = state(need)
    if not _change(need, changes, Need.status == "open", Need.given <= facts.quantity):
        if need.status == "open":
            raise Invalid(_("已经结对了 %(n)s %(unit)s，不能改得比这更少。", n=need.given, unit=need.unit), "quantity")
        raise Conflict(_("这项需求已经不是待帮的了，不能再改。"))
    keep(need, before, actor, now, why=why)
    _tell(need, "edit", actor, now, {"fields": sorted(changes)})
    return sorted(changes)


def withdraw_need(need: Need, reason: str, actor: Actor, now: datetime) -> None:
    """Take an open need back, for one of the reasons `WITHDRAWALS`. Raises Conflict while pairings hold a part."""
    if reason not in WITHDRAWALS:
        raise ValueError(f"no such reason: {reason!r}")
    before = state(need)
    if not _change(need, {"status": "withdrawn"}, Need.status == "open", Need.given == 0):
        raise Conflict(_("这项需求还有没做完的结对，先把结对办完或撤回。") if need.status == "open"
                       else _("这项需求已经不是待帮的了。"))
    keep(need, before, actor, now, why=reason)
    _tell(need, "withdraw", actor, now, {"status": "withdrawn"}, reason=reason)


def check_summary(household: Household, summary: str) -> None:
    """Raise Invalid when the words that providers will read hold a name, a telephone or an identity number."""
    text = unicodedata.normalize("NFKC", summary)
    if _NUMBERS.search(re.sub(r"[\s\-]", "", text)):
        raise Invalid(_("这句话别人会看到，不要写电话或身份证号。"), "summary")
    names = {household.head_name, *(member.name for member in household.members)}
    if any(len(name) > 1 and name in text for name in names):
        raise Invalid(_("这句话别人会看到，不要写家里人的名字。"), "summary")


def _check_day(reported_on: date, now: datetime) -> None:
    if reported_on > day_of(now):
        raise Invalid(_("提出的日子不能在今天以后。"), "reported_on")


def _change(need: Need, values: dict[str, Any], *conditions: Any) -> bool:
    """Change a need by one conditional UPDATE; the need in memory then shows what the database holds."""
    changed = db.session.scalar(update(Need).where(Need.id == need.id, *conditions).values(**values).returning(Need.id),
                                execution_options={"synchronize_session": False})
    db.session.refresh(need)
    return changed is not None


def _tell(need: Need, what: str, actor: Actor, now: datetime, changes: dict[str, Any], **more: Any) -> None:
    """One entry in the household's story and one in the audit log."""
    household = need.household
    household.updated_at = now
    add_to_timeline(household.id, TOLD[what], actor, now, help_type=need.help_type, quantity=need.quantity,
                    unit=need.unit, **more)
    record(actor, f"need.{what}", now, object_type="need", object_id=need.id, household_id=household.id,
           area_code=household.area_code, changes=changes)

"""What becomes of a finding: passed up, settled, explained or opened again, each with who, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from matching.actor import Actor
from matching.assistance.models import Gap, GapDecision
from matching.audit.service import record
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.households.service import add_to_timeline

__all__ = ["NEXT", "decide", "last_decision"]

NEXT: Mapping[str, tuple[str, ...]] = {
    "open": ("passed_up", "settled", "explained"), "passed_up": ("settled", "explained"),
    "settled": ("reopened",), "explained": ("reopened",), "reopened": ("passed_up", "settled", "explained"),
}
"""From which state a finding can be brought to which."""


def last_decision(gap: Gap) -> GapDecision | None:
    """The newest decision about what a finding is about, in whichever check it was found."""
    return db.session.scalar(select(GapDecision).where(
        GapDecision.household_id == gap.household_id, GapDecision.subject == gap.subject)
        .order_by(GapDecision.number.desc()).limit(1))


def decide(gap: Gap, state: str, reason: str, actor: Actor, now: datetime) -> GapDecision:
    """Decide about a finding.

    Raises Conflict when somebody was quicker or the step does not fit, Invalid without a why.
    Decisions are numbered per subject and the database takes each number once, so that of two at the same moment one
    wins and the other hears of it.
    """
    if not reason:
        raise Invalid(_("请写清楚怎么处理的。"), "reason")
    before = last_decision(gap)
    if state not in NEXT[before.state if before else "open"]:
        raise Conflict(_("这一条刚才有人处理过，请看一下现在的情况再定。"))
    made = GapDecision(
        household_id=gap.household_id, subject=gap.subject, number=before.number + 1 if before else 1, state=state,
        reason=reason, gap_id=gap.id, decided_by_id=actor.user_id, decided_by_name=actor.name, decided_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        raise Conflict(_("这一条刚才有人处理过，请看一下现在的情况再定。")) from None
    add_to_timeline(gap.household_id, f"gap.{state}", actor, now, policy=gap.policy, found=gap.kind)
    record(actor, f"gap.{state}", now, object_type="gap", object_id=gap.id, household_id=gap.household_id,
           area_code=gap.area_code, changes={"policy": gap.policy, "kind": gap.kind})
    return made

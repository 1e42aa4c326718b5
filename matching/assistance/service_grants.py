"""Help that is asked for, decided by the right tier, and paid once for a period.

Whoever asked does not decide. A town decides up to its limit, one fen more goes to the county; the county may stand in
for a town, and any other officer of a tier for an absent one. In the green channel help is paid first, under a cap,
and its papers are owed by a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from matching.actor import Actor, Role
from matching.assistance.models_grants import Grant, Payment
from matching.assistance.service_news import tell_grant
from matching.assistance.service_rhythm import period_of, periods
from matching.assistance.service_standards import book_of
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import Conflict, Invalid, NotAllowed
from matching.extensions import db
from matching.formatting import money
from matching.households.models import Household
from matching.households.service import add_to_timeline

__all__ = ["DECISIONS", "GrantFacts", "ask_grant", "change_grant", "commitment_fen", "decide_grant", "may_decide",
           "pay_grant", "reclaim_grant", "similar", "take_papers"]

PAPERS_DAYS = 10
SIMILAR_WITHIN = timedelta(days=365)
DECISIONS = {"approve": "approved", "return": "returned", "refuse": "refused"}
MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """What a form says of help that is asked for. `amount_fen` each time; `member_id` 0: the whole household."""

    help_type: str
    purpose: str
    source: str
    giver: str
    rhythm: str
    amount_fen: int
    starts_on: date
    until: date | None
    reason: str
    policy: str = ""
    member_id: int = 0
    is_green: bool = False


def limits(household: Household, on: date) -> tuple[int, int]:
    """(up to which sum a town decides, up to which the green channel pays) in a household's county on a day, in fen."""
    amounts = book_of(household.area_code[:6]).on(on)["limits"].amounts
    return amounts["town_limit"], amounts["green_cap"]


def commitment_fen(facts: GrantFacts) -> int:
    """What a promise comes to: all its periods, those of one year when it has no end."""
    if facts.rhythm == "once":
        return facts.amount_fen
    if facts.until is None:
        return facts.amount_fen * (MONTHS_A_YEAR if facts.rhythm == "month" else 1)
    return facts.amount_fen * len(list(periods(facts.starts_on, facts.until, facts.rhythm)))


def ask_grant(household: Household, facts: GrantFacts, actor: Actor, now: datetime) -> Grant:
    """Ask for help to a household. Raises Invalid for what cannot be: an end before its start, a sum over the cap."""
    grant = Grant(household_id=household.id, state="asked", created_at=now)
    _write(grant, household, facts, actor, now)
    db.session.add(grant)
    db.session.flush()
    _tell(grant, household, "ask", actor, now)
    return grant


def change_grant(grant: Grant, facts: GrantFacts, actor: Actor, now: datetime) -> None:
    """Ask again for help that was returned, with what was missing.

    Raises as `ask_grant`, Conflict when it is not returned.
    """
    if not _move(grant, "returned", state="asked"):
        raise Conflict(_("这份申请已经不是退回的了。"))
    _write(grant, grant.household, facts, actor, now)
    _tell(grant, grant.household, "ask", actor, now)


def _write(grant: Grant, household: Household, facts: GrantFacts, actor: Actor, now: datetime) -> None:
    if facts.until is not None and facts.until < facts.starts_on:
        raise Invalid(_("结束的日子不能早于开始的日子。"), "until")
    town_limit, green_cap = limits(household, day_of(now))
    total = commitment_fen(facts)
    if facts.is_green and total > green_cap:
        raise Invalid(_("先行救助最多 %(sum)s，这一笔要先批再发。", sum=money(green_cap)), "is_green")
    person = next((member for member in household.members if member.id == facts.member_id), None)
    for name in ("help_type", "purpose", "source", "giver", "rhythm", "amount_fen", "starts_on", "until", "reason",
                 "policy", "is_green"):
        setattr(grant, name, getattr(facts, name))
    grant.member_id, grant.person_name = (person.id, person.name) if person else (None, "")
    grant.tier = "town" if total <= town_limit else "county"
    grant.asked_by_id, grant.asked_by_name, grant.asked_at = actor.user_id, actor.name, now
    grant.papers_due_on = day_of(now) + timedelta(days=PAPERS_DAYS) if facts.is_green else None


def may_decide(grant: Grant, actor: Actor) -> bool:
    """Whether an officer is of the tier that decides, and not the one who asked."""
    of_tier = actor.role is Role.COUNTY or (actor.role is Role.TOWN and grant.tier == "town")
    return of_tier and grant.asked_by_id != actor.user_id


def decide_grant(grant: Grant, decision: str, words: str, actor: Actor, now: datetime) -> None:
    """Approve, return or refuse what was asked, by one of `DECISIONS`.

    Raises NotAllowed for whoever asked and for a town above its limit, Invalid for a return or refusal without a why,
    Conflict when somebody else has decided. What was paid before and is refused is to be reclaimed.
    """
    if grant.asked_by_id == actor.user_id:
        raise NotAllowed(_("这是您自己提的，要换一个人来批。"))
    if not may_decide(grant, actor):
        raise NotAllowed(_("超过镇街的权限，要由区县来批。"))
    if decision != "approve" and not words:
        raise Invalid(_("退回或不批要写明原因。"), "words")
    if not _move(grant, "asked", state=DECISIONS[decision], decided_by_id=actor.user_id,
                 decided_by_name=actor.name, decided_at=now, decision=words):
        raise Conflict(_("这份申请刚才有人处理过了。"))
    if grant.state == "refused" and _is_paid(grant):  # only now: a payment holds the row until it is written
        _move(grant, "refused", reclaim="due")
    _tell(grant, grant.household, decision, actor, now)


def pay_grant(grant: Grant, paid_on: date, actor: Actor, now: datetime, period_on: date | None = None) -> Payment:
    """Note that help was given on a day, for the period into which `period_on` falls (the same day unless given).

    Raises Conflict when that period is paid, by this promise or by another of the same policy to the same person, or
    when the promise is neither approved nor in the green channel; Invalid for a day outside its time.
    """
    if paid_on > day_of(now):
        raise Invalid(_("发放的日子不能在今天以后。"), "paid_on")
    period_on = period_on or paid_on
    if (grant.starts_on and period_on < grant.starts_on) or (grant.until and period_on > grant.until):
        raise Invalid(_("这一天不在这份帮助的期限里。"), "paid_on")
    if not _move(grant, "approved", state="approved") and not (grant.is_green and _move(grant, "asked", state="asked")):
        raise Conflict(_("还没有批准，不能发。"))
    period = "once" if grant.rhythm == "once" else period_of(period_on, grant.rhythm)
    who = f"m{grant.member_id}" if grant.member_id else f"h{grant.household_id}"
    key = f"{grant.policy}:{who}:{period if grant.rhythm != 'once' else paid_on.isoformat()}" if grant.policy else None
    payment = Payment(grant_id=grant.id, household_id=grant.household_id, amount_fen=grant.amount_fen, paid_on=paid_on,
                      period=period, policy_key=key, paid_by_name=actor.name, recorded_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(payment)
    except IntegrityError:
        raise Conflict(_("这一期已经发过了，没有再记。")) from None
    _tell(grant, grant.household, "pay", actor, now, fen=grant.amount_fen, period=period)
    return payment


def take_papers(grant: Grant, actor: Actor, now: datetime) -> None:
    """Note that the papers of help in the green channel are in. Raises Conflict when none are owed."""
    taken = db.session.execute(update(Grant).where(
        Grant.id == grant.id, Grant.is_green.is_(True), Grant.papers_in_on.is_(None))
        .values(papers_in_on=day_of(now)).execution_options(synchronize_session=False))
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这份帮助没有欠着的材料。"))
    db.session.refresh(grant)
    _tell(grant, grant.household, "papers", actor, now)


def reclaim_grant(grant: Grant, actor: Actor, now: datetime) -> None:
    """Note that what was paid first and refused later has come back.

    Raises Conflict when nothing is to be reclaimed.
    """
    back = db.session.execute(update(Grant).where(Grant.id == grant.id, Grant.reclaim == "due").values(reclaim="done")
                              .execution_options(synchronize_session=False))
    db.session.refresh(grant)
    if back.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这份帮助没有要追回的钱。"))
    _tell(grant, grant.household, "reclaim", actor, now)


def similar(grant: Grant) -> Sequence[Grant]:
    """Other promises of the same kind to the same household in the year around: what a second one would double."""
    since = (grant.starts_on or day_of(grant.created_at)) - SIMILAR_WITHIN
    return db.session.scalars(select(Grant).where(
        Grant.household_id == grant.household_id, Grant.id != grant.id, Grant.help_type == grant.help_type,
        Grant.starts_on >= since, Grant.state.in_(("asked", "approved"))).order_by(Grant.starts_on.desc())).all()


def _is_paid(grant: Grant) -> bool:
    return db.session.scalar(select(Payment.id).where(Payment.grant_id == grant.id).limit(1)) is not None


def _move(grant: Grant, before: str, **values: Any) -> bool:
    """Change a grant if it still stands so, by one conditional UPDATE that also waits for whoever is changing it."""
    moved = db.session.execute(update(Grant).where(Grant.id == grant.id, Grant.state == before).values(**values)
                               .execution_options(synchronize_session=False))
    db.session.refresh(grant)
    return bool(moved.rowcount == 1)  # type: ignore[attr-defined]


def _tell(grant: Grant, household: Household, what: str, actor: Actor, now: datetime, **more: Any) -> None:
    add_to_timeline(household.id, f"grant.{what}", actor, now, help_type=grant.help_type, **more)
    record(actor, f"grant.{what}", now, object_type="grant", object_id=grant.id, household_id=household.id,
           area_code=household.area_code, changes={"state": grant.stands, "fen": grant.amount_fen})
    tell_grant(grant, household.area_code, what, actor, now)

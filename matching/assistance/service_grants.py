"""Help that is asked for, paid once for a period, and ended; what a household has to pay for.

Who signs a request stands in `service_approvals`; what is paid first and owed papers for in `service_green`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.exc import IntegrityError

from matching.actor import Actor
from matching.assistance.models_grants import Cost, Grant, Payment
from matching.assistance.models_lists import PaymentLine
from matching.assistance.service_answers import OF_HOUSEHOLDS, OF_PERSONS
from matching.assistance.service_approvals import chain_for, tell
from matching.assistance.service_green import owe_papers
from matching.assistance.service_reckonings import MONTHS_A_YEAR, Reckoned, keep_reckoning
from matching.assistance.service_rhythm import ONCE, Due, due_days, paid_periods, period_of, plan
from matching.assistance.service_standards import book_of
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.formatting import money
from matching.households.models import Household
from matching.households.service import add_to_timeline
from matching.words_policies import policy_word

__all__ = ["GrantFacts", "add_cost", "ask_grant", "change_grant", "claim_of", "commitment_fen", "end_grant", "limits",
           "pay_grant", "payable", "plan_of", "recent", "similar"]

SIMILAR_WITHIN = timedelta(days=365)
RUNS = ("approved", "ended")
"""States in which what is due may be paid; an ended promise owes what was due before its end."""


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """What a form says of help that is asked for. `amount_fen` each time; `member_id` 0: the whole household.

    `papers`: the names of those that are owed in the green channel. `cost_id` 0: for no cost that is written down.
    """

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
    papers: tuple[str, ...] = ()
    cost_id: int = 0


def limits(household: Household, on: date) -> tuple[int, int]:
    """(up to which sum a town decides, up to which the green channel pays) in a household's county on a day, in fen."""
    amounts = book_of(household.area_code[:6]).on(on)["limits"].amounts
    return amounts["town_limit"], amounts["green_cap"]


def commitment_fen(facts: GrantFacts) -> int:
    """What a promise comes to: all its payments, those of one year when it has no end."""
    if facts.rhythm == ONCE:
        return facts.amount_fen
    if facts.until is None:
        return facts.amount_fen * (MONTHS_A_YEAR if facts.rhythm == "month" else 1)
    return facts.amount_fen * len(list(due_days(facts.starts_on, facts.until, facts.rhythm)))


def ask_grant(household: Household, facts: GrantFacts, actor: Actor, now: datetime,
              reckoned: Reckoned | None = None) -> Grant:
    """Ask for help to a household; `reckoned`: what its policy was reckoned to pay, kept with the request.

    Raises Invalid for what cannot be: an end before its start, a sum over the cap or above what was reckoned.
    """
    grant = Grant(household=household, state="asked", created_at=now, round=1, step=0)
    _write(grant, household, facts, actor, now)
    keep_reckoning(grant, reckoned)
    db.session.add(grant)
    db.session.flush()
    tell(grant, "ask", actor, now)
    return grant


def change_grant(grant: Grant, facts: GrantFacts, actor: Actor, now: datetime,
                 reckoned: Reckoned | None = None) -> None:
    """Ask again for help that was returned, with what was missing: the chain begins anew.

    Raises as `ask_grant`, Conflict when it is not returned.
    """
    again = db.session.execute(update(Grant).where(Grant.id == grant.id, Grant.state == "returned").values(
        state="asked", step=0, round=Grant.round + 1).execution_options(synchronize_session=False))
    db.session.refresh(grant)
    if again.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这份申请已经不是退回的了。"))
    if grant.payments and facts.amount_fen != grant.amount_fen:
        raise Invalid(_("已经先发了 %(sum)s，金额不能再改。", sum=money(grant.paid_fen)), "amount")
    _write(grant, grant.household, facts, actor, now)
    keep_reckoning(grant, reckoned)
    tell(grant, "ask", actor, now)


def _write(grant: Grant, household: Household, facts: GrantFacts, actor: Actor, now: datetime) -> None:
    today = day_of(now)
    if facts.until is not None and facts.until < facts.starts_on:
        raise Invalid(_("结束的日子不能早于开始的日子。"), "until")
    if facts.policy in OF_PERSONS and not facts.member_id:
        raise Invalid(_("%(policy)s是给一个人的，请选给谁。", policy=policy_word(facts.policy)), "member_id")
    total = commitment_fen(facts)
    green_cap = limits(household, today)[1]
    if facts.is_green and total > green_cap:
        raise Invalid(_("先行救助最多 %(sum)s，这一笔要先批再发。", sum=money(green_cap)), "is_green")
    if grant.payments and not facts.is_green:
        raise Invalid(_("已经先发了钱，还是先行救助。"), "is_green")
    person = next((member for member in household.members if member.id == facts.member_id), None)
    for name in ("help_type", "purpose", "source", "giver", "rhythm", "amount_fen", "starts_on", "until", "reason",
                 "policy", "is_green"):
        setattr(grant, name, getattr(facts, name))
    grant.member_id, grant.person_name = (person.id, person.name) if person else (None, "")
    grant.cost_id = facts.cost_id or None
    grant.chain = chain_for(household, facts.help_type, total, today)
    grant.tier = grant.chain.split()[0]
    grant.asked_by_id, grant.asked_by_name, grant.asked_at = actor.user_id, actor.name, now
    owe_papers(grant, facts.papers, actor, today)


def plan_of(grant: Grant, today: date) -> list[Due]:
    """The payments of a promise, the oldest first, up to the next one: paid, missed, due, ahead."""
    if grant.starts_on is None:
        return []
    return plan(grant.starts_on, grant.until, grant.rhythm, [payment.period for payment in grant.payments], today)


def payable(grant: Grant, paid_on: date) -> list[Due]:
    """The payments that are open and may be noted on a day: those due, and the one of the period that runs."""
    return [due for due in _reached(grant, paid_on) if due.state != "paid"]


def _reached(grant: Grant, day: date) -> list[Due]:
    """The payments, paid or not, that are due by a day, and the one of the period that runs then."""
    running = period_of(day, grant.rhythm)
    return [due for due in plan_of(grant, day) if due.due_on <= day or due.period in (running, ONCE)]


def pay_grant(grant: Grant, paid_on: date, actor: Actor, now: datetime, period: str = "",
              amount_fen: int | None = None) -> Payment:
    """Note that help was given on a day, for a period; empty: the one that runs on that day, or was due last.

    Raises Conflict when that period is paid, by this promise or by another of the same policy to the same person, when
    it stands on a frozen list, or when the promise is neither approved nor in the green channel; Invalid for a day that
    does not fit.
    """
    if paid_on > day_of(now):
        raise Invalid(_("发放的日子不能在今天以后。"), "paid_on")
    if grant.starts_on and paid_on < grant.starts_on:
        raise Invalid(_("这一天不在这份帮助的期限里。"), "paid_on")
    if not _hold(grant):
        raise Conflict(_("还没有批准，不能发。"))
    db.session.refresh(grant, ["payments"])
    reached = _reached(grant, paid_on)
    period = period or (reached[-1].period if reached else "")
    if period not in [due.period for due in payable(grant, paid_on)]:
        had = paid_periods([payment.period for payment in grant.payments], grant.rhythm)
        raise Conflict(_("这一期已经发过了，没有再记。") if not period or period in had
                       else _("这一期还没有到，或者不在期限里。"))
    claim = claim_of(grant, period)
    if _is_listed(grant, period, claim):
        raise Conflict(_("这一期在已经定下来的发放名单里，请在名单里记。"))
    payment = Payment(grant_id=grant.id, household_id=grant.household_id, paid_on=paid_on, period=period,
                      amount_fen=grant.amount_fen if amount_fen is None else amount_fen,
                      policy_key=claim if grant.policy else None, paid_by_name=actor.name, recorded_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(payment)
    except IntegrityError:
        raise Conflict(_("这一期已经发过了，没有再记。")) from None
    db.session.refresh(grant, ["payments"])
    tell(grant, "pay", actor, now, fen=payment.amount_fen, period=period)
    return payment


def _is_listed(grant: Grant, period: str, claim: str) -> bool:
    """Whether a line of a frozen list claims this; or this very payment, under what its file was called before a merge.
    """
    same = and_(PaymentLine.grant_id == grant.id, PaymentLine.period == period, PaymentLine.claim.is_not(None))
    return bool(db.session.scalar(select(exists().where(or_(PaymentLine.claim == claim, same)))))


def claim_of(grant: Grant, period: str) -> str:
    """What a payment claims: the policy, person and period, or the grant and period where no policy stands behind it.

    What a policy gives to households counts for the household, whoever of it is named. Help once by a policy claims
    the month in which it begins.
    """
    if not grant.policy:
        return f"g{grant.id}:{period}"
    one = grant.member_id and grant.policy not in OF_HOUSEHOLDS
    who = f"m{grant.member_id}" if one else f"h{grant.household_id}"
    month = f"{grant.starts_on or day_of(grant.created_at):%Y-%m}"
    return f"{grant.policy}:{who}:{month if period == ONCE else period}"


def _hold(grant: Grant) -> bool:
    """Whether a grant may be paid, by an UPDATE that holds its row against whoever decides about it."""
    held = db.session.execute(update(Grant).where(
        Grant.id == grant.id, or_(Grant.state.in_(RUNS), Grant.is_green & (Grant.state == "asked")),
        Grant.reclaim == "").values(state=Grant.state).execution_options(synchronize_session=False))
    db.session.refresh(grant)
    return bool(held.rowcount == 1)  # type: ignore[attr-defined]


def end_grant(grant: Grant, last_on: date, words: str, actor: Actor, now: datetime) -> None:
    """End a promise that still runs with a last day: nothing is due after it. Raises Conflict when it does not run."""
    if grant.starts_on and last_on < grant.starts_on:
        raise Invalid(_("结束的日子不能早于开始的日子。"), "last_on")
    ended = db.session.execute(update(Grant).where(Grant.id == grant.id, Grant.state == "approved").values(
        state="ended", until=last_on).execution_options(synchronize_session=False))
    db.session.refresh(grant)
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这份帮助没有在发。"))
    tell(grant, "end", actor, now, reason=words)


def similar(grant: Grant) -> Sequence[Grant]:
    """Other promises of the same kind to the same household in the year around: what a second one would double."""
    since = (grant.starts_on or day_of(grant.created_at)) - SIMILAR_WITHIN
    return db.session.scalars(select(Grant).where(
        Grant.household_id == grant.household_id, Grant.id != grant.id, Grant.help_type == grant.help_type,
        Grant.starts_on >= since, Grant.state.in_(("asked", "approved", "ended")))
        .order_by(Grant.starts_on.desc())).all()


def recent(household_id: int, today: date) -> Sequence[Grant]:
    """What a household was promised in the year before a day, the newest first: for whoever asks for more."""
    return db.session.scalars(select(Grant).where(
        Grant.household_id == household_id, Grant.starts_on >= today - SIMILAR_WITHIN,
        Grant.state.in_(("asked", "approved", "ended"))).order_by(Grant.starts_on.desc(), Grant.id.desc())).all()


def add_cost(household: Household, what: str, amount_fen: int, known_on: date, actor: Actor, now: datetime) -> Cost:
    """Write down what a household has to pay for one thing, so that its page says how much is still open."""
    cost = Cost(household_id=household.id, what=what, amount_fen=amount_fen, known_on=known_on,
                recorded_by_name=actor.name, recorded_at=now)
    db.session.add(cost)
    db.session.flush()
    add_to_timeline(household.id, "grant.cost", actor, now)
    record(actor, "grant.cost", now, object_type="household", object_id=household.id, household_id=household.id,
           area_code=household.area_code, changes={"fen": amount_fen})
    return cost

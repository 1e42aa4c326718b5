"""What becomes of the lines of a frozen list: paid one by one or all at once, sent back by the bank, put back.

However many lines there are, paying them takes a few statements; what the database refuses (paid in another way, not
approved any more) stays due, and the rest is paid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from matching.actor import Actor
from matching.assistance.models_grants import Grant, Payment
from matching.assistance.models_lists import PaymentLine, PaymentList
from matching.assistance.service_grants import RUNS, claim_of
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import Conflict, Invalid
from matching.extensions import db, is_sqlite
from matching.households.models import Household, TimelineEntry

__all__ = ["fail_lines", "pay_list", "put_back_lines"]

CHUNK = 1_000
T = TypeVar("T")
Line = tuple[PaymentLine, Grant, str]


def pay_list(made: PaymentList, line_ids: Sequence[int], paid_on: date, actor: Actor, now: datetime, *,
             everything: bool = False) -> tuple[int, int]:
    """Mark due lines of a frozen list as paid on a day, those named or all; (how many were, how many could not be).

    A line cannot be paid when what it pays was paid in another way, or its help is not approved any more; it then stays
    due. Raises Conflict when the list is not frozen, Invalid for a day ahead.
    """
    if made.state != "frozen":
        raise Conflict(_("名单定下来以后才能记发放。"))
    if paid_on > day_of(now):
        raise Invalid(_("发放的日子不能在今天以后。"), "paid_on")
    chosen = PaymentLine.state == "due" if everything else PaymentLine.id.in_(line_ids) & (PaymentLine.state == "due")
    lines = _mark(made, chosen, "paid")
    paid = _insert_payments([line for line in lines if line[1].state in RUNS and not line[1].reclaim],
                            paid_on, actor, now)
    refused = [line[0].id for line in lines if (line[0].grant_id, line[0].period) not in paid]
    _state(refused, "due")
    _tell("grant.pay", [line for line in lines if (line[0].grant_id, line[0].period) in paid], actor, now)
    return len(paid), len(refused)


def fail_lines(made: PaymentList, line_ids: Sequence[int], reason: str, actor: Actor, now: datetime) -> int:
    """Note that the bank sent lines back, with its reason: what was marked as paid is not, and comes on the next list.

    Returns how many. Raises Conflict when the list is not frozen.
    """
    if made.state != "frozen":
        raise Conflict(_("名单定下来以后才能记发放。"))
    lines = _mark(made, PaymentLine.id.in_(line_ids) & PaymentLine.state.in_(("due", "paid")), "failed",
                  claim=None, reason=reason)
    for line, _grant, _area in lines:
        db.session.execute(delete(Payment).where(Payment.grant_id == line.grant_id, Payment.period == line.period))
    _tell("grant.bounce", lines, actor, now)
    return len(lines)


def put_back_lines(made: PaymentList, line_ids: Sequence[int], actor: Actor, now: datetime) -> int:
    """Put failed lines back on their own list, once the account is right; returns how many.

    Raises Conflict when one of them stands on a newer frozen list or was paid meanwhile.
    """
    lines = _mark(made, PaymentLine.id.in_(line_ids) & (PaymentLine.state == "failed"), "due", reason="")
    try:
        with db.session.begin_nested():
            for line, grant, _area in lines:
                line.claim = claim_of(grant, line.period)
    except IntegrityError:
        raise Conflict(_("其中有一笔已经在后来的名单里。")) from None
    if db.session.scalar(select(Payment.id).join(
            PaymentLine, and_(PaymentLine.grant_id == Payment.grant_id, PaymentLine.period == Payment.period))
            .where(PaymentLine.id.in_([line[0].id for line in lines])).limit(1)):
        raise Conflict(_("这一期已经发过了，没有再记。"))
    record(actor, "payment_list.put_back", now, object_type="payment_list", object_id=made.id,
           area_code=made.area_code, changes={"lines": len(lines)})
    return len(lines)


def _mark(made: PaymentList, chosen: ColumnElement[bool], state: str, **values: object) -> list[Line]:
    """Lines of a list that stood so and now stand otherwise, with their grants, held in the order of the grants."""
    numbers = db.session.scalars(update(PaymentLine).where(PaymentLine.payment_list_id == made.id, chosen).values(
        state=state, **values).returning(PaymentLine.id).execution_options(synchronize_session=False)).all()
    found: list[Line] = []
    for part in _chunks(sorted(numbers)):
        rows = db.session.execute(
            select(PaymentLine, Grant, Household.area_code).join(Grant, Grant.id == PaymentLine.grant_id)
            .join(Household, Household.id == Grant.household_id).where(PaymentLine.id.in_(part))
            .order_by(Grant.id).with_for_update(of=Grant).execution_options(populate_existing=True))
        found += [(line, grant, area_code) for line, grant, area_code in rows]
    return found


def _insert_payments(lines: Sequence[Line], paid_on: date, actor: Actor, now: datetime) -> set[tuple[int, str]]:
    """Write a payment for each line; (grant, period) of those that the database took."""
    make = sqlite.insert if is_sqlite(db.engine) else postgresql.insert
    taken: set[tuple[int, str]] = set()
    for part in _chunks(lines):
        rows = [{"grant_id": grant.id, "household_id": grant.household_id, "amount_fen": line.amount_fen,
                 "paid_on": paid_on, "period": line.period, "progress": "", "paid_by_name": actor.name,
                 "policy_key": claim_of(grant, line.period) if grant.policy else None, "recorded_at": now}
                for line, grant, _area in part]
        if rows:
            taken.update((grant_id, period) for grant_id, period in db.session.execute(
                make(Payment).values(rows).on_conflict_do_nothing().returning(Payment.grant_id, Payment.period)))
    return taken


def _state(line_ids: Sequence[int], state: str) -> None:
    for part in _chunks(line_ids):
        db.session.execute(update(PaymentLine).where(PaymentLine.id.in_(part)).values(state=state)
                           .execution_options(synchronize_session=False))


def _tell(what: str, lines: Sequence[Line], actor: Actor, now: datetime) -> None:
    """Write what happened to each grant into its household's story and the audit log."""
    if lines:
        db.session.execute(insert(TimelineEntry), [
            {"household_id": line.household_id, "at": now, "kind": what, "actor_name": actor.name,
             "actor_role": str(actor.role), "data": {"help_type": grant.help_type, "fen": line.amount_fen,
                                                     "period": line.period}} for line, grant, _area in lines])
    for line, grant, area_code in lines:
        record(actor, what, now, object_type="grant", object_id=grant.id, household_id=line.household_id,
               area_code=area_code, changes={"list": line.payment_list_id, "fen": line.amount_fen})


def _chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start:start + CHUNK]

"""Making and freezing the list of a month, comparing it with the one before, and the bank's file.

A list holds what is approved, due in its month and not paid, and what the bank sent back before. Making it again while
it is open brings it to what is so now. Freezing claims every line: what another frozen list or a payment holds already
drops out, so that no two lists send the same money to the bank. How its lines are paid stands in `service_lines`.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from matching.actor import Actor
from matching.assistance.models_grants import Grant, Payment
from matching.assistance.models_lists import PaymentLine, PaymentList
from matching.assistance.service_grants import RUNS, claim_of
from matching.assistance.service_news import tell_list
from matching.assistance.service_rhythm import ONCE, due_days, paid_periods
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.households.models import Household
from matching.places.queries import within
from matching.tables import csv_bytes

__all__ = ["Change", "Difference", "bank_file", "difference", "freeze_list", "make_list", "month_days",
           "run_after_lists"]

SHOWN = 20
_PERIOD = re.compile(r"20\d{2}-(0[1-9]|1[0-2])")
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Change:
    """One grant whose sum differs from the month before; `now_fen` 0: gone, `before_fen` 0: new."""

    grant_id: int
    head_name: str
    purpose: str
    before_fen: int
    now_fen: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What a list has against that of the month before: how many are new, gone or changed, and the first of each."""

    new: int
    gone: int
    changed: int
    shown: Mapping[str, Sequence[Change]]
    before_fen: int
    now_fen: int


def month_days(period: str) -> tuple[date, date]:
    """First and last day of a month written 2026-11. Raises Invalid for anything else."""
    if not _PERIOD.fullmatch(period):
        raise Invalid(_("月份要写成 2026-11 这样。"), "period")
    year, month = map(int, period.split("-"))
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def make_list(period: str, actor: Actor, now: datetime) -> PaymentList:
    """The list of the actor's area for a month, made or brought to what is due now. A frozen one is returned as it is.

    Raises Invalid for a month that has not begun.
    """
    first, last = month_days(period)
    if first > day_of(now):
        raise Invalid(_("这个月还没有到，还不能做发放名单。"), "period")
    made = db.session.scalar(select(PaymentList).where(
        PaymentList.area_code == actor.area_code, PaymentList.period == period))
    if made is None:
        made = PaymentList(area_code=actor.area_code, period=period, made_by_name=actor.name, made_at=now)
        try:
            with db.session.begin_nested():
                db.session.add(made)
        except IntegrityError:
            raise Conflict(_("这个月的名单刚才有人做了，请再打开一次。")) from None
    locked = db.session.execute(update(PaymentList).where(
        PaymentList.id == made.id, PaymentList.state == "open").values(made_at=now, made_by_name=actor.name)
        .execution_options(synchronize_session=False))
    db.session.refresh(made)
    if locked.rowcount == 1:  # type: ignore[attr-defined]
        lines = [{"payment_list_id": made.id, "grant_id": grant.id, "household_id": grant.household_id,
                  "amount_fen": grant.amount_fen, "period": due, "state": "due", "reason": ""}
                 for grant, due in _due(actor.area_code, first, last)]
        db.session.execute(delete(PaymentLine).where(PaymentLine.payment_list_id == made.id))
        if lines:
            db.session.execute(insert(PaymentLine), lines)
        record(actor, "payment_list.make", now, object_type="payment_list", object_id=made.id,
               area_code=made.area_code, changes={"lines": len(lines)})
        if lines:
            tell_list(made, actor, now)
    return made


def run_after_lists(now: datetime) -> int:
    """Remind of lists that are still open though their month is over; returns how many reminders were written."""
    with_lines = select(PaymentLine.id).where(PaymentLine.payment_list_id == PaymentList.id).exists()
    late = db.session.scalars(select(PaymentList).where(
        PaymentList.state == "open", PaymentList.period < f"{day_of(now):%Y-%m}", with_lines).order_by(PaymentList.id))
    return sum(tell_list(made, None, now, is_over=True) for made in late.all())


def _due(area_code: str, first: date, last: date) -> Iterator[tuple[Grant, str]]:
    """(grant, period) of all money in an area that is due by the end of a month and neither paid nor claimed."""
    here = select(Grant.id).join(Grant.household).where(within(Household.area_code, area_code))
    sent_back = select(PaymentLine.grant_id, PaymentLine.period).where(
        PaymentLine.grant_id.in_(here), PaymentLine.state == "failed")
    touches = or_(Grant.until.is_(None), Grant.until >= first, Grant.rhythm == "year", Grant.rhythm == ONCE,
                  Grant.id.in_(sent_back.with_only_columns(PaymentLine.grant_id)))
    grants = db.session.scalars(select(Grant).join(Grant.household).where(
        within(Household.area_code, area_code), Grant.state.in_(RUNS), Grant.asked_at.is_not(None),
        Grant.reclaim == "", Grant.amount_fen > 0, Grant.starts_on <= last, touches)
        .order_by(Household.area_code, Household.id, Grant.id)).all()
    had = _periods_of(select(Payment.grant_id, Payment.period).where(Payment.grant_id.in_(here)))
    back = _periods_of(sent_back)
    claims = set(db.session.scalars(select(PaymentLine.claim).where(
        PaymentLine.claim.is_not(None), PaymentLine.grant_id.in_(here))))
    for grant in grants:
        paid = paid_periods(had.get(grant.id, ()), grant.rhythm)
        for period in sorted({*_periods_due(grant, first, last), *back.get(grant.id, ())}):
            if period not in paid and (claim := claim_of(grant, period)) not in claims:
                claims.add(claim)
                yield grant, period


def _periods_of(statement: object) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for grant_id, period in db.session.execute(statement):  # type: ignore[call-overload]
        found.setdefault(grant_id, []).append(period)
    return found


def _periods_due(grant: Grant, first: date, last: date) -> list[str]:
    """What a promise owes for a month: that month, help once, or by the year its last payment that was due.

    A year's payment stays on the lists until it is paid or the next one is due.
    """
    dues = [due for due in due_days(grant.starts_on or first, min(last, grant.until or last), grant.rhythm)
            if due.due_on <= last]
    if grant.rhythm == "month":
        return [f"{first:%Y-%m}"] if grant.until is None or grant.until >= first else []
    return [due.period for due in dues[-1:] if grant.rhythm == ONCE or due.due_on > last - YEAR]


def freeze_list(made: PaymentList, actor: Actor, now: datetime) -> int:
    """Freeze a list: nobody changes it any more. Returns how many lines dropped out, since they are paid or claimed.

    Raises Conflict when it is frozen already, Invalid when nothing is left on it.
    """
    frozen = db.session.execute(update(PaymentList).where(PaymentList.id == made.id, PaymentList.state == "open")
                                .values(state="frozen", frozen_at=now, frozen_by_name=actor.name)
                                .execution_options(synchronize_session=False))
    if frozen.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这份名单已经定下来了。"))
    db.session.refresh(made)
    kept, dropped = _claims(made)
    if not kept:
        raise Invalid(_("名单里一笔也没有。"))
    db.session.execute(delete(PaymentLine).where(PaymentLine.id.in_(dropped)))
    try:
        with db.session.begin_nested():
            db.session.execute(update(PaymentLine), [{"id": number, "claim": claim} for number, claim in kept.items()])
    except IntegrityError:
        raise Conflict(_("另一份名单刚才定下来，里面有同样的钱。请再做一次这份名单。")) from None
    record(actor, "payment_list.freeze", now, object_type="payment_list", object_id=made.id, area_code=made.area_code,
           changes={"lines": len(kept), "dropped": len(dropped)})
    return len(dropped)


def _claims(made: PaymentList) -> tuple[dict[int, str], list[int]]:
    """(line → what it claims, lines that drop out) of a list; holds its grants, so that nobody pays them meanwhile."""
    rows = db.session.execute(
        select(PaymentLine.id, PaymentLine.period, Grant).join(Grant, Grant.id == PaymentLine.grant_id)
        .where(PaymentLine.payment_list_id == made.id).order_by(Grant.id).with_for_update(of=Grant)
        .execution_options(populate_existing=True)).all()
    taken = set(db.session.scalars(select(PaymentLine.claim).where(PaymentLine.claim.is_not(None))))
    grants = select(PaymentLine.grant_id).where(PaymentLine.payment_list_id == made.id)
    paid = _periods_of(select(Payment.grant_id, Payment.period).where(Payment.grant_id.in_(grants)))
    keys = set(db.session.scalars(select(Payment.policy_key).where(
        Payment.policy_key.is_not(None), Payment.household_id.in_(select(PaymentLine.household_id).where(
            PaymentLine.payment_list_id == made.id)))))
    kept: dict[int, str] = {}
    for number, period, grant in rows:
        claim = claim_of(grant, period)
        free = claim not in taken and claim not in keys and grant.state in RUNS and not grant.reclaim
        if free and period not in paid_periods(paid.get(grant.id, ()), grant.rhythm):
            kept[number] = claim
            taken.add(claim)
    return kept, [number for number, _period, _grant in rows if number not in kept]


def difference(made: PaymentList) -> Difference:
    """A list against that of the month before in the same area: five SELECTs however long they are."""
    first, _last = month_days(made.period)
    before = db.session.scalar(select(PaymentList.id).where(
        PaymentList.area_code == made.area_code,
        PaymentList.period == f"{first.year - (first.month == 1):04}-{(first.month - 2) % 12 + 1:02}"))
    old, new = _sums(before or 0), _sums(made.id)
    groups = {"new": [number for number in new if number not in old],
              "gone": [number for number in old if number not in new],
              "changed": [number for number in new if number in old and old[number] != new[number]]}
    names = _names([number for group in groups.values() for number in group[:SHOWN]])
    shown = {name: [Change(number, *names[number], old.get(number, 0), new.get(number, 0))
                    for number in group[:SHOWN]] for name, group in groups.items()}
    return Difference(len(groups["new"]), len(groups["gone"]), len(groups["changed"]), shown,
                      sum(old.values()), sum(new.values()))


def _sums(list_id: int) -> dict[int, int]:
    """Grant → fen on a list."""
    rows = db.session.execute(select(PaymentLine.grant_id, func.sum(PaymentLine.amount_fen)).where(
        PaymentLine.payment_list_id == list_id).group_by(PaymentLine.grant_id).order_by(func.min(PaymentLine.id)))
    return {grant_id: int(fen) for grant_id, fen in rows}


def _names(grant_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    rows = db.session.execute(select(Grant.id, Household.head_name, Grant.purpose).join(Grant.household).where(
        Grant.id.in_(grant_ids)))
    return {number: (head, purpose) for number, head, purpose in rows}


def bank_file(made: PaymentList, actor: Actor, now: datetime, state: str = "") -> bytes:
    """A frozen list for the bank as CSV: number, name, account, purpose, period, yuan. Who took it is written down.

    `state`: only lines that stand so (due, failed). No cell can be taken for a formula: what begins like one gets an
    apostrophe. Raises Conflict for a list that may still change.
    """
    if made.state != "frozen":
        raise Conflict(_("名单定下来以后才能导出给银行。"))
    table: list[list[str | int | float | None]] = [
        [_("户号"), _("姓名"), _("银行账号"), _("做什么用"), _("哪一期"), _("金额（元）")]]
    chosen = [PaymentLine.payment_list_id == made.id, *([PaymentLine.state == state] if state else [])]
    lines = db.session.execute(select(PaymentLine, Grant, Household).join(Grant, Grant.id == PaymentLine.grant_id).join(
        Household, Household.id == PaymentLine.household_id).where(*chosen).order_by(PaymentLine.id)).all()
    for line, grant, home in lines:
        table.append([home.number, grant.person_name or home.head_name, home.bank_account or "", grant.purpose,
                      made.period if line.period == ONCE else line.period,
                      f"{line.amount_fen // 100}.{line.amount_fen % 100:02}"])
    record(actor, "payment_list.export", now, object_type="payment_list", object_id=made.id, area_code=made.area_code,
           changes={"lines": len(lines)})
    return csv_bytes(table)

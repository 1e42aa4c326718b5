"""Making, freezing and paying the list of a month.

A list holds every approved grant that is due in its month and not paid for it. Making it again while it is open brings
it to what is so now. Frozen it stays as it is, its lines are exported for the bank and marked as paid one by one or all
at once; each payment goes through `pay_grant`, so that nothing is paid twice, whichever way it is tried.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import delete, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from matching.actor import Actor
from matching.assistance.models_grants import Grant, Payment
from matching.assistance.models_lists import PaymentLine, PaymentList
from matching.assistance.service_grants import pay_grant
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.households.models import Household
from matching.places.queries import within
from matching.tables import csv_bytes

__all__ = ["Difference", "bank_file", "difference", "freeze_list", "make_list", "pay_list"]

_PERIOD = re.compile(r"20\d{2}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Difference:
    """What a list has against that of the month before: lines that are new, gone, or of another amount."""

    new: Sequence[PaymentLine]
    gone: Sequence[PaymentLine]
    changed: Sequence[tuple[PaymentLine, int]]
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
    made = _list(actor.area_code, period)
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
        db.session.execute(delete(PaymentLine).where(PaymentLine.payment_list_id == made.id))
        db.session.add_all([PaymentLine(
            payment_list_id=made.id, grant_id=grant.id, household_id=grant.household_id, amount_fen=grant.amount_fen)
            for grant in _due(actor.area_code, period, first, last)])
        db.session.flush()
        db.session.refresh(made, ["lines"])
        record(actor, "payment_list.make", now, object_type="payment_list", object_id=made.id,
               area_code=made.area_code, changes={"lines": len(made.lines)})
    return made


def _list(area_code: str, period: str) -> PaymentList | None:
    return db.session.scalar(select(PaymentList).where(
        PaymentList.area_code == area_code, PaymentList.period == period).options(
        selectinload(PaymentList.lines).joinedload(PaymentLine.grant).joinedload(Grant.household)))


def _due(area_code: str, period: str, first: date, last: date) -> Sequence[Grant]:
    """Approved grants of money in an area that run in a month and are not paid for it, its year or once for all."""
    paid = exists().where(Payment.grant_id == Grant.id, Payment.period.in_((period, period[:4], "once")))
    return db.session.scalars(select(Grant).join(Grant.household).where(
        within(Household.area_code, area_code), Grant.state == "approved", Grant.asked_at.is_not(None),
        Grant.amount_fen > 0, Grant.starts_on <= last, (Grant.until.is_(None)) | (Grant.until >= first), ~paid)
        .order_by(Household.area_code, Household.id, Grant.id)).all()


def freeze_list(made: PaymentList, actor: Actor, now: datetime) -> None:
    """Freeze a list: nobody changes it any more.

    Raises Conflict when it is frozen already, Invalid when it is empty.
    """
    if not made.lines:
        raise Invalid(_("名单里一笔也没有。"))
    frozen = db.session.execute(update(PaymentList).where(PaymentList.id == made.id, PaymentList.state == "open")
                                .values(state="frozen", frozen_at=now, frozen_by_name=actor.name)
                                .execution_options(synchronize_session=False))
    if frozen.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这份名单已经定下来了。"))
    db.session.refresh(made)
    record(actor, "payment_list.freeze", now, object_type="payment_list", object_id=made.id, area_code=made.area_code,
           changes={"lines": len(made.lines)})


def pay_list(made: PaymentList, line_ids: Sequence[int], paid_on: date, actor: Actor, now: datetime) -> tuple[int, int]:
    """Mark lines of a frozen list as paid on a day; (how many were paid, how many could not be).

    A line cannot be paid when its grant was paid for this month in another way, or is not approved any more; it then
    stays as it is. Lines that were marked before are left alone. Raises Conflict when the list is not frozen.
    """
    if made.state != "frozen":
        raise Conflict(_("名单定下来以后才能记发放。"))
    wanted, paid, refused = set(line_ids), 0, 0
    for line in made.lines:
        if line.id not in wanted or line.state == "paid":
            continue
        try:
            with db.session.begin_nested():
                if _mark(line):
                    pay_grant(line.grant, paid_on, actor, now, period_on=_day_for(line.grant, made.period))
                    paid += 1
        except Conflict:
            refused += 1
            db.session.refresh(line)
    return paid, refused


def _mark(line: PaymentLine) -> bool:
    marked = db.session.execute(update(PaymentLine).where(PaymentLine.id == line.id, PaymentLine.state == "due")
                                .values(state="paid").execution_options(synchronize_session=False))
    db.session.refresh(line)
    return bool(marked.rowcount == 1)  # type: ignore[attr-defined]


def _day_for(grant: Grant, period: str) -> date:
    """A day in the month that the list pays for, inside the time of the grant."""
    first, _last = month_days(period)
    return max(first, grant.starts_on or first)


def difference(made: PaymentList) -> Difference:
    """A list against that of the month before in the same area."""
    first, _last = month_days(made.period)
    before = _list(made.area_code, f"{first.year - (first.month == 1):04}-{(first.month - 2) % 12 + 1:02}")
    old = {line.grant_id: line for line in before.lines} if before else {}
    new = {line.grant_id: line for line in made.lines}
    changed = [(line, old[key].amount_fen) for key, line in new.items()
               if key in old and old[key].amount_fen != line.amount_fen]
    return Difference(
        [line for key, line in new.items() if key not in old], [line for key, line in old.items() if key not in new],
        changed,
        sum(line.amount_fen for line in old.values()), sum(line.amount_fen for line in new.values()))


def bank_file(made: PaymentList, actor: Actor, now: datetime) -> bytes:
    """The list for the bank as CSV: number, name, account, purpose, yuan. Who took it is written down.

    No cell can be taken for a formula: what begins like one gets an apostrophe.
    """
    table: list[list[str | int | float | None]] = [
        [_("户号"), _("姓名"), _("银行账号"), _("做什么用"), _("金额（元）")]]
    for line in made.lines:
        home = line.grant.household
        table.append([home.number, line.grant.person_name or home.head_name, home.bank_account or "",
                      line.grant.purpose, f"{line.amount_fen // 100}.{line.amount_fen % 100:02}"])
    record(actor, "payment_list.export", now, object_type="payment_list", object_id=made.id, area_code=made.area_code,
           changes={"lines": len(made.lines)})
    return csv_bytes(table)

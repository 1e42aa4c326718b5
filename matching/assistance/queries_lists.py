"""Reads of payment lists, within the reach of who asks."""

from __future__ import annotations

from sqlalchemy import case, func, select
from sqlalchemy.orm import selectinload

from matching.actor import Actor
from matching.assistance.models_grants import Grant
from matching.assistance.models_lists import PaymentLine, PaymentList
from matching.errors import NotThere
from matching.extensions import db
from matching.places.queries import area_names, within

NEWEST = 36


def payment_list_or_404(list_id: int, actor: Actor) -> PaymentList:
    """A list of an area in the actor's reach, with its lines, grants and households; NotThere otherwise."""
    made = db.session.get(PaymentList, list_id, options=[
        selectinload(PaymentList.lines).joinedload(PaymentLine.grant).joinedload(Grant.household)])
    if made is None or not actor.reaches(made.area_code):
        raise NotThere
    return made


def lists_in_reach(actor: Actor) -> list[tuple[PaymentList, int, int, int, str]]:
    """The newest lists with their number of lines, how many are paid, their sum in fen and the name of their area."""
    paid = func.sum(case((PaymentLine.state == "paid", 1), else_=0))
    counts = select(PaymentLine.payment_list_id, func.count().label("lines"), paid.label("paid"),
                    func.sum(PaymentLine.amount_fen).label("fen")).group_by(PaymentLine.payment_list_id).subquery()
    rows = db.session.execute(
        select(PaymentList, func.coalesce(counts.c.lines, 0), func.coalesce(counts.c.paid, 0),
               func.coalesce(counts.c.fen, 0))
        .outerjoin(counts, counts.c.payment_list_id == PaymentList.id)
        .where(within(PaymentList.area_code, actor.area_code))
        .order_by(PaymentList.period.desc(), PaymentList.area_code).limit(NEWEST)).all()
    names = area_names({made.area_code for made, *_rest in rows})
    return [(made, lines, paid, fen, names.get(made.area_code, made.area_code)) for made, lines, paid, fen in rows]



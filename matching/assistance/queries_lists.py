"""Reads of payment lists, within the reach of who asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from matching.actor import Actor
from matching.assistance.models_grants import Grant
from matching.assistance.models_lists import LINE_STATES, PaymentLine, PaymentList
from matching.errors import NotThere
from matching.extensions import db
from matching.keyset import Asked, Key, Order, whole
from matching.keyset import Page as KeysetPage
from matching.places.queries import area_names, within

NEWEST = 36
LINES = 40
IN_ORDER = Order(Key(PaymentLine.id, whole))


@dataclass(frozen=True, slots=True)
class State:
    """How many lines of a list stand so, and their sum in fen."""

    lines: int = 0
    fen: int = 0


def payment_list_or_404(list_id: int, actor: Actor) -> PaymentList:
    """A list of an area in the actor's reach, without its lines; NotThere otherwise."""
    made = db.session.get(PaymentList, list_id)
    if made is None or not actor.reaches(made.area_code):
        raise NotThere
    return made


def lines_of(list_id: int, asked: Asked, state: str = "") -> KeysetPage[PaymentLine]:
    """A page of a list's lines in its order, with grants and households; `state`: only those that stand so."""
    chosen = select(PaymentLine).where(PaymentLine.payment_list_id == list_id).options(
        joinedload(PaymentLine.grant).joinedload(Grant.household))
    if state:
        chosen = chosen.where(PaymentLine.state == state)
    rows: Sequence[PaymentLine] = db.session.scalars(IN_ORDER.take(chosen, asked, LINES)).all()
    return IN_ORDER.page(rows, asked, LINES, lambda line: (line.id,))


def states_of(list_id: int) -> dict[str, State]:
    """The lines of a list by how they stand: due, paid, failed."""
    rows = db.session.execute(select(PaymentLine.state, func.count(), func.sum(PaymentLine.amount_fen)).where(
        PaymentLine.payment_list_id == list_id).group_by(PaymentLine.state))
    found = {state: State(lines, int(fen)) for state, lines, fen in rows}
    return {state: found.get(state, State()) for state in LINE_STATES}


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



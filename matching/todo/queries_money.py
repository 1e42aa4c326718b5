"""What waits for an officer about money: signatures, papers, money to come back, payment lists; and about menus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, false, func, select, true

from matching.actor import Actor, Right
from matching.assistance.models_grants import Grant
from matching.assistance.models_lists import PaymentLine, PaymentList
from matching.assistance.queries_grants import papers_for
from matching.assistance.service_approvals import waiting_for
from matching.households.models import Household
from matching.pairings.models_menus import Menu
from matching.pairings.queries_menus import reviews_for
from matching.places.queries import within

__all__ = ["MoneyChores", "money_counts"]


@dataclass(frozen=True, slots=True)
class MoneyChores:
    """Counts of what waits, each with the oldest's number where one line opens it.

    `signs`: requests that the actor is to sign; `returned`: the actor's own that came back; `papers`: grants whose
    papers it is to run after, by `papers_due`; `reclaims`: money that is to come back; `open_lists`, `frozen_lists`:
    lists of the own area to freeze, and with lines to mark; `reviews`: assistance menus to look at again since
    `review_on`, `discussed`: those that the actor drew and that are not signed, both with the household of the oldest.
    """

    signs: int
    sign_id: int | None
    returned: int
    returned_id: int | None
    papers: int
    paper_id: int | None
    papers_due: date | None
    reclaims: int
    open_lists: int
    open_id: int | None
    frozen_lists: int
    frozen_id: int | None
    reviews: int
    review_id: int | None
    review_on: date | None
    discussed: int
    discussed_id: int | None


def money_counts(actor: Actor, today: date) -> Sequence[Select[Any]]:
    """The statements behind the fields of `MoneyChores`, for one SELECT that asks them all."""
    signs = select(func.count()).select_from(Grant).join(Grant.household).where(waiting_for(actor, today))
    returned = (Grant.state == "returned", Grant.asked_by_id == actor.user_id)
    papers = papers_for(actor, today)
    ours = exists().where(Household.id == Grant.household_id, within(Household.area_code, actor.area_code))
    reclaims = select(func.count()).select_from(Grant).where(  # no join: it would begin with all files of the area
        Grant.reclaim == "due", ours, true() if actor.may(Right.DECIDE_GRANTS) else false())
    mine = PaymentList.area_code == actor.area_code
    marks = exists().where(PaymentLine.payment_list_id == PaymentList.id, PaymentLine.state == "due")
    to_freeze, to_mark = (mine, PaymentList.state == "open", marks), (mine, PaymentList.state == "frozen", marks)
    return (
        signs, select(func.min(Grant.id)).join(Grant.household).where(waiting_for(actor, today)),
        select(func.count()).select_from(Grant).where(*returned), select(func.min(Grant.id)).where(*returned),
        select(func.count()).select_from(Grant).join(Grant.household).where(papers),
        select(func.min(Grant.id)).join(Grant.household).where(papers),
        select(func.min(Grant.papers_due_on)).join(Grant.household).where(papers), reclaims,
        select(func.count()).select_from(PaymentList).where(*to_freeze),
        select(func.min(PaymentList.id)).where(*to_freeze),
        select(func.count()).select_from(PaymentList).where(*to_mark), select(func.min(PaymentList.id)).where(*to_mark),
        *_menu_counts(actor, today))


def _menu_counts(actor: Actor, today: date) -> Sequence[Select[Any]]:
    looks = reviews_for(actor, today)
    mine = (Menu.state == "discussed", Menu.drawn_by_id == actor.user_id)
    return (select(func.count()).select_from(Menu).join(Menu.household).where(looks),
            select(func.min(Menu.household_id)).join(Menu.household).where(looks),
            select(func.min(Menu.review_on)).join(Menu.household).where(looks),
            select(func.count()).select_from(Menu).where(*mine), select(func.min(Menu.household_id)).where(*mine))

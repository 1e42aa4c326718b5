"""Where officers of the demo county did not follow the engine: sent back, paired otherwise, and one proposal locked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import select

from matching.actor import Actor
from matching.clock import day_of
from matching.demo.places import FIRST_TOWN, SECOND_TOWN
from matching.extensions import db
from matching.pairings import service, service_hand, service_locks
from matching.pairings.models import Pairing
from matching.places.queries import within_any

SENT_BACK = (("family", "家里说女儿这个月回来照看，先不用了"), ("provider", "问过了，对方这个月人手不够"),
             ("situation", "上周已经住进敬老院"))
OTHERWISE = ("known", "distance")
"""For each pair made otherwise: why."""


def decisions(chosen_by: Callable[[str], Actor], ours: Collection[int], homes: Collection[int]
              ) -> Iterator[Callable[[datetime], object]]:
    """What officers did at the desk, one after the other, with proposals that have no story of their own.

    `chosen_by`: the officer of an area; `ours`, `homes`: organisations and households that have stories.
    """
    lately = within_any(Pairing.area_code, (FIRST_TOWN, SECOND_TOWN))
    found = db.session.execute(
        select(Pairing.id, Pairing.area_code)
        .where(Pairing.state == "proposed", Pairing.organisation_id.not_in(ours), Pairing.options > 1,
               Pairing.household_id.not_in(homes))
        .order_by(lately.desc(), Pairing.id).limit(len(SENT_BACK) + len(OTHERWISE) + 1))
    acts: list[Callable[[Pairing, Actor, datetime], object]] = [
        *(partial(_send_back, why=why, reason=reason) for why, reason in SENT_BACK),
        *(partial(_pair_otherwise, why=why) for why in OTHERWISE), _lock]
    for act, row in zip(acts, found, strict=False):
        yield partial(_do, act, row.id, chosen_by(row.area_code))


def _do(act: Callable[[Pairing, Actor, datetime], object], pairing_id: int, officer: Actor, now: datetime) -> None:
    pairing = db.session.get(Pairing, pairing_id, populate_existing=True)
    if pairing is not None and pairing.state == "proposed":
        act(pairing, officer, now)


def _send_back(pairing: Pairing, officer: Actor, now: datetime, why: str, reason: str) -> None:
    service.send_back(pairing, why, reason, officer, now)


def _pair_otherwise(pairing: Pairing, officer: Actor, now: datetime, why: str) -> None:
    """With the best of the other offers, where there is one."""
    others = [p for p in service_hand.rank(pairing.need, day_of(now)) if p.offer.id != pairing.offer_id]
    if others:
        quantity = min(pairing.quantity, others[0].offer.left)
        service_hand.pair(pairing.need, others[0].offer.id, quantity, officer, now, why)


def _lock(pairing: Pairing, officer: Actor, now: datetime) -> None:
    service_locks.lock([pairing.id], officer, now)

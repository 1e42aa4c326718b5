"""Pairing by hand: the best offers for one need at once, and pairing it with one of them or sharing it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import inf

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matching.actor import Actor
from matching.clock import day_of
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.households.models import Need
from matching.offers.models import Offer
from matching.pairings import bridge, service
from matching.pairings.models import Pairing
from matching.pairings.service_decisions import keep_chosen, proposed_for
from matching.pairings.service_news import tell_approved
from matching.pairings.service_runs import row_of

SUGGESTIONS = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """One offer that could serve a need, with what a unit of the pair is worth."""

    offer: Offer
    proposal: bridge.Proposal

    @property
    def score(self) -> int:
        """The worth of one unit (contract.md)."""
        return self.proposal.score

    @property
    def distance_m(self) -> float | None:
        """Metres, None where not known."""
        return self.proposal.distance_m

    @property
    def unchecked(self) -> list[str]:
        """Conditions of the offer about which the file says nothing."""
        return self.proposal.unchecked


def rank(need: Need, today: date, freed: int = 0) -> list[bridge.Proposal]:
    """Every offer that may serve a need today, best first. `freed`: units that its present pairing would give back.

    The engine is asked for the need as if it could take all there is: then each allowed offer is in the plan.
    """
    market = bridge.load_market(need.household.area_code, today, need=need, freed=freed)
    if not market.needs or not market.offers:
        return []
    boundless = replace(market.needs[0], lacks=sum(offer.left for offer in market.offers))
    ranked = bridge.solve(replace(market, needs=[boundless])).proposals
    return sorted(ranked, key=lambda p: (-p.score, inf if p.distance_m is None else p.distance_m, p.offer.id))


def suggest(need: Need, today: date, freed: int = 0) -> list[Choice]:
    """The ten best offers for one need; `freed` as `rank`."""
    ranked = rank(need, today, freed)[:SUGGESTIONS]
    offers = {offer.id: offer for offer in db.session.scalars(
        select(Offer).options(joinedload(Offer.organisation), joinedload(Offer.areas))
        .where(Offer.id.in_([p.offer.id for p in ranked]))).unique()} if ranked else {}
    return [Choice(offers[p.offer.id], p) for p in ranked]


def pair(need: Need, offer_id: int, quantity: int, actor: Actor, now: datetime, why: str = "other") -> Pairing:
    """Pair a need with an offer that may serve it; as `pair_several` with one share."""
    return pair_several(need, [(offer_id, quantity)], actor, now, why)[0]


def pair_several(need: Need, shares: Sequence[tuple[int, int]], actor: Actor, now: datetime, why: str = "other"
                 ) -> list[Pairing]:
    """Share a need out among offers that may serve it, as (offer, units), all or none; the organisations are asked.

    What the engine had proposed is kept beside each, with the `why` (`models_decisions.WHYS`). Raises Invalid when an
    offer may not serve this need or the units are too many or too few, Conflict when some were just taken.
    """
    ranked = {p.offer.id: p for p in rank(need, day_of(now))}
    _check(need, shares, ranked)
    proposed = proposed_for(need.id)
    made = [Pairing(**row_of(replace(ranked[offer_id], quantity=quantity), now), state="proposed",
                    proposed_by="officer") for offer_id, quantity in shares]
    db.session.add_all(made)
    db.session.flush()
    service.locked([pairing.id for pairing in made])
    for pairing in made:
        keep_chosen(pairing, proposed, why, actor, now)
        if refusal := service.hold(pairing, actor, now):
            raise Conflict(_("刚被别人占用了，没有结成。请另选一个资源。") if refusal in ("offer_full", "need_met")
                           else _("这个资源或需求已经结束，没有结成。"))
    tell_approved(made, actor, now)
    return made


def _check(need: Need, shares: Sequence[tuple[int, int]], ranked: Mapping[int, bridge.Proposal]) -> None:
    if not shares or len({offer_id for offer_id, _quantity in shares}) < len(shares):
        raise Invalid(_("至少给一家填上数量。"))
    if any(offer_id not in ranked for offer_id, _quantity in shares):
        raise Invalid(_("这个资源不能用于这个需求：类型、地区、条件或名额不合适。"), "offer_id")
    most = need.quantity - need.given
    if min(quantity for _offer, quantity in shares) < 1 or sum(quantity for _offer, quantity in shares) > most:
        raise Invalid(_("数量要在 1 和 %(most)s 之间。", most=most), "quantity")


def shared_out(need: Need, choices: Sequence[Choice]) -> list[int]:
    """Units for each choice that together meet the need: as many as the best has left, the rest from the next."""
    lacks, units = need.quantity - need.given, []
    for choice in choices:
        units.append(max(0, min(lacks, choice.proposal.offer.left)))
        lacks -= units[-1]
    return units

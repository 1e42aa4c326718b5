"""Between rows and engine: the one file that knows both.

A place counts with the point of the household or offer itself, else with the point of its village or town
(then the distance is "about", and the card says so). A place known only to the county has no distance: its
pairs are allowed by named areas only and get no points for closeness (docs/decisions/0004-distances.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import func, or_, select

from matching.conditions import grouped, provided
from matching.engine import NeedTable, OfferTable, Plan, plan
from matching.extensions import db
from matching.households.models import Household, Need
from matching.offers.models import Offer, OfferArea, OfferClearance
from matching.organisations.models import Organisation
from matching.pairings.models import HOLDING, Pairing
from matching.places.models import Area
from matching.places.queries import within

NEVER_AGAIN = ("declined", "lapsed", "withdrawn", "failed")
"""Pairs that ended so are not proposed anew."""


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One need that still lacks units. `about` when its point is that of its village or town."""

    id: int
    household_id: int
    area_code: str
    help_type: str
    lacks: int
    urgency: int
    waiting_days: int
    lat: float
    lon: float
    about: bool
    asks: frozenset[str]
    traits: frozenset[str]


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One offer that still has units, with the area codes in which it may be paired."""

    id: int
    organisation_id: int
    help_type: str
    left: int
    lat: float
    lon: float
    about: bool
    radius_km: float
    areas: tuple[str, ...]
    countrywide: bool
    provides: frozenset[str]
    only_for: frozenset[str]


@dataclass(frozen=True, slots=True)
class Market:
    """All that one run looks at, in the order of ids. `ended`: how many of the county's offers are past their day;
    `locked`: the proposals that stay as they are, whose units are taken off already.
    """

    needs: list[NeedRow]
    offers: list[OfferRow]
    excluded: list[tuple[int, int]]
    ended: int = 0
    locked: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """One pair of the plan, in ids, with the parts of its score and what else was possible."""

    need: NeedRow
    offer: OfferRow
    quantity: int
    urgency_points: int
    waiting_points: int
    closeness_points: int
    distance_m: float | None
    options: int
    next_offer_id: int | None
    next_score: int | None
    unchecked: list[str]

    @property
    def score(self) -> int:
        """The worth of one unit (contract.md)."""
        return self.urgency_points + self.waiting_points + self.closeness_points


@dataclass(frozen=True, slots=True)
class Solution:
    """The best plan of a market as proposals, with its proof.

    `weight` is its worth, `upper_bound` what no plan can exceed, `gap` the share between them;
    `allowed_pairs` how many pairs were weighed, `lonely` how many needs no offer reaches.
    """

    proposals: list[Proposal]
    weight: int
    upper_bound: int
    gap: float
    allowed_pairs: int
    lonely: int


def load_market(area_code: str, today: date, *, need_id: int | None = None, freed: int = 0) -> Market:
    """Read the open needs of verified households in an area and the offers that may serve them today.

    `area_code` is a county or lies in one. An offer counts when its organisation is vetted, it is open, within
    its period and not used up, and is at home in that county or has its yes. `need_id` narrows to one need,
    of whose units `freed` count as not held, and whose own locked proposals do not bind. Units held by live pairings
    and by locked proposals are taken off both sides.
    """
    needs = _needs(area_code, today, need_id, freed)
    offers = _offers(area_code[:6], {need.help_type for need in needs}, today)
    ids = [need.id for need in needs]
    narrow = Pairing.need_id == need_id if need_id else within(Pairing.area_code, area_code)
    ended = select(Pairing.need_id, Pairing.offer_id).where(
        Pairing.state.in_((*NEVER_AGAIN, *HOLDING)), narrow)
    known = set(ids)
    excluded = [(n, o) for n, o in db.session.execute(ended) if n in known] if ids else []
    return _beside_locked(Market(needs, offers, excluded, _ended(area_code[:6], today)), need_id)


def _beside_locked(market: Market, need_id: int | None) -> Market:
    """What is left of a market beside the locked proposals, wherever these are; their own pairs are not made twice."""
    rows = db.session.execute(select(Pairing.id, Pairing.need_id, Pairing.offer_id, Pairing.quantity).where(
        Pairing.locked_at.is_not(None), Pairing.state == "proposed", Pairing.need_id != (need_id or 0))
        .order_by(Pairing.id)).all()
    wants, gives = Counter[int](), Counter[int]()
    for row in rows:
        wants[row.need_id] += row.quantity
        gives[row.offer_id] += row.quantity
    needs = [replace(need, lacks=need.lacks - wants[need.id]) for need in market.needs if need.lacks > wants[need.id]]
    offers = [replace(offer, left=offer.left - gives[offer.id]) for offer in market.offers
              if offer.left > gives[offer.id]]
    known = {need.id for need in needs}
    own = [(row.need_id, row.offer_id) for row in rows if row.need_id in known]
    return replace(market, needs=needs, offers=offers, excluded=[*market.excluded, *own],
                   locked=tuple(row.id for row in rows))


def solve(market: Market) -> Solution:
    """Run the engine on a market."""
    needs, offers = market.needs, market.offers
    need_at = {need.id: i for i, need in enumerate(needs)}
    offer_at = {offer.id: i for i, offer in enumerate(offers)}
    pairs = [(need_at[n], offer_at[o]) for n, o in market.excluded if n in need_at and o in offer_at]
    excluded = (np.array([n for n, _ in pairs], np.int32), np.array([o for _, o in pairs], np.int32))
    made = plan(*tables(market), excluded)
    proposals = [_proposal(made, k, needs, offers) for k in range(len(made.need))]
    return Solution(proposals, made.weight, made.upper_bound, made.gap, made.allowed_pairs,
                    int((made.allowed_offers == 0).sum()))


def _proposal(made: Plan, k: int, needs: Sequence[NeedRow], offers: Sequence[OfferRow]) -> Proposal:
    need, offer, other = needs[int(made.need[k])], offers[int(made.offer[k])], int(made.other_offer[k])
    metres = float(made.distance_m[k])
    return Proposal(
        need=need, offer=offer, quantity=int(made.quantity[k]), urgency_points=int(made.urgency_points[k]),
        waiting_points=int(made.waiting_points[k]), closeness_points=int(made.closeness_points[k]),
        distance_m=None if np.isnan(metres) else metres, options=int(made.allowed_offers[made.need[k]]),
        next_offer_id=offers[other].id if other >= 0 else None,
        next_score=int(made.other_score[k]) if other >= 0 else None, unchecked=unchecked(need, offer))


def unchecked(need: NeedRow, offer: OfferRow) -> list[str]:
    """The codes an offer is limited to in groups of which nothing is known about the need."""
    known = {code.partition(":")[0] for code in need.traits}
    return sorted(code.partition(":")[2] for code in offer.only_for if code.partition(":")[0] not in known)


def _point(lat: float | None, lon: float | None, precision: str | None, place: Any) -> tuple[float, float, bool]:
    """Own point, else that of the village or town; NaN when neither is known. The third says "about"."""
    if lat is not None and lon is not None and precision != "county":
        return lat, lon, precision != "exact"
    if place is not None and place.lat is not None and place.lon is not None and place.precision != "county":
        return place.lat, place.lon, True
    return float("nan"), float("nan"), True


def _needs(area_code: str, today: date, need_id: int | None, freed: int) -> list[NeedRow]:
    wanted = [Need.status == "open", Need.given - freed < Need.quantity, Household.status == "verified",
              within(Household.area_code, area_code)]
    if need_id is not None:
        wanted.append(Need.id == need_id)
    rows = db.session.execute(
        select(Need.id, Need.household_id, Household.area_code, Need.help_type, Need.quantity, Need.given,
               Need.urgency, Need.reported_on, Household.lat, Household.lon, Household.precision, Need.asks,
               Need.traits)
        .join(Household, Need.household_id == Household.id).where(*wanted).order_by(Need.id)).all()
    points = _area_points({row.area_code for row in rows})
    needs = []
    for row in rows:
        lat, lon, about = _point(row.lat, row.lon, row.precision, points.get(row.area_code))
        needs.append(NeedRow(row.id, row.household_id, row.area_code, row.help_type, row.quantity - row.given + freed,
                             row.urgency, max(0, (today - row.reported_on).days), lat, lon, about,
                             frozenset(row.asks or ()), grouped(row.traits or ())))
    return needs


def _offers(county_code: str, types: set[str], today: date) -> list[OfferRow]:
    """Open offers with units left, of vetted organisations at home in the county or with its yes."""
    cleared = select(OfferClearance.id).where(
        OfferClearance.offer_id == Offer.id, OfferClearance.county_code == county_code,
        OfferClearance.status == "allowed").exists()
    rows = db.session.execute(
        select(Offer.id, Offer.organisation_id, Offer.help_type, Offer.capacity, Offer.taken, Offer.lat, Offer.lon,
               Offer.precision, Offer.area_code, Offer.reach, Offer.radius_km, Offer.provides, Offer.only_for)
        .join(Organisation, Offer.organisation_id == Organisation.id)
        .where(Offer.status == "open", Offer.taken < Offer.capacity, Organisation.status == "vetted",
               Offer.help_type.in_(sorted(types)), Offer.starts_on <= today,
               or_(Offer.ends_on.is_(None), Offer.ends_on >= today),
               or_(within(Organisation.area_code, county_code), cleared))
        .order_by(Offer.id)).all()
    points, named = _area_points({row.area_code for row in rows}), _named_areas()
    return [_offer_row(row, points.get(row.area_code), named.get(row.id, ())) for row in rows]


def _ended(county_code: str, today: date) -> int:
    """Offers at home in the county that would take part if their last day had not passed."""
    return db.session.scalar(
        select(func.count(Offer.id)).join(Organisation, Offer.organisation_id == Organisation.id)
        .where(Offer.status == "open", Offer.ends_on < today, within(Organisation.area_code, county_code))) or 0


def _offer_row(row: Any, place: Any, named: Sequence[str]) -> OfferRow:
    lat, lon, about = _point(row.lat, row.lon, row.precision, place)
    by_radius = row.reach == "radius" and row.radius_km is not None
    return OfferRow(
        row.id, row.organisation_id, row.help_type, row.capacity - row.taken, lat, lon, about,
        row.radius_km if by_radius else float("nan"), tuple(named) if row.reach == "areas" else (),
        row.reach == "country", provided(row.help_type, row.provides or ()), grouped(row.only_for or ()))


def _area_points(codes: set[str]) -> dict[str, Any]:
    """For each code the point of its village, else of its town, where one is known."""
    wanted = codes | {code[:9] for code in codes if len(code) > 9}
    rows = {row.code: row for row in db.session.execute(
        select(Area.code, Area.lat, Area.lon, Area.precision)
        .where(Area.code.in_(wanted), Area.lat.is_not(None), func.length(Area.code) >= 9))}
    return {code: row for code in codes if (row := rows.get(code) or rows.get(code[:9])) is not None}


def _named_areas() -> dict[int, list[str]]:
    named: dict[int, list[str]] = {}
    for offer_id, code in db.session.execute(
            select(OfferArea.offer_id, OfferArea.area_code).order_by(OfferArea.offer_id, OfferArea.area_code)):
        named.setdefault(offer_id, []).append(code)
    return named


def tables(market: Market) -> tuple[NeedTable, OfferTable]:
    """A market as columns, for the engine."""
    return _need_table(market.needs), _offer_table(market.offers)


def _need_table(needs: Sequence[NeedRow]) -> NeedTable:
    return NeedTable(
        type=np.array([n.help_type for n in needs], str), quantity=np.array([n.lacks for n in needs], np.int64),
        urgency=np.array([n.urgency for n in needs], np.int64),
        waiting_days=np.array([n.waiting_days for n in needs], np.int64),
        lat=np.array([n.lat for n in needs], float), lon=np.array([n.lon for n in needs], float),
        precision=np.full(len(needs), "exact"), area=np.array([n.area_code for n in needs], str),
        asks=[n.asks for n in needs], traits=[n.traits for n in needs])


def _offer_table(offers: Sequence[OfferRow]) -> OfferTable:
    return OfferTable(
        type=np.array([o.help_type for o in offers], str), capacity=np.array([o.left for o in offers], np.int64),
        lat=np.array([o.lat for o in offers], float), lon=np.array([o.lon for o in offers], float),
        precision=np.full(len(offers), "exact"), radius_km=np.array([o.radius_km for o in offers], float),
        areas=[o.areas for o in offers], countrywide=np.array([o.countrywide for o in offers], bool),
        provides=[o.provides for o in offers], only_for=[o.only_for for o in offers])

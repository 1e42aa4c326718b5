"""Between rows and engine: the one file that knows both.

A place counts with the point of the household or offer itself, else with the point of its village or town
(then the distance is "about", and the card says so). A place known only to the county has no distance: its
pairs are allowed by named areas only and get no points for closeness (docs/decisions/0004-distances.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, func, or_, select, union_all

from matching.conditions import grouped, provided
from matching.engine import NeedTable, OfferTable, Plan, plan
from matching.extensions import db
from matching.households.models import Household, Need
from matching.offers.models import Offer, OfferArea, OfferClearance
from matching.organisations.models import Organisation
from matching.pairings.models import HOLDING, Pairing
from matching.places.models import Area
from matching.places.queries import within

Floats = NDArray[np.float64]
YEAR = 365
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
    ends_on: date | None


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
    `allowed_pairs` how many pairs were weighed, `lonely` how many needs no offer reaches;
    `fairness` what was reached for the worst-served town, where it was asked for.
    """

    proposals: list[Proposal]
    weight: int
    upper_bound: int
    gap: float
    allowed_pairs: int
    lonely: int
    fairness: dict[str, object]


def load_market(area_code: str, today: date, *, need: Need | None = None, freed: int = 0) -> Market:
    """Read the open needs of verified households in an area and the offers that may serve them today.

    `area_code` is a county or lies in one. An offer counts when its organisation is vetted, it is open, within
    its period and not used up, and is at home in that county or has its yes. `need` narrows to one need,
    of whose units `freed` count as not held, and whose own locked proposals do not bind. Units held by live pairings
    and by locked proposals are taken off both sides.
    """
    wanting = _wanting(area_code) if need is None else [_wanted(need)] if _is_wanting(need, freed) else []
    giving = _giving(area_code[:6], {row.help_type for row in wanting}, today) if wanting else []
    points = _area_points({row.area_code for row in (*wanting, *giving)}) if wanting else {}
    needs = [_need_row(row, points.get(row.area_code), freed, today) for row in wanting]
    offers = [_offer_row(rows[0], points.get(rows[0].area_code), [row.named for row in rows if row.named])
              for rows in _by_offer(giving)]
    rows = _paired(area_code, need.id if need else None) if needs else []
    known = {row.id for row in needs}
    excluded = [(row.need_id, row.offer_id) for row in rows if row.state != "proposed" and row.need_id in known]
    market = Market(needs, offers, excluded, 0 if need else _ended(area_code[:6], today))
    return _beside_locked(market, [row for row in rows if row.state == "proposed"])


def _paired(area_code: str, need_id: int | None) -> Sequence[Any]:
    """The pairs that are not to be proposed anew, and the locked proposals wherever they are; in one SELECT."""
    columns = Pairing.id, Pairing.need_id, Pairing.offer_id, Pairing.quantity, Pairing.state
    narrow = Pairing.need_id == need_id if need_id else within(Pairing.area_code, area_code)
    ended = select(*columns).where(Pairing.state.in_((*NEVER_AGAIN, *HOLDING)), narrow)
    locked = select(*columns).where(Pairing.locked_at.is_not(None), Pairing.state == "proposed",
                                    Pairing.need_id != (need_id or 0))
    return db.session.execute(union_all(ended, locked).order_by("id")).all()


def _beside_locked(market: Market, rows: Sequence[Any]) -> Market:
    """What is left of a market beside the locked proposals; their own pairs are not made twice."""
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


def solve(market: Market, fairness: float | None = None, worth: Floats | None = None) -> Solution:
    """Run the engine on a market; `fairness` and `worth` (by offer of the market) as in `engine.plan`."""
    needs, offers = market.needs, market.offers
    need_at = {need.id: i for i, need in enumerate(needs)}
    offer_at = {offer.id: i for i, offer in enumerate(offers)}
    pairs = [(need_at[n], offer_at[o]) for n, o in market.excluded if n in need_at and o in offer_at]
    excluded = (np.array([n for n, _ in pairs], np.int32), np.array([o for _, o in pairs], np.int32))
    made = plan(*tables(market), excluded, fairness=fairness, worth=worth)
    proposals = [_proposal(made, k, needs, offers) for k in range(len(made.need))]
    return Solution(proposals, made.weight, made.upper_bound, made.gap, made.allowed_pairs,
                    int((made.allowed_offers == 0).sum()), made.fairness)


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


def _wanting(area_code: str) -> Sequence[Any]:
    """The open needs of verified households in an area that lack units."""
    return _told(area_code, Need.status == "open", Need.given < Need.quantity)


def likely_worth(market: Market, area_code: str, today: date, days: int) -> Floats:
    """What a unit of each offer of a market is likely to be worth to who comes in the next days, in points.

    As many needs are expected as the year before brought, in proportion; they are drawn from those. An offer that ends
    before those days are over is not held back. The same day expects the same.
    """
    from matching.engine import worth_ahead  # here, so that the site starts without the compiler

    rows = _told(area_code, Need.reported_on > today - timedelta(days=YEAR), Need.status != "withdrawn")
    points = _area_points({row.area_code for row in rows})
    told = [_need_row(row, points.get(row.area_code), row.given, row.reported_on) for row in rows]
    worth = worth_ahead(_need_table(told), _offer_table(market.offers), round(len(told) * days / YEAR),
                        seed=today.toordinal())
    ending = [offer.ends_on is not None and offer.ends_on < today + timedelta(days=days) for offer in market.offers]
    return np.where(ending, 0, worth)


def _told(area_code: str, *which: ColumnElement[bool]) -> Sequence[Any]:
    """Needs of verified households in an area, by number."""
    return db.session.execute(
        select(Need.id, Need.household_id, Household.area_code, Need.help_type, Need.quantity, Need.given,
               Need.urgency, Need.reported_on, Household.lat, Household.lon, Household.precision, Need.asks,
               Need.traits)
        .join(Household, Need.household_id == Household.id)
        .where(*which, Household.status == "verified", within(Household.area_code, area_code)).order_by(Need.id)).all()


def _is_wanting(need: Need, freed: int) -> bool:
    return need.status == "open" and need.given - freed < need.quantity and need.household.status == "verified"


def _wanted(need: Need) -> Any:
    """One need with the place of its household, as `_wanting` tells of many."""
    home = need.household
    return SimpleNamespace(**{name: getattr(need, name) for name in (
        "id", "household_id", "help_type", "quantity", "given", "urgency", "reported_on", "asks", "traits")},
        area_code=home.area_code, lat=home.lat, lon=home.lon, precision=home.precision)


def _need_row(row: Any, place: Any, freed: int, today: date) -> NeedRow:
    lat, lon, about = _point(row.lat, row.lon, row.precision, place)
    return NeedRow(row.id, row.household_id, row.area_code, row.help_type, row.quantity - row.given + freed,
                   row.urgency, max(0, (today - row.reported_on).days), lat, lon, about,
                   frozenset(row.asks or ()), grouped(row.traits or ()))


def _giving(county_code: str, types: set[str], today: date) -> Sequence[Any]:
    """Open offers with units left, of vetted organisations at home in the county or with its yes.

    An offer for named areas comes with one row for each.
    """
    cleared = select(OfferClearance.id).where(
        OfferClearance.offer_id == Offer.id, OfferClearance.county_code == county_code,
        OfferClearance.status == "allowed").exists()
    return db.session.execute(
        select(Offer.id, Offer.organisation_id, Offer.help_type, Offer.capacity, Offer.taken, Offer.lat, Offer.lon,
               Offer.precision, Offer.area_code, Offer.reach, Offer.radius_km, Offer.provides, Offer.only_for,
               Offer.ends_on, OfferArea.area_code.label("named"))
        .join(Organisation, Offer.organisation_id == Organisation.id)
        .outerjoin(OfferArea, OfferArea.offer_id == Offer.id)
        .where(Offer.status == "open", Offer.taken < Offer.capacity, Organisation.status == "vetted",
               Offer.help_type.in_(sorted(types)), Offer.starts_on <= today,
               or_(Offer.ends_on.is_(None), Offer.ends_on >= today),
               or_(within(Organisation.area_code, county_code), cleared))
        .order_by(Offer.id, OfferArea.area_code)).all()


def _by_offer(rows: Sequence[Any]) -> Iterator[list[Any]]:
    return (list(same) for _number, same in groupby(rows, key=lambda row: row.id))


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
        row.reach == "country", provided(row.help_type, row.provides or ()), grouped(row.only_for or ()), row.ends_on)


def _area_points(codes: set[str]) -> dict[str, Any]:
    """For each code the point of its village, else of its town, where one is known."""
    wanted = codes | {code[:9] for code in codes if len(code) > 9}
    rows = {row.code: row for row in db.session.execute(
        select(Area.code, Area.lat, Area.lon, Area.precision)
        .where(Area.code.in_(wanted), Area.lat.is_not(None), func.length(Area.code) >= 9))}
    return {code: row for code in codes if (row := rows.get(code) or rows.get(code[:9])) is not None}


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

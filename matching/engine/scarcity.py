"""What to recruit next, and where: what one more unit of each type would be worth in each area.

A unit more serves one need, and the plan around it moves up: it adds what it is worth on that need, less what the
plan loses when that need wants one unit less (the greatest surplus of the need, see `duals.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.engine.arrays import Floats, Ints
from matching.engine.explain import typed
from matching.engine.files import FilePath, NeedFile, read_needs, read_offers
from matching.engine.geometry import Circles, ecef
from matching.engine.reach import search, sorted_by_place
from matching.engine.scores import need_points

__all__ = ["MoreOfOffer", "Recruit", "Scarcity", "scarcity_of_files"]


@dataclass(frozen=True)
class Recruit:
    """By how much (`worth`) the best sum rises with an offer of one unit of `type` that accepts any condition, in
    the middle of an area (its need nearest to the mean of them all), reaching `radius_km`; `area` "": without one."""

    type: str
    area: str
    lat: float
    lon: float
    radius_km: float
    worth: int


@dataclass(frozen=True)
class MoreOfOffer:
    """By how much the best sum rises with one unit more of an offer that is there."""

    offer: str
    worth: int


@dataclass(frozen=True)
class Scarcity:
    """Both lists, the greatest worth first; what is worth nothing is left out."""

    recruits: list[Recruit]
    more: list[MoreOfOffer]


def scarcity_of_files(needs_path: FilePath, offers_path: FilePath, radius_km: float = 10.0) -> Scarcity:
    """What one more unit would be worth, of each type in each area and of each offer. Raises FileFault.

    1. Solve each type; the ends of its prices say what a unit more of an offer adds and what each need's relief is.
    2. For the middle of each area find the needs within the radius, and of these the one where a unit adds most.
    """
    needs, offers = read_needs(needs_path), read_offers(offers_path)
    relief = np.zeros(len(needs.ids), np.int64)
    more: list[MoreOfOffer] = []
    for market in typed(needs, offers):
        relief[market.needs] = market.ends.relief
        more += [MoreOfOffer(offers.ids[o].decode(), int(worth))
                 for o, worth in zip(market.offers, market.ends.more, strict=True) if worth > 0]
    return Scarcity(sorted(_recruits(needs, relief, radius_km), key=lambda r: (-r.worth, r.type, r.area)),
                    sorted(more, key=lambda m: (-m.worth, m.offer)))


def _recruits(needs: NeedFile, relief: Ints, radius_km: float) -> Iterator[Recruit]:
    names, lat, lon = _middles(needs)
    radius_m = np.full(len(names), radius_km * 1000.0)
    circles = Circles(lat, lon, ecef(lat, lon), radius_m, *np.zeros((2, len(names)), np.int32))
    base = need_points(needs.urgency, needs.waiting_days) - relief
    for number, kind in enumerate(needs.types):
        ni = np.flatnonzero(needs.type == number)
        ni = ni[sorted_by_place(needs.lat[ni], needs.lon[ni], needs.ids[ni])]
        found = search(needs.lat[ni], needs.lon[ni], ecef(needs.lat[ni], needs.lon[ni]), np.zeros(len(ni), np.int32),
                       circles, np.ones((1, 1), np.bool_))
        adds = base[ni[found.need]] + found.closeness
        for i, name in enumerate(names):
            worth = int(adds[found.start[i] : found.start[i + 1]].max(initial=0))
            if worth > 0:
                yield Recruit(kind, name, float(lat[i]), float(lon[i]), radius_km, worth)


def _middles(needs: NeedFile) -> tuple[list[str], Floats, Floats]:
    """The areas that have needs, and where the middle of each is."""
    area = needs.area if needs.area is not None else np.full(len(needs.ids), -1, np.int32)
    points = ecef(needs.lat, needs.lon)
    names, rows = [], []
    order = np.lexsort((needs.ids, area))
    cuts = np.flatnonzero(np.diff(area[order])) + 1
    for group in np.split(order, cuts) if len(order) else []:
        away = ((points[group] - points[group].mean(axis=0)) ** 2).sum(axis=1)
        rows.append(group[int(np.argmin(away))])
        names.append(needs.areas[area[group[0]]] if area[group[0]] >= 0 else "")
    middle = np.array(rows, np.int64)
    return names, needs.lat[middle], needs.lon[middle]

"""How `plan` (in `tables`) finds the best plan for needs and offers as the database knows them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.arrays import Floats, Ints, Rows, Texts
from matching.engine.assignment import Solved, solve, units_by_pair
from matching.engine.conditions import fits_sets, kinds
from matching.engine.fairness import fairest, units_by_area
from matching.engine.geometry import closeness, distance_m, ecef
from matching.engine.reach import by_area, by_radius
from matching.engine.reserve import Needs, with_reserve
from matching.engine.scores import URGENCY_POINTS, waiting_points
from matching.engine.settle import Graph
from matching.engine.standing import side_by_side, stood
from matching.engine.tables import NeedTable, OfferTable, Plan

__all__ = ["allowed_pairs", "best_plan"]

EXACT = "exact"


TOWN = 9
"""Digits of a division code that say the town."""


class _Type(NamedTuple):
    """The market of one help type: which of all pairs are its own, its rows of needs and of offers, itself, solved."""

    pairs: Ints
    needs: Ints
    offers: Ints
    graph: Graph
    want: Ints
    have: Ints
    solved: Solved


def best_plan(needs: NeedTable, offers: OfferTable, excluded: tuple[Rows, Rows] | None = None,
              fairness: float | None = None, worth: Floats | None = None) -> Plan:
    """Find the best plan for needs and offers, or the fairest, or one that holds units back (see `tables.plan`).

    1. Every allowed pair: within the radius where the distance is known, or by area; conditions met.
    2. Each type is a market of its own: solve it exactly.
    3. From there, where it is asked for: what may be given up for fairness, or kept for those who come.
    4. Per pair given: its score in parts, its distance, and the best that was possible instead.
    """
    if fairness is not None and worth is not None:
        raise ValueError("fairness and worth cannot be asked for together")
    n, o, metres = allowed_pairs(needs, offers, excluded)
    near = closeness(metres)
    urgent, waited = URGENCY_POINTS * needs.urgency, waiting_points(needs.waiting_days)
    score = (urgent + waited)[n] + near
    types = list(_types(needs, offers, n, o, near, urgent + waited))
    price, bound, said = np.zeros(len(offers.capacity), np.int64), 0, dict[str, object]()
    for one in types:
        price[one.offers] = one.solved.price
        bound += int((one.have * one.solved.price).sum() + (one.want * one.solved.surplus).sum())
    if worth is not None:
        tonight = Needs(n.astype(np.int64), o.astype(np.int64), score, needs.quantity)
        units = with_reserve(tonight, offers.capacity, worth).quantity
    elif fairness is not None and types:
        units, said = _fair(types, needs, len(n), fairness)
    else:
        units = _units(types, len(n))
    given = np.flatnonzero(units)
    other, other_score = _next_best(n, o, score, given)
    return Plan(
        need=n[given], offer=o[given], quantity=units[given], urgency_points=urgent[n[given]],
        waiting_points=waited[n[given]], closeness_points=near[given], distance_m=metres[given],
        other_offer=other, other_score=other_score,
        allowed_offers=np.bincount(n, minlength=len(needs.quantity)), price=price,
        weight=int((units * score).sum()), upper_bound=bound, allowed_pairs=len(n), fairness=said)


def allowed_pairs(needs: NeedTable, offers: OfferTable,
                  excluded: tuple[Rows, Rows] | None = None) -> tuple[Rows, Rows, Floats]:
    """Rows of every allowed pair, by need, then offer, and the metres between the two (NaN: not known)."""
    here = _points(needs.lat, needs.lon, needs.precision)
    there = _points(offers.lat, offers.lon, offers.precision)
    n, o = _allowed(needs, offers, here, there, excluded)
    return n, o, distance_m(here[n], there[o])


def _points(lat: Floats, lon: Floats, precision: Texts) -> Floats:
    """Points in metres, NaN where the point is not the place's own."""
    own = np.where(precision == EXACT, lat, np.nan)
    return ecef(own, np.where(np.isnan(own), np.nan, lon))


def _allowed(needs: NeedTable, offers: OfferTable, here: Floats, there: Floats,
             excluded: tuple[Rows, Rows] | None) -> tuple[Rows, Rows]:
    """Rows of every allowed pair, sorted by need, then offer."""
    width = max(len(offers.capacity), 1)
    keys = [np.zeros(0, np.int64)]
    keys += [n.astype(np.int64) * width + o for n, o in _by_type(needs, offers, here, there)]
    key = np.unique(np.concatenate(keys))
    if excluded is not None:
        key = np.setdiff1d(key, excluded[0].astype(np.int64) * width + excluded[1])
    n, o = (key // width).astype(np.int32), (key % width).astype(np.int32)
    need_kind, need_kinds = kinds(list(zip(needs.asks, needs.traits, strict=True)))
    offer_kind, offer_kinds = kinds(list(zip(offers.provides, offers.only_for, strict=True)))
    keep = fits_sets(need_kinds, offer_kinds)[need_kind[n], offer_kind[o]] if len(n) else np.zeros(0, bool)
    keep &= (needs.quantity[n] > 0) & (offers.capacity[o] > 0)
    return n[keep], o[keep]


def _by_type(needs: NeedTable, offers: OfferTable, here: Floats,
             there: Floats) -> Iterator[tuple[Rows, Rows]]:
    for kind in np.unique(needs.type):
        ni, oi = np.flatnonzero(needs.type == kind), np.flatnonzero(offers.type == kind)
        for n, o in (
            by_radius(needs.lat[ni], needs.lon[ni], here[ni], offers.lat[oi], offers.lon[oi], there[oi],
                      offers.radius_km[oi]),
            by_area(needs.area[ni], [offers.areas[i] for i in oi.tolist()], offers.countrywide[oi]),
        ):
            yield ni[n].astype(np.int32), oi[o].astype(np.int32)


def _types(needs: NeedTable, offers: OfferTable, n: Rows, o: Rows, near: Ints, base: Ints) -> Iterator[_Type]:
    """Solve market by market."""
    for kind in np.unique(needs.type[n]):
        k = np.flatnonzero(needs.type[n] == kind)
        ni, rows = np.unique(n[k], return_inverse=True)
        oi, columns = np.unique(o[k], return_inverse=True)
        start = np.searchsorted(rows, np.arange(len(ni) + 1)).astype(np.int64)
        graph = Graph(start, columns.astype(np.int32), near[k].astype(np.uint8), base[ni],
                      np.zeros(len(oi), np.int64))
        want, have = needs.quantity[ni], offers.capacity[oi]
        yield _Type(k, ni.astype(np.int64), oi.astype(np.int64), graph, want, have, solve(graph, want, have))


def _units(types: Sequence[_Type], pairs: int) -> Ints:
    """Units on each pair in the best plan."""
    units = np.zeros(pairs, np.int64)
    for one in types:
        units[one.pairs] = units_by_pair(one.graph, one.solved.given)
    return units


def _fair(types: Sequence[_Type], needs: NeedTable, pairs: int, give_up: float) -> tuple[Ints, dict[str, object]]:
    """Units on each pair in the fairest plan, and what is said of it."""
    names, area = np.unique([code[:TOWN] if len(code) >= TOWN else "" for code in needs.area.tolist()],
                            return_inverse=True)
    if names[0] == "":
        names, area = names[1:], area - 1
    wanted = units_by_area(area, needs.quantity, len(names))
    best = side_by_side([stood(one.graph, one.want, one.have, one.solved) for one in types])
    fair = fairest(best, area[np.concatenate([one.needs for one in types])], wanted, give_up)
    units = np.zeros(pairs, np.int64)
    units[np.concatenate([one.pairs for one in types])] = units_by_pair(best.graph, fair.given)
    return units, fair.said(names.tolist())


def _next_best(n: Rows, o: Rows, score: Ints, given: NDArray[np.intp]) -> tuple[Rows, Ints]:
    """For each pair given, the best scored other offer of the same need (the first of equals)."""
    ranked = np.lexsort((o, -score, n))
    first = np.searchsorted(n[ranked], n[given])
    count = np.searchsorted(n[ranked], n[given], side="right") - first
    best = ranked[first] if len(given) else ranked[:0]
    second = ranked[np.minimum(first + 1, len(ranked) - 1)] if len(given) else ranked[:0]
    other = np.where(best == given, second, best)
    there = (count > 1)
    return np.where(there, o[other], -1).astype(np.int32), np.where(there, score[other], 0)

"""A fairer plan: the worst-served area gets as large a share as a given loss of the best sum allows.

An area's share is its units given of its units wanted. Beside the offers each area has a *pool* of units that are worth
nothing, and every need is to get all it wants, from offers or from its area's pool. A pool of all that the area wants
changes nothing; a pool that is smaller by L makes the area get L units of offers. That is again a transport problem. So
the best plan in which every area has so much is found exactly, and from the one in which it has a little less: units
are called in from the pools, and `settle` finds the cheapest way to make up for them.
"""

import os
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.arrays import Floats, Ints, Rows
from matching.engine.assignment import solve
from matching.engine.compiled import kernel
from matching.engine.faults import FileFault
from matching.engine.files import NeedFile, OfferFile
from matching.engine.market import Given, room
from matching.engine.pairing import FilePlan, graph_of, types_of
from matching.engine.settle import Graph, Holdings, State, settle
from matching.engine.spread import start
from matching.engine.standing import Standing, hold, side_by_side, stood
from matching.engine.workspace import Work, workspace

__all__ = ["Fair", "fair_plan", "fairest", "units_by_area"]

ALL = 2**40
"""What it is worth that a need gets a unit at all, be it of the pool: more than any way of making up for one costs."""
FIRST_STEP, FINEST_STEP = 0.05, 1e-5
"""By how much the level rises at first, and below which two levels are one."""


@dataclass(frozen=True)
class _Level:
    """The best plan in which each area has at least `least` units, and its worth; `short`: areas that cannot have so
    much together with the others (then there is no such plan)."""

    state: State
    least: Ints
    weight: int
    short: Ints


class Fair(NamedTuple):
    """The fairest plan: what is given (without scores), its worth and the best one's; the share of each area before and
    after; which areas want anything, which could rise to the end; the level that no plan worth so much can have."""

    given: Given
    weight: int
    best_weight: int
    before: Floats
    after: Floats
    there: NDArray[np.bool_]
    rising: NDArray[np.bool_]
    beyond: float

    def said(self, areas: Sequence[str]) -> dict[str, object]:
        """What a report says of it, areas by name."""
        there, rising = self.there, self.rising
        worst = int(np.flatnonzero(there)[np.argmin(self.after[there])]) if there.any() else None
        return {"best_weight": self.best_weight, "worst_area": None if worst is None else areas[worst],
                "worst_share": float(self.after[there].min(initial=1.0)),
                "worst_share_before": float(self.before[there].min(initial=1.0)),
                "worst_share_bound": self.beyond,
                "areas_at_most": [areas[i] for i in np.flatnonzero(there & ~rising).tolist()],
                "others_worst_share": float(self.after[rising].min(initial=1.0)),
                "others_worst_share_before": float(self.before[rising].min(initial=1.0))}


class _Market(NamedTuple):
    """All types side by side, the pools behind the offers: pairs with offers, pairs with pools, units wanted by need
    and there by offer, the area of each need, units wanted by area, of them units that a pool may have to give (the
    last area: needs without one), scratch space."""

    graph: Graph
    pools: Graph
    want: Ints
    have: Ints
    area: Ints
    wanted: Ints
    pooled: Ints
    work: Work


def fair_plan(path: str, needs: NeedFile, offers: OfferFile, give_up: float,
              workers: int | None = None, executor: Executor | None = None) -> FilePlan:
    """The plan in which the worst-served area's share is highest, worth at least 1 - `give_up` of the best.

    From the best plan the level that all areas are to have is raised, in steps that are halved once one was too high:
    worth too little, or more than there is. Of all plans with a level the best is found, so no other could have gone
    higher (to within FINEST_STEP). Where an area cannot have more, it keeps what it has and the others rise on; areas
    that no offer reaches are left out from the beginning.
    Prices and upper bound are those of the best plan, whose weight is the report's `best_weight`; it also names the
    area that is served worst now, with its share, the worst share without fairness, the areas that cannot have more of
    the offers there are (`areas_at_most`), the worst share of all others, and the level that no plan worth so much can
    have, for the areas that some offer reaches (`worst_share_bound`). Raises FileFault (`path`, no column `area`).
    """
    if needs.area is None:
        raise FileFault(path, 1, "area", "no_column")
    ni, oi, best = _best(needs, offers, workers, executor)
    wanted = units_by_area(needs.area, needs.quantity, len(needs.areas))
    fair = fairest(best, needs.area[ni].astype(np.int64), wanted, give_up)
    need, offer = ni[fair.given.need].astype(np.int32), oi[fair.given.offer].astype(np.int32)
    price = np.zeros(len(offers.ids), np.int64)
    price[oi] = best.price
    return FilePlan(need, offer, fair.given.units, price, fair.weight, best.upper_bound, best.pairs,
                    fairness=fair.said(needs.areas))


def fairest(best: Standing, area: Ints, wanted: Ints, give_up: float) -> Fair:
    """The same of a market that has been settled: `area` of each of its needs (-1: none), units wanted by area in all
    (the last: by needs without one), as `units_by_area` counts them."""
    market = _market(best, area, wanted)
    first = _first(market, best)
    fair, beyond, rising = _highest(market, first, (1 - give_up) * best.weight)
    return Fair(_given(fair.state, len(best.have)), fair.weight, best.weight, _shares(market, first)[:-1],
                _shares(market, fair)[:-1], wanted[:-1] > 0, rising[:-1], beyond)


def units_by_area(area: Rows | Ints, units: Rows | Ints, areas: int) -> Ints:
    """Sums of units by area; those without one (-1) last."""
    return np.bincount(area % (areas + 1), units, areas + 1).astype(np.int64)


def _best(needs: NeedFile, offers: OfferFile, workers: int | None, executor: Executor | None) -> tuple[
        Ints, Ints, Standing]:
    """The best plan of all types side by side: their rows of needs and of offers, and how they stand."""
    none = np.zeros(0, np.int64)
    rows = [graph_of(needs, offers, *of_type) for of_type in (*types_of(needs, offers), (none, none))]
    units = [(needs.quantity[ni].astype(np.int64), offers.capacity[oi].astype(np.int64)) for ni, oi, _ in rows]
    with nullcontext(executor) if executor else ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        waiting = [start(pool, solve, row[2], *wanted) for row, wanted in zip(rows, units, strict=True)]
        best = side_by_side([stood(row[2], *wanted, answer())
                             for row, wanted, answer in zip(rows, units, waiting, strict=True)])
    return np.concatenate([ni for ni, _, _ in rows]), np.concatenate([oi for _, oi, _ in rows]), best


def _market(best: Standing, area: Ints, wanted: Ints) -> _Market:
    """The market with its pools; `area` -1 becomes the last one."""
    area, offers, needs = area % len(wanted), len(best.have), len(best.want)
    nothing = np.zeros(offers + len(wanted), np.int64)
    graph = best.graph._replace(base_a=best.graph.base_a + ALL, base_b=nothing)
    pools = Graph(np.arange(needs + 1), (offers + area).astype(np.int32), np.zeros(needs, graph.part.dtype),
                  np.full(needs, ALL), nothing)
    pooled = np.bincount(area, best.want, len(wanted)).astype(np.int64)
    return _Market(graph, pools, best.want, best.have, area, wanted, pooled, workspace(needs, len(nothing)))


def _first(m: _Market, best: Standing) -> _Level:
    """The best plan, in which what a need lacks comes from its pool."""
    lacks = best.want - np.bincount(best.given.need, best.given.units, len(best.want)).astype(np.int64)
    lacking = np.flatnonzero(lacks)
    given = Given(np.append(best.given.need, lacking).astype(np.int32),
                  np.append(best.given.offer, m.pools.other[lacking]).astype(np.int32),
                  np.append(best.given.units, lacks[lacking]), np.zeros(0, np.int64))
    there = np.append(best.have, m.pooled)
    holders = np.append(np.diff(best.by_offer.start), np.bincount(m.area, minlength=len(m.wanted)))
    held = room(np.minimum(holders, there))
    hold(given, given.units, held)
    free = there - np.bincount(given.offer, given.units, len(there)).astype(np.int64)
    nothing = np.zeros_like(m.wanted)
    state = State(best.surplus + ALL, np.append(best.price, nothing), np.zeros_like(best.want), free, held)
    return _Level(state, nothing, best.weight, np.zeros(0, np.int64))


def _highest(m: _Market, first: _Level, enough: float) -> tuple[_Level, float, NDArray[np.bool_]]:
    """The highest level of a plan worth `enough`, the lowest that no such plan has when all areas count, and the areas
    that could rise to the end."""
    beyond = 0.0
    rising = np.zeros(len(m.wanted), np.bool_)
    rising[m.area[np.diff(m.graph.start) > 0]] = True
    rising[-1] = False
    reached, step = float(_shares(m, first)[rising].min(initial=1.0)), FIRST_STEP
    level = replace(first, least=_least(m, first, rising, reached))
    while reached < 1.0 and rising.any():
        before = reached
        level, reached, high, short = _raised_until(m, level, rising, reached, step, enough)
        step = max(reached - before, 16 * FINEST_STEP)
        beyond = beyond or high
        if not len(short):
            break
        rising[short] = False
    return level, beyond or 1.0, rising


def _raised_until(m: _Market, level: _Level, rising: NDArray[np.bool_], reached: float, step: float,
                  enough: float) -> tuple[_Level, float, float, Ints]:
    """Raise the level of some areas from `reached` as high as it goes, by `step` at first.

    The plan, its level, the next level, which is too high, and the areas that cannot have that (none: a plan with it is
    worth too little, or they have all they want).
    """
    high, short = np.inf, np.zeros(0, np.int64)
    while reached < 1.0 and high - reached > FINEST_STEP:
        aim = min(reached + step, 1.0) if high == np.inf else (reached + high) / 2
        least = _least(m, level, rising, aim)
        tried = level if (least == level.least).all() else _raised(m, level, least)
        if len(tried.short) or tried.weight < enough:
            high, short = aim, tried.short
        else:
            level, reached, step = tried, aim, 2 * step
    return level, reached, min(high, 1.0), short


def _least(m: _Market, level: _Level, rising: NDArray[np.bool_], share: float) -> Ints:
    """The units of each area when those that rise have a share."""
    return np.where(rising, np.maximum(level.least, np.ceil(share * m.wanted - 1e-9).astype(np.int64)), level.least)


def _raised(m: _Market, level: _Level, least: Ints) -> _Level:
    """The best plan in which each area has `least` units, from one with less."""
    short = np.flatnonzero(least > m.pooled)
    if len(short):
        return replace(level, short=short)
    s, held = level.state, level.state.held
    state = State(s.u.copy(), s.p.copy(), s.left.copy(), s.free.copy(),
                  Holdings(held.start, held.entries.copy(), held.bidder.copy(), held.units.copy()))
    there = np.append(m.have, m.pooled - least)
    _call_in(state, len(m.have), there)
    settle(m.graph, state, m.pools, m.work)
    weight = int(((state.u - ALL) * m.want).sum() + (state.p * there).sum())
    if not state.left.any():
        return _Level(state, least, weight, short)
    dear = state.p[len(m.have):] > ALL // 2  # of a pool only where those who miss a unit come to it
    return _Level(state, least, weight, np.flatnonzero(dear & (least > level.least)))


@kernel
def _call_in(s: State, first: int, there: Ints) -> None:
    """Take from each pool what it has no more, from those who came to it last."""
    for b in range(first, len(there)):
        start = s.held.start[b]
        over = -there[b]
        for e in range(start, start + s.held.entries[b]):
            over += s.held.units[e]
        s.free[b] = max(-over, 0)
        while over > 0:
            e = start + s.held.entries[b] - 1
            units = min(over, s.held.units[e])
            s.held.units[e] -= units
            s.left[s.held.bidder[e]] += units
            over -= units
            if s.held.units[e] == 0:
                s.held.entries[b] -= 1


def _shares(m: _Market, level: _Level) -> Floats:
    """What each area gets from offers, of what it wants."""
    return (m.pooled - _from_pools(m, level)) / np.maximum(m.wanted, 1)


def _from_pools(m: _Market, level: _Level) -> Ints:
    """What each area gets from its pool."""
    pool, _need, units = _entries(level.state.held, len(m.have))
    return np.bincount(pool, units, len(m.wanted)).astype(np.int64)


def _given(state: State, offers: int) -> Given:
    """What is given from offers, by need, then offer."""
    offer, need, units = _entries(state.held, 0)
    order = np.lexsort((offer, need))
    order = order[offer[order] < offers]
    return Given(need[order], offer[order].astype(np.int32), units[order], np.zeros(0, np.int64))


def _entries(held: Holdings, first: int) -> tuple[Ints, Rows, Ints]:
    """Who holds units of the sellers from one on: their numbers counted from it, bidders, units."""
    entries = held.entries[first:].astype(np.int64)
    seller = np.repeat(np.arange(len(entries)), entries)
    at = np.arange(len(seller)) + np.repeat(held.start[first:-1] - np.append(0, np.cumsum(entries)[:-1]), entries)
    return seller, held.bidder[at], held.units[at]

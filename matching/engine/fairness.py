"""A fairer plan: the worst-served area gets as large a share as a given loss of the best sum allows.

An area's share is its units given of its units wanted. With a bonus on each unit that goes to an area, the best plan
gives more to it, and no plan that gives each area as much is worth more. So bonuses are looked for, not plans.
"""

import os
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from typing import NamedTuple

import numpy as np

from matching.engine.arrays import Floats, Ints
from matching.engine.assignment import Solved, solve
from matching.engine.faults import FileFault
from matching.engine.files import NeedFile, OfferFile
from matching.engine.pairing import FilePlan, graph_of, types_of
from matching.engine.settle import Graph
from matching.engine.spread import start

__all__ = ["fair_plan"]

HIGHEST_BONUS = 1024
"""More than any score: with it an area comes before all others."""
FIRST_STEP, LONGEST_STEP, LONGER, SHORTER, STEPS = 64.0, 256.0, 1.2, 0.5, 24
"""Points by which a bonus moves: longer while it moves the same way, shorter when it turns."""
CLOSE_ENOUGH = 0.004


class _Market(NamedTuple):
    """One type: its rows in canonical order, its allowed pairs, quantities, and the area of each need (-1: none)."""

    needs: Ints
    offers: Ints
    graph: Graph
    want: Ints
    have: Ints
    area: Ints


class _Try(NamedTuple):
    """The best plan with some bonuses: each type's solution, its real weight, the bonuses that it earns beside, and the
    share of each area."""

    solved: list[Solved]
    weight: int
    earned: int
    share: Floats


def fair_plan(path: str, needs: NeedFile, offers: OfferFile, give_up: float,
              workers: int | None = None, executor: Executor | None = None) -> FilePlan:
    """The plan in which the worst-served area's share is highest, worth at least 1 - `give_up` of the best.

    1. The best plan, and its worst share. 2. Halve the range of shares that the worst area may reach: for each aim move
    the bonus of each area up while it lacks and down while it has more, in steps that grow shorter whenever it turns
    (Riedmiller and Braun's Rprop). 3. Of all plans met on the way that are worth enough, keep the one with the
    highest worst share, of equals the one worth most. Areas that no offer reaches are left out of the search.
    Prices and upper bound are those of the best plan, whose weight is the report's `best_weight`; it also names the
    area that is served worst now, with its share, the worst share without fairness, and a share that is proven to be
    beyond every plan worth so much, for the areas that some offer reaches (`worst_share_bound`). Raises FileFault
    (`path`, no column `area`).
    """
    if needs.area is None:
        raise FileFault(path, 1, "area", "no_column")
    markets = [_market(needs, offers, *rows) for rows in types_of(needs, offers)]
    wanted = _by_area(needs, needs.area.astype(np.int64), needs.quantity.astype(np.int64))
    there, reached = np.flatnonzero(wanted), np.zeros(len(wanted) + 1, np.bool_)
    for market in markets:
        reached[market.area[np.diff(market.graph.start) > 0]] = True
    able = np.flatnonzero(reached[:-1])
    with nullcontext(executor) if executor else ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        best = _tried(pool, markets, np.zeros(len(needs.areas) + 1, np.int64), wanted)
        fair, beyond = _fairest(pool, markets, best, able, wanted, (1 - give_up) * best.weight)
    plan = _joined(markets, best, fair, len(offers.ids))
    worst = int(there[np.argmin(fair.share[there])]) if len(there) else -1
    plan.fairness = {"best_weight": best.weight, "worst_area": needs.areas[worst] if worst >= 0 else None,
                     "worst_share": _worst(fair, there), "worst_share_before": _worst(best, there),
                     "worst_share_bound": beyond}
    return plan


def _market(needs: NeedFile, offers: OfferFile, ni: Ints, oi: Ints) -> _Market:
    ni, oi, graph = graph_of(needs, offers, ni, oi)
    area = needs.area[ni].astype(np.int64) if needs.area is not None else np.full(len(ni), -1)
    return _Market(ni, oi, graph, needs.quantity[ni].astype(np.int64), offers.capacity[oi].astype(np.int64), area)


def _by_area(needs: NeedFile, area: Ints, units: Ints) -> Ints:
    """Sums of units by area; those without an area count in none."""
    return np.bincount(area[area >= 0], units[area >= 0], len(needs.areas)).astype(np.int64)


def _tried(pool: Executor, markets: Sequence[_Market], bonus: Ints, wanted: Ints) -> _Try:
    """The best plan when a unit for a need of area i is worth `bonus[i]` more (the last entry: without an area)."""
    largest_first = sorted(range(len(markets)), key=lambda t: -len(markets[t].graph.other))
    waiting = {t: start(pool, _solved, markets[t], bonus[markets[t].area]) for t in largest_first}
    solved = [waiting[t]() for t in range(len(markets))]
    weight, earned, given = 0, 0, np.zeros(len(wanted), np.int64)
    for market, answer in zip(markets, solved, strict=True):
        units, area = answer.given.units, market.area[answer.given.need]
        weight += int((units * (answer.given.score - bonus[area])).sum())
        earned += int((units * bonus[area]).sum())
        given += np.bincount(area[area >= 0], units[area >= 0], len(wanted)).astype(np.int64)
    return _Try(solved, weight, earned, given / np.maximum(wanted, 1))


def _solved(market: _Market, bonus: Ints) -> Solved:
    return solve(market.graph._replace(base_a=market.graph.base_a + bonus), market.want, market.have)


def _fairest(pool: Executor, markets: Sequence[_Market], best: _Try, there: Ints, wanted: Ints,
             enough: float) -> tuple[_Try, float]:
    """Steps 2 and 3 of `fair_plan`, and the share that no plan worth `enough` can pass.

    Each try proves one: a plan in which every area has a share of t or more earns bonuses of t times those for all that
    is wanted, and with them it is worth no more than the best plan with these bonuses.
    """
    fair, reached, beyond = best, _worst(best, there), 1.0  # without any area the worst share counts as 1
    proven = 1.0
    first = np.zeros(len(wanted) + 1)
    while min(beyond, proven) - reached > CLOSE_ENOUGH:
        aim, bonus, met = (reached + beyond) / 2, first, False
        step, up = np.full(len(there), FIRST_STEP), np.zeros(len(there), np.bool_)
        for number in range(STEPS):
            whole = np.round(bonus).astype(np.int64)
            plan = _tried(pool, markets, whole, wanted)
            if paid := int((whole[there] * wanted[there]).sum()):
                proven = min(proven, (plan.weight + plan.earned - enough) / paid)
            worst = _worst(plan, there)
            if plan.weight >= enough and (worst, plan.weight) > (_worst(fair, there), fair.weight):
                fair, first = plan, bonus
            if met := worst >= aim and plan.weight >= enough:
                break
            turned = (plan.share[there] < aim) != up
            step = np.where(turned & (number > 0), step * SHORTER, np.minimum(step * LONGER, LONGEST_STEP))
            up = plan.share[there] < aim
            bonus = bonus.copy()
            bonus[there] = np.clip(bonus[there] + np.where(up, step, -step), 0, HIGHEST_BONUS)
        reached = max(reached, _worst(fair, there))
        if not met:
            beyond = aim
    return fair, proven


def _worst(plan: _Try, there: Ints) -> float:
    return float(plan.share[there].min(initial=1.0))


def _joined(markets: Sequence[_Market], best: _Try, fair: _Try, offers: int) -> FilePlan:
    price, bound = np.zeros(offers, np.int64), 0
    for market, proof in zip(markets, best.solved, strict=True):
        price[market.offers] = proof.price
        bound += int((market.have * proof.price).sum() + (market.want * proof.surplus).sum())
    given = [(m, s.given) for m, s in zip(markets, fair.solved, strict=True)]
    none = [np.zeros(0, np.int64)]
    return FilePlan(
        need=np.concatenate([m.needs[g.need] for m, g in given] or none).astype(np.int32),
        offer=np.concatenate([m.offers[g.offer] for m, g in given] or none).astype(np.int32),
        units=np.concatenate([g.units for _, g in given] or none), price=price, weight=fair.weight, upper_bound=bound,
        allowed_pairs=sum(len(m.graph.other) for m in markets))

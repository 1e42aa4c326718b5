"""Why the plan of two files is as it is: each pair, each need left open, each offer left over, as codes and numbers.

Words are not kept here (`matching/words_reasons.py`). Rows are those of the files.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.arrays import Floats, Ints, Parts
from matching.engine.assignment import Solved, solve
from matching.engine.duals import Ends, price_ends
from matching.engine.files import NeedFile, OfferFile
from matching.engine.geometry import distance_m, ecef
from matching.engine.market import Given
from matching.engine.pairing import graph_of, types_of
from matching.engine.scores import URGENCY_POINTS, waiting_points
from matching.engine.settle import Graph

__all__ = ["LEFT_CODES", "MISS_CODES", "OPEN_CODES", "LeftOver", "NearMiss", "PairReason", "StillOpen", "Typed",
           "left_over", "near_misses", "pair_reasons", "solved_type", "still_open", "typed"]

OPEN_CODES = ("no_offer", "out_of_reach", "condition", "taken")
"""No offer of this type; none that reaches; all that reach exclude it; all that reach are given to others."""
LEFT_CODES = ("no_need", "out_of_reach", "condition", "served")
"""No need of this type; none within reach; all within reach ask for something else; all within reach have enough."""
MISS_CODES = ("further", "accepts")
TRIES = 3
STEP_M = 100.0
"""Radii are written in tenths of a kilometre."""
MOST_URGENT = 5


class Typed(NamedTuple):
    """One type solved: rows of its needs and offers in canonical order, its allowed pairs by need, its best plan, the
    ends of its prices; and per need and offer the units left, points in metres, and which suit each other."""

    needs: Ints
    offers: Ints
    graph: Graph
    solved: Solved
    ends: Ends
    open: Ints
    free: Ints
    here: Floats
    there: Floats
    suits: NDArray[np.bool_]
    need_kind: Ints
    offer_kind: Ints


@dataclass(frozen=True)
class PairReason:
    """Why a need has units of an offer: the parts of the score of one, metres, and the best scored other offer that the
    need could have had (-1: none) with its score."""

    need: int
    offer: int
    units: int
    urgency_points: int
    waiting_points: int
    closeness_points: int
    distance_m: float
    other_offer: int
    other_score: int

    @property
    def score(self) -> int:
        return self.urgency_points + self.waiting_points + self.closeness_points


@dataclass(frozen=True)
class StillOpen:
    """Why a need lacks units (`OPEN_CODES`). `offer`: the nearest one that does not reach or excludes it, or the one
    that it came nearest to getting (-1: none); `distance_m` to it; where all are taken, it would have needed more
    than `short` points more, and `level` is the urgency that would have been enough (0: none would)."""

    need: int
    units: int
    code: str
    offer: int = -1
    distance_m: float = np.nan
    short: int = 0
    level: int = 0


@dataclass(frozen=True)
class NearMiss:
    """The smallest change of an offer that would serve a need, proven by solving again (`MISS_CODES`): the offer comes
    `more_m` metres further, or accepts the need's condition. `units` it would then get more; `weight` by how much
    the best sum rises; `others_changed`: how many pairs of others differ in the new plan (0: none need to). Where the
    offer makes the change for this need alone, it can give `alone_units` and `alone_changed` pairs of others differ."""

    need: int
    offer: int
    code: str
    more_m: float
    units: int
    weight: int
    others_changed: int
    alone_units: int
    alone_changed: int


@dataclass(frozen=True)
class LeftOver:
    """Why an offer has units left (`LEFT_CODES`); `need`: the nearest that it does not reach or that asks for something
    else (-1: none), `distance_m` to it; served: how many needs it could have served, `reached`."""

    offer: int
    units: int
    code: str
    need: int = -1
    distance_m: float = np.nan
    reached: int = 0


def typed(needs: NeedFile, offers: OfferFile) -> Iterator[Typed]:
    """Solve each type that both needs and offers know."""
    for ni, oi in types_of(needs, offers):
        yield solved_type(needs, offers, ni, oi)


def solved_type(needs: NeedFile, offers: OfferFile, ni: Ints, oi: Ints) -> Typed:
    """Solve one type, given by its rows of needs and offers."""
    ni, oi, graph = graph_of(needs, offers, ni, oi)
    want, have = needs.quantity[ni].astype(np.int64), offers.capacity[oi].astype(np.int64)
    solved = solve(graph, want, have)
    given = solved.given
    attr, lists = needs.attr[ni] + 1, offers.accepts[oi] + 1
    codes = [set(text.split(";")) for text in ("", *offers.accept_lists)]
    suits = np.array([[not a or not any(c) or a in c for c in codes] for a in ("", *needs.attrs)], np.bool_)
    return Typed(
        ni, oi, graph, solved, price_ends(graph, want, have, solved),
        want - np.bincount(given.need, given.units, len(want)).astype(np.int64),
        have - np.bincount(given.offer, given.units, len(have)).astype(np.int64),
        ecef(needs.lat[ni], needs.lon[ni]), ecef(offers.lat[oi], offers.lon[oi]), suits, attr.astype(np.int64),
        lists.astype(np.int64))


def pair_reasons(market: Typed, needs: NeedFile) -> Iterator[PairReason]:
    """Each pair of the plan, by need, then offer, in canonical order."""
    graph, given = market.graph, market.solved.given
    metres = distance_m(market.here[given.need], market.there[given.offer])
    urgent = URGENCY_POINTS * needs.urgency[market.needs].astype(np.int64)
    waited = waiting_points(needs.waiting_days[market.needs])
    for i, (n, o) in enumerate(zip(given.need.tolist(), given.offer.tolist(), strict=True)):
        row = slice(graph.start[n], graph.start[n + 1])
        others = np.where(graph.other[row] == o, -1, graph.part[row].astype(np.int64))
        best = int(np.argmax(others))
        there = others[best] >= 0
        yield PairReason(
            int(market.needs[n]), int(market.offers[o]), int(given.units[i]), int(urgent[n]), int(waited[n]),
            int(given.score[i] - graph.base_a[n]), float(metres[i]),
            int(market.offers[graph.other[row][best]]) if there else -1,
            int(graph.base_a[n] + others[best]) if there else 0)


def still_open(market: Typed, needs: NeedFile, offers: OfferFile, n: int) -> StillOpen:
    """Why need n of the market lacks units: 1. allowed offers are all given to others; else 2. those that reach it
    exclude it; else 3. none reaches it."""
    need, units = int(market.needs[n]), int(market.open[n])
    row = slice(market.graph.start[n], market.graph.start[n + 1])
    metres = distance_m(market.here[n], market.there)
    if len(near := market.graph.other[row]):
        short = market.ends.less[near] - market.graph.base_a[n] - market.graph.part[row].astype(np.int64)
        best = int(np.argmin(short))
        level = int(needs.urgency[need]) + int(short[best]) // URGENCY_POINTS + 1
        return StillOpen(need, units, "taken", int(market.offers[near[best]]), float(metres[near[best]]),
                         int(short[best]), level if level <= MOST_URGENT else 0)
    reach = np.flatnonzero(metres <= offers.radius_km[market.offers] * 1000.0)
    code, among = ("condition", reach) if len(reach) else ("out_of_reach", np.arange(len(metres)))
    o = among[int(np.argmin(metres[among]))]
    return StillOpen(need, units, code, int(market.offers[o]), float(metres[o]))


def left_over(market: Typed, offers: OfferFile, o: int) -> LeftOver:
    """Why offer o of the market has units left."""
    offer, units = int(market.offers[o]), int(market.free[o])
    metres = distance_m(market.here, market.there[o])
    reach = metres <= offers.radius_km[offer] * 1000.0
    suits = market.suits[market.need_kind, market.offer_kind[o]]
    if reached := int((reach & suits).sum()):
        return LeftOver(offer, units, "served", reached=reached)
    among = np.flatnonzero(reach) if reach.any() else np.arange(len(metres))
    n = among[int(np.argmin(metres[among]))]
    code = "condition" if reach.any() else "out_of_reach"
    return LeftOver(offer, units, code, int(market.needs[n]), float(metres[n]))


def near_misses(market: Typed, needs: NeedFile, offers: OfferFile, n: int) -> Iterator[NearMiss]:
    """For need n of the market, which lacks units: the offer with units left that would have to come the least
    further, and the nearest one that would have to accept its condition; each solved again with that change."""
    metres = distance_m(market.here[n], market.there)
    radius = offers.radius_km[market.offers] * 1000.0
    beyond = np.ceil(np.maximum(metres - radius, 0) / STEP_M) * STEP_M
    suits = market.suits[market.need_kind[n], market.offer_kind]
    left = market.free > 0
    for code, able, rank in (("further", left & suits & (beyond > 0), beyond),
                             ("accepts", left & ~suits & (beyond == 0), metres)):
        candidates = np.flatnonzero(able)
        for o in candidates[np.argsort(rank[candidates], kind="stable")][:TRIES].tolist():
            changed = _come_further(offers, market, o, beyond[o]) if code == "further" else _accept(
                offers, market, o, needs.attrs[needs.attr[market.needs[n]]])
            if (miss := _tried(market, needs, changed, n, o, code, float(beyond[o]))) is not None:
                yield miss
                break


def _come_further(offers: OfferFile, market: Typed, o: int, more_m: float) -> OfferFile:
    radius = offers.radius_km.copy()
    radius[market.offers[o]] = np.round(radius[market.offers[o]] + more_m / 1000.0, 6)
    return replace(offers, radius_km=radius)


def _accept(offers: OfferFile, market: Typed, o: int, attr: str) -> OfferFile:
    row = market.offers[o]
    accepts = offers.accepts.copy()
    accepts[row] = len(offers.accept_lists)
    more = f"{offers.accept_lists[offers.accepts[row]]};{attr}"
    return replace(offers, accepts=accepts, accept_lists=(*offers.accept_lists, more))


def _tried(market: Typed, needs: NeedFile, changed: OfferFile, n: int, o: int, code: str,
           more_m: float) -> NearMiss | None:
    """Solve the type again with one offer changed: what need n gains by it, or None when it gains nothing.

    Where the old plan and one more pair are worth as much as the new best plan, no other pair need change.
    """
    ni, oi, graph = graph_of(needs, changed, market.needs, market.offers)
    row = slice(graph.start[n], graph.start[n + 1])
    part = graph.part[row][graph.other[row] == o]
    if not len(part):
        return None
    more = min(int(market.open[n]), int(market.free[o]))
    alone = _changed(market, needs, changed, _with_pair(market.graph, n, o, part), n, more)
    rise, gained, others = _changed(market, needs, changed, graph, n, more)
    if gained <= 0:
        return None
    return NearMiss(int(ni[n]), int(oi[o]), code, more_m, gained, rise, others, alone[1], alone[2])


def _with_pair(graph: Graph, n: int, o: int, part: Parts) -> Graph:
    """The market with one pair more."""
    at = graph.start[n] + int(np.searchsorted(graph.other[graph.start[n] : graph.start[n + 1]], o))
    start = graph.start + (np.arange(len(graph.start)) > n)
    return graph._replace(start=start, other=np.insert(graph.other, at, o).astype(np.int32),
                          part=np.insert(graph.part, at, part[0]))


def _changed(market: Typed, needs: NeedFile, offers: OfferFile, graph: Graph, n: int,
             more: int) -> tuple[int, int, int]:
    """With other allowed pairs, by how much the best sum rises, how many units need n gains, and how many pairs of
    others differ. Where the old plan and the new pair are worth as much as the new best plan, no other need change."""
    again = solve(graph, needs.quantity[market.needs].astype(np.int64),
                  offers.capacity[market.offers].astype(np.int64)).given
    before = market.solved.given
    rise = int((again.units * again.score).sum() - (before.units * before.score).sum())
    new = set(graph.other[graph.start[n] : graph.start[n + 1]].tolist()) - set(
        market.graph.other[market.graph.start[n] : market.graph.start[n + 1]].tolist())
    for k in range(graph.start[n], graph.start[n + 1]):
        if graph.other[k] in new and rise == more * int(graph.base_a[n] + int(graph.part[k])):
            return rise, more, 0
    gained = int(again.units[again.need == n].sum() - before.units[before.need == n].sum())
    return rise, gained, _pairs_differing((before, again), n)


def _pairs_differing(plans: Sequence[Given], n: int) -> int:
    """How many pairs of other needs are in one plan and not the same in the other."""
    first, second = ({(x, y, z) for x, y, z in zip(p.need.tolist(), p.offer.tolist(), p.units.tolist(),
                                                   strict=True) if x != n} for p in plans)
    return len({(x, y) for x, y, _ in first ^ second})

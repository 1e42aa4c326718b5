"""A market that stands: after a change it is settled again from where it stood, not from the beginning.

After a night's changes most prices are right already. What was given stays where it still may, prices and surpluses
are raised only where new pairs ask for it, and `settle` mends what is left over: the same exact method, begun near
its end. The plan is again the best, with the same proof.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from matching.engine.arrays import Ints, Parts, Rows
from matching.engine.assignment import Solved, best_surplus, solve
from matching.engine.compiled import kernel
from matching.engine.market import Given, room_for, turn, turn_holdings
from matching.engine.settle import Graph, Holdings, State, no_pairs, settle
from matching.engine.workspace import workspace

__all__ = ["NewPairs", "Standing", "hold", "side_by_side", "stand", "stood"]


Graphs = tuple[Graph, Graph, Graph, Graph]
"""A market by need and by offer, and its pairs that came late, likewise."""


class NewPairs(NamedTuple):
    """Pairs to be added, in rising order of need, then offer; at least one of the two rows is new."""

    need: Rows
    offer: Rows
    part: Parts


MOST_LATE = 0.2
"""So many pairs may be kept apart as having come late, for each of the others."""
GONE = 2**40
"""What a row that has gone keeps on a unit: no pair is worth so much, so its pairs may stay where they are."""


@dataclass(frozen=True)
class Standing:
    """A settled market: its pairs in both directions, those that came late apart; what is wanted and there, what is
    given, and its proof.

    Never changed: `after` returns another one, so that "what if" costs nothing but the answer.
    """

    graph: Graph
    by_offer: Graph
    late: Graph
    late_by_offer: Graph
    want: Ints
    have: Ints
    given: Given
    price: Ints
    surplus: Ints

    @property
    def pairs(self) -> int:
        """How many allowed pairs there are."""
        return int(sum(_count(g, self.surplus, self.price) for g in (self.graph, self.late)))

    @property
    def weight(self) -> int:
        return int((self.given.units * self.given.score).sum())

    @property
    def upper_bound(self) -> int:
        """What no plan can exceed: sum(have * price) + sum(want * surplus)."""
        return int((self.have * self.price).sum() + (self.want * self.surplus).sum())

    def after(self, want: ArrayLike, have: ArrayLike, base: ArrayLike | None = None,
              pairs: NewPairs | None = None, gone_needs: ArrayLike = (), gone_offers: ArrayLike = ()) -> "Standing":
        """The market after a change.

        `want`, `have`: units by need and by offer, new rows at the end; `base`: points of each need (default: as they
        were, when no need is new); `pairs`: those of new rows; `gone_needs`, `gone_offers`: rows whose pairs go (they
        keep their numbers, with nothing wanted or there). What moves or reaches otherwise goes and comes as a new row.
        """
        return _after(self, np.array(want, np.int64), np.array(have, np.int64),
                      self.graph.base_a if base is None else np.asarray(base, np.int64),
                      pairs or NewPairs(*(np.zeros(0, kind) for kind in (np.int32, np.int32, self.graph.part.dtype))),
                      np.asarray(gone_needs, np.int64), np.asarray(gone_offers, np.int64))

    def weighed(self, base: Ints, times: int) -> "Standing":
        """The market when needs have other points, and pairs `times` as many as now; settled from where it stood."""
        return _weighed(self, base, times)


def stand(graph: Graph, want: Ints, have: Ints) -> Standing:
    """Settle a market from the beginning; bidders of `graph` are its needs (`base_b` 0)."""
    return stood(graph, want, have, solve(graph, want, have))


def stood(graph: Graph, want: Ints, have: Ints, solved: Solved) -> Standing:
    """The same of a market that has been solved."""
    by_offer = turn(graph)
    return Standing(graph, by_offer, no_pairs(graph), no_pairs(by_offer), want, have, solved.given, solved.price,
                    solved.surplus)


def side_by_side(markets: Sequence[Standing]) -> Standing:
    """Markets that share no row as one: the rows of each after those of the one before."""
    if len(markets) == 1:
        return markets[0]
    needs, offers = (np.append(0, np.cumsum([len(units) for units in side])).tolist()
                     for side in ([m.want for m in markets], [m.have for m in markets]))
    graph, by_offer = (_joined([m.graph for m in markets], offers), _joined([m.by_offer for m in markets], needs))
    given = [m.given for m in markets]
    n, o = (np.concatenate([rows + np.int32(first) for rows, first in zip(side, firsts, strict=False)])
            for side, firsts in (([g.need for g in given], needs), ([g.offer for g in given], offers)))
    units, score, want, have, price, surplus = (np.concatenate(column) for column in zip(
        *[(m.given.units, m.given.score, m.want, m.have, m.price, m.surplus) for m in markets], strict=True))
    return Standing(graph, by_offer, no_pairs(graph), no_pairs(by_offer), want, have, Given(n, o, units, score), price,
                    surplus)


def _joined(graphs: Sequence[Graph], firsts: Sequence[int]) -> Graph:
    pairs = np.append(0, np.cumsum([len(g.other) for g in graphs])).tolist()
    starts = [g.start[:-1] + first for g, first in zip(graphs, pairs, strict=False)]
    other, part, base_a, base_b = (np.concatenate(column) for column in zip(
        *[(g.other + np.int32(first), g.part, g.base_a, g.base_b) for g, first in zip(graphs, firsts, strict=False)],
        strict=True))
    return Graph(np.append(np.concatenate(starts), pairs[-1]), other, part, base_a, base_b)


def _after(old: Standing, want: Ints, have: Ints, base: Ints, pairs: NewPairs, gone_needs: Ints,
           gone_offers: Ints) -> Standing:
    """1. The pairs that there are now. 2. Prices of new offers and surpluses of new needs, high enough for every pair;
    a surplus goes with its need's points. 3. Units stay where the pair is still there, tight, wanted and to be had.
    4. Settle the needs, then the offers.
    """
    known_needs, known_offers = len(old.want), len(old.have)
    surplus, price = np.zeros(len(want), np.int64), np.zeros(len(have), np.int64)
    moved = old.surplus + base[:known_needs] - old.graph.base_a
    surplus[:known_needs], price[:known_offers] = np.maximum(moved, 0), old.price
    gone_needs, gone_offers = (np.append(np.flatnonzero(kept >= GONE), rows)
                               for kept, rows in ((old.surplus, gone_needs), (old.price, gone_offers)))
    want[gone_needs], have[gone_offers], surplus[gone_needs], price[gone_offers] = 0, 0, GONE, GONE
    new, new_by_offer = _by_row(pairs, base, np.zeros(len(have), np.int64))
    graphs = _changed(old, new, new_by_offer, surplus, price)
    _price_new(_rows_from(new_by_offer, known_offers), known_needs, want, have[known_offers:], surplus,
               price[known_offers:], moved)
    surplus[known_needs:] = best_surplus(_rows_from(new, known_needs), price)
    kept, left, free = old.given.units.copy(), want.copy(), have.copy()
    _keep(old.given, moved, kept, left, free)
    held = room_for(graphs[1], graphs[3], have)
    hold(old.given, kept, held)
    return _settled(graphs, want, have, State(surplus, price, left, free, held))


def _weighed(old: Standing, base: Ints, times: int) -> Standing:
    """Prices stay. 1. Surpluses as high as they ask for. 2. Units stay on tight pairs. 3. Settle."""
    def again(g: Graph) -> Graph:
        return g if times == 1 else g._replace(part=g.part * np.int64(times))

    graphs = (again(old.graph)._replace(base_a=base), again(old.by_offer)._replace(base_b=base),
              again(old.late)._replace(base_a=base), again(old.late_by_offer)._replace(base_b=base))
    surplus = np.maximum(best_surplus(graphs[0], old.price), best_surplus(graphs[2], old.price))
    surplus[old.surplus >= GONE] = GONE
    given = old.given
    score = base[given.need] + times * (given.score - old.graph.base_a[given.need])
    kept = np.where(surplus[given.need] + old.price[given.offer] == score, given.units, 0)
    left = old.want - np.bincount(given.need, kept, len(base)).astype(np.int64)
    free = old.have - np.bincount(given.offer, kept, len(old.have)).astype(np.int64)
    held = room_for(graphs[1], graphs[3], old.have)
    hold(given, kept, held)
    return _settled(graphs, old.want, old.have, State(surplus, old.price.copy(), left, free, held))


def _settled(graphs: Graphs, want: Ints, have: Ints, state: State) -> Standing:
    """Settle both sides from a state whose pairs are all dominated and whose units are on tight pairs."""
    graph, by_offer, late, late_by_offer = graphs
    work = workspace(*[max(len(want), len(have))] * 2)
    settle(graph, state, late, work)
    held = turn_holdings(state.held, room_for(graph, late, want))
    settle(by_offer, State(state.p, state.u, state.free, state.left, held), late_by_offer, work)
    size = int(held.entries.sum())
    given = Given(np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.int64),
                  np.empty(size, np.int64))
    _list(state.u, state.p, held, given)
    return Standing(*graphs, want, have, given, state.p, state.u)


def _rows_from(g: Graph, first: int) -> Graph:
    """The rows of a graph from one on."""
    return Graph(g.start[first:], g.other, g.part, g.base_a[first:], g.base_b)


def _by_row(pairs: NewPairs, base: Ints, nothing: Ints) -> tuple[Graph, Graph]:
    """New pairs alone, in both directions."""
    order = np.argsort(pairs.offer, kind="stable")

    def start(row: Rows, rows: int) -> Ints:
        return np.append(0, np.cumsum(np.bincount(row, minlength=rows)))

    return (Graph(start(pairs.need, len(base)), pairs.offer, pairs.part, base, nothing),
            Graph(start(pairs.offer, len(nothing)), pairs.need[order], pairs.part[order], nothing, base))


def _changed(old: Standing, new: Graph, new_by_offer: Graph, surplus: Ints, price: Ints) -> Graphs:
    """The pairs after a change. New ones are late ones; once these are many, all are put together."""
    graph, by_offer = _longer(old.graph, new), _longer(old.by_offer, new_by_offer)
    late = _together(old.late, new, surplus, price)
    late_by_offer = _together(old.late_by_offer, new_by_offer, price, surplus)
    if len(late.other) > MOST_LATE * len(graph.other):
        graph, by_offer = (_together(graph, late, surplus, price), _together(by_offer, late_by_offer, price, surplus))
        late, late_by_offer = no_pairs(graph), no_pairs(by_offer)
    return graph, by_offer, late, late_by_offer


def _longer(g: Graph, new: Graph) -> Graph:
    """The same pairs, with rows at the end that have none."""
    return g._replace(start=np.append(g.start, np.full(len(new.start) - len(g.start), g.start[-1])),
                      base_a=new.base_a, base_b=new.base_b)


def _together(g: Graph, late: Graph, u: Ints, p: Ints) -> Graph:
    """The pairs of both, without those of rows that are gone."""
    size = len(g.other) + len(late.other)
    start, other, part = np.zeros(len(u) + 1, np.int64), np.empty(size, np.int32), np.empty(size, g.part.dtype)
    _put_together(g, late, u, p, start, other, part)
    return late._replace(start=start, other=other[: start[-1]], part=part[: start[-1]])


@kernel
def _put_together(g: Graph, late: Graph, u: Ints, p: Ints, start: Ints, other: Rows, part: Parts) -> None:
    """Each row's pairs of the one, then of the other (whose other side has higher numbers)."""
    at = 0
    for a in range(len(u)):
        if u[a] < GONE:
            for k in range(g.start[min(a, len(g.start) - 1)], g.start[min(a + 1, len(g.start) - 1)]):
                if p[g.other[k]] < GONE:
                    other[at], part[at] = g.other[k], g.part[k]
                    at += 1
            for k in range(late.start[a], late.start[a + 1]):
                if p[late.other[k]] < GONE:
                    other[at], part[at] = late.other[k], late.part[k]
                    at += 1
        start[a + 1] = at


@kernel
def _count(g: Graph, u: Ints, p: Ints) -> int:
    """How many pairs are of rows that are there."""
    there = 0
    for a in range(len(u)):
        for k in range(g.start[a], g.start[a + 1] if u[a] < GONE else g.start[a]):
            there += p[g.other[k]] < GONE
    return there


@kernel
def _price_new(by_offer: Graph, known_needs: int, want: Ints, have: Ints, surplus: Ints, price: Ints,
               moved: Ints) -> None:
    """The price of each new offer: the least at which needs that were there would not ask for more than it has.

    Those that gain by it gain that much: their surplus rises, and they let go of what they have (`moved` -1).
    """
    for b in range(len(price)):
        first, last = by_offer.start[b], by_offer.start[b + 1]
        low, high = 0, 0
        for k in range(first, last):
            a = by_offer.other[k]
            if a < known_needs:
                high = max(high, by_offer.base_b[a] + by_offer.part[k] - surplus[a])
        while low < high:
            middle, asked = (low + high) >> 1, 0
            for k in range(first, last):
                a = by_offer.other[k]
                if a < known_needs and by_offer.base_b[a] + by_offer.part[k] - surplus[a] > middle:
                    asked += want[a]
            if asked > have[b]:
                low = middle + 1
            else:
                high = middle
        price[b] = high
        for k in range(first, last):
            a = by_offer.other[k]
            if a < known_needs and by_offer.base_b[a] + by_offer.part[k] - surplus[a] > high:
                surplus[a], moved[a] = by_offer.base_b[a] + by_offer.part[k] - high, -1


@kernel
def _keep(given: Given, moved: Ints, kept: Ints, left: Ints, free: Ints) -> None:
    """Keep units as far as they are wanted and there, and their need's surplus did not stop at 0."""
    for i in range(len(kept)):
        a, b = given.need[i], given.offer[i]
        units = min(kept[i], left[a], free[b]) if moved[a] >= 0 else 0
        kept[i] = units
        left[a] -= units
        free[b] -= units


@kernel
def hold(given: Given, kept: Ints, held: Holdings) -> None:
    """Put the kept units of each entry into the room of who they are held from."""
    for i in range(len(kept)):
        if kept[i] > 0:
            b = given.offer[i]
            e = held.start[b] + held.entries[b]
            held.bidder[e], held.units[e] = given.need[i], kept[i]
            held.entries[b] += 1


@kernel
def _list(u: Ints, p: Ints, held: Holdings, given: Given) -> None:
    """What each need holds; units are on tight pairs only, so a pair's score is surplus and price together."""
    at = 0
    for a in range(len(held.entries)):
        for e in range(held.start[a], held.start[a] + held.entries[a]):
            b = held.bidder[e]
            given.need[at], given.offer[at] = a, b
            given.units[at], given.score[at] = held.units[e], u[a] + p[b]
            at += 1

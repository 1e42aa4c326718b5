"""A market that stands: after a change it is settled again from where it stood, not from the beginning.

After a night's changes most prices are right already. What was given stays where it still may, prices and surpluses
are raised only where new pairs ask for it, and `settle` mends what is left over: the same exact method, begun near
its end. The plan is again the best, with the same proof.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from matching.engine.arrays import Ints, Parts, Rows
from matching.engine.assignment import best_surplus, settle_needs
from matching.engine.compiled import kernel
from matching.engine.market import Given, room_for, turn, turn_holdings
from matching.engine.settle import Graph, Holdings, State, settle

__all__ = ["NewPairs", "Standing", "stand"]


class NewPairs(NamedTuple):
    """Pairs to be added, in rising order of need, then offer; at least one of the two rows is new."""

    need: Rows
    offer: Rows
    part: Parts


@dataclass(frozen=True)
class Standing:
    """A settled market: its pairs in both directions, what is wanted and there, what is given, and its proof.

    Never changed: `after` returns another one, so that "what if" costs nothing but the answer.
    """

    graph: Graph
    by_offer: Graph
    want: Ints
    have: Ints
    given: Given
    price: Ints
    surplus: Ints

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


def stand(graph: Graph, want: Ints, have: Ints) -> Standing:
    """Settle a market from the beginning; bidders of `graph` are its needs (`base_b` 0)."""
    state, by_offer = settle_needs(graph, want, have), turn(graph)
    return _settled(graph, by_offer, want, have, state)


def _after(old: Standing, want: Ints, have: Ints, base: Ints, pairs: NewPairs, gone_needs: Ints,
           gone_offers: Ints) -> Standing:
    """1. The pairs that there are now. 2. Prices of new offers and surpluses of new needs, high enough for every pair;
    a surplus goes with its need's points. 3. Units stay where the pair is still there, tight, wanted and to be had.
    4. Settle the needs, then the offers.
    """
    want[gone_needs], have[gone_offers] = 0, 0
    graph, by_offer = _changed(old, base, len(have), pairs, gone_needs, gone_offers)
    surplus, price = np.zeros(len(want), np.int64), np.zeros(len(have), np.int64)
    known_needs, known_offers = len(old.want), len(old.have)
    moved = old.surplus + base[:known_needs] - old.graph.base_a
    surplus[:known_needs], price[:known_offers] = np.maximum(moved, 0), old.price
    surplus[gone_needs], price[gone_offers] = 0, 0
    _price_new(by_offer, known_offers, known_needs, want, have, surplus, price, moved)
    surplus[known_needs:] = best_surplus(_rows_from(graph, known_needs), price)
    kept, left, free = old.given.units.copy(), want.copy(), have.copy()
    _keep(old.given, moved, kept, left, free)
    held = room_for(by_offer, have)
    _hold(old.given, kept, held)
    return _settled(graph, by_offer, want, have, State(surplus, price, left, free, held))


def _settled(graph: Graph, by_offer: Graph, want: Ints, have: Ints, state: State) -> Standing:
    """Settle both sides from a state whose pairs are all dominated and whose units are on tight pairs."""
    settle(graph, state)
    held = turn_holdings(state.held, room_for(graph, want))
    settle(by_offer, State(state.p, state.u, state.free, state.left, held))
    size = int(held.entries.sum())
    given = Given(np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.int64),
                  np.empty(size, np.int64))
    _list(graph, held, given)
    return Standing(graph, by_offer, want, have, given, state.p, state.u)


def _rows_from(g: Graph, first: int) -> Graph:
    """The rows of a graph from one on."""
    return Graph(g.start[first:], g.other, g.part, g.base_a[first:], g.base_b)


def _changed(old: Standing, base: Ints, offers: int, pairs: NewPairs, gone_needs: Ints,
             gone_offers: Ints) -> tuple[Graph, Graph]:
    """The pairs after a change, in both directions."""
    nothing = np.zeros(offers, np.int64)
    lost_need, lost_offer = np.zeros(len(base), np.bool_), np.zeros(offers, np.bool_)
    lost_need[gone_needs], lost_offer[gone_offers] = True, True
    graph = _edited(old.graph, base, nothing, lost_need, lost_offer, pairs)
    order = np.lexsort((pairs.need, pairs.offer))
    turned = NewPairs(pairs.offer[order], pairs.need[order], pairs.part[order])
    return graph, _edited(old.by_offer, nothing, base, lost_offer, lost_need, turned)


def _edited(g: Graph, base_a: Ints, base_b: Ints, lost_a: Parts, lost_b: Parts, more: NewPairs) -> Graph:
    start, size = np.zeros(len(base_a) + 1, np.int64), len(g.other) + len(more.need)
    other, part = np.empty(size, np.int32), np.empty(size, g.part.dtype)
    first = np.searchsorted(more.need, np.arange(len(base_a) + 1)).astype(np.int64)
    _edit(g, lost_a, lost_b, first, more.offer, more.part, start, other, part)
    return Graph(start, other[: start[-1]], part[: start[-1]], base_a, base_b)


@kernel
def _edit(g: Graph, lost_a: Parts, lost_b: Parts, first: Ints, more: Rows, more_part: Parts, start: Ints, other: Rows,
          part: Parts) -> None:
    """Copy each row without what is lost, and put its new pairs behind (their other side has a higher number)."""
    at, known = 0, len(g.base_a)
    for a in range(len(start) - 1):
        start[a] = at
        if a < known and not lost_a[a]:
            for k in range(g.start[a], g.start[a + 1]):
                other[at], part[at] = g.other[k], g.part[k]
                at += not lost_b[g.other[k]]
        for k in range(first[a], first[a + 1]):
            other[at], part[at] = more[k], more_part[k]
            at += 1
    start[-1] = at


@kernel
def _price_new(by_offer: Graph, known_offers: int, known_needs: int, want: Ints, have: Ints, surplus: Ints, price: Ints,
               moved: Ints) -> None:
    """The price of each new offer: the least at which needs that were there would not ask for more than it has.

    Those that gain by it gain that much: their surplus rises, and they let go of what they have (`moved` -1).
    """
    for b in range(known_offers, len(price)):
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
def _hold(given: Given, kept: Ints, held: Holdings) -> None:
    for i in range(len(kept)):
        if kept[i] > 0:
            b = given.offer[i]
            e = held.start[b] + held.entries[b]
            held.bidder[e], held.units[e] = given.need[i], kept[i]
            held.entries[b] += 1


@kernel
def _list(g: Graph, held: Holdings, given: Given) -> None:
    """What each need holds, with the score of each pair."""
    at = 0
    for a in range(len(held.entries)):
        low, high = g.start[a], g.start[a + 1]
        for e in range(held.start[a], held.start[a] + held.entries[a]):
            k = low + np.searchsorted(g.other[low:high], held.bidder[e])
            given.need[at], given.offer[at] = a, held.bidder[e]
            given.units[at], given.score[at] = held.units[e], g.base_a[a] + g.part[k]
            at += 1

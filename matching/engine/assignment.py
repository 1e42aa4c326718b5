"""`assign`: the best way to give units on allowed pairs, with prices that prove it."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from matching.engine.arrays import Ints
from matching.engine.auction import Book, auction, keep_tight
from matching.engine.compiled import kernel
from matching.engine.islands import Bundle, apart, bundles
from matching.engine.market import Given, listed, turn, turn_holdings, vacant
from matching.engine.settle import Graph, State, settle
from matching.engine.spread import start

__all__ = ["Assignment", "Solved", "assign", "joined", "settle_needs", "settle_offers", "solve", "solve_on",
           "solve_whole", "units_by_pair"]

HIGHEST_SCORE = 2**31 - 1
SCALE = 4
"""Steps of the auction are quarters of a point at the finest."""
WORK = 400
"""How often each pair may be looked at in one step of the auction, on average, before it is cut short."""


@dataclass(frozen=True)
class Assignment:
    """The best plan: units on each allowed pair, and the proof that no plan is worth more.

    `quantity[k]` units on pair k; `price[offer]` >= 0, 0 for an offer that is not full; `surplus[need]`
    the most that a unit of the need could gain over a price, at least 0; `weight` the sum of
    quantity * score; `upper_bound` = sum(have * price) + sum(want * surplus), which no plan exceeds.
    """

    quantity: Ints
    price: Ints
    surplus: Ints
    weight: int
    upper_bound: int


@dataclass(frozen=True)
class Solved:
    """A market's best plan as `solve` leaves it: what is given, the prices of offers, the surpluses of needs."""

    given: Given
    price: Ints
    surplus: Ints


def assign(need: ArrayLike, offer: ArrayLike, score: ArrayLike, want: ArrayLike, have: ArrayLike, *,
           workers: int | None = None, executor: Executor | None = None) -> Assignment:
    """Give units on allowed pairs so that the sum of their scores is greatest (a transport problem).

    `need[k]`, `offer[k]`, `score[k]` are pair k: a row of `want`, a row of `have`, and what a unit is
    worth (0 to 2**31 - 1); a pair listed twice counts with its best score. `want[need]` and
    `have[offer]` are whole quantities >= 0. Nothing has to be given. The result does not depend on the
    order of the pairs, on `workers` (threads, default: as many as processors) or on `executor`, which may be
    any, also one of processes or of other machines (what it loses is solved here). Raises ValueError for arrays that do
    not fit each other.
    """
    pairs = _checked(need, offer, score, want, have)
    n, o, s, wanted, had = pairs
    order = np.lexsort((-s, o, n))
    n, o, s = n[order], o[order], s[order]
    best = np.ones(len(n), bool)
    best[1:] = (n[1:] != n[:-1]) | (o[1:] != o[:-1])
    first = np.searchsorted(n[best], np.arange(len(wanted) + 1))
    zeros = np.zeros(len(wanted), np.int64), np.zeros(len(had), np.int64)
    graph = Graph(first.astype(np.int64), o[best].astype(np.int32), s[best], *zeros)
    given, price, surplus = _solve_apart(graph, wanted, had, workers, executor)
    quantity = np.zeros(len(n), np.int64)
    quantity[order[best]] = given
    weight = int((quantity * np.asarray(score, np.int64)).sum()) if len(n) else 0
    bound = int((had * price).sum() + (wanted * surplus).sum())
    return Assignment(quantity, price, surplus, weight, bound)


def _solve_apart(graph: Graph, want: Ints, have: Ints, workers: int | None,
                 executor: Executor | None) -> tuple[Ints, Ints, Ints]:
    """Units by pair, prices and surpluses; parts that no pair connects are solved at the same time."""
    units, price, surplus = (np.zeros(len(x), np.int64) for x in (graph.other, have, want))
    with nullcontext(executor) if executor else ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        waiting = [(part, start(pool, _solve_part, part.graph, want[part.bidders], have[part.sellers]))
                   for part in bundles(graph)]
        for part, answer in waiting:
            units[part.pairs], price[part.sellers], surplus[part.bidders] = answer()
    return units, price, surplus


def _solve_part(graph: Graph, want: Ints, have: Ints) -> tuple[Ints, Ints, Ints]:
    solved = solve_whole(graph, want, have)
    return units_by_pair(graph, solved.given), solved.price, solved.surplus


def _checked(need: ArrayLike, offer: ArrayLike, score: ArrayLike, want: ArrayLike,
             have: ArrayLike) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    columns = []
    for name, given in zip(("need", "offer", "score", "want", "have"), (need, offer, score, want, have),
                           strict=True):
        column = np.asarray(given)
        if column.ndim != 1 or (column.size and not np.issubdtype(column.dtype, np.integer)):
            raise ValueError(f"{name} must be a one-dimensional array of whole numbers")
        if column.size and int(column.min()) < 0:
            raise ValueError(f"{name} must not be negative")
        columns.append(column.astype(np.int64))
    n, o, s, wanted, had = columns
    if not len(n) == len(o) == len(s):
        raise ValueError("need, offer and score must be of one length")
    if len(n) and (n.max() >= len(wanted) or o.max() >= len(had)):
        raise ValueError("a pair names a row that want or have does not have")
    if len(s) and s.max() > HIGHEST_SCORE:
        raise ValueError(f"a score is greater than {HIGHEST_SCORE}")
    return n, o, s, wanted, had


def solve(graph: Graph, want: Ints, have: Ints) -> Solved:
    """Solve one market exactly; bidders of `graph` are its needs, in canonical order."""
    parts = apart(graph)
    if not parts:
        return solve_whole(graph, want, have)
    return joined(len(want), len(have), [(p, solve_whole(p.graph, want[p.bidders], have[p.sellers])) for p in parts])


def solve_on(executor: Executor, graph: Graph, want: Ints, have: Ints) -> Callable[[], Solved]:
    """Start the same on an executor, part by part; what is returned waits for the solution."""
    parts, needs, offers = apart(graph), len(want), len(have)
    if not parts:
        return start(executor, solve_whole, graph, want, have)
    waiting = [(p, start(executor, solve_whole, p.graph, want[p.bidders], have[p.sellers])) for p in parts]
    return lambda: joined(needs, offers, [(part, answer()) for part, answer in waiting])


def joined(needs: int, offers: int, parts: Sequence[tuple[Bundle, Solved]]) -> Solved:
    """The solution of a market from those of its parts; who is in none of them keeps nothing."""
    price, surplus = np.zeros(offers, np.int64), np.zeros(needs, np.int64)
    for part, solved in parts:
        price[part.sellers], surplus[part.bidders] = solved.price, solved.surplus
    need, offer, units, score = (np.concatenate(column) for column in zip(
        *[(p.bidders[s.given.need], p.sellers[s.given.offer], s.given.units, s.given.score) for p, s in parts],
        strict=True))
    order = np.lexsort((offer, need))
    given = Given(need[order].astype(np.int32), offer[order].astype(np.int32), units[order], score[order])
    return Solved(given, price, surplus)


def solve_whole(graph: Graph, want: Ints, have: Ints) -> Solved:
    """The same without looking for parts that can be solved apart."""
    state = settle_needs(graph, want, have)
    return settle_offers(turn(graph), state, want)


def settle_needs(graph: Graph, want: Ints, have: Ints) -> State:
    """The first half of `solve`.

    1. An auction brings prices, and who is given what, near to the best.
    2. Round the prices to whole points; units stay only where their need can gain no more elsewhere.
    3. Settle the needs: each is given its units, or its surplus falls to 0.
    """
    book = _auctioned(graph, want, have)
    price = ((book.price + SCALE // 2) // SCALE).astype(np.int64)
    surplus = best_surplus(graph, price)
    keep_tight(graph, book, price, surplus)
    state = State(surplus, price, book.left, book.free, book.held)
    settle(graph, state)
    return state


def settle_offers(by_offer: Graph, state: State, want: Ints) -> Solved:
    """The second half: settle the offers, each gives its units, or its price falls to 0.

    `by_offer` is the market with the roles exchanged; the other direction is not needed any more.
    """
    held = turn_holdings(state.held, vacant(by_offer, want))
    settle(by_offer, State(state.p, state.u, state.free, state.left, held))
    return Solved(listed(by_offer, held), state.p, state.u)


def _auctioned(graph: Graph, want: Ints, have: Ints) -> Book:
    """The book after an auction whose steps fall from 1/32 of the highest score to 1/SCALE of a point."""
    highest = int(graph.base_a.max(initial=0)) + int(graph.part.max(initial=0))
    small = np.int32 if highest * SCALE < 2**29 else np.int64
    steps = [1, 8]
    while steps[-1] * 32 < highest * SCALE:
        steps.append(steps[-1] * 4)
    held = vacant(graph, have)
    book = Book(held, np.zeros(len(held.units), np.int64), np.zeros(len(have), small), have.copy(),
                want.copy(), have, want)
    auction(graph, book, SCALE, np.array(steps[::-1], dtype=np.int64), WORK * len(graph.other) + WORK)
    return book


def best_surplus(g: Graph, price: Ints) -> Ints:
    """The most that a unit of each bidder gains over a price, at least 0."""
    best = np.zeros(len(g.base_a), np.int64)
    _raise_to_best(g, price, best)
    return best


@kernel
def _raise_to_best(g: Graph, price: Ints, best: Ints) -> None:
    for a in range(len(best)):
        for k in range(g.start[a], g.start[a + 1]):
            best[a] = max(best[a], g.base_a[a] + g.part[k] - price[g.other[k]])


def units_by_pair(g: Graph, given: Given) -> Ints:
    """Units on each pair of the graph, in the graph's order."""
    units = np.zeros(len(g.other), np.int64)
    _put_units(g, given, units)
    return units


@kernel
def _put_units(g: Graph, given: Given, units: Ints) -> None:
    for i in range(len(given.units)):
        low, high = g.start[given.need[i]], g.start[given.need[i] + 1]
        units[low + np.searchsorted(g.other[low:high], given.offer[i])] = given.units[i]

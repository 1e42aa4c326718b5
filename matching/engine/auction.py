"""A quick start for the exact method: an auction that ends near the best plan (Bertsekas 1979).

Needs bid for units. Each bids for its best offer, as much as makes it no better than its second best
(or than staying out), and a step `eps` more; an offer that is full lets its lowest bids go, and its price
is the lowest bid that it holds. The plan is then within `eps` a unit of the best; `settle` does the rest.
Scores are multiplied by `scale`, so that steps may be finer than a point.
"""

from typing import NamedTuple

import numpy as np

from matching.engine.arrays import Ints, Parts, Rows
from matching.engine.compiled import kernel, part_of_kernel
from matching.engine.settle import Graph, Holdings

__all__ = ["Book", "auction", "keep_tight"]


class Book(NamedTuple):
    """Bids by seller, the lowest first (a heap): `held` says who and how many units, `bid` for how much."""

    held: Holdings
    bid: Ints
    price: Parts
    free: Ints
    left: Ints
    have: Ints
    want: Ints


class Queue(NamedTuple):
    """Who waits to bid (a stack of bidders), and whether each one does."""

    bidder: Rows
    waiting: Parts


def auction(g: Graph, book: Book, scale: int, steps: Ints, work: int) -> None:
    """Bid with ever finer steps; `book` is left with bids that hold at `book.price` (scores times scale).

    1. With a coarse step, from price 0, prices quickly come near to what they will be.
    2. With each finer step all bids are made anew, from prices a little below those of the step before.

    Each step looks at no more than about `work` pairs: what then still waits is left to `settle`.
    In this direction of a market a score is ``base_a + part`` (``base_b`` is 0).
    """
    n = len(book.left)
    for i, step in enumerate(steps.tolist()):
        if i > 0:
            book.held.entries[:] = 0
            book.free[:] = book.have
            book.left[:] = book.want
            np.maximum(0, book.price - 2 * steps[i - 1], out=book.price, casting="same_kind")
        queue = Queue(np.arange(n - 1, -1, -1, dtype=np.int32), np.ones(n, np.bool_))
        _bid_all(g, book, queue, scale, step, work)


@kernel
def _bid_all(g: Graph, book: Book, queue: Queue, scale: int, eps: int, work: int) -> None:
    """Let every bidder bid until it has its units or nothing is worth its price; who lost last bids first."""
    size = len(queue.bidder)
    while size > 0 and work > 0:
        size -= 1
        a = queue.bidder[size]
        queue.waiting[a] = False
        if book.left[a] == 0:
            continue
        work -= g.start[a + 1] - g.start[a]
        best, first, second = _two_best(g, book.price, a, scale)
        if best <= 0:
            continue
        size = _accept(book, first, a, book.price[first] + best - second + eps, queue, size)
        if book.left[a] > 0:
            size = _enqueue(queue, a, size)


@part_of_kernel
def _enqueue(queue: Queue, a: int, size: int) -> int:
    """Let a bidder wait, if it does not yet; how many do then."""
    if queue.waiting[a]:
        return size
    queue.bidder[size] = a
    queue.waiting[a] = True
    return size + 1


@kernel
def _two_best(g: Graph, price: Ints, a: int, scale: int) -> tuple[int, int, int]:
    """What bidder a gains at its best seller, which one that is, and what it gains at the second best or out."""
    base = g.base_a[a] * scale
    best, first, second = 0, -1, 0
    for k in range(g.start[a], g.start[a + 1]):
        gain = base + g.part[k] * scale - price[g.other[k]]
        if gain > second:
            if gain > best:
                best, first, second = gain, g.other[k], best
            else:
                second = gain
    return best, first, second


@kernel
def _accept(book: Book, b: int, a: int, bid: int, queue: Queue, size: int) -> int:
    """Seller b takes units for a bid: free ones, then those of lower bids, whose bidders wait again."""
    held = book.held
    q = book.left[a]
    got = min(q, book.free[b])
    book.free[b] -= got
    top = held.start[b]
    if q < book.want[a]:
        own = _entry_of(held, b, a)
        if own >= 0:
            got += held.units[own]
            q += held.units[own]
            _remove(book, b, own)
    while got < q and held.entries[b] > 0 and book.bid[top] < bid:
        t = min(q - got, held.units[top])
        loser = held.bidder[top]
        held.units[top] -= t
        got += t
        book.left[loser] += t
        size = _enqueue(queue, loser, size)
        if held.units[top] == 0:
            _remove(book, b, top)
    book.left[a] = q - got
    if got > 0:
        _insert(book, b, a, got, bid)
    if book.free[b] == 0:
        book.price[b] = max(book.price[b], book.bid[top] if held.entries[b] > 0 else bid)
    return size


@kernel
def _entry_of(held: Holdings, b: int, a: int) -> int:
    for e in range(held.start[b], held.start[b] + held.entries[b]):
        if held.bidder[e] == a:
            return e
    return -1


@kernel
def _insert(book: Book, b: int, a: int, units: int, bid: int) -> None:
    """Put a bid into its place in the heap of seller b."""
    first = book.held.start[b]
    i = int(book.held.entries[b])
    book.held.entries[b] += 1
    while i > 0:
        up = (i - 1) >> 1
        if book.bid[first + up] <= bid:
            break
        _copy(book, first + up, first + i)
        i = up
    book.held.bidder[first + i], book.held.units[first + i], book.bid[first + i] = a, units, bid


@kernel
def _remove(book: Book, b: int, e: int) -> None:
    """Take entry e out of the heap of seller b."""
    first = book.held.start[b]
    i = e - first
    book.held.entries[b] -= 1
    n = int(book.held.entries[b])
    if i == n:
        return
    bidder, units, bid = book.held.bidder[first + n], book.held.units[first + n], book.bid[first + n]
    while i > 0 and book.bid[first + ((i - 1) >> 1)] > bid:
        _copy(book, first + ((i - 1) >> 1), first + i)
        i = (i - 1) >> 1
    while 2 * i + 1 < n:
        down = 2 * i + 1
        if down + 1 < n and book.bid[first + down + 1] < book.bid[first + down]:
            down += 1
        if bid <= book.bid[first + down]:
            break
        _copy(book, first + down, first + i)
        i = down
    book.held.bidder[first + i], book.held.units[first + i], book.bid[first + i] = bidder, units, bid


@kernel
def _copy(book: Book, source: int, target: int) -> None:
    book.held.bidder[target] = book.held.bidder[source]
    book.held.units[target] = book.held.units[source]
    book.bid[target] = book.bid[source]


@kernel
def keep_tight(g: Graph, book: Book, price: Ints, u: Ints) -> None:
    """Let go of all units that are not on tight pairs at the given prices and surpluses (unscaled)."""
    held = book.held
    for b in range(len(price)):
        first = held.start[b]
        i = 0
        while i < held.entries[b]:
            a = held.bidder[first + i]
            low, high = g.start[a], g.start[a + 1]
            k = low + np.searchsorted(g.other[low:high], b)
            if g.base_a[a] + g.part[k] - price[b] == u[a]:
                i += 1
                continue
            book.left[a] += held.units[first + i]
            book.free[b] += held.units[first + i]
            last = first + held.entries[b] - 1
            held.bidder[first + i], held.units[first + i] = held.bidder[last], held.units[last]
            held.entries[b] -= 1

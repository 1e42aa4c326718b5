"""The exact last step: from prices that are nearly right to a plan that is best, with its proof.

The two sides of a market are alike: a bidder ``a`` wants units and keeps a surplus ``u[a]`` on each,
a seller ``b`` has units and keeps a price ``p[b]`` on each. With the worth ``s`` of a unit on a pair,
a plan is best when three things hold together (linear programming duality):

* no pair is worth more than both sides keep:  ``u[a] + p[b] >= s[a, b]``;
* units are given only where nothing is lost:   ``u[a] + p[b] == s[a, b]`` (the pair is *tight*);
* who has units left keeps nothing:             ``left[a] == 0 or u[a] == 0``, and so for ``b``.

`settle` keeps the first two and the third of the sellers, and mends the third of the bidders. Called
once more with the roles exchanged it mends the sellers'. It is the primal-dual method for the
transport problem (Kuhn 1955; Ford and Fulkerson 1957), from all unsettled bidders at once.
"""

from typing import NamedTuple

import numpy as np

from matching.engine.arrays import Ints, Parts, Rows
from matching.engine.compiled import kernel, part_of_kernel
from matching.engine.workspace import FAR, TOGETHER, Work, workspace

__all__ = ["Graph", "Holdings", "State", "lower_prices", "no_pairs", "settle"]


class Graph(NamedTuple):
    """Allowed pairs, row by row of the bidders: a unit on pair k of bidder a is worth
    ``base_a[a] + part[k] + base_b[other[k]]``, k in ``start[a]:start[a + 1]``."""

    start: Ints
    other: Rows
    part: Parts
    base_a: Ints
    base_b: Ints


class Holdings(NamedTuple):
    """Who holds units of a seller b: entries ``start[b]:start[b] + entries[b]`` of bidder and units."""

    start: Ints
    entries: Rows
    bidder: Rows
    units: Ints


class State(NamedTuple):
    """Surplus and units wanted still, by bidder; price and units left, by seller; who holds what."""

    u: Ints
    p: Ints
    left: Ints
    free: Ints
    held: Holdings


TOUCHED_A, TOUCHED_B, STACKED, HEAPED, ROUNDS = 0, 1, 2, 3, 4


def settle(g: Graph, s: State, late: Graph | None = None, work: Work | None = None) -> None:
    """Give every bidder its units or bring its surplus to 0.

    `late`: further pairs of the same market, which came after the others (`standing.py`); `work`: scratch space.

    1. Find the distance from all unsettled bidders to the nearest way out: a seller with units left,
       or a bidder who can let a unit go. The length of a step is what would be lost on it.
    2. Move that distance from surpluses into prices, so that the nearest ways out become tight.
    3. Walk the tight pairs and hand units along, until no walk leads out. Repeat.
    """
    _settle_all(g, no_pairs(g) if late is None else late, s, work or workspace(len(s.u), len(s.p)))


def no_pairs(g: Graph) -> Graph:
    """The same market without any pair."""
    return Graph(np.zeros_like(g.start), g.other[:0], g.part[:0], g.base_a, g.base_b)


def lower_prices(g: Graph, s: State) -> None:
    """Bring each price of a settled market to the least that still proves its plan.

    It is then what one more unit of that seller would add to the best sum: the shortest way, over who could take
    over whose units, from the seller to a bidder that still wants units or to a seller that would rather keep one.
    Surpluses are left to be reckoned anew (the greatest that go with these prices).
    """
    w = workspace(len(s.u), len(s.p))
    _shortest(g, s, w)
    s.p[:] -= w.dist_b


@kernel
def _settle_all(g: Graph, late: Graph, s: State, w: Work) -> None:
    """Settle the bidders, some neighbours together at a time."""
    a = 0
    while a < len(s.u):
        size = 0
        while a < len(s.u) and size < TOGETHER:
            if s.left[a] > 0 and s.u[a] > 0:
                w.sources[size] = a
                size += 1
            a += 1
        _settle_some(g, late, s, w, size)


@kernel
def _settle_some(g: Graph, late: Graph, s: State, w: Work, unsettled: int) -> None:
    """The rounds of `settle` for the first bidders of `w.sources`."""
    sources = w.sources
    while unsettled > 0:
        w.size[ROUNDS] += 1
        far = _distances(g, late, s, w, unsettled)
        _shift(s, w, far)
        still = 0
        for i in range(unsettled):
            a = sources[i]
            while s.left[a] > 0 and s.u[a] > 0 and _hand_along(g, late, s, w, a, w.size[ROUNDS]):
                pass
        for i in range(unsettled):
            a = sources[i]
            if s.left[a] > 0 and s.u[a] > 0:
                sources[still] = a
                still += 1
        unsettled = still


@kernel
def _distances(g: Graph, late: Graph, s: State, w: Work, unsettled: int) -> int:
    """Step 1 (Dijkstra): the shortest way out; nearer bidders and sellers get their distances."""
    w.size[:ROUNDS] = 0
    far = FAR
    for a in w.sources[:unsettled]:
        _reach_bidder(w, a, 0)
        far = min(far, s.u[a])
    here = 0
    while far > here:
        while w.size[STACKED] > 0 and far > here:
            w.size[STACKED] -= 1
            far = _look_from(g, late, s, w, w.stack[w.size[STACKED]], here, far)
        if w.size[HEAPED] == 0 or far <= here:
            break
        b = _nearest(w)
        here = w.dist_b[b]
        if here < far:
            _look_into(s, w, b, here)
    return far


@kernel
def _shortest(g: Graph, s: State, w: Work) -> None:
    """Distances of all bidders and sellers from those ends (Dijkstra)."""
    for b in range(len(s.p)):
        w.dist_b[b] = s.p[b]
        _queue_up(w, b)
    for a in range(len(s.u)):
        if s.left[a] > 0:
            _reach_bidder(w, a, 0)
    while w.size[STACKED] > 0 or w.size[HEAPED] > 0:
        while w.size[STACKED] > 0:
            w.size[STACKED] -= 1
            a = w.stack[w.size[STACKED]]
            slack = w.dist_a[a] + s.u[a] - g.base_a[a]
            for k in range(g.start[a], g.start[a + 1]):
                b = int(g.other[k])
                d = slack - g.part[k] - g.base_b[b] + s.p[b]
                if d < w.dist_b[b]:
                    w.dist_b[b] = d
                    _queue_up(w, b)
        if w.size[HEAPED] > 0:
            b = _nearest(w)
            _look_into(s, w, b, w.dist_b[b])


@part_of_kernel
def _nearer(w: Work, b: int, c: int) -> bool:
    """Whether seller b comes before seller c: by distance, then by number."""
    return bool(w.dist_b[b] < w.dist_b[c] or (w.dist_b[b] == w.dist_b[c] and b < c))


@kernel
def _nearest(w: Work) -> int:
    """Take the nearest seller out of the heap."""
    first = int(w.heap[0])
    w.place[first] = -1
    w.size[HEAPED] -= 1
    n = w.size[HEAPED]
    if n == 0:
        return first
    b, i = w.heap[n], 0
    while 2 * i + 1 < n:
        down = 2 * i + 1
        if down + 1 < n and _nearer(w, w.heap[down + 1], w.heap[down]):
            down += 1
        if _nearer(w, b, w.heap[down]):
            break
        w.heap[i] = w.heap[down]
        w.place[w.heap[i]] = i
        i = down
    w.heap[i], w.place[b] = b, i
    return first


@kernel
def _queue_up(w: Work, b: int) -> None:
    """Put a seller whose distance has become less into its place in the heap."""
    i = int(w.place[b])
    if i < 0:
        i = int(w.size[HEAPED])
        w.size[HEAPED] += 1
    while i > 0 and _nearer(w, b, w.heap[(i - 1) >> 1]):
        w.heap[i] = w.heap[(i - 1) >> 1]
        w.place[w.heap[i]] = i
        i = (i - 1) >> 1
    w.heap[i], w.place[b] = b, i


@kernel
def _reach_bidder(w: Work, a: int, here: int) -> None:
    w.dist_a[a] = here
    w.touched_a[w.size[TOUCHED_A]] = a
    w.size[TOUCHED_A] += 1
    w.stack[w.size[STACKED]] = a
    w.size[STACKED] += 1


@kernel
def _look_from(g: Graph, late: Graph, s: State, w: Work, a: int, here: int, far: int) -> int:
    """Look at every pair of a bidder at distance `here`; the shortest way out known by now."""
    far, level = min(far, here + s.u[a]), here + s.u[a]
    return _look_along(late, s, w, a, level, _look_along(g, s, w, a, level, far))


@part_of_kernel
def _look_along(g: Graph, s: State, w: Work, a: int, level: int, far: int) -> int:
    slack = level - g.base_a[a]
    for k in range(g.start[a], g.start[a + 1]):
        b = int(g.other[k])
        d = slack - g.part[k] - g.base_b[b] + s.p[b]
        if d >= far or d >= w.dist_b[b]:
            continue
        if w.dist_b[b] == FAR:
            w.touched_b[w.size[TOUCHED_B]] = b
            w.size[TOUCHED_B] += 1
        w.dist_b[b] = d
        if s.free[b] > 0:
            far = d
        else:
            _queue_up(w, b)
    return far


@kernel
def _look_into(s: State, w: Work, b: int, here: int) -> None:
    """Reach everyone who holds units of a seller at distance `here`."""
    first = s.held.start[b]
    for e in range(first, first + s.held.entries[b]):
        a = int(s.held.bidder[e])
        if w.dist_a[a] == FAR:
            _reach_bidder(w, a, here)


@kernel
def _shift(s: State, w: Work, far: int) -> None:
    """Step 2: whoever is nearer than the way out by x gives up x of surplus, or gains x of price."""
    for i in range(w.size[TOUCHED_A]):
        a = w.touched_a[i]
        if w.dist_a[a] < far:
            s.u[a] -= far - w.dist_a[a]
        w.dist_a[a] = FAR
    for i in range(w.size[TOUCHED_B]):
        b = w.touched_b[i]
        if w.dist_b[b] < far:
            s.p[b] += far - w.dist_b[b]
        w.dist_b[b], w.place[b] = FAR, -1


@kernel
def _hand_along(g: Graph, late: Graph, s: State, w: Work, root: int, sweep: int) -> bool:
    """Step 3: a walk (depth first) over tight pairs from `root` to a way out; hands units along it."""
    depth = 0
    w.path_a[0], w.path_b[0] = root, -1
    _enter(g, w, root, sweep)
    while depth >= 0:
        b = w.path_b[depth]
        if b < 0:
            b = _next_seller(g, late, s, w, w.path_a[depth], sweep)
            w.path_b[depth] = b
            if b < 0:
                depth -= 1
                continue
            if s.free[b] > 0:
                _apply(s, w, depth, -1)
                return True
        a = _next_holder(s, w, b, sweep)
        if a < 0:
            w.path_b[depth] = -1
        elif s.u[a] == 0:
            _apply(s, w, depth, a)
            return True
        else:
            depth += 1
            w.path_a[depth], w.path_b[depth] = a, -1
            _enter(g, w, a, sweep)
    return False


@kernel
def _enter(g: Graph, w: Work, a: int, sweep: int) -> None:
    w.seen_a[a] = sweep
    if w.pair_sweep[a] != sweep:
        w.pair_sweep[a] = sweep
        w.next_pair[a] = g.start[a]


@kernel
def _next_seller(g: Graph, late: Graph, s: State, w: Work, a: int, sweep: int) -> int:
    """The next seller on a tight pair of bidder a that this sweep has not seen, else -1.

    `next_pair` counts pairs of `g` from 0 up, then those of `late` from -1 down.
    """
    k = w.next_pair[a]
    if k >= 0:
        w.next_pair[a] = _next_tight(g, s, w, a, k, sweep)
        if w.next_pair[a] < g.start[a + 1]:
            return int(g.other[w.next_pair[a]])
        k = -1 - late.start[a]
    k = _next_tight(late, s, w, a, -1 - k, sweep)
    w.next_pair[a] = -1 - k
    return int(late.other[k]) if k < late.start[a + 1] else -1


@part_of_kernel
def _next_tight(g: Graph, s: State, w: Work, a: int, first: int, sweep: int) -> int:
    """The next such pair from `first` on, whose seller is seen then; else the end of the row."""
    level = s.u[a] - g.base_a[a]
    for k in range(first, g.start[a + 1]):
        b = int(g.other[k])
        if w.seen_b[b] != sweep and g.part[k] + g.base_b[b] - s.p[b] == level:
            w.seen_b[b] = sweep
            if w.entry_sweep[b] != sweep:
                w.entry_sweep[b] = sweep
                w.next_entry[b] = 0
            return k
    return int(g.start[a + 1])


@kernel
def _next_holder(s: State, w: Work, b: int, sweep: int) -> int:
    """The next holder of seller b that this sweep has not seen, else -1."""
    first = s.held.start[b]
    for i in range(w.next_entry[b], s.held.entries[b]):
        a = s.held.bidder[first + i]
        if w.seen_a[a] != sweep:
            w.next_entry[b] = i
            return int(a)
    w.next_entry[b] = s.held.entries[b]
    return -1


@kernel
def _apply(s: State, w: Work, depth: int, dropped: int) -> None:
    """Hand as many units as all steps allow along the path, which may be walked again afterwards."""
    root, end = w.path_a[0], w.path_b[depth]
    takes = depth if dropped < 0 else depth + 1
    q = s.left[root] if dropped >= 0 else min(s.left[root], s.free[end])
    for i in range(takes):
        q = min(q, s.held.units[s.held.start[w.path_b[i]] + w.next_entry[w.path_b[i]]])
    for i in range(depth + 1):
        a, b = w.path_a[i], w.path_b[i]
        if i < takes:
            _take(s.held, b, w.next_entry[b], q)
        _give(s.held, b, a, q)
        w.seen_a[a] = w.seen_b[b] = 0
    s.left[root] -= q
    if dropped >= 0:
        s.left[dropped] += q
    else:
        s.free[end] -= q


@kernel
def _take(held: Holdings, b: int, i: int, q: int) -> None:
    """Take q units out of entry i of seller b; an empty entry is filled by the last one."""
    e, last = held.start[b] + i, held.start[b] + held.entries[b] - 1
    held.units[e] -= q
    if held.units[e] == 0:
        held.bidder[e], held.units[e] = held.bidder[last], held.units[last]
        held.entries[b] -= 1


@kernel
def _give(held: Holdings, b: int, a: int, q: int) -> None:
    """Add q units of seller b to what bidder a holds there."""
    first = held.start[b]
    end = first + held.entries[b]
    for e in range(first, end):
        if held.bidder[e] == a:
            held.units[e] += q
            return
    held.bidder[end], held.units[end] = a, q
    held.entries[b] += 1

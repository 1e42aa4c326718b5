"""One market: its allowed pairs in both directions, and what is given on them."""

from typing import NamedTuple

import numpy as np

from matching.engine.arrays import Ints, Rows
from matching.engine.compiled import kernel
from matching.engine.settle import Graph, Holdings

__all__ = ["Given", "listed", "turn", "turn_holdings", "vacant"]


class Given(NamedTuple):
    """What is given, by need, then offer (both rising): rows, units, and the score of one unit."""

    need: Rows
    offer: Rows
    units: Ints
    score: Ints


@kernel
def turn(g: Graph) -> Graph:
    """The same pairs with bidders and sellers exchanged, each row in rising order of the other side."""
    na, nb = len(g.base_a), len(g.base_b)
    start = np.zeros(nb + 1, np.int64)
    for k in range(len(g.other)):
        start[g.other[k] + 1] += 1
    start = np.cumsum(start)
    other, part = np.empty_like(g.other), np.empty_like(g.part)
    at = start[:-1].copy()
    for a in range(na):
        for k in range(g.start[a], g.start[a + 1]):
            b = g.other[k]
            other[at[b]], part[at[b]] = a, g.part[k]
            at[b] += 1
    return Graph(start, other, part, g.base_b, g.base_a)


@kernel
def vacant(g: Graph, have: Ints) -> Holdings:
    """Room for whoever may hold units of each seller; nobody holds any yet."""
    room = np.zeros(len(have) + 1, np.int64)
    for k in range(len(g.other)):
        room[g.other[k] + 1] += 1
    for b in range(len(have)):
        room[b + 1] = room[b] + min(room[b + 1], have[b])
    size = room[-1]
    return Holdings(room, np.zeros(len(have), np.int32), np.empty(size, np.int32), np.empty(size, np.int64))


@kernel
def turn_holdings(held: Holdings, room: Holdings) -> Holdings:
    """The same holdings seen from the bidders: `room` is vacant and becomes who each one holds from."""
    for b in range(len(held.entries)):
        first = held.start[b]
        for e in range(first, first + held.entries[b]):
            a = held.bidder[e]
            at = room.start[a] + room.entries[a]
            room.bidder[at], room.units[at] = b, held.units[e]
            room.entries[a] += 1
    return room


@kernel
def listed(by_offer: Graph, held: Holdings) -> Given:
    """What each need holds, as lists; the market with offers as bidders, so that needs are who is held from."""
    size = held.entries.sum()
    given = Given(np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.int64),
                  np.empty(size, np.int64))
    at = 0
    for n in range(len(held.entries)):
        first, last = held.start[n], held.start[n] + held.entries[n]
        for i in np.argsort(held.bidder[first:last]):
            o = held.bidder[first + i]
            low, high = by_offer.start[o], by_offer.start[o + 1]
            k = low + np.searchsorted(by_offer.other[low:high], n)
            given.need[at], given.offer[at], given.units[at] = n, o, held.units[first + i]
            given.score[at] = by_offer.base_a[o] + by_offer.part[k] + by_offer.base_b[n]
            at += 1
    return given

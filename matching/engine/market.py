"""One market: its allowed pairs in both directions, and what is given on them."""

from typing import NamedTuple

import numpy as np

from matching.engine.arrays import Ints, Parts, Rows
from matching.engine.compiled import kernel
from matching.engine.settle import Graph, Holdings

__all__ = ["Given", "listed", "room", "room_for", "turn", "turn_holdings", "vacant"]


class Given(NamedTuple):
    """What is given, by need, then offer (both rising): rows, units, and the score of one unit."""

    need: Rows
    offer: Rows
    units: Ints
    score: Ints


def turn(g: Graph) -> Graph:
    """The same pairs with bidders and sellers exchanged, each row in rising order of the other side."""
    start = np.append(0, np.cumsum(_degrees(g)))
    other, part = np.empty_like(g.other), np.empty_like(g.part)
    _turn_pairs(g, start[:-1].copy(), other, part)
    return Graph(start, other, part, g.base_b, g.base_a)


def _degrees(g: Graph) -> Ints:
    """How many pairs each seller is in."""
    degrees = np.zeros(len(g.base_b), np.int64)
    _count(g.other, degrees)
    return degrees


@kernel
def _count(rows: Rows, counts: Ints) -> None:
    for row in rows:
        counts[row] += 1


@kernel
def _turn_pairs(g: Graph, at: Ints, other: Rows, part: Parts) -> None:
    for a in range(len(g.base_a)):
        for k in range(g.start[a], g.start[a + 1]):
            b = g.other[k]
            other[at[b]], part[at[b]] = a, g.part[k]
            at[b] += 1


def vacant(g: Graph, have: Ints) -> Holdings:
    """Room for whoever may hold units of each seller; nobody holds any yet."""
    return room(np.minimum(_degrees(g), have))


def room_for(by_seller: Graph, late: Graph, have: Ints) -> Holdings:
    """The same as `vacant` where the market is at hand in the other direction, row by row of the sellers."""
    return room(np.minimum(np.diff(by_seller.start) + np.diff(late.start), have))


def room(most: Ints) -> Holdings:
    """Room for so many holders of each seller; nobody holds any yet."""
    start = np.append(0, np.cumsum(most))
    return Holdings(start, np.zeros(len(most), np.int32), np.empty(start[-1], np.int32), np.empty(start[-1], np.int64))


def turn_holdings(held: Holdings, room: Holdings) -> Holdings:
    """The same holdings seen from the bidders: `room` is vacant and becomes who each one holds from, rising."""
    _turn_entries(held, room)
    return room


@kernel
def _turn_entries(held: Holdings, room: Holdings) -> None:
    for b in range(len(held.entries)):
        first = held.start[b]
        for e in range(first, first + held.entries[b]):
            a = held.bidder[e]
            at = room.start[a] + room.entries[a]
            room.bidder[at], room.units[at] = b, held.units[e]
            room.entries[a] += 1


def listed(by_offer: Graph, held: Holdings) -> Given:
    """What each need holds, as lists; the market with offers as bidders, so that needs are who is held from."""
    size = int(held.entries.sum())
    holders = np.zeros(len(by_offer.base_a), np.int64)
    _count_holders(held, holders)
    by_offer_held = turn_holdings(held, room(holders))
    held = turn_holdings(by_offer_held, room(held.entries.astype(np.int64)))  # twice turned, each need's are sorted
    given = Given(np.empty(size, np.int32), held.bidder, held.units, np.empty(size, np.int64))
    _look_up(by_offer, held, given)
    return given


@kernel
def _count_holders(held: Holdings, counts: Ints) -> None:
    for b in range(len(held.entries)):
        for e in range(held.start[b], held.start[b] + held.entries[b]):
            counts[held.bidder[e]] += 1


@kernel
def _look_up(by_offer: Graph, held: Holdings, given: Given) -> None:
    """The need and the score of each entry."""
    for n in range(len(held.entries)):
        for e in range(held.start[n], held.start[n + 1]):
            o = held.bidder[e]
            low, high = by_offer.start[o], by_offer.start[o + 1]
            k = low + np.searchsorted(by_offer.other[low:high], n)
            given.need[e] = n
            given.score[e] = by_offer.base_a[o] + by_offer.part[k] + by_offer.base_b[n]

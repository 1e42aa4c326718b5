"""Scratch space of `settle`, made once for both sides of a market."""

from typing import NamedTuple

import numpy as np

from matching.engine.arrays import Ints, Rows

__all__ = ["FAR", "TOGETHER", "Work", "workspace"]

FAR = 2**62
TOGETHER = 16
"""Bidders that look for their ways out at once: neighbours, since rows are in the order of places. Looking from more of
them at every step takes longer than it saves."""


class Work(NamedTuple):
    """Scratch space: distances of the search, a heap of sellers by distance and the place of each in it (-1:
    not there), marks, pointers and the path of the walk, bidders that are settled together; `size`: bidders and sellers
    touched, bidders to look from, sellers in the heap, rounds so far."""

    dist_a: Ints
    dist_b: Ints
    heap: Rows
    place: Rows
    seen_a: Ints
    seen_b: Ints
    next_pair: Ints
    next_entry: Ints
    pair_sweep: Ints
    entry_sweep: Ints
    path_a: Ints
    path_b: Ints
    touched_a: Ints
    touched_b: Ints
    stack: Ints
    sources: Ints
    size: Ints


def workspace(na: int, nb: int) -> Work:
    """For up to `na` bidders and `nb` sellers; whoever has used it leaves it ready to be used again."""
    def zeros(size: int) -> Ints:
        return np.zeros(size, np.int64)

    return Work(np.full(na, FAR, np.int64), np.full(nb, FAR, np.int64), np.zeros(nb, np.int32),
                np.full(nb, -1, np.int32), zeros(na), zeros(nb), zeros(na), zeros(nb), zeros(na), zeros(nb),
                zeros(na + 1), zeros(na + 1), zeros(na), zeros(nb), zeros(na), zeros(TOGETHER), zeros(5))

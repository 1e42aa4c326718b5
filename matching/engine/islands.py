"""Parts of a market that no pair connects can be solved apart, at the same time, with the same result."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from matching.engine.arrays import Ints
from matching.engine.compiled import kernel
from matching.engine.settle import Graph

__all__ = ["Bundle", "apart", "bundles"]

PAIRS_A_BUNDLE = 250_000


class Bundle(NamedTuple):
    """Some islands of a market: rows of its bidders and sellers, its pairs, and the graph of these alone."""

    bidders: Ints
    sellers: Ints
    pairs: Ints
    graph: Graph


def apart(g: Graph) -> list[Bundle]:
    """The bundles of a market that is worth splitting: large, and none of them with more than half of all pairs."""
    if len(g.other) <= PAIRS_A_BUNDLE:
        return []
    found = list(bundles(g))
    return found if max(len(part.pairs) for part in found) * 2 <= len(g.other) else []


def bundles(g: Graph) -> Iterator[Bundle]:
    """The islands of a market, in bundles large enough to be worth the trouble.

    How they are bundled depends on the market alone, never on how many workers there are.
    """
    na, nb = len(g.base_a), len(g.base_b)
    label = _islands(g)
    pairs_of = np.bincount(label[:na], weights=np.diff(g.start), minlength=na + nb)
    bundle = (np.cumsum(pairs_of) // PAIRS_A_BUNDLE).astype(np.int64)[label]
    bundle[na:][np.bincount(g.other, minlength=nb) == 0] = -1
    bundle[:na][np.diff(g.start) == 0] = -1
    for number in np.unique(bundle[bundle >= 0]):
        bidders, sellers = np.flatnonzero(bundle[:na] == number), np.flatnonzero(bundle[na:] == number)
        size = np.diff(g.start)[bidders]
        start = np.append(0, np.cumsum(size))
        pairs = np.repeat(g.start[bidders] - start[:-1], size) + np.arange(start[-1])
        row = np.full(nb, -1, np.int32)
        row[sellers] = np.arange(len(sellers), dtype=np.int32)
        yield Bundle(bidders, sellers, pairs, Graph(start, row[g.other[pairs]], g.part[pairs], g.base_a[bidders],
                                                    g.base_b[sellers]))


def _islands(g: Graph) -> Ints:
    """The first bidder or seller (numbered after the bidders) of the island of each."""
    root = np.arange(len(g.base_a) + len(g.base_b))
    _join(g, root)
    return root


@kernel
def _join(g: Graph, root: Ints) -> None:
    na = len(g.base_a)
    for a in range(na):
        for k in range(g.start[a], g.start[a + 1]):
            x, y = _root(root, a), _root(root, na + g.other[k])
            root[max(x, y)] = min(x, y)
    for i in range(len(root)):
        root[i] = _root(root, i)


@kernel
def _root(root: Ints, i: int) -> int:
    while root[i] != i:
        root[i] = root[root[i]]
        i = root[i]
    return i

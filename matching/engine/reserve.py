"""Holding units back for urgent needs that are likely to come: a plan in two stages.

What comes is not known, but the register remembers what came. Samples of arrivals, drawn from it, say what a unit of
each offer is likely to be worth later: its price in the best plan of such a sample with what is left now. Tonight a
unit is given only where it is worth more than that, on average over the samples.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from matching.engine.arrays import Floats, Ints
from matching.engine.assignment import Assignment, assign

__all__ = ["Needs", "drawn", "likely_worth", "with_reserve"]

PART = 16
"""Mean prices are reckoned to sixteenths of a point."""


class Needs(NamedTuple):
    """Needs with their allowed pairs, as `assign` takes them: pair k is of row `need[k]` of `want`."""

    need: Ints
    offer: Ints
    score: Ints
    want: Ints


def drawn(needs: Needs, rows: Ints) -> Needs:
    """Some needs with their pairs, numbered anew; a row may be there several times (`needs.need` rises)."""
    first, last = (np.searchsorted(needs.need, rows, side) for side in ("left", "right"))
    pairs = np.repeat(first - np.append(0, np.cumsum(last - first)[:-1]), last - first)
    pairs += np.arange(len(pairs))
    row = np.repeat(np.arange(len(rows)), last - first)
    return Needs(row, needs.offer[pairs], needs.score[pairs], needs.want[rows])


def likely_worth(have: Ints, samples: Sequence[Needs]) -> Floats:
    """What a unit of each offer is worth to those who come, on average over samples of them; 0 without samples."""
    price = np.zeros(len(have))
    for sample in samples:
        price += assign(*sample, have).price / len(samples)
    return price


def with_reserve(tonight: Needs, have: Ints, worth: Floats) -> Assignment:
    """Tonight's plan when a unit of each offer is given only for more than it is likely to be `worth` later.

    `Assignment.quantity` is by pair of `tonight`; weight, prices and proof are in sixteenths of a point above it.
    """
    score = PART * tonight.score - np.round(PART * worth).astype(np.int64)[tonight.offer]
    keep = np.flatnonzero(score >= 0)
    found = assign(tonight.need[keep], tonight.offer[keep], score[keep], tonight.want, have)
    quantity = np.zeros(len(score), np.int64)
    quantity[keep] = found.quantity
    return Assignment(quantity, found.price, found.surplus, found.weight, found.upper_bound)

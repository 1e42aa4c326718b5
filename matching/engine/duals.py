"""The two ends of what prices may be: what a unit more would add to the best plan, and what a unit less would take.

Many prices prove the same plan. The least of them are what one more unit of each offer is worth, the greatest what
is lost with one unit less; with the surpluses of needs it is the other way round.
"""

from typing import NamedTuple

import numpy as np

from matching.engine.arrays import Ints
from matching.engine.assignment import Solved, best_surplus
from matching.engine.market import turn, turn_holdings, vacant
from matching.engine.settle import Graph, Holdings, State, lower_prices

__all__ = ["Ends", "price_ends"]


class Ends(NamedTuple):
    """By offer, what one unit more adds (`more`) and one unit less takes (`less`); by need, what the plan loses
    when a unit is given to it from elsewhere and it needs one unit less (`relief`: the greatest surplus)."""

    more: Ints
    less: Ints
    relief: Ints


def price_ends(graph: Graph, want: Ints, have: Ints, solved: Solved) -> Ends:
    """Both ends of the prices of a solved market (bidders of `graph` are its needs).

    1. Lower the offers' prices to the least. 2. With the roles exchanged, lower the needs' surpluses to the least:
    the offers' prices that go with them are the greatest.
    """
    by_offer, given = turn(graph), solved.given
    start = np.searchsorted(given.need, np.arange(len(want) + 1)).astype(np.int64)
    from_offers = Holdings(start, np.diff(start).astype(np.int32), given.offer, given.units)
    to_needs = turn_holdings(from_offers, vacant(graph, have))
    left = want - np.bincount(given.need, given.units, len(want)).astype(np.int64)
    free = have - np.bincount(given.offer, given.units, len(have)).astype(np.int64)
    least = State(solved.surplus.copy(), solved.price.copy(), left, free, to_needs)
    lower_prices(graph, least)
    most = State(solved.price.copy(), solved.surplus.copy(), free, left, from_offers)
    lower_prices(by_offer, most)
    return Ends(least.p, _with_base(by_offer, most.p), best_surplus(graph, least.p))


def _with_base(by_offer: Graph, surplus: Ints) -> Ints:
    """The prices that go with surpluses: the most that a unit of each offer is worth over them."""
    return best_surplus(by_offer, surplus - by_offer.base_b)

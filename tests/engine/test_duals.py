"""A unit more, a unit less: what the prices say is what comes out when it is really tried."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from matching.engine import assign
from matching.engine.assignment import solve
from matching.engine.duals import price_ends
from matching.engine.settle import Graph
from tests.engine.markets import markets, random_market


def ends(market):
    order = np.lexsort((market.offer, market.need))
    n, o, s = market.need[order], market.offer[order], market.score[order]
    start = np.searchsorted(n, np.arange(len(market.want) + 1)).astype(np.int64)
    graph = Graph(start, o.astype(np.int32), s, np.zeros(len(market.want), np.int64),
                  np.zeros(len(market.have), np.int64))
    return price_ends(graph, market.want, market.have, solve(graph, market.want, market.have))


def weight(market, **changed):
    market = replace(market, **changed)
    return assign(market.need, market.offer, market.score, market.want, market.have).weight


def check(market):
    found, best = ends(market), weight(market)
    for o in range(len(market.have)):
        one = np.eye(len(market.have), dtype=np.int64)[o]
        assert found.more[o] == weight(market, have=market.have + one) - best
        if market.have[o] > 0:
            assert found.less[o] == best - weight(market, have=market.have - one)
    for n in np.flatnonzero(market.want):
        one = np.eye(len(market.want), dtype=np.int64)[n]
        assert found.relief[n] == best - weight(market, want=market.want - one)


@pytest.mark.slow
@given(markets(side=4, most=3))
@settings(max_examples=60, deadline=None)
def test_a_unit_more_and_a_unit_less(market):
    check(market)


@pytest.mark.slow
def test_on_a_larger_market():
    check(random_market(3, 60, 20, 5, best=300, most=2, stock=4))

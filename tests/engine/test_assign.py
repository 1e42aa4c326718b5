"""`assign` finds the best plan and proves it, on small ugly markets and on larger ones."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine import assign
from matching.engine.islands import bundles
from matching.engine.settle import Graph
from tests.engine.markets import Market, by_highs, by_ortools, by_trying, check_proof, markets, random_market


def solved(market: Market):
    found = assign(market.need, market.offer, market.score, market.want, market.have)
    check_proof(market, found)
    return found


@pytest.mark.slow
@given(markets())
@settings(max_examples=150, deadline=None)
def test_nothing_tried_is_better(market):
    assert solved(market).weight == by_trying(market)


@pytest.mark.slow
@pytest.mark.parametrize(("constant", "value"), [("WORK", 0), ("WORK", 1), ("SCALE", 1), ("SCALE", 64)])
def test_wherever_the_auction_ends_the_plan_is_the_best(constant, value, monkeypatch):
    monkeypatch.setattr(f"matching.engine.assignment.{constant}", value)
    for seed in range(5):
        market = random_market(seed, 200, 60, 8)
        assert solved(market).weight == by_ortools(market)


@pytest.mark.slow
@given(markets(side=7, most=1, best=2))
@settings(max_examples=150, deadline=None)
def test_single_units_with_many_ties(market):
    assert solved(market).weight == by_trying(market)


@pytest.mark.slow
@given(st.integers(0, 10**6), st.sampled_from([1, 3, 1000]), st.sampled_from([1, 4, 10**6]))
@settings(max_examples=60, deadline=None)
def test_linear_programming_agrees(seed, best, most):
    market = random_market(seed, 30, 12, 5, best=best, most=most, stock=most * 2)
    assert solved(market).weight == by_highs(market)


@pytest.mark.parametrize("seed", range(4))
def test_min_cost_flow_agrees_on_a_thousand_needs(seed):
    market = random_market(seed, 1000, 200, 12)
    assert solved(market).weight == by_ortools(market)


@pytest.mark.slow
@given(markets(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_pairs_does_not_matter(market, random):
    order = list(range(len(market.need)))
    random.shuffle(order)
    mixed = Market(market.need[order], market.offer[order], market.score[order], market.want, market.have)
    first, second = solved(market), solved(mixed)
    assert (first.quantity[order] == second.quantity).all()
    assert (first.price == second.price).all()


def test_a_textbook_transport_problem():
    """Supplies 35, 50, 40; demands 45, 20, 30, 30; least cost 1020 (Powerco, Winston, Operations Research)."""
    cost = np.array([[8, 6, 10, 9], [9, 12, 13, 7], [14, 9, 16, 5]])
    rows, columns = np.indices(cost.shape)
    found = assign(columns.ravel(), rows.ravel(), (100 - cost).ravel(), [45, 20, 30, 30], [35, 50, 40])
    assert 100 * 125 - found.weight == 1020


def test_a_textbook_assignment_problem():
    """Four machines and four jobs, least setup time 15 (Machineco, Winston, Operations Research)."""
    cost = np.array([[14, 5, 8, 7], [2, 12, 6, 5], [7, 8, 3, 9], [2, 4, 6, 10]])
    rows, columns = np.indices(cost.shape)
    found = assign(rows.ravel(), columns.ravel(), (100 - cost).ravel(), [1] * 4, [1] * 4)
    assert 400 - found.weight == 15


def test_an_empty_market():
    found = assign([], [], [], [], [])
    assert (found.weight, found.upper_bound, len(found.quantity), len(found.price)) == (0, 0, 0, 0)


def test_nobody_allowed():
    found = assign([], [], [], [3, 4], [5])
    assert (found.weight, found.upper_bound, found.price.tolist()) == (0, 0, [0])


def test_a_pair_listed_twice_counts_with_its_best_score():
    found = assign([0, 0, 0], [0, 0, 0], [3, 7, 5], [2], [9])
    assert (found.quantity.tolist(), found.weight) == ([0, 2, 0], 14)


def test_scores_of_zero():
    market = Market(*(np.array(x) for x in ([0, 1], [0, 0], [0, 0], [1, 1], [1])))
    assert solved(market).weight == 0


@pytest.mark.parametrize(("needs", "offers"), [(1, 100_000), (100_000, 1)])
@pytest.mark.slow
def test_one_against_many(needs, offers):
    rng = np.random.default_rng(3)
    n, o = (x.ravel() for x in np.indices((needs, offers)))
    market = Market(n, o, rng.integers(0, 1000, len(n)), rng.integers(1, 50, needs), rng.integers(1, 50, offers))
    if needs == 1:
        market.want[:] = 10**6
    else:
        market.have[:] = 100_000
    found = solved(market)
    many, one = (market.have, market.want) if needs == 1 else (market.want, market.have)
    worth = np.repeat(np.sort(market.score)[::-1], many[np.argsort(-market.score, kind="stable")])
    assert found.weight == worth[: one[0]].sum()


@pytest.mark.parametrize(("change", "message"), [
    ({"need": [0.5]}, "need must be"),
    ({"score": [-1]}, "score must not be negative"),
    ({"want": [[1]]}, "want must be"),
    ({"offer": [1]}, "names a row"),
    ({"offer": [0, 0]}, "of one length"),
    ({"score": [2**31]}, "greater than"),
])
def test_arrays_that_do_not_fit(change, message):
    sound = {"need": [0], "offer": [0], "score": [1], "want": [1], "have": [1]}
    with pytest.raises(ValueError, match=message):
        assign(**(sound | change))


@pytest.mark.slow
def test_workers_and_executors_change_nothing(monkeypatch):
    monkeypatch.setattr("matching.engine.islands.PAIRS_A_BUNDLE", 50)
    market = random_market(1, 400, 200, 1.2)
    alone, many = solved(market), assign(*astuple(market), workers=4)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        elsewhere = assign(*astuple(market), executor=processes)
    for other in (many, elsewhere):
        assert (alone.quantity == other.quantity).all()
        assert (alone.price == other.price).all()
    assert alone.weight == by_ortools(market)


def test_islands_are_solved_apart(monkeypatch):
    monkeypatch.setattr("matching.engine.islands.PAIRS_A_BUNDLE", 1)
    start, other = np.array([0, 2, 2, 3, 4, 5]), np.array([0, 2, 2, 3, 3], np.int32)
    zeros = np.zeros(5, np.int64)
    graph = Graph(start, other, np.arange(5), zeros, zeros)
    apart = [(b.bidders.tolist(), b.sellers.tolist(), b.graph.part.tolist(), b.graph.other.tolist())
             for b in bundles(graph)]
    assert apart == [([0, 2], [0, 2], [0, 1, 2], [0, 1, 1]), ([3, 4], [3], [3, 4], [0, 0])]

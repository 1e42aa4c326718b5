"""Problems whose best plan is known beforehand: published, of closed form, or solved by other libraries."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from matching.engine import assign
from tests.engine.markets import Market, by_ortools, check_proof, random_market

HIGHEST = 2**31 - 1


def square(score):
    """An assignment problem: everybody with everything, one unit each."""
    score = np.asarray(score, np.int64)
    n, o = (x.ravel() for x in np.indices(score.shape))
    return Market(n, o, score.ravel(), *(np.ones(size, np.int64) for size in score.shape))


def solved(market):
    found = assign(market.need, market.offer, market.score, market.want, market.have)
    check_proof(market, found)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 2, 10, 100, 300])
def test_the_matrices_of_machol_and_wien(n):
    """Cost i * j is hard for the Hungarian method (Machol and Wien 1976); the least sum pairs i with n + 1 - i."""
    i = np.arange(1, n + 1)
    found = solved(square(n * n - np.outer(i, i)))
    assert n**3 - found.weight == n * (n + 1) * (n + 2) // 6


def test_the_problem_of_munkres():
    """The 5 by 5 example of Bourgeois and Lassalle (1971): the least cost is 51."""
    cost = np.array([[12, 9, 27, 10, 23], [7, 13, 13, 30, 19], [25, 18, 26, 11, 26], [9, 28, 26, 23, 13],
                     [16, 16, 24, 6, 9]])
    assert 5 * 99 - solved(square(99 - cost)).weight == 51


def test_the_transport_problem_of_hitchcock_type():
    """Supplies 300, 400, 500; demands 250, 350, 400, 200; least cost 2850 (Taha, Operations Research)."""
    cost = np.array([[3, 1, 7, 4], [2, 6, 5, 9], [8, 3, 3, 2]])
    offer, need = (x.ravel() for x in np.indices(cost.shape))
    market = Market(need, offer, 10 - cost.ravel(), np.array([250, 350, 400, 200]), np.array([300, 400, 500]))
    assert 10 * 1200 - solved(market).weight == 2850


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("best", "shape"), [(1, (150, 150)), (9, (200, 150)), (10**6, (150, 200)),
                                             (HIGHEST, (120, 120))])
def test_linear_sum_assignment_agrees(seed, best, shape):
    score = np.random.default_rng(seed).integers(0, best + 1, shape)
    rows, columns = linear_sum_assignment(score, maximize=True)
    assert solved(square(score)).weight == score[rows, columns].sum()


@pytest.mark.parametrize("score", [0, 1, HIGHEST])
def test_a_price_war_over_equal_offers(score):
    """One bidder more than offers, all alike: naive auctions raise prices by the smallest step, for ever."""
    assert solved(square(np.full((60, 59), score))).weight == 59 * score


def test_a_price_war_over_two_islands_of_very_different_worth():
    """Epsilon scaling's hard case: dear offers contested by all, a cheap one for the last."""
    score = np.full((50, 50), HIGHEST)
    score[:, -1] = 1
    assert solved(square(score)).weight == 49 * HIGHEST + 1


def test_a_chain_in_which_everyone_must_move():
    """Need i may have offer i or, a little worse, i + 1; a newcomer takes the first offer and pushes all along."""
    n = 3000
    need = np.repeat(np.arange(n), 2)
    offer = np.stack((np.arange(n), np.arange(1, n + 1)), axis=1).ravel()
    score = np.tile([10**6, 10**6 - 1], n)
    ones = np.ones(n + 1, np.int64)
    market = Market(np.append(need, n), np.append(offer, 0), np.append(score, 10**6), ones, ones)
    assert solved(market).weight == (10**6 - 1) * n + 10**6


@pytest.mark.slow
def test_a_thousand_islands():
    """Markets that no pair connects: each with a best plan of its own."""
    block = np.array([[9, 8, 0], [7, 3, 0], [6, 0, 0]])  # the worked example: 15
    i = np.repeat(np.arange(1000), 9) * 3
    n, o = (np.tile(x.ravel(), 1000) for x in np.indices((3, 3)))
    ones = np.ones(3000, np.int64)
    assert solved(Market(n + i, o + i, np.tile(block.ravel(), 1000), ones, ones)).weight == 15_000


def test_millions_of_units_cost_no_more_than_one():
    market = random_market(5, 2000, 400, 10, most=10**6, stock=4 * 10**6)
    assert solved(market).weight == by_ortools(market)

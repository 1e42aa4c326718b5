"""Files that change are settled again with the same result as files that are read anew."""

from dataclasses import fields, replace

import numpy as np
import pytest

from matching.engine import NeedFile, OfferFile, stand_files
from matching.engine.pairing import solve_files

TYPES, CODES = ("care", "goods", "job"), ("food", "home", "elder")


def needs(random: np.random.Generator, size: int, known: int = 0) -> NeedFile:
    def whole(low: int, high: int) -> np.ndarray:
        return random.integers(low, high, size).astype(np.int32)

    ids = np.array([f"n{known + i}" for i in range(size)], "S9")
    return NeedFile(ids, whole(0, 3), TYPES, 27.6 + random.random(size) * 0.4, 113.8 + random.random(size) * 0.4,
                    whole(1, 4), whole(1, 6), whole(0, 400), whole(-1, 3), CODES, None, ())


def offers(random: np.random.Generator, size: int, known: int = 0, far: float = 0.1) -> OfferFile:
    def whole(low: int, high: int) -> np.ndarray:
        return random.integers(low, high, size).astype(np.int32)

    ids = np.array([f"o{known + i}" for i in range(size)], "S9")
    radius = np.where(random.random(size) < far, 150.0, 1.0 + 12.0 * random.random(size))
    return OfferFile(ids, whole(0, 3), TYPES, 27.6 + random.random(size) * 0.4, 113.8 + random.random(size) * 0.4,
                     radius, whole(1, 6), whole(-1, 3), ("food;home", "elder", "home;elder"))


def joined(first, kept, second):
    """Rows of one file that are kept, and all of another, as one file."""
    columns = {f.name: np.concatenate((getattr(first, f.name)[kept], getattr(second, f.name)))
               for f in fields(first) if isinstance(getattr(first, f.name), np.ndarray)}
    return replace(first, **columns)


def check(standing, need_file, offer_file, numbers) -> None:
    """The same weight as when solved anew, proven, and every pair is one of rows that are there."""
    anew, plan = solve_files(need_file, offer_file), standing.plan()
    assert plan.weight == plan.upper_bound == anew.weight == anew.upper_bound
    assert plan.allowed_pairs == anew.allowed_pairs
    assert set(plan.need) <= set(numbers[0])
    assert set(plan.offer) <= set(numbers[1])
    rows = (np.searchsorted(numbers[0], plan.need), np.searchsorted(numbers[1], plan.offer))
    assert (need_file.type[rows[0]] == offer_file.type[rows[1]]).all()
    assert (np.bincount(rows[0], plan.units) <= need_file.quantity[: rows[0].max(initial=-1) + 1]).all()
    assert (np.bincount(rows[1], plan.units) <= offer_file.capacity[: rows[1].max(initial=-1) + 1]).all()
    assert (plan.price >= 0).all()
    assert len(plan.price) == standing.offers


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_after_each_change_it_is_as_if_solved_anew(seed):
    random = np.random.default_rng(seed)
    n, o = needs(random, 120), offers(random, 40)
    standing, numbers = stand_files(n, o), (np.arange(120), np.arange(40))
    check(standing, n, o, numbers)
    for come_n, come_o, go_n, go_o in ((2, 1, 2, 1), (0, 3, 0, 0), (30, 0, 10, 5), (1, 10, 0, 20)):
        gone = random.choice(numbers[0], go_n, replace=False), random.choice(numbers[1], go_o, replace=False)
        more_n, more_o = needs(random, come_n, standing.needs), offers(random, come_o, standing.offers)
        kept = ~np.isin(numbers[0], gone[0]), ~np.isin(numbers[1], gone[1])
        n, o = joined(n, kept[0], more_n), joined(o, kept[1], more_o)
        numbers = (np.append(numbers[0][kept[0]], standing.needs + np.arange(come_n)),
                   np.append(numbers[1][kept[1]], standing.offers + np.arange(come_o)))
        standing = standing.after(more_n, more_o, *gone)
        check(standing, n, o, numbers)


@pytest.mark.slow
def test_large_types_are_markets_of_their_own(monkeypatch):
    monkeypatch.setattr("matching.engine.standing_files.NEEDS_A_MARKET", 30)
    random = np.random.default_rng(5)
    n, o, more = needs(random, 120), offers(random, 40), needs(random, 20, 120)
    standing = stand_files(n, o).after(more, gone_needs=range(9), gone_offers=[0, 7])
    assert len(standing.markets) > 1
    check(standing, joined(n, np.arange(120) >= 9, more), joined(o, ~np.isin(np.arange(40), [0, 7]), offers(random, 0)),
          (np.arange(9, 140), np.delete(np.arange(40), [0, 7])))


def test_a_type_that_nobody_offered_is_served_once_somebody_does():
    random = np.random.default_rng(3)
    n, nobody = replace(needs(random, 5), type=np.zeros(5, np.int32), attr=np.full(5, -1, np.int32)), offers(random, 0)
    standing = stand_files(n, nobody)
    assert (standing.weight, standing.plan().need.size) == (0, 0)
    one = replace(offers(random, 1, far=1.0), type=np.zeros(1, np.int32), capacity=np.array([99], np.int32))
    after = standing.after(offers=one)
    assert after.weight == after.upper_bound > 0
    assert set(after.plan().need) == set(range(5))
    assert standing.weight == 0  # asking what if changes nothing


def test_the_number_of_workers_does_not_matter():
    random = np.random.default_rng(4)
    n, o, more = needs(random, 300), offers(random, 80), needs(random, 20, 300)
    plans = [stand_files(n, o, workers).after(more, gone_needs=range(9), workers=workers).plan() for workers in (1, 3)]
    assert (plans[0].need == plans[1].need).all()
    assert (plans[0].offer == plans[1].offer).all()
    assert (plans[0].units == plans[1].units).all()
    assert (plans[0].price == plans[1].price).all()

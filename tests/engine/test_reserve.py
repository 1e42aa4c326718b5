"""Units are held back only for more than they bring tonight."""

import numpy as np
import pytest

from bench.reserve import DAYS, PATIENCE, Register, Year, _in_turn, _nights, _played
from matching.engine import assign
from matching.engine.reserve import Needs, drawn, likely_worth, with_reserve


def needs(pairs, want):
    """From (need, offer, score)."""
    need, offer, score = (np.array(column, np.int64) for column in zip(*pairs, strict=True))
    return Needs(need, offer, score, np.array(want, np.int64))


ONE_UNIT = np.array([1])


@pytest.mark.slow
def test_the_unit_waits_for_a_more_urgent_need_that_is_likely():
    tonight, urgent = needs([(0, 0, 200)], [1]), needs([(0, 0, 500)], [2])
    nobody = Needs(*(np.zeros(0, np.int64),) * 4)
    third = 500 / 3
    for samples, likely, given in (([urgent], 500, 0), ([urgent, nobody], 250, 0), ([urgent, nobody, nobody], third, 1),
                                   ([], 0, 1)):
        worth = likely_worth(ONE_UNIT, samples)
        assert worth.round(6).tolist() == [round(likely, 6)]
        assert with_reserve(tonight, ONE_UNIT, worth).quantity.tolist() == [given]


def test_what_is_worth_more_tonight_is_given():
    tonight = needs([(0, 0, 300), (1, 0, 200), (1, 1, 100)], [1, 1])
    crowd = needs([(0, 0, 250), (1, 0, 240)], [1, 1])
    worth = likely_worth(np.array([1, 1]), [crowd])
    assert 240 <= worth[0] <= 250
    assert worth[1] == 0
    assert with_reserve(tonight, np.array([1, 1]), worth).quantity.tolist() == [1, 0, 1]


def invented(seed):
    """A register of a few needs: common ones of little worth, rare ones of much."""
    rng = np.random.default_rng(seed)
    urgency = rng.choice([2, 5], 40, p=[0.8, 0.2])
    pairs = [(n, o, int(100 * urgency[n] + rng.integers(0, 100))) for n in range(40) for o in range(6)
             if rng.random() < 0.5]
    return Register(needs(pairs, rng.integers(1, 4, 40)), urgency, rng.integers(5, 20, 6))


@pytest.mark.slow
def test_no_way_gives_more_than_there_is_and_none_beats_hindsight():
    register = invented(1)
    found = {way: (worth, urgent) for way, worth, urgent, _ in _played(register, 120, 3, 1)}
    assert all(worth <= found["hindsight"][0] for worth, _ in found.values())
    assert found["reserve"][1] > found["nightly"][1]


def test_a_year_is_played_night_by_night():
    register = invented(2)
    year = Year(np.array([0, 1, 1, 7]), np.array([0, 3, 3, DAYS - 1]))
    every, seen = drawn(register.needs, year.row), []

    def watch(day, tonight, left):
        seen.append((day, len(tonight.want)))
        return np.zeros(len(tonight.need), np.int64)

    assert not _nights(register, year, every, watch).any()
    assert seen[:4] == [(0, 1), (1, 1), (2, 1), (3, 3)]
    assert dict(seen)[PATIENCE] == 2
    units = _nights(register, year, every, _in_turn)
    assert (np.bincount(every.offer, units, len(register.have)) <= register.have).all()
    assert (np.bincount(every.need, units, 4) <= every.want).all()
    assert int((units * every.score).sum()) <= assign(*every, register.have).weight

"""A market that stands is after any change the same as one that was settled anew: as good, and proven."""

import numpy as np
import pytest

from matching.engine import assign
from matching.engine.settle import Graph
from matching.engine.standing import NewPairs, Standing, stand


class Town:
    """A market as a dictionary of pairs, which changes at random; the plain account of what `Standing` must equal."""

    def __init__(self, seed: int, needs: int = 30, offers: int = 12, most: int = 4) -> None:
        self.random, self.most = np.random.default_rng(seed), most
        self.base = self.random.integers(0, 60, needs)
        self.want = self.random.integers(0, most, needs)
        self.have = self.random.integers(0, 2 * most, offers)
        self.gone: tuple[set[int], set[int]] = set(), set()
        self.part = {(n, o): int(self.random.integers(0, 20)) for n in range(needs) for o in range(offers)
                     if self.random.random() < 0.3}

    def graph(self) -> Graph:
        pairs = sorted(self.part)
        start = np.searchsorted([n for n, _ in pairs], np.arange(len(self.want) + 1)).astype(np.int64)
        return Graph(start, np.array([o for _, o in pairs], np.int32),
                     np.array([self.part[p] for p in pairs], np.uint8), self.base.copy(),
                     np.zeros(len(self.have), np.int64))

    def best(self) -> int:
        pairs = list(self.part)
        return assign([n for n, _ in pairs], [o for _, o in pairs],
                      [int(self.base[n]) + self.part[n, o] for n, o in pairs], self.want, self.have).weight

    def change(self, size: int) -> dict[str, object]:
        """Let some rows go, others come, quantities and points move; what `Standing.after` is told of it."""
        draw, known = self.random, (len(self.want), len(self.have))
        gone_needs = draw.choice(known[0], min(size, known[0]), replace=False)
        gone_offers = draw.choice(known[1], min(size, known[1]), replace=False)
        self.want = np.append(self.want + draw.integers(-1, 2, known[0]) * (draw.random(known[0]) < 0.2),
                              draw.integers(0, self.most, size)).clip(0)
        self.have = np.append(self.have + draw.integers(-2, 3, known[1]) * (draw.random(known[1]) < 0.2),
                              draw.integers(0, 2 * self.most, size)).clip(0)
        self.base = np.append(self.base + draw.integers(-30, 30, known[0]) * (draw.random(known[0]) < 0.2),
                              draw.integers(0, 60, size)).clip(0)
        for gone, rows, units in zip(self.gone, (gone_needs, gone_offers), (self.want, self.have), strict=True):
            gone.update(rows.tolist())
            units[list(gone)] = 0
        self.part = {(n, o): s for (n, o), s in self.part.items() if n not in self.gone[0] and o not in self.gone[1]}
        more = {(n, o): int(draw.integers(0, 20)) for n in range(len(self.want)) for o in range(len(self.have))
                if (n >= known[0] or o >= known[1]) and n not in self.gone[0] and o not in self.gone[1]
                and draw.random() < 0.3}
        self.part |= more
        pairs = sorted(more)
        new = NewPairs(np.array([n for n, _ in pairs], np.int32), np.array([o for _, o in pairs], np.int32),
                       np.array([more[p] for p in pairs], np.uint8))
        return {"want": self.want, "have": self.have, "base": self.base, "pairs": new, "gone_needs": gone_needs,
                "gone_offers": gone_offers}


def check(town: Town, standing: Standing) -> None:
    """The plan is allowed, it is the best, and its prices prove it."""
    given = standing.given
    assert standing.pairs == len(town.part)
    assert standing.weight == standing.upper_bound == town.best()
    assert (given.units > 0).all()
    assert len(set(zip(given.need, given.offer, strict=True))) == len(given.need)
    for n, o, score in zip(given.need, given.offer, given.score, strict=True):
        assert town.base[n] + town.part[int(n), int(o)] == score
    assert (np.bincount(given.need, given.units, len(town.want)) <= town.want).all()
    assert (np.bincount(given.offer, given.units, len(town.have)) <= town.have).all()
    assert (standing.price >= 0).all()
    assert (standing.surplus >= 0).all()
    for (n, o), part in town.part.items():
        assert standing.surplus[n] + standing.price[o] >= town.base[n] + part


@pytest.mark.parametrize("seed", range(24))
@pytest.mark.slow
def test_whatever_changes_the_plan_is_the_best_again(seed):
    town = Town(seed)
    standing = stand(town.graph(), town.want, town.have)
    check(town, standing)
    for size in (1, 0, 3, 8, 1):
        standing = standing.after(**town.change(size))
        check(town, standing)


@pytest.mark.slow
def test_asking_what_if_leaves_the_market_as_it_was():
    town = Town(1)
    standing = stand(town.graph(), town.want, town.have)
    weight, price = standing.weight, standing.price.copy()
    standing.after(**Town(1).change(4))
    assert standing.weight == weight
    assert (standing.price == price).all()
    assert (standing.want == town.want).all()


@pytest.mark.slow
def test_a_market_of_nobody_takes_in_its_first_need_and_offer():
    none = np.zeros(0, np.int64)
    empty = stand(Graph(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.uint8), none, none), none, none)
    one = NewPairs(np.array([0], np.int32), np.array([0], np.int32), np.array([7], np.uint8))
    first = empty.after([2], [1], [100], one)
    assert (empty.weight, first.weight, first.upper_bound) == (0, 107, 107)

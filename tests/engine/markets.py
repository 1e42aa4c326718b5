"""Small markets for the engine's tests: strategies, and answers by other means."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from matching.engine import Assignment

Ints = NDArray[np.int64]


@dataclass
class Market:
    """Allowed pairs, their scores, and what is wanted and had."""

    need: Ints
    offer: Ints
    score: Ints
    want: Ints
    have: Ints


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)


@st.composite
def markets(draw: st.DrawFn, side: int = 5, most: int = 4, best: int = 12) -> Market:
    """Any market of a few needs and offers; few different scores, so that ties are common."""
    needs, offers = draw(st.integers(0, side)), draw(st.integers(0, side))
    every = list(itertools.product(range(needs), range(offers)))
    pairs = draw(st.lists(st.sampled_from(every), unique=True)) if every else []
    scores = [draw(st.integers(0, best)) for _ in pairs]
    want = [draw(st.integers(0, most)) for _ in range(needs)]
    have = [draw(st.integers(0, most)) for _ in range(offers)]
    return Market(_ints([n for n, _ in pairs]), _ints([o for _, o in pairs]), _ints(scores), _ints(want),
                  _ints(have))


def by_trying(market: Market) -> int:
    """The best weight by trying all: for each need, every way to share its units out."""
    allowed: dict[int, list[tuple[int, int]]] = {}
    for n, o, s in zip(market.need.tolist(), market.offer.tolist(), market.score.tolist(), strict=True):
        allowed.setdefault(n, []).append((o, s))
    reached = {tuple(market.have.tolist()): 0}
    for n, want in enumerate(market.want.tolist()):
        after: dict[tuple[int, ...], int] = {}
        for stock, weight in reached.items():
            for left, more in _shares(stock, want, allowed.get(n, [])):
                after[left] = max(after.get(left, 0), weight + more)
        reached = after
    return max(reached.values())


def _shares(stock: tuple[int, ...], want: int, allowed: list[tuple[int, int]]) -> set[tuple[tuple[int, ...], int]]:
    ways = {(stock, want, 0)}
    for o, s in allowed:
        ways = {((*left[:o], left[o] - q, *left[o + 1:]), todo - q, worth + q * s)
                for left, todo, worth in ways for q in range(min(todo, left[o]) + 1)}
    return {(left, worth) for left, _, worth in ways}


def by_highs(market: Market) -> int:
    """The best weight by linear programming."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix, vstack

    m = len(market.need)
    ones, columns = np.ones(m), np.arange(m)
    rows = vstack([csr_matrix((ones, (market.need, columns)), (len(market.want), m)),
                   csr_matrix((ones, (market.offer, columns)), (len(market.have), m))])
    solved = linprog(-market.score, A_ub=rows, b_ub=np.r_[market.want, market.have], method="highs")
    return round(-solved.fun)


def by_ortools(market: Market) -> int:
    """The best weight by min-cost flow."""
    from ortools.graph.python import min_cost_flow

    needs, offers = len(market.want), len(market.have)
    sink = needs + offers
    solver = min_cost_flow.SimpleMinCostFlow()
    most = np.minimum(market.want[market.need], market.have[market.offer])
    solver.add_arcs_with_capacity_and_unit_cost(market.need, needs + market.offer, most, -market.score)
    solver.add_arcs_with_capacity_and_unit_cost(
        np.arange(sink), np.full(sink, sink), np.r_[market.want, market.have], np.zeros(sink, np.int64))
    solver.set_nodes_supplies(np.arange(needs), market.want)
    solver.set_nodes_supplies(np.array([sink]), np.array([-int(market.want.sum())]))
    assert solver.solve() == solver.OPTIMAL
    return -int(solver.optimal_cost())


def random_market(seed: int, needs: int, offers: int, degree: float, *, best: int = 900, most: int = 5,
                  stock: int = 20) -> Market:
    """A market with `degree` allowed offers a need on average; sorted, without repetitions."""
    rng = np.random.default_rng(seed)
    key = np.unique(rng.integers(0, needs * offers, int(needs * degree)))
    return Market(key // offers, key % offers, rng.integers(0, best + 1, len(key)),
                  rng.integers(1, most + 1, needs), rng.integers(1, stock + 1, offers))


def check_proof(market: Market, found: Assignment) -> None:
    """The plan is allowed, and its prices prove that it is the best: duality, reckoned anew."""
    got = np.bincount(market.need, found.quantity, len(market.want))
    gave = np.bincount(market.offer, found.quantity, len(market.have))
    assert (found.quantity >= 0).all()
    assert (got <= market.want).all()
    assert (gave <= market.have).all()
    assert (found.price >= 0).all()
    assert not found.price[gave < market.have].any()
    assert found.weight == int((found.quantity * market.score).sum())
    gain = np.zeros(len(market.want), np.int64)
    np.maximum.at(gain, market.need, market.score - found.price[market.offer])
    bound = int((market.have * found.price).sum() + (market.want * gain).sum())
    assert found.upper_bound == bound == found.weight


NEED_HEAD = "need_id,type,lat,lon,quantity,urgency,waiting_days,attr"
OFFER_HEAD = "offer_id,type,lat,lon,radius_km,capacity,accepts"


def write_county(folder: Path, seed: int = 1, needs: int = 300, offers: int = 60, *,
                 areas: bool = False) -> tuple[Path, Path]:
    """Invented files of one county: clustered places, three types, conditions, coordinates that repeat; with
    `areas`, each need has the number of its town, a few have none."""
    rng = np.random.default_rng(seed)
    towns = np.array([27.6, 113.8]) + rng.normal(size=(6, 2)) * 0.12
    kinds = {"cash": [""], "goods": ["", "food", "bedding"], "care": ["child", "elder", ""]}
    names = list(kinds)
    town: list[int] = []

    def place() -> tuple[float, float]:
        town.append(int(rng.integers(6)))
        lat, lon = np.round(towns[town[-1]] + rng.normal(size=2) * 0.03, 2 if rng.random() < 0.2 else 6)
        return float(lat), float(lon)

    need_lines, offer_lines = [NEED_HEAD + ",area" * areas], [OFFER_HEAD]
    for i in range(needs):
        kind = names[rng.integers(3)]
        lat, lon = place()
        need_lines.append(f"N{i:05d},{kind},{lat},{lon},{rng.integers(1, 4)},{rng.integers(1, 6)},"
                          f"{rng.integers(0, 400)},{rng.choice(kinds[kind])}"
                          + f",{'' if i % 50 == 0 else 360302001 + town[-1]}" * areas)
    for i in range(offers):
        kind = names[rng.integers(3)]
        lat, lon = place()
        accepts = ";".join(c for c in kinds[kind] if c and rng.random() < 0.5)
        offer_lines.append(f"O{i:04d},{kind},{lat},{lon},{rng.integers(1, 25)},{rng.integers(1, 12)},{accepts}")
    written = folder / "needs.csv", folder / "offers.csv"
    for path, lines in zip(written, (need_lines, offer_lines), strict=True):
        path.write_text("\n".join(lines) + "\n")
    return written

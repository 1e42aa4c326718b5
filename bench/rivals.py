"""Other ways to pair, behind the engine's own fast reading and search: `python -m bench.rivals WAY NEEDS OFFERS`.

`clerk`: who waited longest first, from the nearest offer with stock. `greedy`: the best scored pair first.
`nearest`: min-cost flow on each need's ten nearest offers. `flow`: min-cost flow on every allowed pair (exact).
"""

from __future__ import annotations

import json
import sys

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiled import kernel
from matching.engine.files import read_needs, read_offers
from matching.engine.memory import peak_mb
from matching.engine.pairing import graph_of, types_of

Ints = NDArray[np.int64]
NEAREST = 10


def in_turn(order: Ints, n: Ints, o: Ints, want: Ints, have: Ints) -> Ints:
    """Give on each pair in turn as much as is still wanted and had."""
    units = np.zeros(len(n), np.int64)
    _give_in_turn(order, n, o, want.copy(), have.copy(), units)
    return units


@kernel
def _give_in_turn(order: Ints, n: Ints, o: Ints, want: Ints, have: Ints, units: Ints) -> None:
    for k in order:
        q = min(want[n[k]], have[o[k]])
        units[k] = q
        want[n[k]] -= q
        have[o[k]] -= q


def flow(n: Ints, o: Ints, score: Ints, want: Ints, have: Ints) -> Ints:
    """OR-Tools min-cost flow: needs to offers to a sink, or straight to the sink for nothing."""
    from ortools.graph.python import min_cost_flow

    needs, offers = len(want), len(have)
    sink = needs + offers
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(n, needs + o, np.minimum(want[n], have[o]), -score)
    solver.add_arcs_with_capacity_and_unit_cost(
        np.arange(sink), np.full(sink, sink), np.concatenate((want, have)), np.zeros(sink, np.int64))
    solver.set_nodes_supplies(np.arange(needs), want)
    solver.set_nodes_supplies(np.array([sink]), np.array([-int(want.sum())]))
    if solver.solve() != solver.OPTIMAL:
        raise SystemExit("OR-Tools found no optimum")
    return np.asarray(solver.flows(arcs), dtype=np.int64)


def pair(way: str, n: Ints, o: Ints, score: Ints, near: Ints, waiting: Ints, want: Ints, have: Ints) -> int:
    """The weight that a way of pairing reaches in one market."""
    if way == "nearest":
        ranked = np.lexsort((-near, n))
        keep = ranked[np.arange(len(n)) - np.searchsorted(n[ranked], n[ranked]) < NEAREST]
        n, o, score = n[keep], o[keep], score[keep]
    if way in ("nearest", "flow"):
        units = flow(n, o, score, want, have)
    else:
        order = np.lexsort((n, -score)) if way == "greedy" else np.lexsort((-near, n, -waiting[n]))
        units = in_turn(order, n, o, want, have)
    return int((units * score).sum())


def main(way: str, needs_path: str, offers_path: str) -> None:
    """Pair two files one type after the other and print what came of it as a line of JSON."""
    needs, offers = read_needs(needs_path), read_offers(offers_path)
    weight = pairs = 0
    for rows in types_of(needs, offers):
        ni, oi, graph = graph_of(needs, offers, *rows)
        n = np.repeat(np.arange(len(ni)), np.diff(graph.start))
        near = graph.part.astype(np.int64)
        weight += pair(way, n, graph.other.astype(np.int64), graph.base_a[n] + near, near,
                       needs.waiting_days[ni].astype(np.int64), needs.quantity[ni].astype(np.int64),
                       offers.capacity[oi].astype(np.int64))
        pairs += len(n)
    print(json.dumps({"weight": weight, "allowed_pairs": pairs, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Pair two files: read, solve type by type, and write pairs, prices and report."""

import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from matching.engine.arrays import Ints, Rows
from matching.engine.assignment import Solved, settle_needs, settle_offers, solve, solve_on
from matching.engine.conditions import fits_lists
from matching.engine.files import FilePath, NeedFile, OfferFile, read_needs, read_offers
from matching.engine.geometry import Circles, Near, ecef
from matching.engine.islands import apart
from matching.engine.market import turn
from matching.engine.memory import give_back_blocks, peak_mb
from matching.engine.reach import search, sorted_by_place
from matching.engine.scores import need_points
from matching.engine.settle import Graph
from matching.engine.writing import csv_lines, write_whole

__all__ = ["FilePlan", "graph_from", "graph_of", "pair_files", "pairs_file", "report", "solve_files",
           "types_of", "write_plan"]


@dataclass
class FilePlan:
    """The best plan of two files: rows of needs, rows of offers and units of each pair given, in canonical
    order; the price of each offer; what no plan can exceed; how long each phase took in seconds; and what the
    report says of fairness, where it was asked for."""

    need: Rows
    offer: Rows
    units: Ints
    price: Ints
    weight: int
    upper_bound: int
    allowed_pairs: int
    seconds: dict[str, float] = field(default_factory=dict)
    fairness: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class _Market:
    """One type's rows in canonical order, and its solution."""

    needs: Ints
    offers: Ints
    need: Rows
    offer: Rows
    units: Ints
    price: Ints
    weight: int
    upper_bound: int
    allowed_pairs: int


def pair_files(needs_path: FilePath, offers_path: FilePath, pairs_path: FilePath, *,
               report_path: FilePath | None = None, prices_path: FilePath | None = None,
               workers: int | None = None, fairness: float | None = None,
               executor: Executor | None = None) -> dict[str, object]:
    """Pair needs.csv with offers.csv, write pairs.csv and what else is asked for; the report.

    `fairness`: the share (0 to 1) of the best sum that may be given up so that the worst-served area is served
    better (`fairness.py`). `executor`: where markets are solved (default: `workers` threads here). Raises FileFault
    before anything is written when a file cannot be used.
    """
    give_back_blocks()
    began = time.perf_counter()
    needs, offers = read_needs(needs_path), read_offers(offers_path)
    read = time.perf_counter()
    if fairness is None:
        plan = solve_files(needs, offers, workers, executor)
    else:
        from matching.engine.fairness import fair_plan  # here, because it stands on this file

        plan = fair_plan(str(needs_path), needs, offers, fairness, workers, executor)
    plan.seconds = {"read": read - began, "solve": time.perf_counter() - read}
    return write_plan(plan, needs, offers, pairs_path, report_path, prices_path)


def solve_files(needs: NeedFile, offers: OfferFile, workers: int | None = None,
                executor: Executor | None = None) -> FilePlan:
    """Solve each type's market, `workers` at a time (default: as many as processors), and join them.

    With an executor pairs are searched here, and each market, or each part of one that no pair connects with the
    others, is solved there. The plan is the same.
    """
    types = list(types_of(needs, offers))
    largest_first = sorted(range(len(types)), key=lambda t: -len(types[t][0]) * len(types[t][1]))
    if executor is not None:
        sent = {t: _send_type(executor, needs, offers, *types[t]) for t in largest_first}
        markets = [sent[t]() for t in range(len(types))]
    else:
        with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
            waiting = {t: pool.submit(_solve_type, needs, offers, *types[t]) for t in largest_first}
        markets = [waiting[t].result() for t in range(len(types))]
    price = np.zeros(len(offers.ids), np.int64)
    for market in markets:
        price[market.offers] = market.price
    none = [np.zeros(0, np.int64)]
    return FilePlan(
        need=np.concatenate([m.needs[m.need] for m in markets] or none).astype(np.int32),
        offer=np.concatenate([m.offers[m.offer] for m in markets] or none).astype(np.int32),
        units=np.concatenate([m.units for m in markets] or none), price=price,
        weight=sum(m.weight for m in markets), upper_bound=sum(m.upper_bound for m in markets),
        allowed_pairs=sum(m.allowed_pairs for m in markets))


def types_of(needs: NeedFile, offers: OfferFile) -> Iterator[tuple[Ints, Ints]]:
    """Rows of the needs and of the offers of each type that both sides know."""
    for name in sorted(set(needs.types) & set(offers.types)):
        yield (np.flatnonzero(needs.type == needs.types.index(name)),
               np.flatnonzero(offers.type == offers.types.index(name)))


def _solve_type(needs: NeedFile, offers: OfferFile, ni: Ints, oi: Ints) -> _Market:
    """One market: its rows in canonical order, its allowed pairs, its best plan."""
    ni, oi, graph = graph_of(needs, offers, ni, oi)
    want, have = needs.quantity[ni].astype(np.int64), offers.capacity[oi].astype(np.int64)
    allowed = len(graph.other)
    if apart(graph):
        return _market(ni, oi, want, have, solve(graph, want, have), allowed)
    state = settle_needs(graph, want, have)
    graph = turn(graph)  # from here on only one direction takes memory
    return _market(ni, oi, want, have, settle_offers(graph, state, want), allowed)


def _send_type(executor: Executor, needs: NeedFile, offers: OfferFile, ni: Ints, oi: Ints) -> Callable[[], _Market]:
    """Have one market solved on an executor; what is returned waits for it."""
    ni, oi, graph = graph_of(needs, offers, ni, oi)
    want, have = needs.quantity[ni].astype(np.int64), offers.capacity[oi].astype(np.int64)
    allowed, answer = len(graph.other), solve_on(executor, graph, want, have)
    return lambda: _market(ni, oi, want, have, answer(), allowed)


def _market(ni: Ints, oi: Ints, want: Ints, have: Ints, solved: Solved, allowed: int) -> _Market:
    given = solved.given
    bound = (have * solved.price).sum() + (want * solved.surplus).sum()
    return _Market(ni, oi, given.need, given.offer, given.units, solved.price,
                   int((given.units * given.score).sum()), int(bound), allowed)


def graph_of(needs: NeedFile, offers: OfferFile, ni: Ints, oi: Ints) -> tuple[Ints, Ints, Graph]:
    """The rows of one type in canonical order, and its allowed pairs by need."""
    ni = ni[sorted_by_place(needs.lat[ni], needs.lon[ni], needs.ids[ni])]
    oi = oi[sorted_by_place(offers.lat[oi], offers.lon[oi], offers.ids[oi])]
    attrs, need_kind = np.unique(needs.attr[ni], return_inverse=True)
    lists, offer_kind = np.unique(offers.accepts[oi], return_inverse=True)
    fits = fits_lists([needs.attrs[i] if i >= 0 else "" for i in attrs],
                      [offers.accept_lists[i] if i >= 0 else "" for i in lists])
    circles = Circles(offers.lat[oi], offers.lon[oi], ecef(offers.lat[oi], offers.lon[oi]),
                      offers.radius_km[oi] * 1000.0, offer_kind.astype(np.int32), np.zeros(len(oi), np.int32))
    found = search(needs.lat[ni], needs.lon[ni], ecef(needs.lat[ni], needs.lon[ni]),
                   need_kind.astype(np.int32), circles, fits)
    return ni, oi, graph_from(found, need_points(needs.urgency[ni], needs.waiting_days[ni]))


def graph_from(found: Near, base: Ints) -> Graph:
    """Pairs that were found by offer, by need; `base`: the points of each need."""
    return turn(Graph(found.start, found.need, found.closeness, np.zeros(len(found.start) - 1, np.int64), base))


def write_plan(plan: FilePlan, needs: NeedFile, offers: OfferFile, pairs_path: FilePath,
               report_path: FilePath | None, prices_path: FilePath | None) -> dict[str, object]:
    """Write pairs.csv, and prices and report where asked for; the report."""
    began = time.perf_counter()
    files = [(pairs_path, pairs_file(needs, offers, plan.need, plan.offer, plan.units))]
    if prices_path is not None:
        order = np.argsort(offers.ids, kind="stable")
        files.append((prices_path, csv_lines("offer_id,price", offers.ids[order], plan.price[order])))
    plan.seconds["write"] = time.perf_counter() - began
    made = report(plan, needs)
    if report_path is not None:
        text = json.dumps(made, ensure_ascii=False, indent=2) + "\n"
        files.append((report_path, text.encode()))
    write_whole(files)
    return made


def pairs_file(needs: NeedFile, offers: OfferFile, need: Ints | Rows, offer: Ints | Rows, units: Ints) -> bytes:
    """What pairs.csv says of pairs given as rows of needs and of offers."""
    return csv_lines("need_id,offer_id,quantity", needs.ids[need], units, offers.ids[offer])


def report(plan: FilePlan, needs: NeedFile) -> dict[str, object]:
    """What the plan is worth, how near to the best that is proven to be, and what it took."""
    made: dict[str, object] = {
        "weight": plan.weight,
        "upper_bound": plan.upper_bound,
        "gap": (plan.upper_bound - plan.weight) / max(plan.upper_bound, 1),
        "units": int(plan.units.sum()),
        "units_wanted": int(needs.quantity.sum()),
        "needs_served": int(np.count_nonzero(np.bincount(plan.need, minlength=1))),
        "needs": len(needs.ids),
        "pairs": len(plan.need),
        "allowed_pairs": plan.allowed_pairs,
    }
    made |= plan.fairness
    if needs.area is not None:
        made["areas"] = _areas(plan, needs)
    made["seconds"] = {phase: round(took, 3) for phase, took in plan.seconds.items()}
    made["peak_mb"] = peak_mb()
    return made


def _areas(plan: FilePlan, needs: NeedFile) -> dict[str, dict[str, float]]:
    """By area: units wanted, units given, and the share of the one in the other ("" without an area)."""
    area = needs.area if needs.area is not None else np.zeros(0, np.int32)
    wanted = np.bincount(area + 1, weights=needs.quantity, minlength=len(needs.areas) + 1).astype(np.int64)
    given = np.bincount(area[plan.need] + 1, weights=plan.units, minlength=len(wanted)).astype(np.int64)
    return {name: {"wanted": int(w), "given": int(g), "share": int(g) / int(w)}
            for name, w, g in zip(("", *needs.areas), wanted, given, strict=True) if w}

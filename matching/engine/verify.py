"""An independent check of a plan: is it allowed, what is it worth, and what can no plan exceed?

It shares nothing with the solver: it reads with the standard library, measures with its own arithmetic
and finds the allowed pairs in a k-d tree. The proof is the prices: whatever they are, if none is
negative, ``sum(capacity * price) + sum(quantity * max(0, best score - price))`` is above every plan.
"""

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["PLAN_FAULTS", "Fault", "Verdict", "verify_files"]

PLAN_FAULTS = ("unreadable", "columns", "values", "twice", "unknown_need", "unknown_offer", "quantity",
               "repeated_pair", "types", "attr", "too_far", "need_over", "offer_over", "unknown_price",
               "repeated_price", "price", "unsold_price", "unproven")

NEED_COLUMNS = ("need_id", "type", "lat", "lon", "quantity", "urgency", "waiting_days", "attr")
OFFER_COLUMNS = ("offer_id", "type", "lat", "lon", "radius_km", "capacity", "accepts")
TOLERANCE = 1e-9
"""Share of the bound by which decimals may miss it."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong (`PLAN_FAULTS`), how often, and the line of the first (0: the whole file)."""

    file: str
    code: str
    line: int
    count: int = 1


@dataclass
class Verdict:
    """What the check found. `upper_bound` and `gap` only with prices."""

    faults: list[Fault] = field(default_factory=list)
    weight: int = 0
    units: int = 0
    pairs: int = 0
    upper_bound: float | None = None
    gap: float | None = None

    @property
    def ok(self) -> bool:
        return not self.faults


class _Unusable(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


class _Csv:
    """A file's columns as lists of text; data row r stands in line `line[r]`."""

    def __init__(self, path: str, columns: Sequence[str]) -> None:
        self.path = path
        try:
            with Path(path).open(newline="", encoding="utf-8-sig") as f:
                reader = csv.reader(f, strict=True)
                rows = [(reader.line_num, row) for row in reader if row]
        except (OSError, UnicodeDecodeError, csv.Error):
            raise _Unusable(Fault(path, "unreadable", 0)) from None
        head = rows[0][1] if rows else []
        if not set(columns) <= set(head) or len(set(head)) < len(head):
            raise _Unusable(Fault(path, "columns", 1))
        for line, row in rows:
            if len(row) != len(head):
                raise _Unusable(Fault(path, "columns", line))
        self.line = [line for line, _ in rows[1:]]
        self.text = {name: [row[head.index(name)] for _, row in rows[1:]] for name in columns}

    def ids(self, name: str) -> dict[str, int]:
        rows: dict[str, int] = {}
        for row, text in enumerate(self.text[name]):
            if rows.setdefault(text, row) != row:
                raise _Unusable(Fault(self.path, "twice", self.line[row]))
        return rows

    def numbers(self, name: str, low: float, high: float, whole: bool = False) -> Array:
        values = np.empty(len(self.line))
        for row, text in enumerate(self.text[name]):
            try:
                value = float(text if not whole or (text.isascii() and text.isdigit()) else "nan")
            except ValueError:
                value = math.nan
            if not (low <= value <= high and math.isfinite(value)):
                raise _Unusable(Fault(self.path, "values", self.line[row]))
            values[row] = value
        return values


class _Side:
    """Needs or offers: their texts, numbers, and points in metres from the earth's centre."""

    def __init__(self, path: str, columns: Sequence[str], amount: str) -> None:
        self.csv = _Csv(path, columns)
        self.row = self.csv.ids(columns[0])
        self.kind = np.array(self.csv.text["type"], dtype=np.str_)
        self.amount = self.csv.numbers(amount, 1, 1e9, whole=True).astype(np.int64)
        self.point = _on_ellipsoid(self.csv.numbers("lat", -90, 90), self.csv.numbers("lon", -180, 180))


def verify_files(needs_path: str, offers_path: str, pairs_path: str, prices_path: str | None = None, *,
                 fair: bool = False) -> Verdict:
    """Check a plan of two files, and its proof where prices are given. A plan that gives up something for fairness
    (`fair`) may leave units of an offer that has a price: the bound holds for the best plan all the same.

    1. Read all files anew. 2. Every pair: known, allowed, within quantity and capacity; its worth.
    3. Find every allowed pair anew and reckon the bound that the prices prove; the plan may not exceed it.
    """
    verdict = Verdict()
    try:
        needs = _Side(needs_path, NEED_COLUMNS, "quantity")
        offers = _Side(offers_path, OFFER_COLUMNS, "capacity")
        base = (100 * needs.csv.numbers("urgency", 1, 5, whole=True)
                + np.minimum(needs.csv.numbers("waiting_days", 0, 1e9, whole=True), 300))
        radius = offers.csv.numbers("radius_km", 0, 1e9) * 1000
        gave = _check_pairs(verdict, needs, offers, base, radius, pairs_path)
        if prices_path is not None:
            _check_proof(verdict, needs, offers, base, radius, offers.amount if fair else gave, prices_path)
    except _Unusable as unusable:
        verdict.faults.append(unusable.fault)
    return verdict


def _on_ellipsoid(lat: Array, lon: Array) -> Array:
    """WGS-84: semi-axes 6378137 m and 6356752.314245 m."""
    a2, b2 = 6378137.0**2, 6356752.314245179**2
    sin, cos = np.sin(np.deg2rad(lat)), np.cos(np.deg2rad(lat))
    root = np.sqrt(a2 * cos * cos + b2 * sin * sin)
    turn = np.deg2rad(lon)
    return np.column_stack((a2 / root * cos * np.cos(turn), a2 / root * cos * np.sin(turn), b2 / root * sin))


def _metres(chord: Array) -> Array:
    return chord * (1 + (chord / 6371000.0) ** 2 / 24)


def _points(metres: Array) -> Array:
    return np.maximum(0.0, 200.0 - metres // 150)


def _check_pairs(verdict: Verdict, needs: _Side, offers: _Side, base: Array, radius: Array,
                 path: str) -> NDArray[np.int64]:
    """Faults and worth of the pairs; units given by each offer."""
    pairs = _Csv(path, ("need_id", "offer_id", "quantity"))

    def fault(code: str, bad: NDArray[np.bool_]) -> None:
        rows = np.flatnonzero(bad)
        if len(rows):
            verdict.faults.append(Fault(path, code, pairs.line[rows[0]], len(rows)))

    n = np.array([needs.row.get(x, -1) for x in pairs.text["need_id"]], dtype=np.int64)
    o = np.array([offers.row.get(x, -1) for x in pairs.text["offer_id"]], dtype=np.int64)
    q = np.array([int(x) if x.isascii() and x.isdigit() and len(x) < 11 else 0 for x in pairs.text["quantity"]],
                 dtype=np.int64)
    fault("unknown_need", n < 0)
    fault("unknown_offer", o < 0)
    fault("quantity", q < 1)
    first = np.zeros(len(n), np.bool_)
    first[np.unique(np.stack((n, o)), axis=1, return_index=True)[1]] = True
    fault("repeated_pair", ~first)
    if verdict.faults:
        return np.zeros(len(offers.amount), np.int64)
    got, gave = np.zeros(len(needs.amount), np.int64), np.zeros(len(offers.amount), np.int64)
    np.add.at(got, n, q)
    np.add.at(gave, o, q)
    metres = _metres(np.linalg.norm(needs.point[n] - offers.point[o], axis=1))
    fault("types", needs.kind[n] != offers.kind[o])
    attr, accepts = needs.csv.text["attr"], offers.csv.text["accepts"]
    fault("attr", np.array([not _suits(attr[i], accepts[j]) for i, j in zip(n, o, strict=True)], dtype=np.bool_))
    fault("too_far", metres > radius[o] * (1 + 1e-9) + 1e-6)
    fault("need_over", (got > needs.amount)[n])
    fault("offer_over", (gave > offers.amount)[o])
    verdict.weight = int((q * (base[n] + _points(metres))).sum())
    verdict.units, verdict.pairs = int(q.sum()), len(q)
    return gave


def _suits(attr: str, accepts: str) -> bool:
    return not attr or not accepts or attr in accepts.split(";")


def _check_proof(verdict: Verdict, needs: _Side, offers: _Side, base: Array, radius: Array,
                 gave: NDArray[np.int64], path: str) -> None:
    """The prices: sound, 0 where not all is given, and the bound that they prove."""
    table = _Csv(path, ("offer_id", "price"))
    price, seen = np.zeros(len(offers.amount)), np.zeros(len(offers.amount), np.bool_)
    for line, name, text in zip(table.line, table.text["offer_id"], table.text["price"], strict=True):
        row = offers.row.get(name, -1)
        value = float(text) if text.replace(".", "", 1).isdigit() and text.isascii() else -1.0
        bad = "unknown_price" if row < 0 else "repeated_price" if seen[row] else "price" if value < 0 else ""
        if bad:
            raise _Unusable(Fault(path, bad, line))
        price[row], seen[row] = value, True
    unsold = np.flatnonzero((price > 0) & (gave < offers.amount))
    if len(unsold) and verdict.ok:
        verdict.faults.append(Fault(path, "unsold_price", 0, len(unsold)))
    best = np.zeros(len(needs.amount))
    for n, o, metres in _allowed(needs, offers, radius):
        np.maximum.at(best, n, base[n] + _points(metres) - price[o])
    bound = float((offers.amount * price).sum() + (needs.amount * best).sum())
    verdict.upper_bound, verdict.gap = bound, (bound - verdict.weight) / max(bound, 1.0)
    if verdict.weight > bound * (1 + TOLERANCE):
        verdict.faults.append(Fault(path, "unproven", 0))


def _allowed(needs: _Side, offers: _Side, radius: Array) -> Iterator[tuple[NDArray[np.intp], int, Array]]:
    """For each offer the rows of the needs it may serve, and how far each one is."""
    from scipy.spatial import cKDTree  # here, so that solving does not wait for it

    attr = np.array(needs.csv.text["attr"], dtype=np.str_)
    for kind in np.unique(offers.kind):
        rows = np.flatnonzero(needs.kind == kind)
        if not len(rows):
            continue
        tree = cKDTree(needs.point[rows])
        for o in np.flatnonzero(offers.kind == kind).tolist():
            near = rows[np.array(tree.query_ball_point(offers.point[o], radius[o]), dtype=np.intp)]
            metres = _metres(np.linalg.norm(needs.point[near] - offers.point[o], axis=1))
            keep = metres <= radius[o]
            if accepts := offers.csv.text["accepts"][o]:
                keep &= np.isin(attr[near], ["", *accepts.split(";")])
            yield near[keep], o, metres[keep]

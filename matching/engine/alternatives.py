"""What if there were one offer more, a radius were wider, points were others: who gains, who loses. Nothing is saved.

The plan of `match solve` is settled again from where it stands (`standing_files.py`), so that only what has to move
does; the answer is the best plan of the changed files, with the same proof.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from matching.engine.arrays import Ints
from matching.engine.faults import FileFault
from matching.engine.files import FilePath, NeedFile, OfferFile, read_needs, read_offers
from matching.engine.geometry import closeness, distance_m, ecef
from matching.engine.pairing import FilePlan
from matching.engine.scores import Weights
from matching.engine.standing_files import NO_OFFERS, stand_files

__all__ = ["Difference", "WhatIf", "what_if"]

IN_FORCE = Weights()


@dataclass(frozen=True)
class Difference:
    """What one need is given before and after: units, and what these are worth in the points in force."""

    need: str
    units_before: int
    units_after: int
    points_before: int
    points_after: int


@dataclass(frozen=True)
class WhatIf:
    """Both plans, and every need that is served otherwise: more units, fewer, or as many from other offers.

    `weight_before`, `weight_after` in the points in force; `asked_before`, `asked_after` in those that were asked for
    (the same numbers when none were). `upper_bound` proves `asked_after`: no plan is worth more.
    """

    weight_before: int
    weight_after: int
    asked_before: int
    asked_after: int
    upper_bound: int
    units_before: int
    units_after: int
    gains: list[Difference]
    losses: list[Difference]
    otherwise: list[Difference]


def what_if(needs_path: FilePath, offers_path: FilePath, *, more_path: FilePath | None = None,
            radius_km: Mapping[str, float] | None = None, without: Sequence[str] = (),
            weights: Weights = IN_FORCE) -> WhatIf:
    """What changes with the offers of `more_path` (a file like offers.csv) beside the others, offers named in
    `radius_km` reaching so far instead, those named in `without` gone, and points as in `weights`. Raises FileFault
    for a file that cannot be used, an offer that is not there, or one that is there already."""
    needs, offers = read_needs(needs_path), read_offers(offers_path)
    more = NO_OFFERS if more_path is None else _new(read_offers(more_path), offers, str(more_path))
    row = {name: i for i, name in enumerate(offers.ids.tolist())}
    reaching = {_row(row, name, offers_path): km for name, km in (radius_km or {}).items()}
    gone = {_row(row, name, offers_path) for name in without}
    standing = stand_files(needs, offers)
    before, moved = standing.plan(), np.array(sorted(set(reaching) - gone), np.int64)
    come = _together(_reaching(offers, moved, reaching), more)
    if len(come.ids) or gone:
        standing = standing.after(offers=come, gone_offers=sorted(gone | set(reaching)))
    if weights != IN_FORCE:
        standing = standing.weighed(weights.need_points(needs.urgency, needs.waiting_days), weights.closeness)
    return _compared(needs, _together(offers, come), before, standing.plan(), weights)


def _row(rows: Mapping[bytes, int], name: str, path: FilePath) -> int:
    if name.encode() not in rows:
        raise FileFault(str(path), 0, "offer_id", "not_there", found=name)
    return rows[name.encode()]


def _new(more: OfferFile, offers: OfferFile, path: str) -> OfferFile:
    """Offers none of which is there already."""
    known = np.flatnonzero(np.isin(more.ids, offers.ids))
    if len(known):
        raise FileFault(path, int(known[0]) + 2, "offer_id", "there", found=more.ids[known[0]].decode())
    return more


def _reaching(offers: OfferFile, rows: Ints, radius_km: Mapping[int, float]) -> OfferFile:
    """Some offers, reaching otherwise."""
    some = {name: getattr(offers, name)[rows] for name in ("ids", "type", "lat", "lon", "capacity", "accepts")}
    return replace(offers, radius_km=np.array([radius_km[i] for i in rows.tolist()], np.float64), **some)


def _together(first: OfferFile, second: OfferFile) -> OfferFile:
    """The offers of both, in this order."""
    types, lists = (*first.types, *second.types), (*first.accept_lists, *second.accept_lists)
    known, names = {name: i for i, name in enumerate(sorted(set(types)))}, tuple(sorted(set(types)))
    number = np.array([known[name] for name in types] + [0], np.int32)
    accepts = np.where(second.accepts >= 0, second.accepts + len(first.accept_lists), -1).astype(np.int32)

    def both(name: str) -> Any:
        return np.concatenate((getattr(first, name), getattr(second, name)))

    return OfferFile(both("ids"), np.concatenate((number[first.type], number[second.type + len(first.types)])), names,
                     both("lat"), both("lon"), both("radius_km"), both("capacity"),
                     np.concatenate((first.accepts, accepts)), lists)


def _compared(needs: NeedFile, offers: OfferFile, before: FilePlan, after: FilePlan, weights: Weights) -> WhatIf:
    points = [_points(needs, offers, plan, IN_FORCE) for plan in (before, after)]
    asked = [_points(needs, offers, plan, weights) for plan in (before, after)]
    units = [_by_need(needs, plan, plan.units) for plan in (before, after)]
    worth = [_by_need(needs, plan, score) for plan, score in zip((before, after), points, strict=True)]
    lists: dict[int, list[Difference]] = {1: [], -1: [], 0: []}
    for n in np.flatnonzero((units[0] != units[1]) | _served_otherwise(needs, offers, before, after)).tolist():
        lists[int(np.sign(units[1][n] - units[0][n]))].append(Difference(
            needs.ids[n].decode(), *(int(column[n]) for column in (*units, *worth))))
    old, new = ({"weight": int(points[i].sum()), "asked": int(asked[i].sum()), "units": int(units[i].sum())}
                for i in range(2))
    return WhatIf(old["weight"], new["weight"], old["asked"], new["asked"], after.upper_bound, old["units"],
                  new["units"], lists[1], lists[-1], lists[0])


def _points(needs: NeedFile, offers: OfferFile, plan: FilePlan, weights: Weights) -> Ints:
    """What the units of each pair are worth."""
    n, o = plan.need, plan.offer
    metres = distance_m(ecef(needs.lat[n], needs.lon[n]), ecef(offers.lat[o], offers.lon[o]))
    own = weights.need_points(needs.urgency[n], needs.waiting_days[n])
    return plan.units * (own + weights.closeness * closeness(metres))


def _by_need(needs: NeedFile, plan: FilePlan, values: Ints) -> Ints:
    """Sums by need; below 2**53, so exact."""
    return np.bincount(plan.need, values, len(needs.ids)).astype(np.int64)


def _served_otherwise(needs: NeedFile, offers: OfferFile, before: FilePlan, after: FilePlan) -> np.ndarray[Any, Any]:
    """Which needs are given units by other offers than before; an offer that reaches otherwise stays the same one."""
    marked = np.zeros(len(needs.ids), np.bool_)
    _, name = np.unique(offers.ids, return_inverse=True)
    pairs = [set(zip(plan.need.tolist(), name[plan.offer].tolist(), plan.units.tolist(), strict=True))
             for plan in (before, after)]
    marked[[n for n, _, _ in pairs[0] ^ pairs[1]]] = True
    return marked

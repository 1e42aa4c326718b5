"""Needs and offers of files, settled and kept ready: what changes is settled at once.

`stand_files` solves them once. `StandingFiles.after` then takes in what has changed: only the new rows are searched
for pairs, and each market goes on from its last prices (`standing.py`). The answer is another `StandingFiles`; the one
that was asked stays as it is, so the same call answers "what if".
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.engine.arrays import Floats, Ints, Parts, Rows
from matching.engine.conditions import fits_lists
from matching.engine.files import NeedFile, OfferFile
from matching.engine.geometry import BANDS, Circles, Points, ecef, near
from matching.engine.nearby import Cells, pairs_by_cell
from matching.engine.pairing import FilePlan, graph_from
from matching.engine.reach import points_of, sorted_by_place
from matching.engine.scores import need_points
from matching.engine.standing import NewPairs, Standing, side_by_side, stand

__all__ = ["StandingFiles", "stand_files"]

NEEDS_A_MARKET = 20_000
"""Types are put together until they have as many needs: a change costs something for each market, however small."""
_WHOLE, _DEGREES = np.zeros(0, np.int32), np.zeros(0, np.float64)
NO_NEEDS = NeedFile(np.zeros(0, "S1"), _WHOLE, (), _DEGREES, _DEGREES, _WHOLE, _WHOLE, _WHOLE, _WHOLE, (), None, ())
NO_OFFERS = OfferFile(np.zeros(0, "S1"), _WHOLE, (), _DEGREES, _DEGREES, _DEGREES, _WHOLE, _WHOLE, ())


class _Needs(NamedTuple):
    """Needs of one market that came together: the first of its rows, where they are, their conditions by kind."""

    first: int
    lat: Floats
    lon: Floats
    shelf: Rows
    places: Points
    attrs: tuple[str, ...]


class _Offers(NamedTuple):
    """Offers of one market that came together, also by the cells that they reach."""

    first: int
    circles: Circles
    cells: Cells
    lists: tuple[str, ...]


@dataclass(frozen=True)
class _Market:
    """Some types, each on a shelf: the number of each row of their needs and offers (-1: gone), which of them came
    together, and where they stand."""

    types: tuple[str, ...] = ()
    need: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    offer: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    needs: tuple[_Needs, ...] = ()
    offers: tuple[_Offers, ...] = ()
    standing: Standing | None = None


@dataclass(frozen=True)
class _Change:
    """What comes, and for each number that there is whether it goes."""

    needs: NeedFile
    offers: OfferFile
    need_goes: NDArray[np.bool_]
    offer_goes: NDArray[np.bool_]


@dataclass(frozen=True)
class StandingFiles:
    """The best plan of needs and offers, ready to be changed.

    Rows are numbered as in the files; those that come later go on counting. `needs`, `offers`: how many numbers
    there are, gone ones included.
    """

    markets: tuple[_Market, ...]
    needs: int
    offers: int

    def after(self, needs: NeedFile = NO_NEEDS, offers: OfferFile = NO_OFFERS, gone_needs: ArrayLike = (),
              gone_offers: ArrayLike = (), workers: int | None = None) -> "StandingFiles":
        """What comes, as files, and the numbers of the rows that go; a row that changes goes and comes anew."""
        change = _Change(needs, offers, _marked(gone_needs, self.needs), _marked(gone_offers, self.offers))
        markets = _with_types(self.markets, needs, offers)
        with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
            spread = pool.map if len(markets) > 1 else map  # starting threads takes longer than a small market
            return StandingFiles(tuple(spread(lambda market: _changed(market, change), markets)),
                                 self.needs + len(needs.ids), self.offers + len(offers.ids))

    def weighed(self, points: Ints, times: int) -> "StandingFiles":
        """When need number i has `points[i]` of its own, and closeness counts `times` as much."""
        return replace(self, markets=tuple(
            replace(m, standing=m.standing.weighed(points[m.need], times) if m.standing else None)
            for m in self.markets))

    @property
    def weight(self) -> int:
        return sum(market.standing.weight for market in self.markets if market.standing)

    @property
    def upper_bound(self) -> int:
        """What no plan of these needs and offers can exceed."""
        return sum(market.standing.upper_bound for market in self.markets if market.standing)

    def plan(self) -> FilePlan:
        """The plan, by numbers of rows."""
        price, none = np.zeros(self.offers, np.int64), np.zeros(0, np.int64)
        found, pairs = [(none, none, none)], 0
        for market in self.markets:
            if market.standing is not None:
                given, there = market.standing.given, market.offer >= 0
                price[market.offer[there]] = market.standing.price[there]
                found.append((market.need[given.need], market.offer[given.offer], given.units))
                pairs += market.standing.pairs
        need, offer, units = (np.concatenate(column) for column in zip(*found, strict=True))
        order = np.lexsort((offer, need))
        return FilePlan(need=need[order].astype(np.int32), offer=offer[order].astype(np.int32), units=units[order],
                        price=price, weight=self.weight, upper_bound=self.upper_bound, allowed_pairs=pairs)


def stand_files(needs: NeedFile, offers: OfferFile, workers: int | None = None) -> StandingFiles:
    """Find the best plan of two files, and keep what is needed to change it quickly."""
    return StandingFiles((), 0, 0).after(needs, offers, workers=workers)


def _with_types(markets: Sequence[_Market], needs: NeedFile, offers: OfferFile) -> list[_Market]:
    """The markets, with each new type in the last of them, or in another one where that has needs enough."""
    found = list(markets)
    come = np.bincount(needs.type, minlength=len(needs.types))
    size = len(found[-1].need) if found else NEEDS_A_MARKET
    for name in sorted({*needs.types, *offers.types} - {name for market in markets for name in market.types}):
        if size >= NEEDS_A_MARKET:
            found.append(_Market())
            size = 0
        found[-1] = replace(found[-1], types=(*found[-1].types, name))
        size += int(come[needs.types.index(name)]) if name in needs.types else 0
    return found


def _changed(market: _Market, change: _Change) -> _Market:
    """The market after a change; itself when nothing in it changes."""
    old, known = market.standing, (len(market.need), len(market.offer))
    need, lost_needs = _without(market.need, change.need_goes)
    offer, lost_offers = _without(market.offer, change.offer_goes)
    (ni, on), (oi, oo) = _rows(market.types, change.needs), _rows(market.types, change.offers)
    if old is not None and not (len(ni) or len(oi) or len(lost_needs) or len(lost_offers)):
        return market
    needs, base, want = _needs_that_come(change.needs, ni, on, known[0])
    offers, have = _offers_that_come(change.offers, oi, oo, known[1])
    numbers = np.append(need, len(change.need_goes) + ni), np.append(offer, len(change.offer_goes) + oi)
    after = _Market(market.types, *numbers, (*market.needs, needs), (*market.offers, offers))
    if old is None:
        return replace(after, standing=_stood(len(market.types), needs, offers, base, want, have))
    pairs = _new_pairs(after.needs, after.offers, known, numbers)
    return replace(after, standing=old.after(
        np.append(old.want, want), np.append(old.have, have), np.append(old.graph.base_a, base), pairs, lost_needs,
        lost_offers))


def _stood(types: int, needs: _Needs, offers: _Offers, base: Ints, want: Ints, have: Ints) -> Standing:
    """A market from the beginning, type by type: the same plan as that of `match solve`."""
    fits, markets = fits_lists(needs.attrs, offers.lists), []
    for shelf in range(types):
        n, o = (slice(*np.searchsorted(shelves, (shelf, shelf + 1))) for shelves in (needs.shelf, offers.circles.shelf))
        places = needs.places._replace(first=needs.places.first[BANDS * shelf :] - n.start, lon=needs.places.lon[n],
                                       xyz=needs.places.xyz[n], kind=needs.places.kind[n])
        circles = Circles._make(column[o] for column in offers.circles)
        circles = circles._replace(shelf=np.zeros_like(circles.shelf))
        markets.append(stand(graph_from(near(places, circles, fits), base[n]), want[n], have[o]))
    return side_by_side(markets)


def _marked(rows: ArrayLike, size: int) -> NDArray[np.bool_]:
    """Whether each of `size` rows is among some."""
    mark = np.zeros(size, np.bool_)
    mark[np.asarray(rows, np.int64)] = True
    return mark


def _without(numbers: Ints, goes: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Numbers with -1 for those that go, and the rows of these."""
    lost = np.flatnonzero(goes[numbers] & (numbers >= 0)) if len(goes) else np.zeros(0, np.int64)
    if len(lost):
        numbers = numbers.copy()
        numbers[lost] = -1
    return numbers, lost


def _rows(types: Sequence[str], file: NeedFile | OfferFile) -> tuple[Ints, Rows]:
    """The rows of some types and the shelf of each: type after type, each in canonical order."""
    shelf_of = np.array([types.index(name) if name in types else -1 for name in file.types], np.int16)
    shelf = shelf_of[file.type]
    rows = np.flatnonzero(shelf >= 0)
    rows = rows[sorted_by_place(file.lat[rows], file.lon[rows], file.ids[rows])]
    rows = rows[np.argsort(shelf[rows], kind="stable")]
    return rows, shelf[rows].astype(np.int32)


def _needs_that_come(needs: NeedFile, rows: Ints, shelf: Rows, first: int) -> tuple[_Needs, Ints, Ints]:
    """Their places and conditions, the points of each, and what each wants."""
    attrs, kind = np.unique(needs.attr[rows], return_inverse=True)
    lat, lon = needs.lat[rows], needs.lon[rows]
    places = points_of(lat, lon, ecef(lat, lon), kind.astype(np.int32), shelf)
    return (_Needs(first, lat, lon, shelf, places, tuple(needs.attrs[i] if i >= 0 else "" for i in attrs)),
            need_points(needs.urgency[rows], needs.waiting_days[rows]), needs.quantity[rows].astype(np.int64))


def _offers_that_come(offers: OfferFile, rows: Ints, shelf: Rows, first: int) -> tuple[_Offers, Ints]:
    """Their circles and conditions, and what each has."""
    lists, kind = np.unique(offers.accepts[rows], return_inverse=True)
    lat, lon, reach = offers.lat[rows], offers.lon[rows], offers.radius_km[rows]
    circles = Circles(lat, lon, ecef(lat, lon), reach * 1000.0, kind.astype(np.int32), shelf)
    names = tuple(offers.accept_lists[i] if i >= 0 else "" for i in lists)
    return (_Offers(first, circles, Cells(lat, lon, reach, np.arange(len(rows)), shelf), names),
            offers.capacity[rows].astype(np.int64))


def _new_pairs(needs: Sequence[_Needs], offers: Sequence[_Offers], known: tuple[int, int],
               numbers: tuple[Ints, Ints]) -> NewPairs:
    """Every allowed pair of which at least one row is new, and none is gone.

    New needs look into the cells that offers reach; new offers look round among all needs that were there.
    """
    found = [_looked_up(n, o) if n.first >= known[0] else _looked_round(n, o)
             for n in needs for o in offers if n.first >= known[0] or o.first >= known[1]]
    none = np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.uint8)
    need, offer, part = (np.concatenate(column) for column in zip(none, *found, strict=True))
    order = np.flatnonzero((numbers[0][need] >= 0) & (numbers[1][offer] >= 0))
    order = order[np.lexsort((offer[order], need[order]))]
    return NewPairs(need[order], offer[order], part[order])


def _looked_up(needs: _Needs, offers: _Offers) -> tuple[Rows, Rows, Parts]:
    need, offer, points = pairs_by_cell(needs.lat, needs.lon, needs.shelf, needs.places, offers.cells,
                                        offers.circles, fits_lists(needs.attrs, offers.lists))
    return need + np.int32(needs.first), offer + np.int32(offers.first), points


def _looked_round(needs: _Needs, offers: _Offers) -> tuple[Rows, Rows, Parts]:
    found = near(needs.places, offers.circles, fits_lists(needs.attrs, offers.lists))
    rows = np.arange(offers.first, offers.first + len(found.start) - 1, dtype=np.int32)
    return found.need + np.int32(needs.first), np.repeat(rows, np.diff(found.start)), found.closeness

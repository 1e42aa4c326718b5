"""Needs and offers of files, settled type by type and kept ready: what changes is settled at once.

`stand_files` solves them once. `StandingFiles.after` then takes in what has changed: only the new rows are searched
for pairs, and each market goes on from its last prices (`standing.py`). The answer is another `StandingFiles`; the one
that was asked stays as it is, so the same call answers "what if".
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.engine.arrays import Ints, Rows
from matching.engine.conditions import fits_lists
from matching.engine.files import NeedFile, OfferFile
from matching.engine.geometry import Circles, Near, Points, ecef, near
from matching.engine.pairing import FilePlan, graph_from
from matching.engine.reach import points_of, sorted_by_place
from matching.engine.scores import need_points
from matching.engine.standing import NewPairs, Standing, stand

__all__ = ["StandingFiles", "stand_files"]


@dataclass(frozen=True)
class _Needs:
    """Needs that came together: the market's rows of them begin at `first`; conditions by name."""

    first: int
    points: Points
    attrs: tuple[str, ...]


@dataclass(frozen=True)
class _Offers:
    """Offers that came together."""

    first: int
    circles: Circles
    lists: tuple[str, ...]


@dataclass(frozen=True)
class _Market:
    """One type: the number of each row of its needs and offers, what came when, and where it stands."""

    need: Ints
    offer: Ints
    needs: tuple[_Needs, ...]
    offers: tuple[_Offers, ...]
    standing: Standing


@dataclass(frozen=True)
class StandingFiles:
    """The best plan of needs and offers, ready to be changed.

    Rows are numbered as in the files; those that come later go on counting. `needs`, `offers`: how many numbers
    there are, gone ones included.
    """

    markets: dict[str, _Market]
    needs: int
    offers: int

    def after(self, needs: NeedFile | None = None, offers: OfferFile | None = None, gone_needs: ArrayLike = (),
              gone_offers: ArrayLike = (), workers: int | None = None) -> "StandingFiles":
        """What comes, as files, and the numbers of the rows that go; a row that changes goes and comes anew."""
        gone_n, gone_o = (np.asarray(gone, np.int64) for gone in (gone_needs, gone_offers))
        more_n, more_o = _by_type(needs), _by_type(offers)
        names = sorted({*self.markets, *more_n, *more_o})
        empty = np.zeros(0, np.int64)
        with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
            waiting = {name: pool.submit(
                _changed, self.markets.get(name, _NOBODY), self.needs, self.offers, needs, more_n.get(name, empty),
                offers, more_o.get(name, empty), gone_n, gone_o) for name in names}
        return StandingFiles({name: waiting[name].result() for name in names},
                             self.needs + (len(needs.ids) if needs else 0),
                             self.offers + (len(offers.ids) if offers else 0))

    @property
    def weight(self) -> int:
        return sum(market.standing.weight for market in self.markets.values())

    @property
    def upper_bound(self) -> int:
        """What no plan of these needs and offers can exceed."""
        return sum(market.standing.upper_bound for market in self.markets.values())

    def plan(self) -> FilePlan:
        """The plan, by numbers of rows."""
        price = np.zeros(self.offers, np.int64)
        none = np.zeros(0, np.int64)
        needs, offers, units = [none], [none], [none]
        for market in self.markets.values():
            given, price[market.offer] = market.standing.given, market.standing.price
            needs.append(market.need[given.need])
            offers.append(market.offer[given.offer])
            units.append(given.units)
        need, offer = np.concatenate(needs), np.concatenate(offers)
        order = np.lexsort((offer, need))
        return FilePlan(need=need[order].astype(np.int32), offer=offer[order].astype(np.int32),
                        units=np.concatenate(units)[order], price=price, weight=self.weight,
                        upper_bound=self.upper_bound,
                        allowed_pairs=sum(len(m.standing.graph.other) for m in self.markets.values()))


def stand_files(needs: NeedFile, offers: OfferFile, workers: int | None = None) -> StandingFiles:
    """Find the best plan of two files, and keep what is needed to change it quickly."""
    return StandingFiles({}, 0, 0).after(needs, offers, workers=workers)


def _by_type(rows: NeedFile | OfferFile | None) -> dict[str, Ints]:
    """The rows of each type."""
    return {} if rows is None else {name: np.flatnonzero(rows.type == number) for number, name in enumerate(rows.types)}


def _changed(market: _Market, first_need: int, first_offer: int, needs: NeedFile | None, ni: Ints,
             offers: OfferFile | None, oi: Ints, gone_n: Ints, gone_o: Ints) -> _Market:
    """One market with rows `ni`, `oi` of what comes, and without the numbers that go."""
    lost_n, lost_o = _rows_of(market.need, gone_n), _rows_of(market.offer, gone_o)
    if not (len(ni) or len(oi) or len(lost_n) or len(lost_o)):
        return market
    old = market.standing
    base, want, have = old.graph.base_a, old.want, old.have
    came_n, came_o = market.needs, market.offers
    if needs is not None and len(ni):
        ni = ni[sorted_by_place(needs.lat[ni], needs.lon[ni], needs.ids[ni])]
        came_n = (*came_n, _needs(len(want), needs, ni))
        base = np.append(base, need_points(needs.urgency[ni], needs.waiting_days[ni]))
        want = np.append(want, needs.quantity[ni])
    if offers is not None and len(oi):
        oi = oi[sorted_by_place(offers.lat[oi], offers.lon[oi], offers.ids[oi])]
        came_o = (*came_o, _offers(len(have), offers, oi))
        have = np.append(have, offers.capacity[oi])
    numbers = np.append(market.need, first_need + ni), np.append(market.offer, first_offer + oi)
    if not len(old.want) and not len(old.have) and came_n and came_o:
        standing = stand(graph_from(_search(came_n[0], came_o[0]), base), want, have)
    else:
        pairs = _new_pairs(came_n, came_o, len(old.want), len(old.have), lost_n, lost_o)
        standing = old.after(want, have, base, pairs, lost_n, lost_o)
    return _Market(*numbers, came_n, came_o, standing)


def _rows_of(numbers: Ints, gone: Ints) -> Ints:
    """Where numbers that go stand in a market's rows (whose blocks are each in another order)."""
    return np.flatnonzero(np.isin(numbers, gone)) if len(gone) else gone


def _needs(first: int, needs: NeedFile, rows: Ints) -> _Needs:
    attrs, kind = np.unique(needs.attr[rows], return_inverse=True)
    lat, lon = needs.lat[rows], needs.lon[rows]
    return _Needs(first, points_of(lat, lon, ecef(lat, lon), kind.astype(np.int32)),
                  tuple(needs.attrs[i] if i >= 0 else "" for i in attrs))


def _offers(first: int, offers: OfferFile, rows: Ints) -> _Offers:
    lists, kind = np.unique(offers.accepts[rows], return_inverse=True)
    lat, lon = offers.lat[rows], offers.lon[rows]
    return _Offers(first, Circles(lat, lon, ecef(lat, lon), offers.radius_km[rows] * 1000.0, kind.astype(np.int32)),
                   tuple(offers.accept_lists[i] if i >= 0 else "" for i in lists))


def _search(needs: _Needs, offers: _Offers) -> Near:
    return near(needs.points, offers.circles, fits_lists(needs.attrs, offers.lists))


def _new_pairs(needs: Sequence[_Needs], offers: Sequence[_Offers], known_needs: int, known_offers: int, lost_n: Ints,
               lost_o: Ints) -> NewPairs:
    """Every allowed pair of which at least one row is new, and none is gone."""
    need, offer, part = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)], [np.zeros(0, np.uint8)]
    for n in needs:
        for o in offers:
            if n.first >= known_needs or o.first >= known_offers:
                found = _search(n, o)
                need.append(found.need + np.int32(n.first))
                offer.append(_repeated(o.first, found.start))
                part.append(found.closeness)
    ni, oi, points = np.concatenate(need), np.concatenate(offer), np.concatenate(part)
    here = ~(_marked(lost_n, ni) | _marked(lost_o, oi))
    ni, oi, points = ni[here], oi[here], points[here]
    order = np.lexsort((oi, ni))
    return NewPairs(ni[order], oi[order], points[order])


def _repeated(first: int, start: Ints) -> Rows:
    return np.repeat(np.arange(first, first + len(start) - 1, dtype=np.int32), np.diff(start))


def _marked(lost: Ints, rows: Rows) -> NDArray[np.bool_]:
    """Which of some rows are among the lost."""
    mark = np.zeros(max(int(rows.max(initial=-1)), int(lost.max(initial=-1))) + 1, np.bool_)
    mark[lost] = True
    return np.asarray(mark[rows])


def _nobody() -> _Market:
    none = np.zeros(0, np.int64)
    return _Market(none, none, (), (), stand(graph_from(Near(np.zeros(1, np.int64), np.zeros(0, np.int32),
                                                             np.zeros(0, np.uint8)), none), none, none))


_NOBODY = _nobody()

"""The best offers for one need, at once: an index of where offers reach, not of where they are.

The globe is cut into bands of latitude and each band into cells about as wide as it is high. Each cell lists the offers
whose circle may touch it, so one look-up finds all that can reach a point. Offers that reach very far are in a list of
their own, which is always looked through.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.arrays import Floats, Ints, Parts, Rows
from matching.engine.compiled import kernel
from matching.engine.conditions import fits_lists
from matching.engine.files import OfferFile
from matching.engine.geometry import (
    BANDS,
    BANDS_PER_DEGREE,
    CLOSEST,
    EARTH_M,
    METRES_PER_POINT,
    Circles,
    Points,
    closeness,
    ecef,
)

__all__ = ["Cells", "Found", "OfferIndex", "pairs_by_cell"]

CELLS_A_BAND = 360 * BANDS_PER_DEGREE * 2
FAR_KM = 100.0
LEAST_DEGREE_M = 110_500.0
"""Less than any degree of latitude is long."""
SLACK = 1e-6
NOBODY = np.zeros(0, np.int64)


class Found(NamedTuple):
    """Offers for one need, the best first: rows of the file, points for closeness, metres."""

    offer: Ints
    closeness: Ints
    distance_m: Floats


class OfferIndex:
    """Which offers can serve a need at a point, found in a few microseconds whatever their number.

    `left[offer]`, units that an offer still has, may be changed at any time; who has none is not found.
    """

    def __init__(self, offers: OfferFile) -> None:
        self.left = offers.capacity.astype(np.int64)
        self._points = ecef(offers.lat, offers.lon)
        self._radius_m = offers.radius_km * 1000.0
        self._accepts, self._lists = offers.accepts + 1, ("", *offers.accept_lists)
        self._suits: dict[str, NDArray[np.bool_]] = {}
        self._types = {name: Cells(offers.lat[rows], offers.lon[rows], offers.radius_km[rows], rows)
                       for number, name in enumerate(offers.types)
                       for rows in (np.flatnonzero(offers.type == number),)}

    def best(self, kind: str, lat: float, lon: float, attr: str = "", most: int = 10) -> Found:
        """The `most` best scored offers of a type that reach a point (WGS-84 degrees), accept `attr` and have units
        left: the nearest first, of equals the first in the file. Scores differ by closeness only."""
        found = self._types.get(kind)
        rows = found.reaching(lat, lon) if found is not None else NOBODY
        here = ecef(np.array([lat]), np.array([lon]))[0]
        near, metres = np.empty(len(rows), np.int64), np.empty(len(rows))
        size = _keep_able(rows, self._points, self._radius_m, self.left, self._accepts, self._suiting(attr), here,
                          near, metres)
        near, metres = near[:size], metres[:size]
        if size > most:
            among = np.flatnonzero(metres <= np.partition(metres, most - 1)[most - 1])
            near, metres = near[among], metres[among]
        order = np.lexsort((near, metres))[:most]
        return Found(near[order], closeness(metres[order]), metres[order])

    def _suiting(self, attr: str) -> NDArray[np.bool_]:
        """Which lists of accepted codes suit a condition."""
        if attr not in self._suits:
            self._suits[attr] = fits_lists([attr], self._lists)[0]
        return self._suits[attr]


class Cells:
    """Where offers reach: `offer[start[i]:start[i + 1]]` are listed in cell `cell[i]`; `far` everywhere.

    Offers are named by `rows`; each type may lie on a `shelf` with cells of its own (`far_shelf`: those of `far`,
    rising). Distances are not looked at: of those found some reach a point, and no others do.
    """

    def __init__(self, lat: Floats, lon: Floats, radius_km: Floats, rows: Ints, shelf: Rows | None = None) -> None:
        near = radius_km <= FAR_KM
        shelf = np.zeros(len(rows), np.int32) if shelf is None else shelf
        order = np.argsort(shelf[~near], kind="stable")
        self.far, self.far_shelf = rows[~near][order], shelf[~near][order]
        lat, lon, reach = lat[near], lon[near], radius_km[near] * 1000.0 / LEAST_DEGREE_M + SLACK
        rows, shelf = rows[near], shelf[near]
        size = _list_cells(lat, lon, reach, np.empty(0, np.int64), np.empty(0, np.int32))
        cell, row = np.empty(size, np.int64), np.empty(size, np.int32)
        _list_cells(lat, lon, reach, cell, row)
        cell += shelf[row].astype(np.int64) * (BANDS * CELLS_A_BAND)
        order = np.argsort(cell, kind="stable")
        self.cell, start = np.unique(cell[order], return_index=True)
        self.start, self.offer = np.append(start, size), rows[row[order]]

    def reaching(self, lat: float, lon: float) -> Ints:
        """Rows of the offers that may reach a point: all that do, and some that do not."""
        here = _cell_of(lat, lon)
        i = int(np.searchsorted(self.cell, here))
        if i == len(self.cell) or self.cell[i] != here:
            return self.far
        listed = self.offer[self.start[i] : self.start[i + 1]]
        return np.concatenate((listed, self.far)) if len(self.far) else listed


def pairs_by_cell(lat: Floats, lon: Floats, shelf: Rows, needs: Points, cells: Cells, offers: Circles,
                  fits: Parts) -> tuple[Rows, Rows, Parts]:
    """Every allowed pair of a few needs and many offers, as `geometry.near` finds them the other way round.

    Rows of needs (rising), rows of offers (those of `cells`), points for closeness.
    """
    here = np.empty(len(lat), np.int64)
    _cells_of(lat, lon, shelf, here)
    at = np.minimum(np.searchsorted(cells.cell, here), max(len(cells.cell) - 1, 0))
    found = cells.cell[at] == here if len(cells.cell) else np.zeros(len(here), np.bool_)
    first = np.where(found, cells.start[at], 0)
    last = np.where(found, cells.start[at + found], 0)
    far, beyond = (np.searchsorted(cells.far_shelf, shelf, side) for side in ("left", "right"))
    room = int((last - first).sum() + (beyond - far).sum())
    need, offer, points = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.uint8)
    size = _pairs_in(np.stack((first, last, far, beyond)), cells.offer, cells.far, needs, offers, fits, need, offer,
                     points)
    return need[:size], offer[:size], points[:size]


@kernel
def _cells_of(lat: Floats, lon: Floats, shelf: Rows, cell: Ints) -> None:
    for i in range(len(lat)):
        cell[i] = shelf[i] * (BANDS * CELLS_A_BAND) + _cell_of(lat[i], lon[i])


@kernel
def _pairs_in(where: Ints, listed: Ints, far: Ints, needs: Points, offers: Circles, fits: Parts, need: Rows,
              offer: Rows, points: Parts) -> int:
    """The pairs of each need n with offers `listed[where[0, n]:where[1, n]]` and `far[where[2, n]:where[3, n]]`."""
    size = 0
    for n in range(where.shape[1]):
        more = where[2, n] - where[1, n]
        for i in range(where[0, n], where[3, n] - more):
            o = listed[i] if i < where[1, n] else far[i + more]
            x, y, z = (needs.xyz[n, 0] - offers.xyz[o, 0], needs.xyz[n, 1] - offers.xyz[o, 1],
                       needs.xyz[n, 2] - offers.xyz[o, 2])
            c = np.sqrt(x * x + y * y + z * z)
            metres = c + c * c * c / (24 * EARTH_M * EARTH_M)
            if metres <= offers.radius_m[o] and fits[needs.kind[n], offers.kind[o]]:
                need[size], offer[size], points[size] = n, o, max(0, CLOSEST - int(metres / METRES_PER_POINT))
                size += 1
    return size


@kernel
def _keep_able(rows: Ints, points: Floats, radius_m: Floats, left: Ints, accepts: Rows, suits: Parts, here: Floats,
               near: Ints, metres: Floats) -> int:
    """Of some offers those that have units, suit and reach a point, and how far each is; how many they are."""
    size = 0
    for o in rows:
        if left[o] > 0 and suits[accepts[o]]:
            x, y, z = points[o, 0] - here[0], points[o, 1] - here[1], points[o, 2] - here[2]
            c = np.sqrt(x * x + y * y + z * z)
            d = c + c * c * c / (24 * EARTH_M * EARTH_M)
            if d <= radius_m[o]:
                near[size], metres[size] = o, d
                size += 1
    return size


@kernel
def _cells_in(band: int) -> int:
    """How many cells a band has: by its wider edge."""
    edge = min(abs(band / BANDS_PER_DEGREE - 90.0), abs((band + 1) / BANDS_PER_DEGREE - 90.0))
    return max(1, int(360.0 * BANDS_PER_DEGREE * np.cos(np.radians(edge))))


@kernel
def _cell_of(lat: float, lon: float) -> int:
    band = int(np.floor((lat + 90.0) * BANDS_PER_DEGREE))
    return band * CELLS_A_BAND + int((lon + 180.0) % 360.0 / 360.0 * _cells_in(band))


@kernel
def _list_cells(lat: Floats, lon: Floats, reach: Floats, cell: Ints, row: Rows) -> int:
    """Each cell that the circle of each offer may touch (`reach` in degrees of latitude); how many there are.

    The circle lies within `asin(sin(reach) / cos(lat))` of its longitude; round a pole, everywhere.
    """
    size = 0
    for o in range(len(lat)):
        half = 180.0
        if abs(lat[o]) + reach[o] < 89.9:
            half = np.degrees(np.arcsin(np.sin(np.radians(reach[o])) / np.cos(np.radians(lat[o])))) * 1.01
        for band in range(max(0, int(np.floor((lat[o] - reach[o] + 90.0) * BANDS_PER_DEGREE))),
                          min(BANDS, int(np.floor((lat[o] + reach[o] + 90.0) * BANDS_PER_DEGREE)) + 1)):
            cells = _cells_in(band)
            first = int(np.floor((lon[o] + 180.0 - half) / 360.0 * cells))
            last = int(np.floor((lon[o] + 180.0 + half) / 360.0 * cells))
            for c in range(first, min(last + 1, first + cells)):
                if len(cell) > 0:
                    cell[size], row[size] = band * CELLS_A_BAND + c % cells, o
                size += 1
    return size

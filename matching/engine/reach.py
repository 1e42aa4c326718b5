"""Which needs an offer reaches: by distance, by named areas, or everywhere."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.engine.arrays import Floats, Ints, Rows, Texts
from matching.engine.geometry import BANDS, Circles, Near, Points, band, near

__all__ = ["by_area", "by_radius", "points_of", "search", "sorted_by_place"]


def sorted_by_place(lat: Floats, lon: Floats, ids: NDArray[np.bytes_] | Ints) -> NDArray[np.intp]:
    """The canonical order of rows: by band of latitude, longitude, latitude; equal points by id."""
    lon = _wrapped(lon)
    key = (band(lat).astype(np.uint64) << np.uint64(48)) | ((lon + 180.0) * (2**48 / 361.0)).astype(np.uint64)
    order = np.argsort(key)
    same = key[order][1:] == key[order][:-1]
    tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
    rows = order[tied]
    order[tied] = rows[np.lexsort((ids[rows], lat[rows], lon[rows], key[rows]))]
    return order


def search(lat: Floats, lon: Floats, xyz: Floats, kind: Rows, circles: Circles, fits: NDArray[np.bool_]) -> Near:
    """Every allowed pair of needs (in canonical order) and offers; see `geometry.near`."""
    return near(points_of(lat, lon, xyz, kind), circles, fits)


def points_of(lat: Floats, lon: Floats, xyz: Floats, kind: Rows, shelf: Rows | None = None) -> Points:
    """Needs in canonical order (of their shelves, then on each), ready to be searched."""
    shelves = 1 if shelf is None else int(shelf.max(initial=0)) + 1
    key = band(lat) if shelf is None else band(lat) + BANDS * shelf.astype(np.int64)
    first = np.append(0, np.cumsum(np.bincount(key, minlength=BANDS * shelves)))
    return Points(first, _wrapped(lon), xyz, kind)


def by_radius(lat: Floats, lon: Floats, here: Floats, offer_lat: Floats, offer_lon: Floats, there: Floats,
              radius_km: Floats) -> tuple[Ints, Ints]:
    """Rows of needs and offers within the radius; `here`, `there` are the points in metres, NaN if unknown."""
    known = np.flatnonzero(~np.isnan(here[:, 0]))
    ni = known[sorted_by_place(lat[known], lon[known], known)]
    oi = np.flatnonzero(~np.isnan(there[:, 0]) & ~np.isnan(radius_km))
    circles = Circles(offer_lat[oi], offer_lon[oi], there[oi], radius_km[oi] * 1000.0,
                      *np.zeros((2, len(oi)), np.int32))
    found = search(lat[ni], lon[ni], here[ni], np.zeros(len(ni), np.int32), circles, np.ones((1, 1), np.bool_))
    return ni[found.need], np.repeat(oi, np.diff(found.start))


def by_area(area: Texts, named: Sequence[Sequence[str]], countrywide: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Rows of needs and offers where a named area contains the need's, or the offer reaches everywhere.

    A code contains all codes that begin with it; a need known only to a county lies in none of its towns.
    """
    order = np.argsort(area, kind="stable")
    codes = area[order]
    needs, offers = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for o, areas in enumerate(named):
        ranges = [(0, len(codes))] if countrywide[o] else [
            np.searchsorted(codes, [code, code + "\uffff"]) for code in areas if code]
        for low, high in ranges:
            needs.append(order[low:high])
            offers.append(np.full(high - low, o))
    return np.concatenate(needs), np.concatenate(offers)


def _wrapped(lon: Floats) -> Floats:
    """Longitudes from -180 to just below 180: both names of the date line are one."""
    return np.where(lon >= 180.0, lon - 360.0, lon)

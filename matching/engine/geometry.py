"""Places on the ellipsoid: distances, and every need within reach of every offer.

The distance is the chord ``c`` between two points of the WGS-84 ellipsoid, bent back to the surface:
``c + c**3 / (24 * 6371000**2)`` metres, the geodesic within 12 mm up to 100 km.
"""

from math import asin, cos, floor, pi, radians, sin, sqrt
from typing import NamedTuple

import numpy as np

from matching.engine.arrays import Floats, Ints, Parts, Rows
from matching.engine.compiled import kernel

__all__ = ["BANDS", "BANDS_PER_DEGREE", "CLOSEST", "EARTH_M", "METRES_PER_POINT", "Circles", "Near", "Points", "band",
           "closeness", "distance_m", "ecef", "near"]

BANDS_PER_DEGREE = 33
BANDS = 180 * BANDS_PER_DEGREE + 1
"""Needs are kept in bands of latitude, 3.4 km high, and by longitude within each."""

CLOSEST = 200
METRES_PER_POINT = 150.0
EARTH_M = 6371000.0
EQUATOR_M = 6378137.0
SQUASHED = 0.0066943799901413165
LEAST_MERIDIAN_M = 6335000.0
"""Less than any radius of curvature along a meridian."""


class Points(NamedTuple):
    """Needs sorted by band, then longitude: `first[b]:first[b + 1]` are those of band b.

    Each type may lie on a shelf of its own: the bands of shelf s are those from `s * BANDS` on."""

    first: Ints
    lon: Floats
    xyz: Floats
    kind: Rows


class Circles(NamedTuple):
    """Offers: centre in degrees and in metres, how far they reach, their kind of conditions, and their shelf."""

    lat: Floats
    lon: Floats
    xyz: Floats
    radius_m: Floats
    kind: Rows
    shelf: Rows


class Near(NamedTuple):
    """Allowed pairs by offer: rows of needs (rising) and closeness points in `start[o]:start[o + 1]`."""

    start: Ints
    need: Rows
    closeness: Parts


def ecef(lat: Floats, lon: Floats) -> Floats:
    """Earth-centred coordinates in metres, shape (n, 3), of WGS-84 degrees."""
    phi, lam = np.radians(lat), np.radians(lon)
    across = EQUATOR_M / np.sqrt(1 - SQUASHED * np.sin(phi) ** 2)
    return np.stack([across * np.cos(phi) * np.cos(lam), across * np.cos(phi) * np.sin(lam),
                     across * (1 - SQUASHED) * np.sin(phi)], axis=1)


def distance_m(here: Floats, there: Floats) -> Floats:
    """Metres between points given by `ecef`, row by row; NaN where either is unknown."""
    c = np.sqrt(((here - there) ** 2).sum(axis=1))
    return np.asarray(c + c * c * c / (24 * EARTH_M * EARTH_M))


def closeness(metres: Floats) -> Ints:
    """Points for closeness: 200 at the door, one less each 150 m, 0 where the distance is not known."""
    known = np.nan_to_num(metres, nan=np.inf)
    points = CLOSEST - np.floor(np.minimum(known, 1e9) / METRES_PER_POINT)
    return np.asarray(np.maximum(0, points), dtype=np.int64)


def band(lat: Floats) -> Ints:
    """The band of latitude that a point lies in, from 0 at the south pole."""
    return np.floor((lat + 90.0) * BANDS_PER_DEGREE).astype(np.int64)


def near(needs: Points, offers: Circles, fits: Parts) -> Near:
    """Every need within the radius of every offer whose kinds fit each other (`fits[need, offer]`).

    1. For each offer, the bands of latitude that its circle touches.
    2. In each, the window of longitude that the circle can cover there, by two binary searches.
    3. Each need in it whose distance is at most the radius, with its closeness.
    """
    start = np.zeros(len(offers.lat) + 1, np.int64)
    room = _look_around(needs, offers, fits, start, np.empty(0, np.int32), np.empty(0, np.uint8))
    need, points = np.empty(room, np.int32), np.empty(room, np.uint8)
    _look_around(needs, offers, fits, start, need, points)
    return Near(start, need[: start[-1]], points[: start[-1]])


@kernel
def _look_around(needs: Points, offers: Circles, fits: Parts, start: Ints, need: Rows, points: Parts) -> int:
    """How many needs lie in the windows of all offers; if there is room for them, those that each may serve."""
    seen = 0
    for o in range(len(offers.lat)):
        start[o + 1] = start[o]
        shelf = BANDS * offers.shelf[o]
        low, high = _bands(offers, o)
        for b in range(low, high + 1 if shelf + BANDS < len(needs.first) else low):
            half = _half_window(offers, o, b)
            for turns in range(-1, 2):
                i, j = _window(needs, shelf + b, offers.lon[o], turns, half)
                seen += j - i
                if len(need) > 0:
                    start[o + 1] = _collect(needs, offers, fits, o, i, j, need, points, start[o + 1])
    return seen


@kernel
def _bands(offers: Circles, o: int) -> tuple[int, int]:
    """The first and last band that can hold a point within the radius."""
    reach = min(1.0, offers.radius_m[o] / (2 * LEAST_MERIDIAN_M))
    degrees = 2 * asin(reach) * 180 / pi + 1e-9
    low = floor((offers.lat[o] - degrees + 90.0) * BANDS_PER_DEGREE)
    high = floor((offers.lat[o] + degrees + 90.0) * BANDS_PER_DEGREE)
    return max(0, low), min(BANDS - 1, high)


@kernel
def _half_window(offers: Circles, o: int, b: int) -> float:
    """Half the width in degrees of longitude, a little more than the circle covers in band b."""
    south, north = b / BANDS_PER_DEGREE - 90.0, (b + 1) / BANDS_PER_DEGREE - 90.0
    lat = offers.lat[o]
    away = radians(max(0.0, south - lat, lat - north))
    along = 2 * LEAST_MERIDIAN_M * sin(min(away, pi) / 2)
    across = offers.radius_m[o] ** 2 - along**2
    edge = cos(radians(min(90.0, max(abs(south), abs(north)))))
    rings = EQUATOR_M**2 * edge * cos(radians(lat))
    if across < 0:
        return -1.0
    if across >= 3.99 * rings:
        return 180.0
    return 2 * asin(sqrt(across / (4 * rings))) * 180 / pi * 1.000001 + 1e-9


@kernel
def _window(needs: Points, b: int, lon: float, turns: int, half: float) -> tuple[int, int]:
    """Rows of the needs in band b (-180 <= lon < 180) within `half` of a longitude, some turns of the globe on."""
    low, high = needs.first[b], needs.first[b + 1]
    if half >= 180.0:
        return low, (high if turns == 0 else low)
    centre = lon + 360.0 * turns
    if half < 0 or low == high or centre - half >= 180.0 or centre + half < -180.0:
        return low, low
    row = needs.lon[low:high]
    i = low + np.searchsorted(row, max(centre - half, -180.0), side="left")
    j = low + np.searchsorted(row, min(centre + half, 180.0), side="right")
    return i, max(i, j)


@kernel
def _collect(needs: Points, offers: Circles, fits: Parts, o: int, i: int, j: int, need: Rows, points: Parts,
             size: int) -> int:
    """Append the needs of rows i to j that the offer reaches; the new number of pairs."""
    x, y, z = offers.xyz[o, 0], offers.xyz[o, 1], offers.xyz[o, 2]
    radius, kind = offers.radius_m[o], offers.kind[o]
    beyond = radius * radius * 1.000001 + 1.0
    for row in range(i, j):
        dx, dy, dz = needs.xyz[row, 0] - x, needs.xyz[row, 1] - y, needs.xyz[row, 2] - z
        square = dx * dx + dy * dy + dz * dz
        if square <= beyond and fits[needs.kind[row], kind]:
            c = sqrt(square)
            metres = c + c * c * c / (24 * EARTH_M * EARTH_M)
            if metres <= radius:
                need[size] = row
                points[size] = max(0, CLOSEST - int(metres / METRES_PER_POINT))
                size += 1
    return size

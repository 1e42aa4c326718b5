"""A county as a drawing: from degrees to the whole units of an SVG, with its outline and a bar of scale."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import cos, radians

import numpy as np

from matching.places.gazetteer import Point, Ring, county_outlines

__all__ = ["WIDTH", "Sheet", "sheet_of"]

WIDTH = 540
"""Width of every drawing in its own units."""
_MARGIN = 14
_STEP = 7
"""Corners of an outline nearer to each other than this many units are one."""
_KM_PER_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class Sheet:
    """One county's drawing: `height` units high, its `outline` as SVG path data, `km` units long."""

    north: float
    west: float
    per_degree_x: float
    per_degree_y: float
    height: int
    outline: str

    @property
    def km(self) -> float:
        """Units of one kilometre."""
        return self.per_degree_y / _KM_PER_DEGREE

    def at(self, lat: float, lon: float) -> Point:
        """Where a point (WGS-84 degrees) lies: (x, y) in units, y downwards; may lie off the sheet."""
        return (_MARGIN + (lon - self.west) * self.per_degree_x, _MARGIN + (self.north - lat) * self.per_degree_y)

    def holds(self, spot: Point) -> bool:
        """Whether a spot lies on the sheet."""
        return 0 <= spot[0] <= WIDTH and 0 <= spot[1] <= self.height


@lru_cache(maxsize=64)
def sheet_of(county_code: str) -> Sheet | None:
    """The drawing of a county, the same for everybody; None when its outline is not known.

    Degrees are taken as a flat grid, shrunk in longitude by the cosine of the middle latitude: over one
    county (100 km) that bends nothing by more than a unit.
    """
    rings = county_outlines().get(county_code)
    if not rings:
        return None
    corners = np.concatenate(rings)
    (west, south), (east, north) = corners.min(0), corners.max(0)
    per_degree_x = (WIDTH - 2 * _MARGIN) / (east - west)
    per_degree_y = per_degree_x / cos(radians((south + north) / 2))
    height = round(2 * _MARGIN + (north - south) * per_degree_y)
    bare = Sheet(float(north), float(west), float(per_degree_x), float(per_degree_y), height, "")
    outline = "".join(_path(bare, ring) for ring in rings)
    return Sheet(bare.north, bare.west, bare.per_degree_x, bare.per_degree_y, height, outline)


def _path(sheet: Sheet, ring: Ring) -> str:
    """A ring as closed path data with relative steps; empty for an island smaller than a dot."""
    kept: list[tuple[int, int]] = []
    for lon, lat in ring[:-1]:
        x, y = sheet.at(float(lat), float(lon))
        spot = round(x), round(y)
        if not kept or abs(spot[0] - kept[-1][0]) + abs(spot[1] - kept[-1][1]) >= _STEP:
            kept.append(spot)
    if len(kept) < 3:
        return ""
    steps = pairwise(kept)
    return f"M{kept[0][0]} {kept[0][1]}l" + " ".join(f"{x1 - x0} {y1 - y0}" for (x0, y0), (x1, y1) in steps) + "z"

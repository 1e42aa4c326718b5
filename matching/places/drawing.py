"""A small map as a drawing: where points and outlines of degrees come to lie on a sheet of whole units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

__all__ = ["Label", "Sheet", "labels_that_fit"]

_MARGIN = 56
_LEAST_DEG = 0.02
_STEP = 3
"""Points of an outline that lie nearer than this to the one before are left out."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of `width` × `height` units over a part of the country, north up, true to scale at its middle."""

    width: int
    height: int
    west: float
    north: float
    unit_deg: float
    squeeze: float

    @classmethod
    def over(cls, points: Sequence[tuple[float, float]], width: int = 600) -> Sheet:
        """A sheet that shows all points (WGS-84 latitude and longitude; at least one) with a margin."""
        lats, lons = [lat for lat, _lon in points], [lon for _lat, lon in points]
        squeeze = cos(radians((min(lats) + max(lats)) / 2))
        wide = max((max(lons) - min(lons)) * squeeze, _LEAST_DEG)
        high = max(max(lats) - min(lats), _LEAST_DEG)
        unit = max(wide / (width - 2 * _MARGIN), high / (width * 1.2 - 2 * _MARGIN))
        height = max(round(high / unit) + 2 * _MARGIN, width // 2)
        middle_lat, middle_lon = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
        west, north = middle_lon - width / 2 * unit / squeeze, middle_lat + height / 2 * unit
        return cls(width, height, west, north, unit, squeeze)

    def at(self, lat: float, lon: float) -> tuple[int, int]:
        """Where a point lies: x from the left, y from the top."""
        return (round((lon - self.west) * self.squeeze / self.unit_deg), round((self.north - lat) / self.unit_deg))

    def path(self, rings: Iterable[Any]) -> str:
        """An SVG path of outlines, rings of (longitude, latitude), without the points that make no difference."""
        parts = []
        for ring in rings:
            kept: list[tuple[int, int]] = []
            for lon, lat in ring:
                x, y = self.at(float(lat), float(lon))
                if not kept or abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= _STEP:
                    kept.append((x, y))
            if len(kept) > 2:
                parts.append("M" + "L".join(f"{x} {y}" for x, y in kept) + "Z")
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Label:
    """A ring on a sheet and the name under it."""

    x: int
    y: int
    radius: int
    name: str


def labels_that_fit(labels: Sequence[Label], letter: int = 22) -> list[bool]:
    """For each label, the first ones before the later, whether its name can be written without covering anything.

    `letter`: height of a line and width of a Han character in units.
    """
    taken: list[tuple[float, float, float, float]] = [
        (ring.x - ring.radius, ring.y - ring.radius, ring.x + ring.radius, ring.y + ring.radius) for ring in labels]
    fits = []
    for label in labels:
        half = sum(1.0 if ord(character) > 0x2E7F else 0.6 for character in label.name) * letter / 2
        top = label.y + label.radius + 1
        box = (label.x - half, top, label.x + half, top + letter)
        free = all(box[2] < left or right < box[0] or box[3] < above or below < box[1]
                   for left, above, right, below in taken)
        fits.append(free)
        if free:
            taken.append(box)
    return fits

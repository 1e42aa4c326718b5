"""Households by place, for the map: how many files, and how many of them still have an open need."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

from matching.actor import Actor
from matching.errors import NotThere
from matching.households.queries_counts import place_files, stale_villages
from matching.places import queries as places
from matching.places.divisions import CODE_LENGTHS
from matching.places.drawing import Label, Sheet, labels_that_fit
from matching.places.models import Area

BIGGEST, LEAST = 30, 9
COARSE = 2
"""Decimals of a degree to which a place without a point of its own is known from its houses: about a kilometre."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One town or village: its files, those with an open need, and where its ring lies (None: not known where)."""

    code: str
    name: str
    households: int
    waiting: int
    x: int | None
    y: int | None
    radius: int
    is_named: bool


@dataclass(frozen=True, slots=True)
class Map:
    """A drawing of an area: `outline` an SVG path of its county or empty, `sheet` None when nothing has a point."""

    code: str
    name: str
    spots: list[Spot]
    outline: str
    sheet: Sheet | None
    deeper: bool


def map_of(actor: Actor, area_code: str) -> Map:
    """The places right below an area in reach (or the area itself, a village), the most open needs first."""
    code = area_code or actor.area_code
    if not actor.reaches(code) or len(code) not in CODE_LENGTHS or (here := places.area(code)) is None:
        raise NotThere
    areas = places.children(code) or [here]
    counts = _counts(code, len(areas[0].code))
    found = [(area, *counts.get(area.code, (0, 0, None, None))) for area in areas]
    found.sort(key=lambda row: (-row[2], -row[1], row[0].code))
    points = {area.code: point for area, _files, _waiting, lat, lon in found if (point := _point(area, lat, lon))}
    rings = _outline(code) if len(code) >= 6 else []
    corners = [(float(lat), float(lon)) for ring in rings for lon, lat in ring] if len(code) == 6 else []
    sheet = Sheet.over([*points.values(), *corners]) if points else None
    most = max((waiting for _area, _files, waiting, _lat, _lon in found), default=0)
    spots = _spots([(area, files, waiting) for area, files, waiting, _lat, _lon in found], points, sheet, most)
    return Map(code, here.name, spots, sheet.path(rings) if sheet else "", sheet, len(areas[0].code) < 12)


def _counts(code: str, digits: int) -> dict[str, tuple[int, int, float | None, float | None]]:
    """Place → files, files with an open need, and the middle of its houses in degrees; two SELECTs."""
    return {row.place: (int(row.files), int(row.waiting), row.lat / int(row.located) if row.located else None,
                        row.lon / int(row.located) if row.located else None)
            for row in place_files(code, digits, stale_villages(code))}


def _point(area: Area, lat: float | None, lon: float | None) -> tuple[float, float] | None:
    """A place's own point, else the middle of its houses so coarsely that it is no house."""
    if area.lat is not None and area.lon is not None:
        return area.lat, area.lon
    return (round(lat, COARSE), round(lon, COARSE)) if lat is not None and lon is not None else None


def _outline(code: str) -> list[Any]:
    from matching.places.gazetteer import county_outline  # brings NumPy along, and only this page needs it

    return list(county_outline(code[:6]))


def _spots(found: list[tuple[Area, int, int]], points: dict[str, tuple[float, float]], sheet: Sheet | None,
           most: int) -> list[Spot]:
    """Rings whose area tells how many files wait; the names that fit are written under them."""
    radii = [max(LEAST, round(BIGGEST * sqrt(waiting / most))) if most else LEAST for _area, _files, waiting in found]
    at = [sheet.at(*points[area.code]) if sheet and area.code in points else None for area, _files, _waiting in found]
    labels = [Label(xy[0], xy[1], radius, area.name) for (area, _files, _waiting), xy, radius in zip(
        found, at, radii, strict=True) if xy]
    fits = iter(labels_that_fit(labels))
    return [Spot(area.code, area.name, files, waiting, xy[0] if xy else None, xy[1] if xy else None, radius,
                 xy is not None and next(fits))
            for (area, files, waiting), xy, radius in zip(found, at, radii, strict=True)]

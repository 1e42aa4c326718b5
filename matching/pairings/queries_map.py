"""The map beside the desk: the proposals of one page as lines from hollow ring to solid square.

It says nothing that the list does not say. Both ends are drawn somewhere within their square kilometre, never
on a roof; a pair with a place that is not known, or that lies outside the county, is left to the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from matching.extensions import db
from matching.pairings.models import Pairing
from matching.places.gazetteer import Point
from matching.places.models import Area
from matching.places.queries import within
from matching.places.sheets import WIDTH, Sheet, sheet_of

_EM, _LINE, _MARGIN, _ABOVE = 20, 24, 40, 20
_NEAREST = 3.5
"""How much nearer than the whole county one may come: about fifteen kilometres across remain."""
_BEND = 6
"""A line is bent aside by its length over this, so that two lines between neighbours do not hide each other."""


@dataclass(frozen=True, slots=True)
class View:
    """The part of a county's sheet that is shown: `zoom` times as large, its corner at (`left`, `top`)."""

    left: float
    top: float
    zoom: float
    height: int

    def at(self, spot: Point) -> tuple[int, int]:
        """Where a spot of the sheet is shown, in whole units."""
        return round((spot[0] - self.left) * self.zoom), round((spot[1] - self.top) * self.zoom)


@dataclass(frozen=True, slots=True)
class Line:
    """One pair on the map: the ring at (x, y), the square at (to_x, to_y), the curve between as path data."""

    id: int
    x: int
    y: int
    to_x: int
    to_y: int
    curve: str


@dataclass(frozen=True, slots=True)
class Label:
    """A town's name above its point."""

    name: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class DeskMap:
    """A finished drawing. `bar_km` kilometres are `bar` units long; `missing` pairs are not drawn."""

    outline: str
    view: View
    lines: list[Line]
    labels: list[Label]
    bar_km: int
    bar: int
    missing: int
    width: int = WIDTH


def desk_map(rows: Sequence[Pairing], area_code: str) -> DeskMap | None:
    """The map of a page of proposals; None when the county has no outline or no pair can be drawn."""
    sheet = sheet_of(area_code[:6])
    if sheet is None or not rows:
        return None
    places = _places(rows, area_code[:6])
    ends = {row.id: both for row in rows if (both := _ends(sheet, row, places)) is not None}
    if not ends:
        return None
    view = _view(sheet, [spot for both in ends.values() for spot in both])
    bar_km = 10 if view.zoom < 2 else 5
    return DeskMap(sheet.outline, view, [_line(number, view.at(home), view.at(offer))
                                         for number, (home, offer) in ends.items()],
                   _labels(sheet, view, places, {row.area_code[:9] for row in rows}), bar_km,
                   round(bar_km * sheet.km * view.zoom), len(rows) - len(ends))


def _places(rows: Sequence[Pairing], county_code: str) -> dict[str, Area]:
    """Towns of the county and the villages of these households, as far as they have a point; one SELECT."""
    codes = {row.area_code for row in rows} | {row.offer.area_code for row in rows}
    wanted = (within(Area.code, county_code) & (func.length(Area.code) == 9)) | Area.code.in_(codes)
    found = db.session.scalars(select(Area).where(wanted, Area.lat.is_not(None)).order_by(Area.code))
    return {area.code: area for area in found if area.precision != "county"}


def _ends(sheet: Sheet, row: Pairing, places: dict[str, Area]) -> tuple[Point, Point] | None:
    """Where household and offer lie on the sheet; None when either place is not known or off it."""
    home = _point(row.household.lat, row.household.lon, row.household.precision, row.area_code, places)
    offer = _point(row.offer.lat, row.offer.lon, row.offer.precision, row.offer.area_code, places)
    if home is None or offer is None:
        return None
    ends = sheet.at(*home), sheet.at(*offer)
    return ends if sheet.holds(ends[0]) and sheet.holds(ends[1]) else None


def _point(lat: float | None, lon: float | None, precision: str | None, area_code: str,
           places: dict[str, Area]) -> Point | None:
    """The place's own point, else its village's or town's; to a hundredth of a degree, about a kilometre."""
    if lat is None or lon is None or precision == "county":
        place = places.get(area_code) or places.get(area_code[:9])
        lat, lon = (place.lat, place.lon) if place else (None, None)
    return None if lat is None or lon is None else (round(lat, 2), round(lon, 2))


def _view(sheet: Sheet, spots: Sequence[Point]) -> View:
    """The smallest part of the sheet around all spots, in the sheet's own proportions and never beyond its edge."""
    (left, right), (top, bottom) = ((min(axis), max(axis)) for axis in zip(*spots, strict=True))
    zoom = max(1.0, min(_NEAREST, WIDTH / (right - left + 2 * _MARGIN), sheet.height / (bottom - top + 2 * _MARGIN)))
    wide, high = WIDTH / zoom, sheet.height / zoom
    return View(min(max(0.0, (left + right - wide) / 2), WIDTH - wide),
                min(max(0.0, (top + bottom - high) / 2), sheet.height - high), zoom, sheet.height)


def _line(number: int, home: tuple[int, int], offer: tuple[int, int]) -> Line:
    (x, y), (to_x, to_y) = home, offer
    bend_x, bend_y = round((x + to_x) / 2 + (to_y - y) / _BEND), round((y + to_y) / 2 - (to_x - x) / _BEND)
    return Line(number, x, y, to_x, to_y, f"M{x} {y}Q{bend_x} {bend_y} {to_x} {to_y}")


def _labels(sheet: Sheet, view: View, places: dict[str, Area], used: set[str]) -> list[Label]:
    """Names of towns, those with proposals first; a name that would cover another is left out."""
    kept: list[Label] = []
    towns = [area for area in places.values() if area.level == "town"]
    for town in sorted(towns, key=lambda area: (area.code not in used, area.code)):
        x, y = view.at(sheet.at(town.lat or 0.0, town.lon or 0.0))
        half = len(town.name) * _EM / 2
        covered = any(abs(x - other.x) < half + len(other.name) * _EM / 2 and abs(y - _ABOVE - other.y) < _LINE
                      for other in kept)
        if half < x < WIDTH - half and 2 * _LINE < y < view.height - 2 * _LINE and not covered:
            kept.append(Label(town.name, x, y - _ABOVE))
    return kept

"""Where the demo takes place: two neighbouring rural counties of one prefecture, and points in them.

上杭县 and 武平县 were chosen because every one of their 38 towns has a certain own point (docs/places.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, radians, sin, sqrt
from random import Random

from sqlalchemy import select

from matching.extensions import db
from matching.places.gazetteer import county_outlines, is_inside
from matching.places.models import Area
from matching.places.queries import within

PROVINCE = "35"
FIRST, SECOND = "350823", "350824"
FIRST_TOWN, SECOND_TOWN = "350823202", "350824103"
FIRST_VILLAGE, SECOND_VILLAGE = "350823202205", "350824103201"

KM_A_DEGREE = 111.32
VILLAGE_KM, HOUSE_KM = (0.6, 3.4), 0.5


@dataclass(frozen=True, slots=True)
class Spot:
    """A point in WGS-84 degrees."""

    lat: float
    lon: float


class Country:
    """Towns and villages of the two counties; invents where a village's houses stand, near its town."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._spots: dict[str, Spot] = {}
        reach = within(Area.code, FIRST) | within(Area.code, SECOND)
        areas = {area.code: area for area in db.session.scalars(select(Area).where(reach).order_by(Area.code))}
        self.names = {code: area.name for code, area in areas.items()}
        self.towns = {county: [c for c in areas if len(c) == 9 and c.startswith(county)] for county in (FIRST, SECOND)}
        self.villages = {town: [c for c in areas if len(c) == 12 and c.startswith(town)]
                         for towns in self.towns.values() for town in towns}
        self._own_spots = {code: Spot(area.lat, area.lon) for code, area in areas.items()
                           if area.lat is not None and area.lon is not None}

    def town_spot(self, town: str) -> Spot:
        """The town's own point."""
        return self._own_spots[town]

    def county_spot(self, county: str) -> Spot:
        """The county's own point."""
        return self._own_spots[county]

    def village_spot(self, village: str) -> Spot:
        """Where the demo says that a village lies: the same place each time, inside the county."""
        if village not in self._spots:
            own = Random(f"village {village}")  # of its own, so that it does not hang on what was drawn before  # nosec B311  # invented people
            self._spots[village] = self._near(self.town_spot(village[:9]), VILLAGE_KM, village[:6], own)
        return self._spots[village]

    def house_spot(self, village: str) -> Spot:
        """A house in the village."""
        return self._near(self.village_spot(village), (0.0, HOUSE_KM), village[:6], self._rng)

    def shop_spot(self, town: str) -> Spot:
        """A house in the town itself."""
        return self._near(self.town_spot(town), (0.0, HOUSE_KM), town[:6], self._rng)

    def _near(self, spot: Spot, ring_km: tuple[float, float], county: str, rng: Random) -> Spot:
        """A random point of the ring around a spot, inside the county; the spot itself when none is found."""
        for _ in range(50):
            far = sqrt(rng.uniform(ring_km[0] ** 2, ring_km[1] ** 2))
            angle = rng.uniform(0, 2 * pi)
            lat = round(spot.lat + far * sin(angle) / KM_A_DEGREE, 6)
            lon = round(spot.lon + far * cos(angle) / (KM_A_DEGREE * cos(radians(spot.lat))), 6)
            if is_inside(county_outlines()[county], lat, lon):
                return Spot(lat, lon)
        return spot

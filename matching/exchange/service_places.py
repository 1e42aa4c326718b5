"""Applies points of towns and villages, and finds or creates the villages that registers name."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import or_, update
from sqlalchemy.orm.attributes import instance_state

from matching.actor import Actor, Role
from matching.errors import Conflict
from matching.exchange.areas import County
from matching.exchange.register import PlacesRegister, fault_of
from matching.exchange.report import Outcome
from matching.extensions import db
from matching.households.models import Household
from matching.offers.models import Offer
from matching.places.names import display_village
from matching.places.queries import area_names, find_village, nearest_point
from matching.places.service import local_community, set_point

__all__ = ["Communities", "apply_places", "changed_fields", "move_to", "place_at"]

Placed = TypeVar("Placed", Household, Offer)
NEW = "???"
"""Ends the code of a community that a rehearsal would create."""
PLACED_BY_AREA = ("village", "town", "county")


class Communities:
    """Villages and communities by the names that a register writes; unknown ones are created under their town."""

    def __init__(self, county: County, now: datetime, outcome: Outcome, rehearse: bool = False,
                 actor: Actor | None = None) -> None:
        self._county, self._now, self._outcome, self._rehearse = county, now, outcome, rehearse
        self._actor = actor
        self._known: dict[tuple[str, str], tuple[str, bool]] = {}
        self.points: dict[str, tuple[float, float, str] | None] = {}

    def code(self, town_code: str, village: str) -> tuple[str, bool]:
        """(code, full): the village's code, or the town's when none is named or no local code is left."""
        if not village or len(town_code) != 9:
            return town_code, False
        if (town_code, village) not in self._known:
            self._known[town_code, village] = self._find(town_code, village)
        return self._known[town_code, village]

    def is_known(self, town_code: str, village: str) -> bool:
        """Whether the official list or an earlier register knows it; it is then not looked up again."""
        if not village or len(town_code) != 9:
            return True
        if found := self._there(town_code, village):
            self._known[town_code, village] = found, False
        return bool(found)

    def _there(self, town_code: str, village: str) -> str | None:
        if village.isdigit() and village.startswith(town_code) and area_names([village]):
            return village
        return find_village(town_code, village)

    def _find(self, town_code: str, village: str) -> tuple[str, bool]:
        if found := self._there(town_code, village):
            return found, False
        if self._actor is not None and not self._actor.reaches(town_code):
            return f"{town_code}{NEW}", False  # not theirs to create
        if self._rehearse:
            self._outcome.new_places.append(f"{self._county.towns[town_code]}{display_village(village)}")
            return f"{town_code}{NEW}", False
        try:
            community = local_community(town_code, village, self._now)
        except Conflict:
            return town_code, True
        self._outcome.new_places.append(f"{self._county.towns[town_code]}{community.name}")
        return community.code, False

    def point(self, code: str) -> tuple[float, float, str] | None:
        """The nearest known point of an area."""
        if code not in self.points:
            self.points[code] = nearest_point(code.removesuffix(NEW))
        return self.points[code]


def place_at(row: Placed, area_code: str, communities: Communities) -> None:
    """Put a row into an area, with the area's point unless its own exact point is known."""
    values: dict[str, Any] = {"area_code": area_code}
    if row.precision != "exact":
        values |= zip(("lat", "lon", "precision"), communities.point(area_code) or (None, None, None), strict=True)
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def changed_fields(row: Household | Offer) -> list[str]:
    """Names of the fields of a row that differ from the database, sealed ones without their suffix."""
    return sorted({name.removesuffix("_sealed").removesuffix("_blind")
                   for name, field in instance_state(row).attrs.items() if field.history.has_changes()})


def apply_places(register: PlacesRegister, county: County, actor: Actor | None, now: datetime) -> Outcome:
    """Give towns and villages their points; villages that are not known yet become local communities.

    Files and offers that were placed by their area alone move to its new point.
    """
    outcome = Outcome()
    communities = Communities(county, now, outcome)
    setter = actor or Actor(0, "", "", Role.COUNTY, county.code)
    moved = []
    for place in register.places:
        known = len(outcome.new_places)
        code, full = communities.code(place.town_code, place.village)
        if full:
            outcome.faults.append(fault_of(register.joined, place.row, "village", "village_full", "reject",
                                           place.village))
            continue
        precision = "village" if len(code) == 12 else "town"
        if set_point(code, place.lat, place.lon, precision, setter, now):
            (outcome.created if len(outcome.new_places) > known else outcome.updated).add(place.row)
            moved.append((code, place.lat, place.lon, precision))
    db.session.flush()
    for code, lat, lon, precision in sorted(moved):
        move_to(code, (lat, lon, precision))
    return outcome


def move_to(code: str, point: tuple[float, float, str] | None) -> None:
    """Move what stands in this very area by its area's point."""
    lat, lon, precision = point or (None, None, None)
    for model in (Household, Offer):
        db.session.execute(update(model).where(
            model.area_code == code, or_(model.precision.is_(None), model.precision.in_(PLACED_BY_AREA)),
        ).values(lat=lat, lon=lon, precision=precision), execution_options={"synchronize_session": False})

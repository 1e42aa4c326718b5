"""Where offers reach: counties within a radius, and the condition that an offer reaches into a county."""

from __future__ import annotations

import math
from collections.abc import Iterable

from sqlalchemy import ColumnElement, exists, func, or_, select

from matching.extensions import db
from matching.offers.models import Offer, OfferArea
from matching.organisations.models import Organisation
from matching.places.models import Area
from matching.places.queries import ancestors, within

EARTH_KM = 6371.0
KM_PER_DEGREE = 111.0
MARGIN_KM = 5.0
"""An area's point stands for the places around it: so much further an offer is taken to reach."""


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance of two points in degrees, good enough to ask a county (the engine measures exactly)."""
    half_lat, half_lon = math.radians(other_lat - lat) / 2, math.radians(other_lon - lon) / 2
    chord = (math.sin(half_lat) ** 2
             + math.cos(math.radians(lat)) * math.cos(math.radians(other_lat)) * math.sin(half_lon) ** 2)
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(chord)))


def counties_near(offer: Offer) -> set[str]:
    """Counties that have a place within the radius of an offer; none when its place is not known."""
    if offer.lat is None or offer.lon is None or offer.radius_km is None:
        return set()
    reach = offer.radius_km + MARGIN_KM
    high = reach / KM_PER_DEGREE
    wide = high / max(math.cos(math.radians(offer.lat)), 0.1)
    rows = db.session.execute(select(Area.code, Area.lat, Area.lon).where(
        Area.lat.between(offer.lat - high, offer.lat + high), Area.lon.between(offer.lon - wide, offer.lon + wide),
        func.length(Area.code) >= 6))
    return {row.code[:6] for row in rows if distance_km(offer.lat, offer.lon, row.lat, row.lon) <= reach}


def reaches_into(county_code: str) -> ColumnElement[bool]:
    """SQL condition: the offer's reach covers a place of this county. Two SELECTs for offers with a radius."""
    named = exists().where(OfferArea.offer_id == Offer.id, or_(
        within(OfferArea.area_code, county_code), OfferArea.area_code.in_(ancestors(county_code))))
    return or_(Offer.reach == "country", named, Offer.id.in_(_circles_into(county_code)))


def _circles_into(county_code: str) -> Iterable[int]:
    """Offers from other counties whose radius meets a place of this county."""
    places = [(row.lat, row.lon) for row in db.session.execute(
        select(Area.lat, Area.lon).where(within(Area.code, county_code), Area.lat.is_not(None)))]
    if not places:
        return []
    south, north = min(lat for lat, _ in places), max(lat for lat, _ in places)
    west, east = min(lon for _, lon in places), max(lon for _, lon in places)
    high = (Offer.radius_km + MARGIN_KM) / KM_PER_DEGREE
    wide = high / max(math.cos(math.radians(max(abs(south), abs(north)))), 0.1)
    rows = db.session.execute(
        select(Offer.id, Offer.lat, Offer.lon, Offer.radius_km).join(Offer.organisation).where(
            Offer.reach == "radius", Offer.status == "open", ~within(Organisation.area_code, county_code),
            Offer.lat >= south - high, Offer.lat <= north + high, Offer.lon >= west - wide, Offer.lon <= east + wide))
    return [row.id for row in rows
            if any(distance_km(row.lat, row.lon, *place) <= row.radius_km + MARGIN_KM for place in places)]

"""Applies a register of offers: organisations (one for each credit code) and what they offer."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from matching.actor import Actor
from matching.audit.service import record
from matching.clock import day_of
from matching.exchange.areas import County
from matching.exchange.register import OfferRow, OffersRegister, fault_of
from matching.exchange.report import Outcome
from matching.exchange.service_places import Communities, changed_fields, place_at
from matching.extensions import db
from matching.offers.models import Offer, OfferArea, OfferClearance
from matching.offers.service_clearance import ask_counties
from matching.organisations.models import Organisation
from matching.organisations.service import register_organisation, vet
from matching.places.models import Area
from matching.places.queries import within

__all__ = ["apply_offers"]


def apply_offers(register: OffersRegister, county: County, actor: Actor | None, now: datetime) -> Outcome:
    """Create and update the organisations and offers of a register.

    A new organisation of this county is vetted by this import, one registered in another county waits for that
    county. An offer that lacks its reach serves nobody yet; one whose period is wrong is paused.
    """
    applier = _Applier(register, county, actor, now)
    keys = _keys(register, county)
    known = {offer.register_key: offer for offer in db.session.scalars(
        select(Offer).where(Offer.register_key.in_(list(keys.values()))).with_for_update().options(
            selectinload(Offer.areas), selectinload(Offer.clearances)))}
    for row in register.offers:
        applier.apply(row, keys[row.row], known.get(keys[row.row]))
    db.session.flush()
    return applier.outcome


def _keys(register: OffersRegister, county: County) -> dict[int, str]:
    """Sheet row → a key that finds the offer again: who gives it, under which title, the how manieth of them."""
    times: Counter[str] = Counter()
    keys = {}
    for row in register.offers:
        told = f"{row.credit_code or row.organisation}|{row.title}"
        times[told] += 1
        digest = hashlib.sha256(f"{told}|{times[told]}".encode()).hexdigest()[:40]
        keys[row.row] = f"{county.code}:{digest}"
    return keys


class _Applier:
    """The state of one import."""

    def __init__(self, register: OffersRegister, county: County, actor: Actor | None, now: datetime) -> None:
        self.register, self.county, self.actor, self.now = register, county, actor, now
        self.outcome = Outcome()
        self.communities = Communities(county, now, self.outcome)
        self._organisations: dict[str, Organisation] = {}

    def apply(self, row: OfferRow, key: str, offer: Offer | None) -> None:
        """Bring one row into the database."""
        organisation = self._organisation(row)
        new = offer is None
        if offer is None:
            offer = Offer(register_key=key, organisation_id=organisation.id, taken=0, created_at=self.now,
                          updated_at=self.now, starts_on=row.starts_on or day_of(self.now),
                          status="open" if row.period_certain else "paused")
        self._write(offer, row, organisation)
        if new:
            db.session.add(offer)
            db.session.flush()
        elif not (changed := changed_fields(offer)):
            return
        else:
            offer.updated_at = self.now
        ask_counties(offer)
        (self.outcome.created if new else self.outcome.updated).add(row.row)
        record(self.actor, "offer.import", self.now, object_type="offer", object_id=offer.id,
               organisation_id=organisation.id, area_code=self.county.code,
               changes={} if new else {"fields": changed})

    def _organisation(self, row: OfferRow) -> Organisation:
        """The organisation of a row: by credit code, else by its exact name in this county; new ones are entered."""
        key = row.credit_code or row.organisation
        if key not in self._organisations:
            same = (Organisation.credit_code == row.credit_code) if row.credit_code else (
                (Organisation.name == row.organisation) & within(Organisation.area_code, self.county.code))
            found = db.session.scalar(select(Organisation).where(same).order_by(Organisation.id).limit(1))
            self._organisations[key] = found or self._new_organisation(row)
        return self._organisations[key]

    def _new_organisation(self, row: OfferRow) -> Organisation:
        home = self._home(row.credit_code)
        organisation = register_organisation(
            row.organisation[:120], row.organisation_kind, home, self.actor, self.now, credit_code=row.credit_code,
            contact_name=row.contact_name[:60], contact_phone=row.contact_phone or "")
        if home == self.county.code:
            vet(organisation, True, "", self.actor, self.now)
        return organisation

    def _home(self, credit_code: str | None) -> str:
        """The county in which an organisation is registered, as its credit code says (GB 32100, digits 3 to 8)."""
        code = credit_code[2:8] if credit_code else ""
        area = db.session.get(Area, code) if code else None
        return code if area is not None and area.level == "county" else self.county.code

    def _write(self, offer: Offer, row: OfferRow, organisation: Organisation) -> None:
        taken = offer.taken or 0
        if row.capacity < taken:
            self._warn(row.row, "qty", "below_given", str(taken))
        told: dict[str, Any] = {
            "help_type": row.help_type, "title": row.title[:120], "unit": row.unit[:20],
            "capacity": max(row.capacity, taken), "description": _description(row), "address": row.address[:200],
            "provides": list(row.provides), "only_for": list(row.only_for), "ends_on": row.ends_on,
            "starts_on": row.starts_on or offer.starts_on}
        if row.lat is not None and row.lon is not None:
            told |= {"lat": row.lat, "lon": row.lon, "precision": "exact"}
        for name, value in told.items():
            if getattr(offer, name) != value:
                setattr(offer, name, value)
        place_at(offer, row.address_town or self.county.code, self.communities)
        self._reach(offer, row)
        elsewhere = organisation.area_code[:6] != self.county.code
        if elsewhere and self.county.code not in {clearance.county_code for clearance in offer.clearances}:
            offer.clearances.append(OfferClearance(
                county_code=self.county.code, status="allowed", decided_at=self.now,
                decided_by_id=self.actor.user_id if self.actor else None))

    def _reach(self, offer: Offer, row: OfferRow) -> None:
        """Radius, named towns or the whole county; no reach told: no area, so that it serves nobody yet."""
        reach = {"radius": "radius", "country": "country"}.get(row.reach, "areas")
        codes = {"county": {self.county.code}, "areas": set(row.town_codes)}.get(row.reach, set())
        if not row.reach and offer.reach:
            return  # what was set by hand since stays
        if (offer.reach, offer.radius_km) != (reach, row.radius_km):
            offer.reach, offer.radius_km = reach, row.radius_km
        if {area.area_code for area in offer.areas} != codes:
            kept = [area for area in offer.areas if area.area_code in codes]
            new = codes - {area.area_code for area in kept}
            offer.areas = kept + [OfferArea(area_code=code) for code in sorted(new)]

    def _warn(self, row: int, field: str, kind: str, shown: str) -> None:
        self.outcome.faults.append(fault_of(self.register.joined, row, field, kind, "warning", shown))


def _description(row: OfferRow) -> str:
    """The register's own remark, and conditions that have no code, as written."""
    return "\n".join(part for part in (row.note, "、".join(row.other_conditions)) if part)

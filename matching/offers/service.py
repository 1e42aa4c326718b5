"""What is done with offers: taking units and giving them back, writing, pausing, ending and prolonging them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Update, select, update
from sqlalchemy.orm import joinedload

from matching.actor import Actor
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import Conflict, Invalid, NotAllowed, NotThere
from matching.extensions import db
from matching.offers.models import Offer, OfferArea
from matching.offers.queries import prolongable
from matching.offers.service_clearance import ask_counties, tell_counties
from matching.organisations.models import Organisation
from matching.places import queries as places
from matching.places.geocoding import locate_public
from matching.words import UNITS
from matching.words_units import unit_word

MOST_KM = 100
"""The longest radius (contract.md): what reaches further is given by area."""


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """What a form says of an offer. `areas` counts for the reach `areas`, `radius_km` for `radius`."""

    help_type: str
    title: str
    capacity: int
    area_code: str
    reach: str
    starts_on: date
    ends_on: date | None = None
    description: str = ""
    unit: str = ""
    address: str = ""
    radius_km: float | None = None
    areas: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    only_for: tuple[str, ...] = ()


def take(offer_id: int, quantity: int) -> bool:
    """Hold `quantity` units of an open offer; False when fewer are left, and then nothing is changed.

    One conditional UPDATE decides, so that however many ask at once an offer is never oversubscribed.
    """
    return _change(update(Offer).where(
        Offer.id == offer_id, Offer.status == "open", Offer.taken + quantity <= Offer.capacity,
    ).values(taken=Offer.taken + quantity))


def give_back(offer_id: int, quantity: int) -> bool:
    """Let go of `quantity` held units of an offer; False when fewer are held, and then nothing is changed."""
    return _change(update(Offer).where(Offer.id == offer_id, Offer.taken >= quantity).values(
        taken=Offer.taken - quantity))


def add_offer(facts: OfferFacts, actor: Actor, now: datetime) -> Offer:
    """Post an offer of the actor's organisation, and ask the other counties that it reaches.

    Raises NotAllowed for an account without an organisation, Invalid for a wrong place, reach or period.
    """
    organisation = db.session.get(Organisation, actor.organisation_id) if actor.organisation_id else None
    if organisation is None:
        raise NotAllowed(_("您的账号还没有关联机构，请联系县里的管理员。"))
    offer = Offer(organisation_id=organisation.id, organisation=organisation, help_type=facts.help_type, taken=0,
                  capacity=facts.capacity, status="open", created_at=now, updated_at=now)
    _write(offer, facts)
    db.session.add(offer)
    db.session.flush()
    tell_counties(offer, ask_counties(offer), now)
    _record(offer, "offer.add", actor, now)
    return offer


def edit_offer(offer: Offer, facts: OfferFacts, actor: Actor, now: datetime) -> None:
    """Bring an offer to what was written; its type stays.

    Raises Invalid as `add_offer`, and when the capacity would be less than pairings hold; Conflict when closed.
    """
    changed = _change(update(Offer).where(Offer.id == offer.id, Offer.status != "closed", Offer.taken <= facts.capacity)
                      .values(capacity=facts.capacity, updated_at=now))
    if not changed:
        db.session.refresh(offer)
        if offer.status == "closed":
            raise Conflict(_("这份资源已经结束，不能再改。可以照着它新登记一份。"))
        raise Invalid(_("已经有 %(n)s %(unit)s 在结对里，不能改得比这更少。", n=offer.taken,
                        unit=unit_word(offer.unit, offer.taken)),
                      "capacity")
    _write(offer, facts)
    db.session.flush()
    tell_counties(offer, ask_counties(offer), now)
    _record(offer, "offer.edit", actor, now)


def pause_offer(offer: Offer, actor: Actor, now: datetime) -> None:
    """Take no new pairings for a while; what is under way goes on. Raises Conflict unless it is open."""
    _move(offer, ("open",), "paused", actor, now)


def resume_offer(offer: Offer, actor: Actor, now: datetime) -> None:
    """Take pairings again. Raises Conflict unless it is paused."""
    _move(offer, ("paused",), "open", actor, now)


def close_offer(offer: Offer, actor: Actor, now: datetime) -> None:
    """Take no pairings any more; what is under way goes on. Raises Conflict when it is closed already."""
    _move(offer, ("open", "paused"), "closed", actor, now)


def extend_offers(offer_ids: Collection[int], ends_on: date, actor: Actor, now: datetime) -> int:
    """Give several offers a new last day; returns how many. Those out of the actor's reach make it NotThere.

    A provider may prolong its own, an officer those of organisations of its county. Raises Invalid for a day
    that has passed or lies before an offer begins.
    """
    if ends_on < day_of(now):
        raise Invalid(_("新的截止日期已经过去了。"), "ends_on")
    offers = _mine(offer_ids, actor)
    for offer in offers:
        if ends_on < offer.starts_on:
            raise Invalid(_("“%(title)s”还没开始，截止日期不能在开始之前。", title=offer.title), "ends_on")
        before, offer.ends_on, offer.updated_at = offer.ends_on, ends_on, now
        _record(offer, "offer.extend", actor, now,
                {"ends_on": [before.isoformat() if before else None, ends_on.isoformat()]})
    return len(offers)


def _mine(offer_ids: Collection[int], actor: Actor) -> Sequence[Offer]:
    """The offers of these numbers, locked in one order, all of which the actor may prolong."""
    chosen = set(offer_ids)
    offers = db.session.scalars(
        select(Offer).join(Offer.organisation).options(joinedload(Offer.organisation))
        .where(Offer.id.in_(chosen), Offer.status != "closed", prolongable(actor))
        .order_by(Offer.id).with_for_update(of=Offer)).all()
    if len(offers) != len(chosen):
        raise NotThere
    return offers


def _write(offer: Offer, facts: OfferFacts) -> None:
    _check(offer, facts)
    for name in ("title", "description", "address", "reach", "starts_on", "ends_on"):
        setattr(offer, name, getattr(facts, name))
    offer.unit = facts.unit or UNITS[offer.help_type]
    offer.provides, offer.only_for = list(facts.provides), list(facts.only_for)
    offer.radius_km = facts.radius_km if facts.reach == "radius" else None
    wanted = _outermost(facts.areas) if facts.reach == "areas" else []
    if [area.area_code for area in offer.areas] != wanted:
        offer.areas = [OfferArea(area_code=code) for code in wanted]
    offer.area_code = facts.area_code
    offer.lat, offer.lon, offer.precision = _point(facts)


def _check(offer: Offer, facts: OfferFacts) -> None:
    """Raise Invalid, naming the form field, for what cannot be."""
    home = places.county_of(offer.organisation.area_code) or offer.organisation.area_code
    if not facts.area_code.startswith(home) or places.area(facts.area_code) is None:
        raise Invalid(_("地点要在贵机构登记的县里。"), "area_code")
    if facts.ends_on is not None and facts.ends_on < facts.starts_on:
        raise Invalid(_("截止日期在开始日期之前。"), "ends_on")
    if facts.reach == "radius" and not (facts.radius_km and 0 < facts.radius_km <= MOST_KM):
        raise Invalid(_("请写能到多远：0 到 %(n)s 公里。更远请按地区选。", n=MOST_KM), "radius_km")
    if facts.reach == "areas":
        if not facts.areas:
            raise Invalid(_("请至少选一个地区。"), "areas")
        if len(places.area_names(facts.areas)) != len(set(facts.areas)):
            raise Invalid(_("请从列表里选地区。"), "areas")


def _outermost(codes: Collection[str]) -> list[str]:
    """The codes without those that lie in another one of them."""
    return sorted(code for code in set(codes)
                  if not any(above in codes for above in places.ancestors(code) if above != code))


def _point(facts: OfferFacts) -> tuple[float | None, float | None, str | None]:
    """Where an offer is: what its address says, as long as that lies in its area, else the area's point."""
    if facts.address:
        county = places.county_of(facts.area_code)
        found = locate_public(places.area_path(facts.area_code) + facts.address, county, None) if county else None
        if found is not None and found.area_code.startswith(facts.area_code):
            return found.lat, found.lon, found.precision
    return places.nearest_point(facts.area_code) or (None, None, None)


def _move(offer: Offer, sources: tuple[str, ...], target: str, actor: Actor, now: datetime) -> None:
    if not _change(update(Offer).where(Offer.id == offer.id, Offer.status.in_(sources)).values(
            status=target, updated_at=now)):
        raise Conflict(_("这份资源的状态刚刚变了，请刷新再看。"))
    _record(offer, f"offer.{target}", actor, now)


def _change(statement: Update) -> bool:
    """Whether a conditional UPDATE changed its one row; an offer in memory then shows the new values."""
    changed = db.session.scalars(statement.returning(Offer), execution_options={
        "synchronize_session": False, "populate_existing": True})
    return changed.one_or_none() is not None


def _record(offer: Offer, action: str, actor: Actor, now: datetime, changes: dict[str, Any] | None = None) -> None:
    record(actor, action, now, object_type="offer", object_id=offer.id, organisation_id=offer.organisation_id,
           area_code=offer.area_code, changes=changes)

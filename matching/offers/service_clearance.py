"""Another county's yes: an offer that reaches into a county where its organisation is not registered waits for it.

The question is put to every county that works with this system (has a county officer) and lies in reach;
a county that joins later finds older offers in its list all the same (`queries.waiting_page`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from matching.accounts.models import User
from matching.actor import Actor, Role
from matching.audit.service import record
from matching.errors import Invalid, NotThere
from matching.extensions import db
from matching.notices.queries import officers_at
from matching.notices.service import tell_all
from matching.offers.models import Offer, OfferClearance
from matching.offers.queries_reach import counties_near
from matching.organisations.models import Membership
from matching.places import queries as places


def ask_counties(offer: Offer) -> list[str]:
    """Put the question to all counties that the offer reaches and that have not been asked; returns their codes."""
    home = places.county_of(offer.organisation.area_code)
    asked = set(db.session.scalars(select(OfferClearance.county_code).where(OfferClearance.offer_id == offer.id)))
    new = sorted(code for code in reached_counties(offer) if code != home and code not in asked)
    db.session.add_all(OfferClearance(offer_id=offer.id, county_code=code, status="waiting") for code in new)
    db.session.flush()
    return new


def tell_counties(offer: Offer, counties: Sequence[str], now: datetime) -> None:
    """Tell the counties that were asked. An import of many offers tells nobody one by one: they stand in the list."""
    for county in counties:
        tell_all(officers_at(county, Role.COUNTY), "offer_waiting", {"path": f"/offers/{offer.id}/clear-offer"}, now,
                 key=f"{offer.id}:{county}")


def reached_counties(offer: Offer) -> set[str]:
    """The counties with an officer of their own into which an offer reaches."""
    officers = select(User.area_code).where(User.role == str(Role.COUNTY)).distinct()
    working = {code for code in db.session.scalars(officers) if code}
    if offer.reach == "country":
        return working
    if offer.reach == "radius":
        return working & counties_near(offer)
    named = [area.area_code for area in offer.areas]
    return {county for county in working
            if any(code.startswith(county) or county.startswith(code) for code in named)}


def clear_offer(offer: Offer, allowed: bool, reason: str, actor: Actor, now: datetime) -> OfferClearance:
    """Answer for the actor's county whether an offer from elsewhere may be paired there; may be changed later.

    Raises NotThere for an offer of the own county, Invalid for a no without a reason.
    """
    county = actor.area_code
    if len(county) != 6 or places.county_of(offer.organisation.area_code) == county:
        raise NotThere
    if not allowed and not reason:
        raise Invalid(_("不同意的话，请写一句原因，对方会看到。"), "reason")
    clearance = _clearance(offer.id, county)
    clearance.status, clearance.reason = "allowed" if allowed else "refused", "" if allowed else reason
    clearance.decided_by_id, clearance.decided_at = actor.user_id, now
    record(actor, f"offer.{clearance.status}", now, object_type="offer", object_id=offer.id,
           organisation_id=offer.organisation_id, area_code=county)
    tell_all(select(Membership.user_id).where(Membership.organisation_id == offer.organisation_id),
             "offer_allowed" if allowed else "offer_refused", {"path": f"/offers/{offer.id}/show-offer"}, now,
             key=f"{offer.id}:{county}:{now.isoformat()}")
    return clearance


def _clearance(offer_id: int, county_code: str) -> OfferClearance:
    """The row of this question, locked, made where there is none."""
    wanted = select(OfferClearance).where(
        OfferClearance.offer_id == offer_id, OfferClearance.county_code == county_code).with_for_update()
    found = db.session.scalar(wanted)
    if found is not None:
        return found
    try:
        with db.session.begin_nested():
            db.session.add(OfferClearance(offer_id=offer_id, county_code=county_code, status="waiting"))
    except IntegrityError:
        pass  # somebody of the same county was quicker: the row is there now
    return db.session.scalars(wanted).one()

"""Reads of offers: what the public sees, a provider's own, and what a county has to look after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, case, false, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from matching.actor import OFFICERS, Actor, Right
from matching.errors import NotThere
from matching.extensions import db
from matching.keyset import Asked, Count, Key, Order, Page, count_to_cap, whole
from matching.offers.models import Offer, OfferArea, OfferClearance
from matching.offers.queries_reach import reaches_into
from matching.organisations.models import Organisation
from matching.places import queries as places
from matching.places.queries import ancestors, county_of, within

PAGE = 24


NEWEST_FIRST = Order(Key(Offer.id, whole, falls=True))
RUNNING_FIRST = Order(Key(case((Offer.status == "closed", 1), else_=0), whole), Key(Offer.id, whole, falls=True))
Listed = tuple[Page[Offer], Count]
"""One page of offers, and how many there are."""


def running(today: date) -> ColumnElement[bool]:
    """SQL condition: the offer has not ended by its own last day."""
    return or_(Offer.ends_on.is_(None), Offer.ends_on >= today)


def is_public(offer: Offer, today: date) -> bool:
    """Whether strangers may see this offer: open, not ended, of a vetted organisation."""
    ended = offer.ends_on is not None and offer.ends_on < today
    return offer.status == "open" and not ended and offer.organisation.status == "vetted"


def own_offer_or_404(offer_id: int, actor: Actor) -> Offer:
    """An offer of the actor's own organisation; NotThere when it is missing or somebody else's."""
    offer = _whole(offer_id)
    if offer is None or actor.organisation_id is None or offer.organisation_id != actor.organisation_id:
        raise NotThere
    return offer


def offer_or_404(offer_id: int, actor: Actor | None, today: date) -> Offer:
    """An offer that the reader may see: a public one, its own, or one of or for the officer's county."""
    offer = _whole(offer_id)
    if offer is None or not (is_public(offer, today) or (actor is not None and _may_know(offer, actor))):
        raise NotThere
    return offer


def foreign_offer_or_404(offer_id: int, actor: Actor) -> Offer:
    """An offer of another county that reaches into the actor's county; NotThere otherwise."""
    offer = db.session.scalar(
        select(Offer).join(Offer.organisation).options(contains_eager(Offer.organisation))
        .where(Offer.id == offer_id, *_from_elsewhere(actor.area_code)))
    if offer is None:
        raise NotThere
    return offer


def prolongable(actor: Actor) -> ColumnElement[bool]:
    """SQL condition on offers joined with their organisation: the actor may prolong it."""
    if actor.may(Right.MANAGE_OFFERS) and actor.organisation_id is not None:
        return Offer.organisation_id == actor.organisation_id
    if actor.role in OFFICERS and county_of(actor.area_code):
        return within(Organisation.area_code, county_of(actor.area_code))
    return false()


def public_page(help_type: str, area_code: str, asked: Asked, today: date) -> Listed:
    """One page of the open offers of vetted organisations, newest first; `area_code` a county, or empty."""
    wanted = [Offer.status == "open", running(today), Organisation.status == "vetted"]
    if help_type:
        wanted.append(Offer.help_type == help_type)
    if area_code:
        serves = select(OfferArea.offer_id).where(or_(
            within(OfferArea.area_code, area_code), OfferArea.area_code.in_(ancestors(area_code))))
        wanted.append(or_(within(Offer.area_code, area_code), Offer.reach == "country", Offer.id.in_(serves)))
    return _page(wanted, asked)


def ended_page(actor: Actor, asked: Asked, today: date) -> Listed:
    """One page of the offers of the officer's county whose last day has passed and that nobody has closed."""
    return _page([Offer.status != "closed", Offer.ends_on < today, prolongable(actor)], asked)


def waiting_page(actor: Actor, asked: Asked, today: date) -> Listed:
    """One page of the offers from other counties that wait for the officer's county to answer."""
    decided = select(OfferClearance.offer_id).where(
        OfferClearance.county_code == actor.area_code, OfferClearance.status != "waiting")
    return _page([*_from_elsewhere(actor.area_code), running(today), Offer.id.not_in(decided)], asked)


def own_page(actor: Actor, asked: Asked) -> Listed:
    """One page of the actor's own offers, those that still run first."""
    if actor.organisation_id is None:
        return Page([]), Count(0)
    return _page([Offer.organisation_id == actor.organisation_id], asked, RUNNING_FIRST)


def own_organisation(actor: Actor) -> Organisation | None:
    """The organisation that the actor belongs to."""
    return db.session.get(Organisation, actor.organisation_id) if actor.organisation_id else None


def counties_with_offers() -> list[str]:
    """Codes of the counties where an open offer stands."""
    codes = db.session.scalars(select(func.substr(Offer.area_code, 1, 6)).where(Offer.status == "open").distinct())
    return sorted(code for code in codes if len(code) == 6)


def answers(offer: Offer) -> list[tuple[str, OfferClearance]]:
    """What other counties have said to an offer: name of the county and its answer."""
    rows = db.session.scalars(select(OfferClearance).where(
        OfferClearance.offer_id == offer.id).order_by(OfferClearance.county_code)).all()
    names = places.area_names(row.county_code for row in rows)
    return [(names.get(row.county_code, row.county_code), row) for row in rows]


def waiting_counts(offers: Sequence[Offer]) -> dict[int, int]:
    """For each offer that waits for other counties: of how many."""
    rows = db.session.execute(select(OfferClearance.offer_id, func.count()).where(
        OfferClearance.offer_id.in_([offer.id for offer in offers]), OfferClearance.status == "waiting",
    ).group_by(OfferClearance.offer_id))
    return {row[0]: row[1] for row in rows}


def clearance_of(offer: Offer, county_code: str) -> OfferClearance | None:
    """What a county has said to an offer from elsewhere, None when it was not asked."""
    return db.session.scalar(select(OfferClearance).where(
        OfferClearance.offer_id == offer.id, OfferClearance.county_code == county_code))


def place_choices(organisation: Organisation) -> list[tuple[str, str]]:
    """Where an offer of this organisation can stand: its county's towns, first the county as a whole."""
    home = county_of(organisation.area_code) or organisation.area_code
    return [(home, places.area_name(home)), *((area.code, area.name) for area in places.children(home))]


def reach_choices(organisation: Organisation) -> list[tuple[str, str]]:
    """Where an offer can reach by name: the own county and its towns, then the other counties of the city."""
    (home, name), *towns = place_choices(organisation)
    neighbours = places.children(home[:4]) if len(home) == 6 else []
    return [(home, _("%(county)s，全部", county=name)), *towns,
            *((area.code, _("%(county)s（外县）", county=area.name)) for area in neighbours if area.code != home)]


def _whole(offer_id: int) -> Offer | None:
    return db.session.get(Offer, offer_id, options=[joinedload(Offer.organisation), selectinload(Offer.areas)])


def _may_know(offer: Offer, actor: Actor) -> bool:
    if actor.organisation_id is not None and actor.organisation_id == offer.organisation_id:
        return True
    county = county_of(actor.area_code)
    if not county or not actor.may(Right.READ_OFFERS):
        return False
    return county_of(offer.organisation.area_code) == county or clearance_of(offer, county) is not None


def _from_elsewhere(county_code: str) -> list[ColumnElement[bool]]:
    """Conditions on offers joined with their organisation: of another county, vetted, open, reaching into this one."""
    if len(county_code) != 6:
        return [false()]
    return [and_(~within(Organisation.area_code, county_code), Organisation.status == "vetted"),
            Offer.status == "open", reaches_into(county_code)]


def _page(conditions: list[ColumnElement[bool]], asked: Asked, order: Order = NEWEST_FIRST) -> Listed:
    total = count_to_cap(select(Offer.id).join(Offer.organisation).where(*conditions))
    chosen = select(Offer).join(Offer.organisation).options(
        contains_eager(Offer.organisation), selectinload(Offer.areas)).where(*conditions)
    offers = db.session.scalars(order.take(chosen, asked, PAGE)).all()
    running_first = order is RUNNING_FIRST
    return order.page(offers, asked, PAGE, lambda offer: (int(offer.status == "closed"), offer.id) if running_first
                      else (offer.id,)), total

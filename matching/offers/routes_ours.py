"""A provider's own offers: the list, posting, changing, pausing, ending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Actor, Right
from matching.clock import day_of, utc_now
from matching.errors import NotAllowed
from matching.extensions import db
from matching.offers import blueprint, queries, queries_cards, service
from matching.offers.forms import ExtendForm, OfferForm, StepForm
from matching.offers.models import Offer
from matching.organisations.models import Organisation
from matching.views import asked_page, sent_well, turned


def own_organisation(actor: Actor) -> Organisation:
    """The organisation that the actor acts for; NotAllowed for an account that has none."""
    organisation = queries.own_organisation(actor)
    if organisation is None:
        raise NotAllowed(_("您的账号还没有关联机构，请联系县里的管理员。"))
    return organisation


@blueprint.get("/offers/our-offers")
@may(Right.MANAGE_OFFERS)
def our_offers() -> ResponseReturnValue:
    actor, today = the_actor(), day_of(utc_now())
    organisation = own_organisation(actor)
    page, total = queries.own_page(actor, asked_page())
    cards, _names = queries_cards.cards(page.rows, str(get_locale()), today)
    return render_template(
        "offers/our_offers.html", total=total, cards=cards, organisation=organisation, form=ExtendForm(),
        waiting=queries.waiting_counts(page.rows), ways=turned(".our_offers", page))


@blueprint.route("/offers/add-offer", methods=["GET", "POST"])
@may(Right.MANAGE_OFFERS)
def add_offer() -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    organisation = own_organisation(actor)
    form = OfferForm(data={"starts_on": day_of(now), "area_code": organisation.area_code, "reach": "areas"})
    form.offer_places(queries.place_choices(organisation), queries.reach_choices(organisation))

    def act() -> str:
        offer = service.add_offer(form.facts(), actor, now)
        flash(_("已登记。和它相配的需求出来以后，县里批准了就会请您答复。"))
        return url_for(".show_offer", offer_id=offer.id)

    if location := sent_well(form, act):
        return redirect(location)
    return render_template("offers/add_offer.html", form=form, organisation=organisation), 422 if form.errors else 200


@blueprint.route("/offers/<int:offer_id>/edit-offer", methods=["GET", "POST"])
@may(Right.MANAGE_OFFERS)
def edit_offer(offer_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    offer = queries.own_offer_or_404(offer_id, actor)
    form = OfferForm(data=OfferForm.present(offer))
    form.offer_places(queries.place_choices(offer.organisation), queries.reach_choices(offer.organisation), offer)

    def act() -> str:
        service.edit_offer(offer, form.facts(), actor, now)
        return url_for(".show_offer", offer_id=offer.id)

    if location := sent_well(form, act):
        return redirect(location)
    return render_template("offers/edit_offer.html", form=form, offer=offer), 422 if form.errors else 200


def step(offer_id: int, take: Callable[[Offer, Actor, datetime], None], said: str) -> ResponseReturnValue:
    """Take one step with an own offer and go back to it."""
    actor, form = the_actor(), StepForm()
    offer = queries.own_offer_or_404(offer_id, actor)
    if form.validate_on_submit():
        take(offer, actor, utc_now())
        db.session.commit()
        flash(said)
    return redirect(url_for(".show_offer", offer_id=offer_id))


@blueprint.post("/offers/<int:offer_id>/pause-offer")
@may(Right.MANAGE_OFFERS)
def pause_offer(offer_id: int) -> ResponseReturnValue:
    return step(offer_id, service.pause_offer, _("先停一停：不再有新的结对，已经在办的照常。"))


@blueprint.post("/offers/<int:offer_id>/resume-offer")
@may(Right.MANAGE_OFFERS)
def resume_offer(offer_id: int) -> ResponseReturnValue:
    return step(offer_id, service.resume_offer, _("又可以结对了。"))


@blueprint.post("/offers/<int:offer_id>/close-offer")
@may(Right.MANAGE_OFFERS)
def close_offer(offer_id: int) -> ResponseReturnValue:
    return step(offer_id, service.close_offer, _("这份资源已结束，已经在办的结对照常办完。"))

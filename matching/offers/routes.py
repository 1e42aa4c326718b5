"""Offers for everybody to read, and what officers do with them."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from matching.access import current_actor, may, public, the_actor
from matching.actor import Actor, Right
from matching.clock import day_of, utc_now
from matching.errors import Invalid
from matching.extensions import db
from matching.offers import blueprint, queries, queries_cards, service, service_clearance
from matching.offers.forms import ClearForm, ExtendForm
from matching.places.queries import county_of
from matching.views import asked_page, turned
from matching.words import HELP_TYPES


def shown_to(actor: Actor | None) -> str:
    """Which offers are asked for: `open` for everybody, `ended` and `waiting` for those who look after them."""
    show = request.args.get("show", "open")
    if actor is None or not actor.may(Right.READ_OFFERS):
        return "open"
    allowed = {"open", "ended"} | ({"waiting"} if actor.may(Right.VET_ORGANISATIONS) else set())
    return show if show in allowed else "open"


@blueprint.get("/offers")
@public
def list_offers() -> ResponseReturnValue:
    actor, asked, today = current_actor(), asked_page(), day_of(utc_now())
    show, help_type, area = shown_to(actor), request.args.get("help_type", ""), request.args.get("area", "")
    area = area if len(area) == 6 and area.isascii() and area.isdigit() else ""
    if show == "open" or actor is None:
        page, total = queries.public_page(help_type, area, asked, today)
    else:
        page, total = (queries.ended_page if show == "ended" else queries.waiting_page)(actor, asked, today)
    counties = queries.counties_with_offers() if show == "open" else []
    cards, names = queries_cards.cards(page.rows, str(get_locale()), today, counties)
    return render_template(
        "offers/list_offers.html", total=total, cards=cards, show=show, help_type=help_type, area=area,
        form=ExtendForm(),
        help_types=HELP_TYPES.items(), counties=[(code, names.get(code, code)) for code in counties],
        may_extend=actor is not None and actor.may(Right.PAIR), may_see_more=actor and actor.may(Right.READ_OFFERS),
        may_clear=actor is not None and actor.may(Right.VET_ORGANISATIONS),
        ways=turned(".list_offers", page, show=show, help_type=help_type, area=area))


@blueprint.get("/offers/<int:offer_id>/show-offer")
@public
def show_offer(offer_id: int) -> ResponseReturnValue:
    actor, today = current_actor(), day_of(utc_now())
    offer = queries.offer_or_404(offer_id, actor, today)
    [card], names = queries_cards.cards([offer], str(get_locale()), today)
    own = actor is not None and actor.may(Right.MANAGE_OFFERS) and actor.organisation_id == offer.organisation_id
    abroad = (actor is not None and actor.may(Right.VET_ORGANISATIONS)
              and county_of(offer.organisation.area_code) != actor.area_code)
    clearance = queries.clearance_of(offer, actor.area_code) if actor and abroad else None
    known = own or (actor is not None and actor.may(Right.READ_PAIRINGS))
    return render_template(
        "offers/show_offer.html", offer=offer, card=card, own=own, clearance=clearance, may_clear=abroad,
        place=queries_cards.place_words(offer, card.place, known=known),
        areas=queries_cards.reach_words(offer, names, named=200), answers=queries.answers(offer) if own else [])


@blueprint.post("/offers/extend-offers")
@may(Right.MANAGE_OFFERS, Right.PAIR)
def extend_offers() -> ResponseReturnValue:
    actor, form = the_actor(), ExtendForm()
    own = actor.may(Right.MANAGE_OFFERS)
    back = url_for(".our_offers") if own else url_for(".list_offers", show="ended")
    if not form.validate_on_submit() or form.ends_on.data is None:
        flash(next(str(errors[0]) for errors in form.errors.values()), "fault")
        return redirect(back)
    try:
        count = service.extend_offers(form.offer_ids.data or [], form.ends_on.data, actor, utc_now())
        db.session.commit()
        flash(ngettext("已延长 %(n)s 份资源。", "已延长 %(n)s 份资源。", count, n=count))
    except Invalid as fault:
        db.session.rollback()
        flash(fault.message, "fault")
    return redirect(back)


@blueprint.route("/offers/<int:offer_id>/clear-offer", methods=["GET", "POST"])
@may(Right.VET_ORGANISATIONS)
def clear_offer(offer_id: int) -> ResponseReturnValue:
    """The yes or no of the officer's county to an offer from elsewhere."""
    actor, form = the_actor(), ClearForm()
    offer = queries.foreign_offer_or_404(offer_id, actor)
    if form.validate_on_submit():
        try:
            service_clearance.clear_offer(offer, form.answer.data == "yes", form.reason.data or "", actor, utc_now())
            db.session.commit()
            flash(_("已答复。对方在自己的资源页上看得到。"))
            return redirect(url_for(".list_offers", show="waiting"))
        except Invalid as fault:
            db.session.rollback()
            form.take_fault(fault)
    [card], _names = queries_cards.cards([offer], str(get_locale()), day_of(utc_now()))
    return render_template("offers/clear_offer.html", offer=offer, card=card, form=form), 422 if form.errors else 200

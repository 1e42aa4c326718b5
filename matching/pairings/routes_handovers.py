"""Handing over with proof, the rest that does not come, and another organisation."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Right
from matching.clock import day_of, utc_now
from matching.errors import Invalid
from matching.extensions import db
from matching.formatting import amount
from matching.households.service_images import Clean, clean
from matching.pairings import queries, service_change
from matching.pairings import queries_cards as cards
from matching.pairings import service_hand as hand
from matching.pairings import service_handovers as handovers
from matching.pairings.forms import ReasonForm
from matching.pairings.forms_life import ChangeForm, DeliveryForm
from matching.pairings.models import Pairing
from matching.pairings.routes import blueprint
from matching.pairings.routes_life import take
from matching.views import sent_well, shown
from matching.words_steps import duty_rhythm_word, proof_word

for word in (duty_rhythm_word, proof_word):
    blueprint.add_app_template_filter(word)


@blueprint.route("/<int:pairing_id>/deliver-pairing", methods=["GET", "POST"])
@may(Right.DELIVER)
def deliver_pairing(pairing_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    pairing = queries.our_pairing_or_404(pairing_id, actor)
    left = pairing.quantity - pairing.delivered
    form = DeliveryForm(data={"quantity": left, "given_on": day_of(now), "proof": "words"})

    def act() -> str:
        handing = handovers.Handing(form.quantity.data or 0, form.given_on.data or day_of(now), form.note.data or "",
                                    form.proof.data, proof_sheet(form))
        handovers.hand_over(pairing, handing, actor, now)
        flash({"confirmed": _("记下了，家里也确认收到了。"), "delivered": _("记下了。请家里确认收到。")}.get(
            pairing.state, _("记下了，还剩一部分没给。")))
        return url_for("pairings.our_pairing", pairing_id=pairing_id)

    location = sent_well(form, act) if code_is_right(form, pairing) else None
    return redirect(location) if location else shown(
        "pairings/deliver_pairing.html", form, pairing=pairing, left=left,
        left_words=amount(left, pairing.offer.unit), card=cards.our_card(pairing, day_of(now)))


def code_is_right(form: DeliveryForm, pairing: Pairing) -> bool:
    """Whether the form may go on; a wrong code is counted and said at its field."""
    if not form.validate_on_submit() or form.proof.data != "code":
        return True
    fits = handovers.code_fits(pairing, form.code.data or "")
    db.session.commit()
    if not fits:
        form.take_fault(Invalid(_("收货码不对，请再问一问家里。"), "code"))
    return fits


def proof_sheet(form: DeliveryForm) -> Clean | None:
    """The photo or the drawn signature, as the proof says; drawn anew as all pictures are."""
    sent, drawn = form.sent(), form.picture()
    try:
        if form.proof.data == "photo" and sent is not None:
            return clean(sent.read(), sent.filename or "")
        return clean(drawn, _("签名")) if form.proof.data == "signature" and drawn else None
    except Invalid as fault:
        raise Invalid(fault.message, form.proof.data) from None


@blueprint.route("/<int:pairing_id>/settle-pairing", methods=["GET", "POST"])
@may(Right.DELIVER)
def settle_pairing(pairing_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), ReasonForm()
    pairing = queries.our_pairing_or_404(pairing_id, actor)
    if not form.validate_on_submit():
        return render_template("pairings/settle_pairing.html", pairing=pairing, form=form,
                               card=cards.our_card(pairing, day_of(utc_now())))
    return take(form, actor, url_for("pairings.our_pairing", pairing_id=pairing_id),
                lambda: handovers.settle(pairing, form.text, actor, utc_now()),
                _("记下了。给到的请家里确认，剩下的会另找资源。"))


@blueprint.route("/<int:pairing_id>/change-provider", methods=["GET", "POST"])
@may(Right.PAIR)
def change_provider(pairing_id: int) -> ResponseReturnValue:
    actor, form, now = the_actor(), ChangeForm(), utc_now()
    pairing = queries.pairing_or_404(pairing_id, actor)
    card = cards.whole_card(pairing, day_of(now))
    choices = hand.suggest(pairing.need, day_of(now), pairing.quantity - pairing.delivered)

    def act() -> str:
        new = service_change.change_provider(pairing, form.offer_id.data or 0, (form.reason.data or ""), actor, now)
        flash(_("换好了，等新的一家答复。约好要办的事接着办。"))
        return url_for("pairings.show_pairing", pairing_id=new.id)

    location = sent_well(form, act)
    return redirect(location) if location else shown(
        "pairings/change_provider.html", form, pairing=pairing, card=card, choices=cards.choice_rows(choices))

"""What an officer does with a pairing after approving it, and pairing by hand."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Actor, Right
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.once import once
from matching.pairings import queries, service
from matching.pairings import queries_cards as cards
from matching.pairings import service_hand as hand
from matching.pairings.forms import ClosingForm, ConsentForm, HandForm, ReasonForm, StepForm
from matching.pairings.models import Pairing
from matching.pairings.routes import blueprint
from matching.views import sent_well


def take(form: StepForm | ReasonForm | ConsentForm | ClosingForm, actor: Actor, location: str,
         act: Callable[[], None], said: str) -> ResponseReturnValue:
    """Take one step once, commit, say what was done and go where it leads.

    A page may hold several forms with one key; the address tells them apart.
    """

    def once_only() -> str:
        act()
        flash(said)
        return location

    led = once(f"{form.key} {request.path}", actor, utc_now(), once_only, location)
    db.session.commit()
    return redirect(led)


def _page(name: str, pairing: Pairing, form: object) -> ResponseReturnValue:
    return render_template(f"pairings/{name}.html", pairing=pairing, form=form,
                           card=cards.whole_card(pairing, day_of(utc_now())))


def _shown(pairing: Pairing) -> str:
    return url_for("pairings.show_pairing", pairing_id=pairing.id)


@blueprint.route("/<int:pairing_id>/record-consent", methods=["GET", "POST"])
@may(Right.PAIR)
def record_consent(pairing_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), ConsentForm()
    pairing = queries.pairing_or_404(pairing_id, actor)
    if not form.validate_on_submit():
        return _page("record_consent", pairing, form)
    return take(form, actor, _shown(pairing),
                lambda: service.record_consent(pairing, form.how.data, actor, utc_now()),
                _("记下了。对方现在能看到这家的姓名、电话和地址。"))


@blueprint.route("/<int:pairing_id>/refuse-consent", methods=["GET", "POST"])
@may(Right.PAIR)
def refuse_consent(pairing_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), ReasonForm()
    pairing = queries.pairing_or_404(pairing_id, actor)
    if not form.validate_on_submit():
        return _page("refuse_consent", pairing, form)
    return take(form, actor, _shown(pairing),
                lambda: service.refuse_consent(pairing, form.text, actor, utc_now()),
                _("记下了。对方看不到这家的任何信息，名额已放回。"))


@blueprint.post("/<int:pairing_id>/confirm-pairing")
@may(Right.PAIR)
def confirm_pairing(pairing_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), StepForm()
    pairing = queries.pairing_or_404(pairing_id, actor)
    return take(form, actor, _shown(pairing),
                lambda: service.take_step(pairing, "confirm", actor, utc_now()), _("已确认收到，可以销号了。"))


@blueprint.route("/<int:pairing_id>/close-pairing", methods=["GET", "POST"])
@may(Right.PAIR)
def close_pairing(pairing_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), ClosingForm()
    pairing = queries.pairing_or_404(pairing_id, actor)
    if not form.validate_on_submit():
        return _page("close_pairing", pairing, form)
    return take(form, actor, _shown(pairing),
                lambda: service.close(pairing, form.outcome.data, form.text, actor, utc_now()),
                _("记下了。整件难处都办完时，由第二个人看过凭据签字销号。"))


@blueprint.route("/<int:pairing_id>/withdraw-pairing", methods=["GET", "POST"])
@may(Right.PAIR)
def withdraw_pairing(pairing_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), ReasonForm()
    pairing = queries.pairing_or_404(pairing_id, actor)
    if not form.validate_on_submit():
        return _page("withdraw_pairing", pairing, form)
    return take(form, actor, _shown(pairing),
                lambda: service.take_step(pairing, "withdraw", actor, utc_now(), reason=form.text),
                _("已解除结对，名额已放回。"))


@blueprint.route("/<int:pairing_id>/reopen-pairing", methods=["GET", "POST"])
@may(Right.PAIR)
def reopen_pairing(pairing_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), ReasonForm()
    pairing = queries.pairing_or_404(pairing_id, actor)
    if not form.validate_on_submit():
        return _page("reopen_pairing", pairing, form)
    return take(form, actor, _shown(pairing),
                lambda: service.reopen(pairing, form.text, actor, utc_now()),
                _("已重新打开，这个需求又会参加配对。"))


@blueprint.route("/<int:need_id>/pair-by-hand", methods=["GET", "POST"])
@may(Right.PAIR)
def pair_by_hand(need_id: int) -> ResponseReturnValue:
    actor, form, now = the_actor(), HandForm(), utc_now()
    need = queries.need_or_404(need_id, actor)
    choices = hand.suggest(need, day_of(now))

    def act() -> str:
        pairing = hand.pair(need, form.offer_id.data or 0, form.quantity.data or 0, actor, now,
                            form.why.data)
        flash(_("已结对，等对方答复。"))
        return _shown(pairing)

    if location := sent_well(form, act):
        return redirect(location)
    form.quantity.data = form.quantity.data or need.quantity - need.given
    return render_template("pairings/pair_by_hand.html", need=need, form=form,
                           card=cards.need_row(need, day_of(now)), choices=cards.choice_rows(choices))

"""What a provider does with the pairings offered to it."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Right
from matching.audit.service import record
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.pairings import queries, service
from matching.pairings import queries_cards as cards
from matching.pairings.forms import ReasonForm, StepForm
from matching.pairings.queries_life import life_of
from matching.pairings.routes import blueprint
from matching.pairings.routes_life import take
from matching.views import asked_page, turned

OUR_GROUPS = {"answer": ("offered",), "consent": ("accepted",), "do": ("consented", "under_way"),
              "confirm": ("delivered", "confirmed"), "closed": ("closed",),
              "ended": ("declined", "lapsed", "withdrawn", "failed", "reopened")}
CONTACT_OPEN = ("consented", "under_way", "delivered", "confirmed")
"""The states in which the household's contact is open to the provider; closing shuts it again."""


@blueprint.get("/our-pairings")
@may(Right.ANSWER_PAIRINGS, Right.DELIVER)
def our_pairings() -> ResponseReturnValue:
    actor = the_actor()
    counts = queries.our_counts(actor)
    sums = {name: sum(counts.get(state, 0) for state in states) for name, states in OUR_GROUPS.items()}
    group = request.args.get("group", "") or next((name for name, number in sums.items() if number), "answer")
    group = group if group in OUR_GROUPS else "answer"
    page = queries.our_pairings(actor, OUR_GROUPS[group], asked_page())
    return render_template("pairings/our_pairings.html", group=group, sums=sums,
                           rows=cards.our_rows(page.rows, day_of(utc_now())),
                           ways=turned("pairings.our_pairings", page, group=group))


@blueprint.get("/<int:pairing_id>/our-pairing")
@may(Right.ANSWER_PAIRINGS, Right.DELIVER, logs=True)
def our_pairing(pairing_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    pairing = queries.our_pairing_or_404(pairing_id, actor)
    contact = None
    if pairing.state in CONTACT_OPEN:
        contact = cards.contact(pairing.household)
        record(actor, "household.contact", now, object_type="pairing", object_id=pairing.id, why="pairing",
               household_id=pairing.household_id, organisation_id=pairing.organisation_id,
               area_code=pairing.area_code)
    page = render_template("pairings/our_pairing.html", pairing=pairing, contact=contact, step=StepForm(),
                           card=cards.our_card(pairing, day_of(now)), life=life_of(pairing, day_of(now), ours=True),
                           may_answer=actor.may(Right.ANSWER_PAIRINGS))
    db.session.commit()
    return page


@blueprint.post("/<int:pairing_id>/accept-pairing")
@may(Right.ANSWER_PAIRINGS)
def accept_pairing(pairing_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), StepForm()
    pairing = queries.our_pairing_or_404(pairing_id, actor)
    return take(form, actor, url_for("pairings.our_pairing", pairing_id=pairing_id),
                lambda: service.accept(pairing, actor, utc_now()),
                _("谢谢你们接下。家里点头之后，就能看到怎么联系。"))


@blueprint.route("/<int:pairing_id>/decline-pairing", methods=["GET", "POST"])
@may(Right.ANSWER_PAIRINGS)
def decline_pairing(pairing_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), ReasonForm()
    pairing = queries.our_pairing_or_404(pairing_id, actor)
    if not form.validate_on_submit():
        return render_template("pairings/decline_pairing.html", pairing=pairing, form=form,
                               card=cards.our_card(pairing, day_of(utc_now())))
    return take(form, actor, url_for("pairings.our_pairings"),
                lambda: service.decline(pairing, form.text, actor, utc_now()),
                _("已告诉社区，这个需求会另找资源。"))


@blueprint.post("/<int:pairing_id>/start-pairing")
@may(Right.DELIVER)
def start_pairing(pairing_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), StepForm()
    pairing = queries.our_pairing_or_404(pairing_id, actor)
    return take(form, actor, url_for("pairings.our_pairing", pairing_id=pairing_id),
                lambda: service.take_step(pairing, "start", actor, utc_now()), _("记下了：已经开始。"))


@blueprint.route("/<int:pairing_id>/fail-pairing", methods=["GET", "POST"])
@may(Right.DELIVER)
def fail_pairing(pairing_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), ReasonForm()
    pairing = queries.our_pairing_or_404(pairing_id, actor)
    if not form.validate_on_submit():
        return render_template("pairings/fail_pairing.html", pairing=pairing, form=form,
                               card=cards.our_card(pairing, day_of(utc_now())))
    return take(form, actor, url_for("pairings.our_pairings"),
                lambda: service.take_step(pairing, "fail", actor, utc_now(), reason=form.text),
                _("已告诉社区没办成，这个需求会另找资源。"))

"""What a household sees and says of its own help."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Right
from matching.audit.service import record
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.pairings import queries, service, service_voice
from matching.pairings import queries_cards as cards
from matching.pairings import service_handovers as handovers
from matching.pairings.forms import StepForm
from matching.pairings.queries_followups import with_told
from matching.pairings.routes import blueprint
from matching.pairings.routes_life import take


@blueprint.get("/my-case")
@may(Right.OWN_CASE, logs=True)
def my_case() -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    household, pairings = queries.my_case(actor)
    record(actor, "household.open", now, object_type="household", object_id=household.id, why="own",
           household_id=household.id, area_code=household.area_code)
    page = render_template("pairings/my_case.html", household=household, step=StepForm(),
                           cards=with_told(cards.case_cards(household, pairings, day_of(now)), household.id))
    db.session.commit()
    return page


@blueprint.post("/<int:pairing_id>/give-consent")
@may(Right.OWN_CASE)
def give_consent(pairing_id: int) -> ResponseReturnValue:
    actor, form, now = the_actor(), StepForm(), utc_now()
    pairing = queries.my_pairing_or_404(pairing_id, actor)
    if request.form.get("answer") == "no":
        def refuse() -> None:
            service.refuse_consent(pairing, "", actor, now)
            service_voice.complain(pairing, "refusal", "", actor, now)

        return take(form, actor, url_for("pairings.my_case"), refuse,
                    _("好的，不告诉他们。会有人来问您，再想别的办法。"))
    return take(form, actor, url_for("pairings.my_case"),
                lambda: service.record_consent(pairing, "account", actor, now),
                _("好的，他们会来联系您。"))


@blueprint.post("/<int:pairing_id>/confirm-receipt")
@may(Right.OWN_CASE)
def confirm_receipt(pairing_id: int) -> ResponseReturnValue:
    actor, form, now = the_actor(), StepForm(), utc_now()
    pairing = queries.my_pairing_or_404(pairing_id, actor)
    if request.form.get("answer") == "no":
        return take(form, actor, url_for("pairings.my_case"),
                    lambda: handovers.dispute(pairing, actor, now),
                    _("记下了。社区会去问是怎么回事。"))
    return take(form, actor, url_for("pairings.say_word", pairing_id=pairing_id),
                lambda: service.take_step(pairing, "confirm", actor, now), _("记下了，您收到了。"))

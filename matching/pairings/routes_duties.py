"""What an organisation owes a pairing: agreeing on it, ticking it, letting it rest, ending it."""

from __future__ import annotations

from datetime import date

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import OFFICERS, Actor, Right
from matching.clock import day_of, utc_now
from matching.errors import NotThere
from matching.pairings import queries
from matching.pairings import queries_life as life
from matching.pairings import service_duties as duties
from matching.pairings.forms import StepForm
from matching.pairings.forms_life import DutyForm, ExemptionForm, TickForm
from matching.pairings.models import Pairing
from matching.pairings.routes import blueprint
from matching.views import answered, done

USUAL = {"tutoring": "week", "care": "month", "counselling": "month", "schooling": "year", "job": "month"}
"""How often help of a type usually comes; the form begins with it."""


@blueprint.route("/<int:pairing_id>/add-duty", methods=["GET", "POST"])
@may(Right.PAIR)
def add_duty(pairing_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    pairing = queries.pairing_or_404(pairing_id, actor)
    form = DutyForm(data={"rhythm": USUAL.get(pairing.need.help_type, "once"), "starts_on": day_of(now)})

    def act() -> str:
        duties.add_duty(pairing, form.rhythm.data, form.what.data or "", form.starts_on.data or day_of(now),
                        form.ends_on.data, actor, now)
        flash(_("约好了。到期没办会提醒。"))
        return _page_of(pairing, actor)

    return answered(form, act, "pairings/add_duty.html", pairing=pairing, back=_page_of(pairing, actor))


@blueprint.route("/<int:duty_id>/tick-duty", methods=["GET", "POST"])
@may(Right.PAIR, Right.DELIVER)
def tick_duty(duty_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    duty, pairing = life.duty_or_404(duty_id, actor)
    asked = request.form.get("period_on") or request.args.get("period", "")
    found = duties.periods(duty, day_of(now))
    period = next((one for one in found if one.first.isoformat() == asked), None if asked else found[-1])
    if period is None:
        raise NotThere
    form = TickForm(data={"period_on": period.first.isoformat(), "done_on": day_of(now)})

    def act() -> str:
        duties.tick_duty(duty, pairing, period.first, form.done_on.data or day_of(now), form.note.data or "", actor,
                         now)
        flash(_("记下了。"))
        return _page_of(pairing, actor)

    return answered(form, act, "pairings/tick_duty.html", duty=duty, period=life.period_row(duty, period),
                    back=_page_of(pairing, actor))


@blueprint.route("/<int:duty_id>/exempt-duty", methods=["GET", "POST"])
@may(Right.PAIR)
def exempt_duty(duty_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    duty, pairing = life.duty_or_404(duty_id, actor)
    form = ExemptionForm(data={"starts_on": day_of(now)})

    def act() -> str:
        duties.exempt_duty(duty, pairing, form.starts_on.data or day_of(now), form.until.data or date.min,
                           form.why.data or "", actor, now)
        flash(_("记下了，到期会自动恢复。"))
        return _page_of(pairing, actor)

    return answered(form, act, "pairings/exempt_duty.html", duty=duty, back=_page_of(pairing, actor))


@blueprint.post("/<int:duty_id>/end-duty")
@may(Right.PAIR)
def end_duty(duty_id: int) -> ResponseReturnValue:
    actor = the_actor()
    duty, pairing = life.duty_or_404(duty_id, actor)

    def act() -> str:
        duties.end_duty(duty, pairing, actor, utc_now())
        flash(_("这一条约定结束了。"))
        return _page_of(pairing, actor)

    return done(StepForm(), act)


def _page_of(pairing: Pairing, actor: Actor) -> str:
    page = "show_pairing" if actor.role in OFFICERS else "our_pairing"
    return url_for(f"pairings.{page}", pairing_id=pairing.id)

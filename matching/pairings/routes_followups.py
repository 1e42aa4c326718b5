"""Follow-ups: who looks by which day, and what was found."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Actor, Right
from matching.audit.service import record
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.pairings import queries_cards as cards
from matching.pairings import queries_followups as reads
from matching.pairings import service_followups as service
from matching.pairings.forms_ledger import FollowUpForm, HandOnForm
from matching.pairings.models_ledger import FollowUp
from matching.pairings.routes import blueprint
from matching.views import asked_page, done, sent_well, shown, turned


@blueprint.get("/list-follow-ups")
@may(Right.VISIT)
def list_follow_ups() -> ResponseReturnValue:
    actor, is_done = the_actor(), request.args.get("done") == "1"
    page = reads.follow_ups(actor, is_done, asked_page())
    return render_template("pairings/list_follow_ups.html", rows=page.rows, is_done=is_done, today=day_of(utc_now()),
                           places=reads.places_of([row.area_code for row in page.rows]),
                           ways=turned("pairings.list_follow_ups", page, done="1" if is_done else ""))


@blueprint.route("/<int:follow_up_id>/show-follow-up", methods=["GET", "POST"])
@may(Right.VISIT, logs=True)
def show_follow_up(follow_up_id: int) -> ResponseReturnValue:
    """A follow-up: whom it is about (recorded), what the help was, and what was found."""
    actor, now, form = the_actor(), utc_now(), FollowUpForm()
    follow_up = reads.follow_up_or_404(follow_up_id, actor)

    def act() -> str:
        service.finish(follow_up, form.result.data, form.note.data or "", form.other.data or "", actor, now)
        flash(_("记下了。"))
        return url_for("pairings.list_follow_ups")

    if (led := sent_well(form, act)) is not None:
        return redirect(led)
    page = shown("pairings/show_follow_up.html", form, follow_up=follow_up, today=day_of(now),
                 pairing=follow_up.pairing, title=cards.summary_of(follow_up.need), moving=_moving(follow_up, actor),
                 contact=cards.contact(follow_up.household), may_pair=actor.may(Right.PAIR))
    record(actor, "household.contact", now, object_type="pairing", object_id=follow_up.pairing_id, why="visit",
           household_id=follow_up.household_id, area_code=follow_up.area_code)
    db.session.commit()
    return page


@blueprint.post("/<int:follow_up_id>/hand-on-follow-up")
@may(Right.PAIR)
def hand_on_follow_up(follow_up_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), HandOnForm()
    follow_up = reads.follow_up_or_404(follow_up_id, actor)
    form.offer(_workers(follow_up))

    def act() -> str:
        service.hand_on(follow_up, form.assigned_id.data or None, form.day(), actor, utc_now())
        flash(_("安排好了。"))
        return url_for("pairings.show_follow_up", follow_up_id=follow_up_id)

    return done(form, act)


def _moving(follow_up: FollowUp, actor: Actor) -> HandOnForm | None:
    """The form that lets somebody else look, or on another day; None for who may not, or when it is done."""
    if follow_up.done_at is not None or not actor.may(Right.PAIR):
        return None
    form = HandOnForm(formdata=None, data={"assigned_id": follow_up.assigned_id or 0, "due_on": follow_up.due_on})
    form.offer(_workers(follow_up))
    return form


def _workers(follow_up: FollowUp) -> list[tuple[int, str]]:
    return [(worker.id, worker.name) for worker in service.workers_of(follow_up)]

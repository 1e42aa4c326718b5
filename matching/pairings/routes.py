"""The pairing desk: proposals, one pairing with its reason, approving, returning, open needs, runs."""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Right
from matching.clock import day_of, utc_now
from matching.errors import Invalid, error_page
from matching.extensions import db
from matching.once import once
from matching.pairings import queries, queries_desk, queries_needs, service
from matching.pairings import queries_cards as cards
from matching.pairings import service_hand as hand
from matching.pairings import service_runs as runs
from matching.pairings.forms import ApproveForm, ReturnForm, StepForm
from matching.pairings.queries_life import life_of
from matching.pairings.queries_map import desk_map
from matching.pairings.service_locks import LOCKABLE
from matching.views import asked_page, chips, turned
from matching.words_needs import NEED_STATE_CHOICES

blueprint = Blueprint("pairings", __name__, url_prefix="/pairings")


@blueprint.get("/desk")
@may(Right.READ_PAIRINGS)
def desk() -> ResponseReturnValue:
    actor = the_actor()
    group = request.args.get("group", "proposed")
    group = group if group in queries_desk.GROUPS else "proposed"
    help_type, area = request.args.get("help_type", "")[:20], request.args.get("area", "")[:20]
    by = request.args.get("by", "")
    by = by if by in queries_desk.GROUPINGS else "town"
    towns = queries_desk.towns_with_proposals(actor)
    page, total = queries_desk.desk_page(actor, group, asked_page(), towns, help_type, area, by)
    return render_template(
        "pairings/desk.html", group=group, by=by, total=total, groups=cards.desk_groups(page.rows, by),
        map=desk_map(page.rows, actor.area_code) if group == "proposed" else None,
        towns=cards.town_choices(towns), help_type=help_type, area=area, run=queries.latest_run(actor),
        form=ApproveForm(), step=StepForm(), may_pair=actor.may(Right.PAIR), may_run=actor.may(Right.RUN_PAIRING),
        ways=turned("pairings.desk", page, group=group, by=by, help_type=help_type, area=area))


def desk_address() -> str:
    """The desk as the address of a form on it says: grouped and filtered as it was."""
    return url_for("pairings.desk", **{name: request.args[name][:20] for name in ("by", "help_type", "area")
                                       if request.args.get(name)})  # type: ignore[arg-type]


@blueprint.post("/approve-pairings")
@may(Right.PAIR)
def approve_pairings() -> ResponseReturnValue:
    actor, form, now = the_actor(), ApproveForm(), utc_now()
    if not form.validate_on_submit() or not form.pairing_ids.data:
        flash(_("还没有选中任何一条。请先勾选要批准的结对。"), "fault")
        return redirect(url_for("pairings.desk"))
    result = service.Approval()
    back = desk_address()

    def act() -> str:
        nonlocal result
        result = service.approve(form.pairing_ids.data or [], actor, now)
        return back

    location = once(form.key, actor, now, act, back)
    db.session.commit()
    said = cards.approval_words(result)
    if result.refused and not result.approved:
        return error_page(409, " ".join(text for text, _category in said))
    for text, category in said:
        flash(text, category)
    return redirect(location)


@blueprint.get("/<int:pairing_id>/show-pairing")
@may(Right.READ_PAIRINGS)
def show_pairing(pairing_id: int) -> ResponseReturnValue:
    actor = the_actor()
    pairing, today = queries.pairing_or_404(pairing_id, actor), day_of(utc_now())
    choices = hand.suggest(pairing.need, today) if pairing.state == "proposed" else []
    return render_template("pairings/show_pairing.html", pairing=pairing, card=cards.whole_card(pairing, today),
                           others=cards.other_rows(pairing, choices), life=life_of(pairing, today), step=StepForm(),
                           may_pair=actor.may(Right.PAIR), may_lock=pairing.state in LOCKABLE)


@blueprint.route("/<int:pairing_id>/return-pairing", methods=["GET", "POST"])
@may(Right.PAIR)
def return_pairing(pairing_id: int) -> ResponseReturnValue:
    actor, form, now = the_actor(), ReturnForm(), utc_now()
    pairing = queries.pairing_or_404(pairing_id, actor)
    if not form.validate_on_submit():
        return render_template("pairings/return_pairing.html", pairing=pairing, form=form,
                               card=cards.whole_card(pairing, day_of(now)))

    def act() -> str:
        service.send_back(pairing, form.why.data, form.text, actor, now)
        flash(_("已退回这条建议，以后不再这样配。"))
        return url_for("pairings.desk")

    location = once(form.key, actor, now, act)
    db.session.commit()
    return redirect(location)


@blueprint.get("/open-needs")
@may(Right.READ_PAIRINGS)
def open_needs() -> ResponseReturnValue:
    actor, today = the_actor(), day_of(utc_now())
    asked = {name: request.args.get(name, "")[:20] for name in ("help_type", "area", "state", "lonely")}
    sought = queries_needs.Sought(asked["area"], asked["help_type"], asked["state"], asked["lonely"] == "1")
    page, total = queries_needs.open_needs(actor, asked_page(), sought)
    areas = cards.area_choices(actor.area_code)
    return render_template("pairings/open_needs.html", rows=cards.need_rows(page.rows, today), total=total,
                           sought=sought, areas=areas, may_pair=actor.may(Right.PAIR), today=today,
                           states=NEED_STATE_CHOICES, ways=turned("pairings.open_needs", page, **asked),
                           chips=chips("pairings.open_needs", asked, cards.need_filter_words(sought)))


@blueprint.post("/run-pairing")
@may(Right.RUN_PAIRING)
def run_pairing() -> ResponseReturnValue:
    actor, form, now = the_actor(), StepForm(), utc_now()
    if not form.validate_on_submit():
        raise Invalid(_("请再点一次。"))

    def act() -> str:
        run = runs.ask_run(actor.area_code, actor, now)
        return url_for("pairings.show_run", run_id=run.id)

    location = once(form.key, actor, now, act)
    db.session.commit()
    return redirect(location)


@blueprint.get("/<int:run_id>/show-run")
@may(Right.READ_PAIRINGS)
def show_run(run_id: int) -> ResponseReturnValue:
    actor = the_actor()
    run = queries.run_or_404(run_id, actor)
    return render_template("pairings/show_run.html", run=run, step=StepForm(),
                           words=cards.run_words(run, runs.is_held_up(run_id)), may_run=actor.may(Right.RUN_PAIRING))


@blueprint.get("/<int:run_id>/run-progress")
@may(Right.READ_PAIRINGS)
def run_progress(run_id: int) -> ResponseReturnValue:
    run = queries.run_or_404(run_id, the_actor())
    return jsonify(done=run.progress, total=100, text=cards.run_words(run, runs.is_held_up(run_id)),
                   finished=run.state not in ("waiting", "running"))


@blueprint.post("/<int:run_id>/cancel-run")
@may(Right.RUN_PAIRING)
def cancel_run(run_id: int) -> ResponseReturnValue:
    actor, form, now = the_actor(), StepForm(), utc_now()
    run = queries.run_or_404(run_id, actor)
    if form.validate_on_submit() and runs.cancel(run, actor, now):
        flash(_("已停下。原来的建议都还在。"))
    db.session.commit()
    return redirect(url_for("pairings.show_run", run_id=run.id))

"""Writing needs by hand, looking at one, and confirming what somebody else has written."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Right
from matching.clock import day_of, utc_now
from matching.extensions import db, written_apart
from matching.households import blueprint, queries, queries_needs
from matching.households import service_files as files
from matching.households import service_needs as needs
from matching.households.forms_needs import NeedForm, StepForm, WithdrawForm, need_form
from matching.households.models import Household
from matching.households.service_details import DETAILS
from matching.views import asked_page, chosen_type, sent_well, shown, turned
from matching.words import UNITS


@blueprint.route("/<int:household_id>/add-need", methods=["GET", "POST"])
@may(Right.EDIT_HOUSEHOLDS)
def add_need(household_id: int) -> ResponseReturnValue:
    """First the type is chosen, then its own form asks."""
    actor, now = the_actor(), utc_now()
    household = queries.household_or_404(household_id, actor)
    help_type = chosen_type()
    if help_type not in DETAILS:
        return _types(household)
    form = need_form(help_type)(data={"reported_on": day_of(now), "quantity": 1, "urgency": 2, "help_type": help_type})
    form.offer_members(household, editing=False)

    def act() -> str:
        need = needs.add_need(household, form.facts(household), actor, now)
        flash(_("已登记。换一个人核实以后，就参加结对。"))
        return url_for(".show_need", need_id=need.id)

    if location := sent_well(form, act):
        return redirect(location)
    return shown("households/add_need.html", form, household=household, help_type=help_type,
                 usual_unit=UNITS[help_type])


def _types(household: Household) -> ResponseReturnValue:
    """Which help is it? A sent form without a known type is shown what is missing."""
    return render_template("households/add_need.html", form=None, household=household, help_types=list(DETAILS)), (
        422 if request.method == "POST" else 200)


@blueprint.route("/<int:need_id>/edit-need", methods=["GET", "POST"])
@may(Right.EDIT_HOUSEHOLDS)
def edit_need(need_id: int) -> ResponseReturnValue:
    actor = the_actor()
    need = queries.need_or_404(need_id, actor)
    asked = need_form(need.help_type)
    form: NeedForm = asked(data=asked.present(need))
    form.offer_members(need.household, editing=True)

    def act() -> str:
        needs.edit_need(need, form.facts(need.household, need), actor, utc_now(), form.why.data or "")
        return url_for(".show_need", need_id=need.id)

    if location := sent_well(form, act):
        return redirect(location)
    return shown("households/edit_need.html", form, need=need, household=need.household, help_type=need.help_type)


@blueprint.get("/<int:need_id>/show-need")
@may(Right.READ_HOUSEHOLDS, logs=True, apart=True)
def show_need(need_id: int) -> ResponseReturnValue:
    """One need: what exactly, until when, where it stands, who is on it. A look at its file, and recorded as one."""
    actor, now = the_actor(), utc_now()
    need = queries.need_or_404(need_id, actor)
    household = need.household
    if files.must_state_why(household.id, actor, now):
        return redirect(url_for(".open_household", household_id=household.id))
    page = render_template(
        "households/show_need.html", need=need, household=household, today=day_of(now), form=StepForm(),
        story=queries_needs.story(need, day_of(now)), place=queries.place_of(household),
        may_edit=actor.may(Right.EDIT_HOUSEHOLDS), may_pair=actor.may(Right.PAIR),
        is_author=need.reported_by_id == actor.user_id)
    with written_apart():
        files.record_look(household, actor, now, "list")
    return page


@blueprint.get("/needs-to-confirm")
@may(Right.EDIT_HOUSEHOLDS)
def needs_to_confirm() -> ResponseReturnValue:
    """Needs of verified households that nobody but their author has looked at, the most urgent first."""
    actor, today = the_actor(), day_of(utc_now())
    page, total = queries_needs.to_confirm(actor, asked_page(), today)
    return render_template("households/needs_to_confirm.html", rows=page.rows, today=today, total=total,
                           ways=turned(".needs_to_confirm", page))


@blueprint.post("/<int:need_id>/confirm-need")
@may(Right.EDIT_HOUSEHOLDS)
def confirm_need(need_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), StepForm()
    need = queries.need_or_404(need_id, actor)
    if form.validate_on_submit():
        needs.confirm_need(need, actor, utc_now())
        db.session.commit()
        flash(_("已核实，这项需求可以结对了。") if need.status == "open"
              else _("已核实。这户做完组织核查，就参加结对。"))
    return redirect(url_for(".show_need", need_id=need_id))


@blueprint.route("/<int:need_id>/withdraw-need", methods=["GET", "POST"])
@may(Right.EDIT_HOUSEHOLDS)
def withdraw_need(need_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), WithdrawForm()
    need = queries.need_or_404(need_id, actor)
    if form.validate_on_submit():
        needs.withdraw_need(need, form.reason.data, actor, utc_now())
        db.session.commit()
        flash(_("已撤回这项需求。"))
        return redirect(url_for(".show_need", need_id=need.id))
    return shown("households/withdraw_need.html", form, need=need, household=need.household)

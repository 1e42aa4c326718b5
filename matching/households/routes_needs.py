"""Writing needs by hand."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Right
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.households import blueprint, queries
from matching.households import service_needs as needs
from matching.households.forms_needs import NeedForm, WithdrawForm
from matching.views import sent_well, shown


@blueprint.route("/<int:household_id>/add-need", methods=["GET", "POST"])
@may(Right.EDIT_HOUSEHOLDS)
def add_need(household_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), NeedForm(data={"reported_on": day_of(utc_now()), "quantity": 1, "urgency": 2})
    household = queries.household_or_404(household_id, actor)
    form.offer_members(household, editing=False)

    def act() -> str:
        needs.add_need(household, form.facts(household), actor, utc_now())
        flash(_("已登记这项需求。"))
        return url_for(".show_household", household_id=household.id)

    if location := sent_well(form, act):
        return redirect(location)
    return shown("households/add_need.html", form, household=household)


@blueprint.route("/<int:need_id>/edit-need", methods=["GET", "POST"])
@may(Right.EDIT_HOUSEHOLDS)
def edit_need(need_id: int) -> ResponseReturnValue:
    actor = the_actor()
    need = queries.need_or_404(need_id, actor)
    form = NeedForm(obj=need)
    form.offer_members(need.household, editing=True)
    form.keep_type(need.help_type)

    def act() -> str:
        needs.edit_need(need, form.facts(need.household), actor, utc_now())
        return url_for(".show_household", household_id=need.household_id)

    if location := sent_well(form, act):
        return redirect(location)
    return shown("households/edit_need.html", form, need=need, household=need.household)


@blueprint.route("/<int:need_id>/withdraw-need", methods=["GET", "POST"])
@may(Right.EDIT_HOUSEHOLDS)
def withdraw_need(need_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), WithdrawForm()
    need = queries.need_or_404(need_id, actor)
    if form.validate_on_submit():
        needs.withdraw_need(need, form.reason.data, actor, utc_now())
        db.session.commit()
        flash(_("已撤回这项需求。"))
        return redirect(url_for(".show_household", household_id=need.household_id))
    return shown("households/withdraw_need.html", form, need=need, household=need.household)

"""Writing files by hand: the household, its members, its verification, its sign-in."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.accounts.service_passwords import first_password
from matching.actor import Actor, Right
from matching.clock import utc_now
from matching.extensions import db
from matching.households import blueprint, queries
from matching.households import service_files as files
from matching.households.forms import HouseholdForm, MemberForm
from matching.households.forms_needs import AccountForm, StepForm
from matching.views import sent_well, shown


def chosen_town(actor: Actor, present: str = "") -> str:
    """The town whose communities a form offers: asked for, or the file's own, or the officer's; empty: not chosen."""
    asked = request.args.get("town", "")
    if len(actor.area_code) >= 9:
        return actor.area_code[:9]
    return asked if len(asked) == 9 and actor.reaches(asked) else present[:9]


def offer_places(form: HouseholdForm, town: str, actor: Actor) -> None:
    """Let the form ask where in the town the household lives, within the officer's reach."""
    form.area_code.choices = [choice for choice in queries.communities(town) if actor.reaches(choice[0])]


@blueprint.route("/add-household", methods=["GET", "POST"])
@may(Right.EDIT_HOUSEHOLDS)
def add_household() -> ResponseReturnValue:
    actor, form = the_actor(), HouseholdForm()
    town = chosen_town(actor)
    if not town:
        return render_template("households/add_household.html", form=None, towns=queries.towns(actor.area_code))
    offer_places(form, town, actor)

    def act() -> str:
        household = files.add_household(form.facts(), actor, utc_now())
        flash(_("已建档。核实以后，这户的需求才会参加结对。"))
        return url_for(".show_household", household_id=household.id)

    if location := sent_well(form, act):
        return redirect(location)
    return shown("households/add_household.html", form, town=town)


@blueprint.route("/<int:household_id>/edit-household", methods=["GET", "POST"])
@may(Right.EDIT_HOUSEHOLDS)
def edit_household(household_id: int) -> ResponseReturnValue:
    actor = the_actor()
    household = queries.household_or_404(household_id, actor)
    form = HouseholdForm(data={name: getattr(household, name) for name in (*HouseholdForm.OPEN, "area_code")})
    offer_places(form, chosen_town(actor, household.area_code), actor)
    form.show(household)

    def act() -> str:
        files.edit_household(household, form.facts(), actor, utc_now(), form.why.data or "")
        return url_for(".show_household", household_id=household.id)

    if location := sent_well(form, act):
        return redirect(location)
    towns = [] if len(actor.area_code) >= 9 else queries.towns(actor.area_code)
    return shown("households/edit_household.html", form, household=household, towns=towns)


@blueprint.route("/<int:household_id>/add-member", methods=["GET", "POST"])
@may(Right.EDIT_HOUSEHOLDS)
def add_member(household_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), MemberForm()
    household = queries.household_or_404(household_id, actor)

    def act() -> str:
        files.add_member(household, form.facts(), actor, utc_now())
        return url_for(".show_household", household_id=household.id)

    if location := sent_well(form, act):
        return redirect(location)
    return shown("households/add_member.html", form, household=household)


@blueprint.route("/<int:member_id>/edit-member", methods=["GET", "POST"])
@may(Right.EDIT_HOUSEHOLDS)
def edit_member(member_id: int) -> ResponseReturnValue:
    actor = the_actor()
    member = queries.member_or_404(member_id, actor)
    form = MemberForm(data={name: getattr(member, name) for name in (*MemberForm.OPEN, "born_on", "disability_grade")})
    form.show(member)

    def act() -> str:
        files.edit_member(member, form.facts(), actor, utc_now(), form.why.data or "")
        return url_for(".show_household", household_id=member.household_id)

    if location := sent_well(form, act):
        return redirect(location)
    return shown("households/edit_member.html", form, member=member, household=member.household)


@blueprint.route("/<int:household_id>/verify-household", methods=["GET", "POST"])
@may(Right.EDIT_HOUSEHOLDS)
def verify_household(household_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), StepForm()
    household = queries.household_or_404(household_id, actor)
    if form.validate_on_submit():
        files.verify_household(household, actor, utc_now())
        db.session.commit()
        flash(_("已记下这一步核实。"))
        return redirect(url_for(".show_household", household_id=household.id))
    return render_template("households/verify_household.html", household=household, form=form,
                           done=files.verifiers(household.id), steps=files.STEPS)


@blueprint.route("/<int:household_id>/create-household-account", methods=["GET", "POST"])
@may(Right.EDIT_HOUSEHOLDS)
def create_household_account(household_id: int) -> ResponseReturnValue:
    """The first password is shown on the answer to the click and nowhere else."""
    actor, form, password = the_actor(), AccountForm(), ""
    household = queries.household_or_404(household_id, actor)

    def act() -> str:
        files.create_household_account(household, form.key, actor, utc_now())
        return url_for(".show_household", household_id=household.id)

    if sent_well(form, act):
        password = first_password(actor.user_id, form.key)
    return render_template("households/create_household_account.html", household=household, form=form,
                           username=files.account_of(household.id), password=password)

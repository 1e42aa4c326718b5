"""Standards as data: what counts in a county, what it has written, and a change with its preview."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Right
from matching.assistance import blueprint, queries
from matching.assistance import service_policies as policies
from matching.assistance.forms import SaveForm
from matching.assistance.forms_policies import case_form, policy_form
from matching.assistance.service_kinds import OWN
from matching.assistance.service_reckonings import who_signs
from matching.clock import day_of, utc_now
from matching.errors import Invalid
from matching.extensions import db
from matching.households import queries as households
from matching.households import service_files as files
from matching.views import answered, sent_well


@blueprint.get("/list-policies")
@may(Right.READ_ASSISTANCE)
def list_policies() -> ResponseReturnValue:
    actor, today = the_actor(), day_of(utc_now())
    county = actor.area_code[:6]
    rows = queries.policy_rows(county, today)
    return render_template("assistance/list_policies.html", rows=[row for row in rows if row[0] not in OWN],
                           own=[row for row in rows if row[0] in OWN and row[1]], today=today,
                           unused=[row[0] for row in rows if row[0] in OWN and not row[1]],
                           may_write=actor.may(Right.WRITE_POLICIES))


@blueprint.get("/show-policy")
@may(Right.READ_ASSISTANCE)
def show_policy() -> ResponseReturnValue:
    actor, policy = the_actor(), request.args.get("policy", "dibao")
    county = actor.area_code[:6]
    standing = policies.current(county, policy, day_of(utc_now()))
    written, built_in = queries.history(county, policy)
    return render_template("assistance/show_policy.html", policy=policy, standing=standing, written=written,
                           built_in=built_in, may_write=actor.may(Right.WRITE_POLICIES))


@blueprint.route("/change-policy", methods=["GET", "POST"])
@may(Right.WRITE_POLICIES)
def change_policy() -> ResponseReturnValue:
    actor, policy, now = the_actor(), request.args.get("policy", "dibao"), utc_now()
    standing = policies.current(actor.area_code, policy, day_of(now))
    form = policy_form(policy, standing, day_of(now))

    def act() -> str:
        preview = policies.preview_policy(form.version(), actor, now)
        return url_for(".show_gap_check", gap_check_id=preview.id)

    return answered(form, act, "assistance/change_policy.html", policy=policy, standing=standing)


@blueprint.get("/<int:household_id>/reckon-case")
@may(Right.READ_ASSISTANCE, logs=True)
def reckon_case(household_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    household = households.household_or_404(household_id, actor)
    if files.must_state_why(household.id, actor, now):
        return redirect(url_for("households.open_household", household_id=household.id))
    offered = queries.case_policies(household)
    policy = request.args.get("policy", "")
    policy = policy if policy in offered else next(iter(offered), "")
    form = case_form(policy, household, request.args, day_of(now)) if policy else None
    is_told = form is not None and "on" in request.args and form.validate()
    said = queries.reckoned_case(household, form.case(policy), form.on.data or day_of(now), form.told(policy)) if (
        form is not None and is_told) else None
    page = render_template(
        "assistance/reckon_case.html", household=household, policy=policy, offered=offered, form=form, said=said,
        place=households.place_of(household), may_ask=actor.may(Right.ASK_GRANTS), is_told=is_told,
        chain=who_signs(household, said, day_of(now)), grant_id=request.args.get("grant_id", type=int))
    files.record_look(household, actor, now, "check")
    db.session.commit()
    return page


@blueprint.post("/<int:gap_check_id>/save-policy")
@may(Right.WRITE_POLICIES)
def save_policy(gap_check_id: int) -> ResponseReturnValue:
    actor, form, now = the_actor(), SaveForm(), utc_now()
    preview = queries.gap_check_or_404(gap_check_id, actor)

    def act() -> str:
        row = policies.save_policy(preview, actor, now, form.reason.data or "")
        flash(_("新标准已经保存，从 %(day)s 起算。", day=row.starts_on.isoformat()))
        return url_for(".show_policy", policy=row.policy)

    location = sent_well(form, act)
    if location is None:
        raise Invalid(_("请写依据哪份文件，再保存。"))
    return redirect(location)

"""Help that is asked for: asking, signing, paying, ending it, and what a household has to pay for."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Right
from matching.assistance import blueprint
from matching.assistance import queries as policy_queries
from matching.assistance import queries_grants as queries
from matching.assistance import service_approvals as approvals
from matching.assistance import service_grants as grants
from matching.assistance.forms import StepForm
from matching.assistance.forms_grants import (
    CostForm,
    DecideGrantForm,
    EndGrantForm,
    GrantForm,
    PayForm,
    values_of,
    values_reckoned,
)
from matching.assistance.forms_policies import case_form
from matching.assistance.models_grants import Grant
from matching.assistance.models_reckonings import GrantReckoning
from matching.assistance.service_cases import CASES
from matching.assistance.service_reckonings import Reckoned
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.households import queries as households
from matching.households import service_files as files
from matching.households.models import Household
from matching.views import answered, asked_page, done, turned


@blueprint.get("/list-grants")
@may(Right.READ_ASSISTANCE)
def list_grants() -> ResponseReturnValue:
    actor, group, today = the_actor(), request.args.get("group", "asked"), day_of(utc_now())
    groups = queries.groups_of(actor)
    group = group if group in groups else "asked"
    page = queries.grant_page(actor, group, asked_page(), today)
    return render_template("assistance/list_grants.html", group=group, groups=groups, today=today, page=page,
                           ways=turned(".list_grants", page, group=group),
                           counts=queries.group_counts(actor, today), may_decide=actor.may(Right.DECIDE_GRANTS))


def asked_with(household: Household, reckoned: Reckoned | None,
               kept: GrantReckoning | None = None) -> dict[str, object]:
    """What a form that asks for help shows beside its fields; `kept`: what was reckoned when it was asked before."""
    today = day_of(utc_now())
    said = (reckoned.answer, reckoned.on) if reckoned else (kept, kept.reckoned_on) if kept else None
    rungs, _rule = approvals.rungs_for(household.area_code[:6], "", today)
    return {"household": household, "rungs": rungs, "green_cap": grants.limits(household, today)[1],
            "recent": grants.recent(household.id, today), "reckoned": said}


def reckoned_in_address(household: Household) -> Reckoned | None:
    """What the policy in the address pays, reckoned anew from the case in the address or from the file; None: none."""
    policy, today = request.args.get("policy", ""), day_of(utc_now())
    found = None
    if policy in CASES and "on" in request.args:
        form = case_form(policy, household, request.args, today)
        if form.validate() and form.on.data:
            found = policy_queries.reckoned_case(household, form.case(policy), form.on.data, form.told(policy))
    elif policy:
        found = policy_queries.reckoned_file(household, policy, request.args.get("person_id", 0, type=int), today)
    return found if found and found.is_askable else None


@blueprint.route("/<int:household_id>/ask-grant", methods=["GET", "POST"])
@may(Right.ASK_GRANTS)
def ask_grant(household_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    household = households.household_or_404(household_id, actor)
    costs = [cost for cost, _given in queries.costs_of(household.id)]
    reckoned = reckoned_in_address(household)
    form = GrantForm(data={"starts_on": day_of(now), "rhythm": "once", "source": "fiscal",
                           "cost_id": costs[0].id if len(costs) == 1 else 0, **values_reckoned(reckoned)})
    form.offer(household, costs)

    def act() -> str:
        grant = grants.ask_grant(household, form.facts(), actor, now, reckoned)
        flash(_("申请已经提交。"))
        return url_for(".show_grant", grant_id=grant.id)

    return answered(form, act, "assistance/ask_grant.html", **asked_with(household, reckoned))


@blueprint.route("/<int:grant_id>/change-grant", methods=["GET", "POST"])
@may(Right.ASK_GRANTS)
def change_grant(grant_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    grant = queries.grant_or_404(grant_id, actor)
    reckoned = reckoned_in_address(grant.household)
    form = GrantForm(data=values_of(grant) | values_reckoned(reckoned))
    form.offer(grant.household, [cost for cost, _given in queries.costs_of(grant.household_id)])

    def act() -> str:
        grants.change_grant(grant, form.facts(), actor, now, reckoned)
        flash(_("申请已经提交。"))
        return url_for(".show_grant", grant_id=grant.id)

    return answered(form, act, "assistance/change_grant.html", grant=grant,
                    **asked_with(grant.household, reckoned, grant.reckoned))


@blueprint.get("/<int:grant_id>/show-grant")
@may(Right.READ_ASSISTANCE, logs=True)
def show_grant(grant_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    today = day_of(now)
    grant = queries.grant_or_404(grant_id, actor, today)
    pay, in_reach = PayForm(data={"paid_on": today}), actor.reaches(grant.household.area_code)
    pay.offer(grants.payable(grant, today) if may_be_paid(grant) else ())
    signs = actor.may(Right.DECIDE_GRANTS)
    page = render_template(
        "assistance/show_grant.html", grant=grant, place=households.place_of(grant.household), today=today,
        similar=grants.similar(grant), missed=queries.missed_periods(grant, today), step=StepForm(), pay=pay,
        milestones=queries.milestones(grant, today), may_pay=signs and in_reach,
        payable=may_be_paid(grant) and bool(grants.payable(grant, today)), in_reach=in_reach,
        may_decide=signs and not approvals.standing(grant, actor, today).why_not,
        may_ask=actor.may(Right.ASK_GRANTS) and in_reach)
    files.record_look(grant.household, actor, now, "check")
    db.session.commit()
    return page


def may_be_paid(grant: Grant) -> bool:
    """Whether money may go out now: it is approved, or comes first in the green channel."""
    return not grant.reclaim and (grant.state in grants.RUNS or (grant.is_green and grant.state == "asked"))


@blueprint.route("/<int:grant_id>/decide-grant", methods=["GET", "POST"])
@may(Right.DECIDE_GRANTS)
def decide_grant(grant_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    grant = queries.grant_or_404(grant_id, actor, day_of(now))
    form = DecideGrantForm(data={"stage": grant.stage})
    stands = approvals.standing(grant, actor, day_of(now))

    def act() -> str:
        approvals.decide_grant(grant, form.decision.data, form.words.data or "", actor, now, form.stage.data or "-")
        flash(_("记下了。"))
        return url_for(".list_grants")

    return answered(form, act, "assistance/decide_grant.html", grant=grant, similar=grants.similar(grant),
                    place=households.place_of(grant.household), stands=stands, today=day_of(now),
                    why_not=approvals.why_not_words(stands.why_not) if stands.why_not else "",
                    same_name=any(member.name == actor.name for member in grant.household.members))


@blueprint.post("/<int:grant_id>/pay-grant")
@may(Right.DECIDE_GRANTS)
def pay_grant(grant_id: int) -> ResponseReturnValue:
    actor, form, now = the_actor(), PayForm(), utc_now()
    grant = queries.grant_or_404(grant_id, actor)

    def act() -> str:
        payment = grants.pay_grant(grant, form.paid_on.data or day_of(now), actor, now, form.period.data or "")
        flash(_("记下了，%(day)s 发的。", day=payment.paid_on.isoformat() if payment.paid_on else ""))
        return url_for(".show_grant", grant_id=grant.id)

    return done(form, act)


@blueprint.route("/<int:grant_id>/end-grant", methods=["GET", "POST"])
@may(Right.DECIDE_GRANTS)
def end_grant(grant_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    grant = queries.grant_or_404(grant_id, actor)
    form = EndGrantForm(data={"last_on": day_of(now)})

    def act() -> str:
        grants.end_grant(grant, form.last_on.data or day_of(now), form.words.data or "", actor, now)
        flash(_("记下了，%(day)s 以后不再发。", day=(form.last_on.data or day_of(now)).isoformat()))
        return url_for(".show_grant", grant_id=grant.id)

    return answered(form, act, "assistance/end_grant.html", grant=grant)


@blueprint.route("/<int:household_id>/add-cost", methods=["GET", "POST"])
@may(Right.ASK_GRANTS)
def add_cost(household_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    household = households.household_or_404(household_id, actor)
    form = CostForm(data={"known_on": day_of(now)})

    def act() -> str:
        grants.add_cost(household, form.what.data or "", form.fen, form.known_on.data or day_of(now), actor, now)
        flash(_("记下了。申请帮助的时候，可以选付的是这一笔。"))
        return url_for(".show_entitlements", household_id=household.id)

    return answered(form, act, "assistance/add_cost.html", household=household)

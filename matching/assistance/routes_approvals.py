"""Who signs what in a county, who stands in for whom, who keeps away from a household."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Right, Role
from matching.assistance import blueprint
from matching.assistance import queries_grants as queries
from matching.assistance import service_approvals as approvals
from matching.assistance import service_substitutes as substitutes
from matching.assistance.forms import StepForm
from matching.assistance.forms_approvals import ApprovalRuleForm, SubstituteForm, TieForm, rule_values
from matching.clock import day_of, utc_now
from matching.households import queries as households
from matching.places.queries import area_names
from matching.views import answered, done
from matching.words import HELP_TYPES


@blueprint.get("/list-approval-rules")
@may(Right.READ_ASSISTANCE)
def list_approval_rules() -> ResponseReturnValue:
    actor, today = the_actor(), day_of(utc_now())
    return render_template("assistance/list_approval_rules.html", may_write=actor.may(Right.WRITE_POLICIES),
                           rows=queries.rule_rows(actor.area_code[:6], tuple(HELP_TYPES), today))


@blueprint.route("/change-approval-rule", methods=["GET", "POST"])
@may(Right.WRITE_POLICIES)
def change_approval_rule() -> ResponseReturnValue:
    actor, now, kind = the_actor(), utc_now(), request.args.get("kind", "")
    kind = kind if kind in HELP_TYPES else ""
    rungs, _rule = approvals.rungs_for(actor.area_code, kind, day_of(now))
    form = ApprovalRuleForm(data={"starts_on": day_of(now), **rule_values(rungs)})
    form.offer(kind)

    def act() -> str:
        rule = approvals.write_rule(kind, form.starts_on.data or day_of(now), form.rungs(), form.reason.data or "",
                                    actor, now)
        flash(_("新规定已经保存，从 %(day)s 起算。", day=rule.starts_on.isoformat()))
        return url_for(".list_approval_rules")

    return answered(form, act, "assistance/change_approval_rule.html", kind=kind,
                    history=queries.rule_history(actor.area_code, kind), rung=approvals.Rung)


@blueprint.get("/list-substitutes")
@may(Right.DECIDE_GRANTS)
def list_substitutes() -> ResponseReturnValue:
    actor, today = the_actor(), day_of(utc_now())
    rows = substitutes.substitutes_of(actor)
    return render_template("assistance/list_substitutes.html", rows=rows, today=today, step=StepForm(),
                           names=area_names({row.area_code for row in rows}), is_county=actor.role is Role.COUNTY)


@blueprint.route("/name-substitute", methods=["GET", "POST"])
@may(Right.DECIDE_GRANTS)
def name_substitute() -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    people = substitutes.approvers(actor.area_code[:6])
    names = area_names({user.area_code for user in people if user.area_code})
    form = SubstituteForm(data={"starts_on": day_of(now), "absent_id": actor.user_id})
    form.offer([(user, names.get(user.area_code or "", "")) for user in people],
               [user.id for user in people if user.id == actor.user_id or actor.role is Role.COUNTY])

    def act() -> str:
        named = substitutes.name_substitute(
            form.absent_id.data, form.substitute_id.data, form.starts_on.data or day_of(now),
            form.until.data or day_of(now), form.why.data or "", actor, now)
        flash(_("记下了，%(name)s代到 %(day)s。", name=named.substitute_name, day=named.until.isoformat()))
        return url_for(".list_substitutes")

    return answered(form, act, "assistance/name_substitute.html", is_alone=len(people) < 2)


@blueprint.post("/<int:substitute_id>/end-substitute")
@may(Right.DECIDE_GRANTS)
def end_substitute(substitute_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    named = queries.substitute_or_404(substitute_id, actor)

    def act() -> str:
        substitutes.end_substitute(named, actor, now)
        flash(_("代班已经结束。"))
        return url_for(".list_substitutes")

    return done(StepForm(), act)


@blueprint.route("/<int:household_id>/declare-tie", methods=["GET", "POST"])
@may(Right.DECIDE_GRANTS)
def declare_tie(household_id: int) -> ResponseReturnValue:
    actor, now, form = the_actor(), utc_now(), TieForm()
    household = households.household_or_404(household_id, actor)

    def act() -> str:
        substitutes.declare_tie(household, form.tie.data, actor, now)
        flash(_("记下了。这一家的申请由别人来批。"))
        return url_for(".show_entitlements", household_id=household.id)

    return answered(form, act, "assistance/declare_tie.html", household=household)

"""Who is entitled and does not receive: the list, a check and its progress, a decision, one household's policies."""

from __future__ import annotations

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching import words_policies
from matching.access import may, the_actor
from matching.actor import Right
from matching.assistance import (
    blueprint,
    queries,
    queries_aid,
    queries_grants,
)
from matching.assistance import service_checks as checks
from matching.assistance import service_decisions as decisions
from matching.assistance.forms import CheckForm, DecideForm, SaveForm, StepForm
from matching.assistance.models import KINDS
from matching.clock import day_of, utc_now
from matching.errors import Invalid
from matching.extensions import db
from matching.households import queries as households
from matching.households import service_files as files
from matching.views import asked_page, sent_well, shown, turned

for word in words_policies.FILTERS:
    blueprint.add_app_template_filter(word)


@blueprint.get("/list-gaps")
@may(Right.READ_ASSISTANCE)
def list_gaps() -> ResponseReturnValue:
    actor = the_actor()
    check, working = queries.checks_of(actor)
    kind = request.args.get("kind", KINDS[0])
    kind = kind if kind in KINDS else KINDS[0]
    kept = {name: request.args.get(name, "") for name in ("policy", "state")}
    page, total = queries.gap_page(check, actor, asked_page(), kind, **kept) if check else (None, 0)
    form = CheckForm(data={"on": day_of(utc_now())})
    return render_template(
        "assistance/list_gaps.html", check=check, working=working, kind=kind, page=page, total=total,
        kept=kept, ways=turned(".list_gaps", page, kind=kind, **kept) if page else {},
        counts=queries.kind_counts(check, actor) if check else {}, form=form,
        may_check=actor.may(Right.CHECK_GAPS), may_decide=actor.may(Right.DECIDE_GAPS),
        policies=words_policies.of_households(), states=words_policies.GAP_STATES)


@blueprint.post("/start-gap-check")
@may(Right.CHECK_GAPS)
def start_gap_check() -> ResponseReturnValue:
    actor, form = the_actor(), CheckForm()

    def act() -> str:
        check = checks.ask_check(actor.area_code, form.on.data or day_of(utc_now()), actor, utc_now())
        return url_for(".show_gap_check", gap_check_id=check.id)

    location = sent_well(form, act)
    if location is None:
        raise Invalid(_("请选一个日子，再点一次。"))
    return redirect(location)


@blueprint.get("/<int:gap_check_id>/show-gap-check")
@may(Right.READ_ASSISTANCE)
def show_gap_check(gap_check_id: int) -> ResponseReturnValue:
    actor = the_actor()
    check = queries.gap_check_or_404(gap_check_id, actor)
    listed = check.report.get("listed", []) if actor.reaches(check.area_code) else []
    return render_template(
        "assistance/show_gap_check.html", check=check, step=StepForm(), save=SaveForm(), listed=listed,
        words=words_policies.check_words(check.state, check.done, check.total),
        may_check=actor.may(Right.CHECK_GAPS) and actor.reaches(check.area_code),
        heads=queries.heads([line["household_id"] for line in listed], actor), saved=queries.saved_from(check),
        may_save=actor.may(Right.WRITE_POLICIES) and actor.area_code == check.area_code)


@blueprint.get("/<int:gap_check_id>/gap-check-progress")
@may(Right.READ_ASSISTANCE)
def gap_check_progress(gap_check_id: int) -> ResponseReturnValue:
    check = queries.gap_check_or_404(gap_check_id, the_actor())
    return jsonify(done=check.done, total=max(check.total, 1), finished=check.state not in ("waiting", "running"),
                   text=words_policies.check_words(check.state, check.done, check.total))


@blueprint.post("/<int:gap_check_id>/cancel-gap-check")
@may(Right.CHECK_GAPS)
def cancel_gap_check(gap_check_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    check = queries.gap_check_or_404(gap_check_id, actor)
    if actor.reaches(check.area_code) and checks.cancel(check, actor, now):
        flash(_("已停下。上一次查的结果还在。"))
    db.session.commit()
    return redirect(url_for(".show_gap_check", gap_check_id=check.id))


@blueprint.route("/<int:gap_id>/decide-gap", methods=["GET", "POST"])
@may(Right.DECIDE_GAPS)
def decide_gap(gap_id: int) -> ResponseReturnValue:
    actor, form, now = the_actor(), DecideForm(), utc_now()
    gap = queries.gap_or_404(gap_id, actor)
    last = decisions.last_decision(gap)
    form.offer(tuple(words_policies.ACTS) if form.is_submitted() else decisions.NEXT[last.state if last else "open"])

    def act() -> str:
        decisions.decide(gap, form.state.data, form.reason.data or "", actor, now)
        flash(_("记下了。"))
        return url_for(".list_gaps", kind=gap.kind)

    location = sent_well(form, act)
    if location is not None:
        return redirect(location)
    return shown("assistance/decide_gap.html", form, gap=gap, history=queries.decisions(gap),
                 reason=words_policies.reason_words(gap.why, gap.facts), state=last.state if last else "open",
                 place=households.place_of(gap.household))


@blueprint.get("/<int:household_id>/show-entitlements")
@may(Right.READ_ASSISTANCE, logs=True)
def show_entitlements(household_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    household = households.household_or_404(household_id, actor)
    if files.must_state_why(household.id, actor, now):
        return redirect(url_for("households.open_household", household_id=household.id))
    page = render_template(
        "assistance/show_entitlements.html", household=household, place=households.place_of(household),
        today=day_of(now), answers=queries.entitlements(household, day_of(now)),
        has_cases=bool(queries.case_policies(household)),
        package=queries_aid.package_of(household.id, day_of(now)), costs=queries_grants.costs_of(household.id),
        recusals=queries_grants.recusals_of(household.id), may_ask=actor.may(Right.ASK_GRANTS),
        may_sign=actor.may(Right.DECIDE_GRANTS))
    files.record_look(household, actor, now, "check")
    db.session.commit()
    return page

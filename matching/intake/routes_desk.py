"""The desk: what was told, the most urgent first, and everything an officer does with one report."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Actor, Right
from matching.audit.service import record
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.forms import BaseForm, CreatingForm
from matching.households import queries as households
from matching.households import queries_search
from matching.intake import blueprint, queries_desk, queries_reports, service_desk
from matching.intake.forms_desk import (
    AdvanceForm,
    CloseForm,
    GiveForm,
    JoinForm,
    LinkForm,
    NoteForm,
    PlanForm,
    UrgencyForm,
    WhyForm,
    people_choices,
)
from matching.intake.models import Report
from matching.intake.queries_meetings import number_of
from matching.intake.queries_meetings import of_report as meetings_of
from matching.intake.queries_referrals import handed, of_report
from matching.intake.queries_reports import handled_or_404, sheet_of
from matching.intake.service_tasks import plan_task as plan
from matching.intake.service_tasks import workers_for
from matching.views import answered, asked_page, chips, sent_well, shown, turned
from matching.words import URGENCIES
from matching.words_reports import STATES


@blueprint.get("/intake/triage")
@may(Right.READ_REPORTS)
def triage() -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    group = request.args.get("state", "open")
    urgency = request.args.get("urgency", 0, type=int)
    filters = queries_desk.Filters(group if group in queries_desk.GROUPS else "open",
                                   urgency if urgency in URGENCIES else 0, request.args.get("mine") == "1")
    kept = {"state": filters.group if filters.group != "open" else "", "urgency": filters.urgency,
            "mine": "1" if filters.is_mine else ""}
    page, total = queries_desk.desk(actor, filters, asked_page(), now)
    words = {"urgency": (_("急不急"), str(URGENCIES.get(filters.urgency, ""))), "mine": (_("谁的"), _("我负责的"))}
    if filters.group in STATES:
        words["state"] = (_("办到哪一步"), str(STATES[filters.group]))
    return render_template("intake/triage.html", rows=page.rows, total=total, filters=filters, kept=kept,
                           counts=queries_desk.counts_of(actor, now), today=day_of(now), states=STATES,
                           urgencies=URGENCIES, chips=chips(".triage", kept, words),
                           ways=turned(".triage", page, **kept), may_handle=actor.may(Right.HANDLE_REPORTS))


@blueprint.get("/intake/<int:report_id>/show-report")
@may(Right.READ_REPORTS, logs=True)
def show_report(report_id: int) -> ResponseReturnValue:
    """A look at who asked and what was said: recorded."""
    return _page(handled_or_404(report_id, the_actor()))


def _page(report: Report, **sent: CreatingForm) -> ResponseReturnValue:
    """A report's page, and that it was looked at; with the one of its forms that was sent and has a fault, if any."""
    actor, now = the_actor(), utc_now()
    handles = actor.may(Right.HANDLE_REPORTS)
    sheet = sheet_of(report, actor, now)
    forms = _forms(sheet, report, actor) | sent if handles else None
    for name, form in (forms or {}).items():
        for field in form:  # on one page each control has an id of its own
            field.id = f"{name}-{field.name}"
    page = shown("intake/show_report.html", next(iter(sent.values()), BaseForm(formdata=None)), sheet=sheet,
                 report=report, today=day_of(now), forms=forms, handles=handles,
                 handed=handed(of_report(report), day_of(now), inside=True), meetings=meetings_of(report),
                 number_of=number_of, may_call=actor.may(Right.CALL_MEETINGS))
    record(actor, "report.look", now, object_type="report", object_id=report.id, household_id=report.household_id,
           area_code=report.area_code, changes={"by": "desk"})
    db.session.commit()
    return page


def _forms(sheet: queries_reports.Sheet, report: Report, actor: Actor) -> dict[str, CreatingForm]:
    """The forms of a report's page, fresh."""
    giving, joining = GiveForm(formdata=None, data={"from_id": report.owner_id}), JoinForm(formdata=None)
    giving.owner_id.choices = people_choices(user for user in sheet.officers if user.id != report.owner_id)
    joining.first_id.choices = [(like.id, "") for like in sheet.likes]
    planning = PlanForm(formdata=None, data={
        "due_on": day_of(utc_now()), "assigned_id": actor.user_id, "kind": "visit" if report.step == "visit"
        else "revisit"})
    planning.offer(sheet.people)
    return {"trust": NoteForm(formdata=None), "reopen": WhyForm(formdata=None), "up": WhyForm(formdata=None),
            "advance": AdvanceForm(formdata=None), "give": giving, "plan": planning, "join": joining,
            "urgency": UrgencyForm(formdata=None, data={"level": report.urgency}),
            "close": CloseForm(formdata=None, data={"outcome": "helped" if report.state == "helping" else None})}


def _acted(report_id: int, name: str, form: CreatingForm, act: Callable[[Report, Actor], None],
           said: str) -> ResponseReturnValue:
    """Do something with a report of the desk once, and go back to its page; a fault stands there beside its field."""
    actor = the_actor()
    report = handled_or_404(report_id, actor)

    def once() -> str:
        act(report, actor)
        flash(said)
        return url_for(".show_report", report_id=report_id)

    location = sent_well(form, once)
    return _page(report, **{name: form}) if location is None else redirect(location)


@blueprint.post("/intake/<int:report_id>/advance-report")
@may(Right.HANDLE_REPORTS)
def advance_report(report_id: int) -> ResponseReturnValue:
    form = AdvanceForm()
    action = form.action.data if form.action.data in ("set_out", "verify", "help") else "set_out"
    return _acted(report_id, "advance", form, lambda report, actor: service_desk.advance(
        report, action, form.due_on.data, form.note.data or "", actor, utc_now()), _("记下了，求助的人看得到。"))


@blueprint.post("/intake/<int:report_id>/change-urgency")
@may(Right.HANDLE_REPORTS)
def change_urgency(report_id: int) -> ResponseReturnValue:
    form = UrgencyForm()
    return _acted(report_id, "urgency", form, lambda report, actor: service_desk.change_urgency(
        report, form.level.data, form.why.data or "", actor, utc_now()), _("急缓改了。"))


@blueprint.post("/intake/<int:report_id>/trust-report")
@may(Right.HANDLE_REPORTS)
def trust_report(report_id: int) -> ResponseReturnValue:
    form = NoteForm()
    return _acted(report_id, "trust", form, lambda report, actor: service_desk.trust(
        report, form.note.data or "", actor, utc_now()), _("问清楚了，明天前有人上门。"))


@blueprint.post("/intake/<int:report_id>/close-report")
@may(Right.HANDLE_REPORTS)
def close_report(report_id: int) -> ResponseReturnValue:
    form = CloseForm()
    return _acted(report_id, "close", form, lambda report, actor: service_desk.close_report(
        report, form.outcome.data, form.note.data or "", actor, utc_now()), _("办结了。"))


@blueprint.post("/intake/<int:report_id>/reopen-report")
@may(Right.HANDLE_REPORTS)
def reopen_report(report_id: int) -> ResponseReturnValue:
    form = WhyForm()
    return _acted(report_id, "reopen", form, lambda report, actor: service_desk.reopen(
        report, form.why.data or "", actor, utc_now()), _("又打开了，明天前有人上门。"))


@blueprint.post("/intake/<int:report_id>/hand-up-report")
@may(Right.HANDLE_REPORTS)
def hand_up_report(report_id: int) -> ResponseReturnValue:
    form = WhyForm()
    return _acted(report_id, "up", form, lambda report, actor: service_desk.hand_up(
        report, form.why.data or "", actor, utc_now()), _("转给上一级了。"))


@blueprint.post("/intake/<int:report_id>/hand-over-report")
@may(Right.HANDLE_REPORTS)
def hand_over_report(report_id: int) -> ResponseReturnValue:
    form, report = GiveForm(), handled_or_404(report_id, the_actor())
    form.owner_id.choices = people_choices(workers_for(report.area_code, with_social_workers=False))
    return _acted(report_id, "give", form, lambda report, actor: service_desk.hand_over(
        report, form.owner_id.data, form.why.data or "", actor, utc_now(), from_id=form.from_id.data or 0),
        _("交给别人负责了。"))


@blueprint.post("/intake/<int:report_id>/join-report")
@may(Right.HANDLE_REPORTS)
def join_report(report_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), JoinForm()
    report = handled_or_404(report_id, actor)
    form.first_id.choices = [(like.id, "") for like in sheet_of(report, actor, utc_now()).likes]
    return _acted(report_id, "join", form, lambda report, actor: service_desk.join(
        report, handled_or_404(form.first_id.data, actor), actor, utc_now()), _("并过去了，两边说的都在。"))


@blueprint.post("/intake/<int:report_id>/plan-task")
@may(Right.HANDLE_REPORTS)
def plan_task(report_id: int) -> ResponseReturnValue:
    form, report = PlanForm(), handled_or_404(report_id, the_actor())
    form.offer(workers_for(report.area_code))

    def act(report: Report, actor: Actor) -> None:
        plan(report, form.kind.data, form.assigned_id.data, form.day(), actor, utc_now(), form.note.data or "")

    return _acted(report_id, "plan", form, act, _("排好了，去的人已经知道。"))


@blueprint.route("/intake/<int:report_id>/link-report", methods=["GET", "POST"])
@may(Right.HANDLE_REPORTS)
def link_report(report_id: int) -> ResponseReturnValue:
    """Find the file by name in the county and say how it is known; a telephone number alone is no proof."""
    actor, form, now = the_actor(), LinkForm(), utc_now()
    report = handled_or_404(report_id, actor)
    written = request.args.get("written", "")[:40].strip()
    found = queries_search.list_page(actor, queries_search.Filters(written=written), asked_page(), day_of(now)
                                     )[0].rows if written else []

    def act() -> str:
        service_desk.link(report, households.household_or_404(form.household_id.data or 0, actor),
                          form.known_by.data, actor, now)
        flash(_("对上了，从现在起经过记进这一户的档案。"))
        return url_for(".show_report", report_id=report_id)

    return answered(form, act, "intake/link_report.html", report=report, written=written, found=found)

"""Visits, for who goes there: one's own by day, and one with what is to be found out and what came of it."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Right
from matching.audit.service import record
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.intake import blueprint, queries_tasks, service_tasks
from matching.intake.forms_desk import FinishForm, ReassignForm
from matching.views import asked_page, sent_well, shown, turned


@blueprint.get("/intake/my-tasks")
@may(Right.VISIT)
def my_tasks() -> ResponseReturnValue:
    actor, today = the_actor(), day_of(utc_now())
    is_done = request.args.get("done") == "1"
    page = queries_tasks.my_tasks(actor, is_done, asked_page())
    return render_template("intake/my_tasks.html", rows=page.rows, today=today, is_done=is_done,
                           counts=queries_tasks.task_counts(actor, today),
                           ways=turned(".my_tasks", page, done="1" if is_done else ""))


@blueprint.route("/intake/<int:task_id>/show-task", methods=["GET", "POST"])
@may(Right.VISIT, logs=True)
def show_task(task_id: int) -> ResponseReturnValue:
    """A visit: whom it is about (recorded), what is to be found out, and what came of it."""
    actor, now = the_actor(), utc_now()
    task, report = queries_tasks.task_or_404(task_id, actor)
    visit, form = queries_tasks.visit_of(task, report), FinishForm()
    form.offer(task.kind)

    def act() -> str:
        service_tasks.finish_task(task, report, form.result.data, form.note.data or "", actor, now)
        flash(_("记下了，管这件事的人已经知道。"))
        return url_for(".my_tasks")

    led = sent_well(form, act)
    return _page(visit, form, now) if led is None else redirect(led)


def _page(visit: queries_tasks.Visit, form: FinishForm, now: datetime, sent: ReassignForm | None = None
          ) -> ResponseReturnValue:
    """A visit's page with its two forms, fresh or with their faults; while it is open, the look is recorded."""
    actor, report = the_actor(), visit.report
    handles = actor.may(Right.HANDLE_REPORTS) and actor.reaches(report.area_code)
    moving = sent or _moving(visit) if handles and visit.is_open else None
    page = shown("intake/show_task.html", sent or form, finish=form, visit=visit, task=visit.task, report=report,
                 today=day_of(now), handles=handles, moving=moving)
    if visit.is_open:
        record(actor, "report.look", now, object_type="report", object_id=report.id, area_code=report.area_code,
               household_id=report.household_id, changes={"by": "task"})
        db.session.commit()
    return page


def _moving(visit: queries_tasks.Visit) -> ReassignForm:
    """The form that sends another person, or on another day."""
    form = ReassignForm(formdata=None, data={"assigned_id": visit.task.assigned_id, "due_on": visit.task.due_on})
    form.offer(service_tasks.workers_for(visit.report.area_code))
    return form


@blueprint.post("/intake/<int:task_id>/reassign-task")
@may(Right.HANDLE_REPORTS)
def reassign_task(task_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), ReassignForm()
    task, report = queries_tasks.task_or_404(task_id, actor)
    form.offer(service_tasks.workers_for(report.area_code))

    def act() -> str:
        service_tasks.reassign_task(task, report, form.assigned_id.data, form.day(), actor, utc_now())
        flash(_("换好了，去的人已经知道。"))
        return url_for(".show_task", task_id=task_id)

    if (led := sent_well(form, act)) is not None:
        return redirect(led)
    fresh = FinishForm(formdata=None)
    fresh.offer(task.kind)
    return _page(queries_tasks.visit_of(task, report), fresh, utc_now(), form)

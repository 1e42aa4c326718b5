"""Visits: who goes there by which day, and what came of it.

Somebody who was met is checked: the report goes on to who decides. Somebody who was not at home is visited again the
next day, so that no report is left without a visit because nobody opened the door.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select, update

from matching.accounts.models import User
from matching.actor import OFFICERS, Actor, Role
from matching.clock import day_of
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.intake import service_news as news
from matching.intake.models import OPEN, Report
from matching.intake.models_work import Task
from matching.intake.service import STEPS, due_in, due_next_day, evening_of, plan_visit, take_step, tell
from matching.organisations.models import Membership, Organisation
from matching.places.queries import ancestors, county_of

__all__ = ["LATEST", "MET", "RESULTS", "finish_task", "plan_task", "reassign_task", "workers_for"]

RESULTS = {"visit": ("hardship", "urgent", "managing", "declined", "not_home"),
           "call": ("hardship", "urgent", "managing", "declined", "not_home"),
           "revisit": ("settled", "still_hard", "urgent", "not_home")}
"""What can come of each kind of task."""
MET = ("hardship", "urgent", "managing", "declined", "settled", "still_hard")
LATEST = timedelta(days=90)
"""No visit is planned further ahead."""


def workers_for(area_code: str, *, with_social_workers: bool = True) -> Sequence[User]:
    """Enabled accounts that may be sent to a place: its officers of all tiers, and social workers of its county."""
    officers = and_(User.role.in_(map(str, OFFICERS)), User.area_code.in_(ancestors(area_code)))
    agencies = select(Membership.user_id).join(Organisation, Organisation.id == Membership.organisation_id).where(
        Organisation.area_code.startswith(county_of(area_code)))
    social = and_(User.role == str(Role.SOCIALWORKER), User.id.in_(agencies))
    return db.session.scalars(select(User).where(
        User.is_enabled, or_(officers, social) if with_social_workers else officers)
        .order_by(User.role, User.area_code.desc(), User.id)).all()


def plan_task(report: Report, kind: str, assigned_id: int, on: date, actor: Actor, now: datetime,
              note: str = "") -> Task:
    """Plan a visit, another one, or a call; what a report waits for is then due that day.

    Raises Conflict for a closed report, Invalid (field `assigned_id` or `due_on`) for somebody or some day that
    cannot be.
    """
    _check(report, assigned_id, on, now)
    if kind not in RESULTS:
        raise ValueError(f"no such kind of task: {kind!r}")
    values = {"due_at": evening_of(on), "alarm": "", "changed_at": now}
    if report.state == "helping":
        values["step"] = "follow_up"
    changed = db.session.execute(
        update(Report).where(Report.id == report.id, Report.state.in_(OPEN)).values(**values)
        .execution_options(synchronize_session=False))
    db.session.refresh(report)
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这件事已经办结了，不用再去。"))
    task = plan_visit(report, assigned_id, now, kind, on=on, by=actor)
    tell(report, "plan", actor, now, note=note, data={"task": kind, "on": on.isoformat()})
    return task


def reassign_task(task: Task, report: Report, assigned_id: int, on: date, actor: Actor, now: datetime) -> None:
    """Another person goes, or on another day. Raises Conflict when it is done, Invalid as `plan_task`."""
    _check(report, assigned_id, on, now)
    if (task.assigned_id, task.due_on) == (assigned_id, on):
        return
    _claim(task, assigned_id=assigned_id, due_on=on, alarm="")
    if report.step in ("visit", "follow_up"):
        report.due_at, report.alarm, report.changed_at = evening_of(on), "", now
    news.tell_task(task, "task_given", actor, now)
    tell(report, "plan", actor, now, data={"task": task.kind, "on": on.isoformat()})


def finish_task(task: Task, report: Report, result: str, note: str, actor: Actor, now: datetime) -> None:
    """Say what came of a visit, once. Raises Conflict when that was said before, Invalid (field `result`)."""
    if result not in RESULTS[task.kind]:
        raise Invalid(_("请选一样结果。"), "result")
    if report.state not in OPEN:
        raise Conflict(_("这件事已经办结了，不用再去。"))
    _claim(task, done_at=now, done_by_name=actor.name, result=result)
    task.result_note = note
    tell(report, "visited", actor, now, data={"task": task.kind, "result": result})
    if result in MET:
        news.tell_visited(report, actor, now)
    _go_on(task, report, result, actor, now)


def _go_on(task: Task, report: Report, result: str, actor: Actor, now: datetime) -> None:
    """What follows from a result: checked, to be decided today when it is urgent, another visit, or a decision.

    The asker hears of one step, not of two at once.
    """
    if result == "urgent":
        report.urgency = 5
    until = evening_of(day_of(now)) if result == "urgent" else None
    if result not in MET:
        report.due_at, report.alarm, report.changed_at = due_next_day(now), "", now
        plan_visit(report, task.assigned_id, now, task.kind, by=actor)
        if report.state in STEPS["set_out"].sources:
            take_step(report, "set_out", actor, now, due_at=due_next_day(now))
        else:
            news.tell_step(report, "set_out", actor, now)
    elif report.state in STEPS["verify"].sources:
        take_step(report, "verify", actor, now, due_at=max(until, now + timedelta(hours=2)) if until else None)
    else:
        report.due_at, report.alarm, report.changed_at = until or due_in(1, now), "", now
        news.tell_step(report, "visited", actor, now)


def _check(report: Report, assigned_id: int, on: date, now: datetime) -> None:
    if assigned_id not in {worker.id for worker in workers_for(report.area_code)}:
        raise Invalid(_("这个人去不了这里。请从列表里选。"), "assigned_id")
    if not day_of(now) <= on <= day_of(now) + LATEST:
        raise Invalid(_("日子要在今天以后、%(n)s 天以内。", n=LATEST.days), "due_on")


def _claim(task: Task, **values: object) -> None:
    """Change a task that is not done yet, or raise Conflict."""
    changed = db.session.execute(update(Task).where(Task.id == task.id, Task.done_at.is_(None)).values(**values)
                                 .execution_options(synchronize_session=False))
    db.session.refresh(task)
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这次走访已经有人记过结果了。"))

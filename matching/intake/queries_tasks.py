"""Visits of who goes there: by day, and one with what is to be found out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import get_locale
from sqlalchemy import func, or_, select
from sqlalchemy.orm import load_only

from matching.actor import Actor, Right
from matching.errors import NotThere
from matching.extensions import db
from matching.intake.models import OPEN, Report, ReportFile
from matching.intake.models_work import Task
from matching.keyset import Asked, Key, Order, Page, instant, whole
from matching.places.queries import area_path, area_paths

__all__ = ["TaskRow", "Visit", "my_tasks", "task_counts", "task_or_404", "visit_of"]

PAGE = 40
BY_DAY = Order(Key(Task.due_on, date.fromisoformat), Key(Task.id, whole))
LATEST_FIRST = Order(Key(Task.done_at, instant, falls=True), Key(Task.id, whole, falls=True))


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One visit in its worker's list: nothing of any person."""

    id: int
    kind: str
    due_on: date
    done_at: datetime | None
    result: str
    kinds: list[str]
    place: str
    urgency: int


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit with the report it is about. `is_open`: it is still to be made; `asks`: what is to be found out;
    `files`: photos and messages of all who told of it.
    """

    task: Task
    report: Report
    place: str
    is_open: bool
    asks: tuple[str, ...]
    files: Sequence[ReportFile]


def my_tasks(actor: Actor, is_done: bool, asked: Asked) -> Page[TaskRow]:
    """A page of the actor's own visits: those to be made by day, or those made, the latest first."""
    order = LATEST_FIRST if is_done else BY_DAY
    rows = db.session.execute(order.take(
        select(Task, Report).join(Report, Report.id == Task.report_id).options(
            load_only(Task.kind, Task.due_on, Task.done_at, Task.result),
            load_only(Report.kinds, Report.area_code, Report.urgency))
        .where(Task.assigned_id == actor.user_id, Task.done_at.is_not(None) if is_done else Task.done_at.is_(None)),
        asked, PAGE)).all()
    places = area_paths({report.area_code for _task, report in rows}, str(get_locale()))
    found = [TaskRow(task.id, task.kind, task.due_on, task.done_at, task.result, report.kinds,
                     places[report.area_code], report.urgency) for task, report in rows]
    return order.page(found, asked, PAGE, lambda row: (row.done_at if is_done else row.due_on, row.id))


def task_counts(actor: Actor, today: date) -> tuple[int, int, int]:
    """How many visits the actor has to make, how many of them were due before today, how many are due today."""
    late, now, total = db.session.execute(
        select(func.count().filter(Task.due_on < today), func.count().filter(Task.due_on == today), func.count())
        .select_from(Task).where(Task.assigned_id == actor.user_id, Task.done_at.is_(None))).one()
    return total, late, now


def task_or_404(task_id: int, actor: Actor) -> tuple[Task, Report]:
    """A visit that is the actor's own, or of a report that the actor handles; raises NotThere."""
    task = db.session.get(Task, task_id)
    report = db.session.get(Report, task.report_id) if task is not None else None
    if task is None or report is None:
        raise NotThere
    handles = actor.may(Right.HANDLE_REPORTS) and actor.reaches(report.area_code)
    if task.assigned_id != actor.user_id and not handles:
        raise NotThere
    return task, report


def visit_of(task: Task, report: Report) -> Visit:
    """A visit's page. Who was there need not see again whom it was about."""
    is_open = task.done_at is None and report.state in OPEN
    told = select(Report.id).where(or_(Report.id == report.id, Report.joined_to_id == report.id))
    files = db.session.scalars(select(ReportFile).where(ReportFile.report_id.in_(told)).order_by(ReportFile.id)
                               ).all() if is_open else []
    return Visit(task, report, area_path(report.area_code, str(get_locale())), is_open,
                 ("all", *(kind for kind in report.kinds)), files)

"""The clocks of reports and visits: a word the day before, on the day, and afterwards the next tier.

Whatever a clock says it says once: the word is written with a conditional UPDATE on the day that was found, so that
two runs at once, or one run twice, warn once and hand up once. The caller finds (`what_is_due`), then lets each thing
be said in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from matching.accounts.models import User
from matching.actor import OFFICERS, Actor, Role
from matching.clock import SHANGHAI, day_of
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.intake import service_news as news
from matching.intake.models import OPEN, Report
from matching.intake.models_work import Task
from matching.intake.service import due_next_day, hand_up, tell
from matching.intake.service_owners import ensure_owner, stands, wider

__all__ = ["Found", "hand_on", "keep_owned", "late", "ownerless", "remind", "remind_task", "what_is_due"]

MORNING = time(8)
"""Nobody is reminded of a day before this hour."""
MOST = 500
"""So many at a run; the rest comes with the next one, a minute later."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something a clock has to speak about, as it was found. `kind`: soon, due, late, task_due."""

    kind: str
    id: int
    seen_at: datetime


def what_is_due(now: datetime) -> list[Found]:
    """All that the clocks have not spoken about yet, what is late first; three SELECTs."""
    found = [Found("late", number, at) for number, at in db.session.execute(
        select(Report.id, Report.changed_at).where(Report.state.in_(OPEN), Report.alarm != "late", _is_late(now))
        .order_by(Report.due_at, Report.id).limit(MOST))]
    today, morning = day_of(now), datetime.combine(day_of(now), MORNING, SHANGHAI)
    if now < morning:
        return found
    tomorrow = datetime.combine(today + timedelta(days=1), time(0), SHANGHAI)
    rows = db.session.execute(
        select(Report.id, Report.due_at, Report.changed_at).where(
            Report.state.in_(OPEN), Report.due_at >= now, Report.due_at < tomorrow + timedelta(days=1),
            or_(and_(Report.due_at < tomorrow, Report.alarm.in_(("", "soon"))),
                and_(Report.alarm == "", Report.changed_at < datetime.combine(today, time(0), SHANGHAI))))
        .order_by(Report.due_at, Report.id).limit(MOST))
    found += [Found("due" if due_at is not None and due_at < tomorrow else "soon", number, at)
              for number, due_at, at in rows]
    found += [Found("task_due", number, at) for number, at in db.session.execute(
        select(Task.id, Task.created_at).where(Task.done_at.is_(None), Task.due_on == today, Task.alarm == "")
        .order_by(Task.id).limit(MOST))]
    return found


def remind(found: Found, now: datetime) -> bool:
    """Warn the owner of what is due tomorrow or today; False when that was said, or things have changed."""
    report = _say(found, now)
    if report is None:
        return False
    mine = exists().where(Task.report_id == report.id, Task.assigned_id == report.owner_id, Task.done_at.is_(None),
                          Task.due_on == day_of(report.due_at or now))
    if found.kind == "soon" or not db.session.scalar(select(mine)):  # a visit of its own is told as such
        news.tell_owner(report, "report_due", now)
    return True


def remind_task(found: Found, now: datetime) -> bool:
    """Warn who is to go today; False when that was said or done."""
    changed = db.session.execute(
        update(Task).where(Task.id == found.id, Task.done_at.is_(None), Task.due_on == day_of(now), Task.alarm == "")
        .values(alarm="due").execution_options(synchronize_session=False))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        return False
    news.tell_task(db.session.get_one(Task, found.id, populate_existing=True), "task_due", None, now)
    return True


def late(found: Found, now: datetime) -> bool:
    """Hand what is overdue to the next tier, which has until the next evening; at the top all its officers hear.

    Who was to go hears that the visit is overdue. False, or Conflict raised, when somebody was quicker.
    """
    report = db.session.get(Report, found.id, populate_existing=True)
    if report is None or report.state not in OPEN:
        return False
    missed = list(db.session.scalars(select(Task).where(
        Task.report_id == report.id, Task.done_at.is_(None), Task.due_on < day_of(now))))
    if wider(report) is None:
        return _late_at_the_top(found, missed, now)
    for task in missed:  # before it goes up with the report
        news.tell_task(task, "task_overdue", None, now)
    hand_up(report, None, now, "late", due_at=due_next_day(now), seen_at=found.seen_at)
    return True


def _late_at_the_top(found: Found, missed: Sequence[Task], now: datetime) -> bool:
    report = _say(found, now)
    if report is None:
        return False
    for task in missed:
        news.tell_task(task, "task_overdue", None, now, also=(report.owner_id,))
    report.urgency = min(report.urgency + 1, 5)
    tell(report, "late", None, now, data={"why": "top"})
    news.tell_owner(report, "report_overdue", now)
    return True


def _say(found: Found, now: datetime) -> Report | None:
    """Write down that a clock has spoken; None when it had, or when the report has changed since it was found."""
    said = {"soon": ("soon", "due", "late"), "due": ("due", "late"), "late": ("late",)}[found.kind]
    changed = db.session.execute(
        update(Report).where(Report.id == found.id, Report.state.in_(OPEN), Report.alarm.not_in(said),
                             Report.changed_at == found.seen_at)
        .values(alarm=found.kind).execution_options(synchronize_session=False))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        return None
    return db.session.get_one(Report, found.id, populate_existing=True)


def ownerless() -> list[int]:
    """Open reports whose owner cannot answer for them, and open visits of somebody who is gone; their reports."""
    holds = func.substr(Report.area_code, 1, func.length(User.area_code)) == User.area_code
    officers = [str(role) for role in OFFICERS]
    able = exists().where(User.id == Report.owner_id, User.is_enabled, User.role.in_(officers), holds)
    goes = exists().where(User.id == Task.assigned_id, User.is_enabled, or_(
        and_(User.role.in_(officers), holds), User.role == str(Role.SOCIALWORKER)))
    left = exists().where(Task.report_id == Report.id, Task.done_at.is_(None), ~goes)
    return list(db.session.scalars(select(Report.id).where(Report.state.in_(OPEN), or_(~able, left))
                                   .order_by(Report.id).limit(MOST)))


def keep_owned(report_id: int, actor: Actor | None, now: datetime) -> bool:
    """Find an owner for a report, and somebody who goes there, where who had it is gone; True when that was needed.

    Raises Invalid when no officer is left in the county.
    """
    report = db.session.get(Report, report_id, populate_existing=True)
    if report is None or report.state not in OPEN:
        return False
    given = ensure_owner(report, now)
    if given:
        tell(report, "hand_over", actor, now, data={"why": "account", "owner": db.session.get_one(
            User, report.owner_id).name})
        news.tell_given(report, None, now)
    for task in db.session.scalars(select(Task).where(Task.report_id == report.id, Task.done_at.is_(None))):
        goes = db.session.get_one(User, task.assigned_id)
        if not stands(goes, report) and not (goes.is_enabled and goes.role == Role.SOCIALWORKER):
            task.assigned_id, task.alarm = report.owner_id, ""
            news.tell_task(task, "task_given", None, now)
            given = True
    return given


def hand_on(user: User, actor: Actor | None, now: datetime) -> int:
    """What an account held goes to others, in the transaction that disables or moves it; returns how many reports.

    Raises Conflict when nobody is left who could take them.
    """
    db.session.flush()
    held = list(db.session.scalars(select(Report.id).where(Report.state.in_(OPEN), or_(
        Report.owner_id == user.id,
        exists().where(Task.report_id == Report.id, Task.assigned_id == user.id, Task.done_at.is_(None))))))
    try:
        return sum(keep_owned(number, actor, now) for number in held)
    except Invalid:
        raise Conflict(_("这个人手上还有没办完的求助，这个县没有别的干部能接。先给别人开一个账号。")) from None


def _is_late(now: datetime) -> ColumnElement[bool]:
    return or_(Report.due_at < now, exists().where(
        Task.report_id == Report.id, Task.done_at.is_(None), Task.due_on < day_of(now)))

"""Who hears of a report's steps: who asked, who reported it, who answers for it, who goes there, the town.

An asker is told by telephone or e-mail in the language of the form; everybody with an account in the site. The first
four characters of the code stand for the case: whoever gave a wrong number must not send a stranger the whole of it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from matching.actor import Actor, Role
from matching.clock import day_of
from matching.extensions import db
from matching.intake.models import Report
from matching.intake.models_work import Task
from matching.intake.service_codes import written_code
from matching.notices.queries import officers_at
from matching.notices.service import Stranger, tell, tell_all

__all__ = ["case_of", "page_of", "received", "tell_added", "tell_doubtful", "tell_escalated", "tell_given",
           "tell_joined", "tell_owner", "tell_step", "tell_task", "tell_visited"]

SHORT = 4
STEPS = {"set_out": "visit", "visited": "visited", "verify": "checking", "help": "helped", "hand_up": "handed_up",
         "hand_over": "handed_over", "reopen": "received", "refer": "referred", "meet_call": "meeting"}
"""What an asker is told of which event."""
ENDS = {"helped": "closed", "not_qualified": "not_now", "withdrawn": "closed", "unreachable": "closed"}
"""What an asker is told of which outcome; of mischief nobody hears."""


def case_of(report: Report) -> str:
    """What stands for a case in a message: the first four characters of its code."""
    return written_code(report.code or "")[:SHORT]


def page_of(report: Report) -> str:
    """Where officers open a report."""
    return f"/intake/{report.id}/show-report"


def received(report: Report, actor: Actor | None, now: datetime) -> None:
    """The asker hears that it was received and until when somebody comes; a doubtful report sends no message."""
    if not report.is_doubtful and report.due_at is not None:
        _tell_asker(report, "report_received", {"by": day_of(report.due_at)}, now, "received", actor)


def tell_step(report: Report, event: str, actor: Actor | None, now: datetime) -> None:
    """Those who told of a trouble hear of a step of its case, those of joined reports too; each telephone once."""
    step = ENDS.get(report.outcome) if event == "close" else STEPS.get(event)
    if step is None or report.is_doubtful:
        return
    key = f"{event}:{now:%Y%m%d%H%M%S%f}"
    _tell_asker(report, "report_step", {"step": step}, now, key, actor)
    for other in db.session.scalars(select(Report).where(Report.joined_to_id == report.id).order_by(Report.id)):
        _tell_asker(other, "report_step", {"step": step}, now, key, actor, by_phone=other.phone != report.phone)


def tell_joined(report: Report, actor: Actor | None, now: datetime) -> None:
    """Who told the same trouble hears that it is dealt with together; the same telephone only once."""
    if not report.is_doubtful:
        _tell_asker(report, "report_step", {"step": "joined"}, now, "joined", actor)


def tell_added(report: Report, now: datetime) -> None:
    """Who answers for a report hears that more was said, by the same teller or another; at most once an hour."""
    tell(report.owner_id, "report_added", {"path": page_of(report)}, now,
         key=f"report:{report.id}:added:{now:%Y%m%d%H}")


def tell_given(report: Report, by: Actor | None, now: datetime) -> None:
    """Whoever answers for a report from now on hears of it."""
    if report.due_at is not None:
        tell_all([report.owner_id], "report_given", {"by": day_of(report.due_at), "path": page_of(report)}, now,
                 key=_key(report, "given", now), by=by)


def tell_doubtful(report: Report, now: datetime) -> None:
    """Its owner hears that something waits for a call first: once an hour, since a flood must not ring all night."""
    if report.due_at is not None:
        tell_all([report.owner_id], "report_given", {"by": day_of(report.due_at), "path": "/intake/triage"}, now,
                 key=f"doubtful:{now:%Y%m%d%H}")


def tell_escalated(report: Report, before_id: int, late_on: date, now: datetime) -> None:
    """The next tier hears that something came up to it, and who had it hears that it is gone."""
    tell(report.owner_id, "escalated", {"path": page_of(report)}, now, key=_key(report, "up", now))
    if before_id != report.owner_id:
        tell(before_id, "report_overdue", {"by": late_on, "path": page_of(report)}, now, key=_key(report, "up", now))


def tell_owner(report: Report, kind: str, now: datetime) -> None:
    """The owner hears that a step is due, `report_due`, or that its day has passed at the top, `report_overdue`."""
    if report.due_at is not None:
        told = {"by": day_of(report.due_at), "path": page_of(report)}
        key = f"report:{report.id}:{report.alarm}:{report.due_at:%Y%m%d%H%M}"
        hearers = [report.owner_id]
        if kind == "report_overdue":
            hearers += db.session.scalars(officers_at(report.area_code, Role.COUNTY))
        tell_all(set(hearers), kind, told, now, key=key)


def tell_task(task: Task, kind: str, by: Actor | None, now: datetime, *, also: tuple[int, ...] = ()) -> None:
    """Who is to go hears of a visit: `task_given`, `task_due` or `task_overdue`; `also`: others who must know."""
    tell_all({task.assigned_id, *also}, kind, {"by": task.due_on, "path": f"/intake/{task.id}/show-task"}, now,
             key=f"task:{task.id}:{task.due_on:%Y%m%d}:{task.assigned_id}", by=by)


def tell_visited(report: Report, actor: Actor, now: datetime) -> None:
    """The owner and the town hear that somebody was there."""
    hearers = {report.owner_id, *db.session.scalars(officers_at(report.area_code, Role.TOWN))}
    tell_all(hearers, "task_done", {"path": page_of(report)}, now, key=_key(report, "seen", now), by=actor)


def _key(report: Report, what: str, now: datetime) -> str:
    return f"report:{report.id}:{what}:{now:%Y%m%d%H%M%S%f}"


def _tell_asker(report: Report, kind: str, values: dict[str, Any], now: datetime, key: str,
                by: Actor | None, *, by_phone: bool = True) -> None:
    """By telephone who asked, and in the site the account that reported it, unless it did this itself."""
    told, key = {"case": case_of(report), **values}, f"report:{report.id}:{key}"
    if report.phone and by_phone:
        tell(Stranger(f"report:{report.id}", phone=report.phone, language=report.language), kind,
             {**told, "path": "/case"}, now, key=key)
    if report.reporter_id is not None:
        page = "/case" if report.origin == "self" else "/intake/my-reports"
        kind, told = ("report_moved", values) if kind == "report_step" else (kind, told)
        tell_all([report.reporter_id], kind, {**told, "path": page}, now, key=key, by=by)

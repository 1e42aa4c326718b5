"""Hardship reports and visits as tasks."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from matching.clock import day_of
from matching.todo.queries_reports import ReportChores
from matching.todo.service_tasks import Link, Task, one_or_all

__all__ = ["report_tasks", "visit_tasks"]


def report_tasks(counts: ReportChores, now: datetime) -> list[Task]:
    """Visits to make, reports whose day has passed, those to decide, and those to be asked about first."""
    tasks = visit_tasks(counts.visits, counts.visit_on, counts.visit_id)
    if counts.late:
        tasks.append(Task(ngettext("%(num)s 件您负责的求助过了日子", "%(num)s 件您负责的求助过了日子", counts.late),
                          _("去办"), Link("intake.triage", {"state": "late", "mine": 1}), _("再不办会转到上一级。"),
                          None, day_of(now)))
    if counts.mine:
        tasks.append(Task(ngettext("%(num)s 件您负责的求助等着定", "%(num)s 件您负责的求助等着定", counts.mine),
                          _("去定"), Link("intake.triage", {"mine": 1}), _("看过了，要定怎么帮，或者帮到了办结。"),
                          None, day_of(counts.due_at) if counts.due_at else None))
    if counts.doubtful:
        tasks.append(Task(ngettext("%(num)s 件求助要先问清楚", "%(num)s 件求助要先问清楚", counts.doubtful), _("去问"),
                          Link("intake.triage", {"state": "doubtful"}), _("像是乱填的，打个电话问一问。"), None,
                          day_of(now)))
    return tasks


def visit_tasks(many: int, on: date | None, first_id: int | None) -> list[Task]:
    """Visits to make: one opens itself, several the list of them."""
    if not many:
        return []
    link = one_or_all(many, Link("intake.show_task", {"task_id": first_id or 0}), Link("intake.my_tasks"))
    return [Task(ngettext("去看 %(num)s 家求助的", "去看 %(num)s 家求助的", many), _("去看"), link,
                 _("去过以后记下结果。"), None, on)]

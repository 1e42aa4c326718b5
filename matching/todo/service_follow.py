"""Follow-ups, signatures on the closing ledger and complaints as tasks."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from matching.todo.queries_follow import FollowChores
from matching.todo.service_tasks import Link, Task

__all__ = ["follow_tasks", "look_tasks"]


def follow_tasks(waits: FollowChores) -> list[Task]:
    """What an officer has to answer, look at and sign."""
    tasks = []
    if waits.complaints:
        one = Link("pairings.answer_complaint", {"complaint_id": waits.complaint_id or 0})
        tasks.append(Task(
            ngettext("答复 %(num)s 条家里的意见", "答复 %(num)s 条家里的意见", waits.complaints), _("去答复"),
            one if waits.complaints == 1 else Link("pairings.list_complaints"),
            _("不满意的、没有同意结对的，都要有人答复。"), None, waits.answer_on))
    tasks += look_tasks(waits.looks, waits.look_on, waits.look_id)
    if waits.to_sign:
        one = Link("pairings.show_line", {"need_id": waits.sign_id or 0})
        tasks.append(Task(
            ngettext("给 %(num)s 件难处签字销号", "给 %(num)s 件难处签字销号", waits.to_sign), _("去签字"),
            one if waits.to_sign == 1 else Link("pairings.ledger", {"state": "to_sign"}),
            _("别人记的，要您看过凭据和家里的话再签。")))
    return tasks


def look_tasks(many: int, on: date | None, first_id: int | None) -> list[Task]:
    """Follow-ups to make: one opens itself, several the list of them."""
    if not many:
        return []
    link = Link("pairings.list_follow_ups")
    if many == 1:
        link = Link("pairings.show_follow_up", {"follow_up_id": first_id or 0})
    return [Task(ngettext("回访 %(num)s 家帮过的", "回访 %(num)s 家帮过的", many), _("去回访"), link,
                 _("去看看，或者打电话问问，再记下结果。"), None, on)]

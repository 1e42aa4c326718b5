"""Another person goes there, or on another day; the report waits until then."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from matching.clock import day_of
from matching.extensions import db
from matching.intake.models import Report
from matching.intake.models_work import Task
from matching.notices.models import Notice
from tests import factories
from tests.conftest import CheckedClient
from tests.days import today
from tests.people import People

Client = Callable[[str], CheckedClient]


def move(client: CheckedClient, task: Task, who: int, ahead: int) -> int:
    """Send the form of a visit's page; the status that answers."""
    path = f"/intake/{task.id}/show-task"
    return client.send(path, f"/intake/{task.id}/reassign-task", assigned_id=str(who),
                       due_on=today(ahead).isoformat()).status_code


def test_who_goes_now_hears_of_it_and_the_report_waits_for_that_day(client_of: Client, people: People) -> None:
    task = factories.make_task()
    assert move(client_of("community"), task, people.socialworker.user_id, 2) == 302
    db.session.expire_all()
    task = db.session.get_one(Task, task.id)
    assert (task.assigned_id, task.due_on) == (people.socialworker.user_id, today(2))
    report = db.session.get_one(Report, task.report_id)
    assert report.due_at is not None
    assert day_of(report.due_at) == today(2)
    told = db.session.execute(select(Notice.kind, Notice.user_id)).all()
    assert told == [("task_given", people.socialworker.user_id)]


def test_only_officers_send_others_and_only_who_can_go(client_of: Client, people: People) -> None:
    task = factories.make_task(assigned_id=people.socialworker.user_id)
    page = client_of("socialworker").page(f"/intake/{task.id}/show-task")
    assert f"/intake/{task.id}/reassign-task" not in [form.action for form in page.forms]
    assert move(client_of("community"), task, people.socialworker2.user_id, 1) == 422
    assert move(client_of("community"), task, people.town.user_id, -1) == 422


def test_what_is_done_is_done(client_of: Client, people: People) -> None:
    task = factories.make_task()
    client = client_of("community")
    values = client.page(f"/intake/{task.id}/show-task").form(f"/intake/{task.id}/reassign-task").values
    client.send(f"/intake/{task.id}/show-task", result="hardship")
    answer = client.post(f"/intake/{task.id}/reassign-task", data={**values, "assigned_id": people.town.user_id})
    assert answer.status_code == 409

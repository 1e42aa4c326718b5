"""Somebody is sent: an officer of the place or a social worker of its county, on a day ahead."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from matching.clock import day_of
from matching.extensions import db
from matching.intake.models import Report
from matching.intake.models_work import Task
from matching.notices.models import Notice
from tests import factories
from tests.conftest import CheckedClient
from tests.days import today
from tests.intake.desk import act, kinds
from tests.people import People

Client = Callable[[str], CheckedClient]


def test_a_social_worker_is_sent_and_hears_of_it(client_of: Client, people: People) -> None:
    report = factories.make_report(state="helping", step="help")
    worker = people.socialworker.user_id
    act(client_of("town"), report, "plan-task", kind="revisit", assigned_id=str(worker), due_on=today(30).isoformat())
    task = db.session.scalars(select(Task)).one()
    assert (task.kind, task.assigned_id, task.due_on) == ("revisit", worker, today(30))
    report = db.session.get_one(Report, report.id)
    assert report.due_at is not None
    assert (report.step, day_of(report.due_at)) == ("follow_up", today(30))
    assert db.session.execute(select(Notice.kind, Notice.user_id)).all() == [("task_given", worker)]
    assert kinds(report) == ["plan"]


@pytest.mark.slow
def test_who_cannot_go_and_days_that_cannot_be_are_refused(client_of: Client, people: People) -> None:
    report = factories.make_report()
    client = client_of("town")
    for who, day in (("socialworker2", 1), ("charity", 1), ("other_town", 1), ("socialworker", -1),
                     ("socialworker", 91)):
        answer = act(client, report, "plan-task", kind="visit", assigned_id=str(people[who].user_id),
                     due_on=today(day).isoformat())
        assert answer.status_code == 422, who
    assert db.session.scalars(select(Task)).all() == []

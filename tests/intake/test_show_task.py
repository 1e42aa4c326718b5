"""A visit: whom it is about while it is to be made, what to find out, and what came of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from matching.audit.models import AuditEntry
from matching.clock import day_of
from matching.extensions import db
from matching.intake.models import Report
from matching.intake.models_work import Task
from matching.notices.models import Notice
from tests import canaries, factories
from tests.conftest import CheckedClient
from tests.days import today
from tests.intake.desk import kinds, page_of
from tests.people import People

Client = Callable[[str], CheckedClient]


@pytest.fixture
def task(people: People) -> Task:
    """A visit that the social worker is to make tomorrow."""
    return factories.make_task(factories.make_report(**canaries.REPORT), assigned_id=people.socialworker.user_id)


def path_of(task: Task) -> str:
    """The page of a visit."""
    return f"/intake/{task.id}/show-task"


def finish(client: CheckedClient, task: Task, **answers: str) -> Report:
    """Send what came of a visit; returns the report."""
    client.send(path_of(task), **answers)
    db.session.expire_all()
    return db.session.get_one(Report, task.report_id)


def test_who_goes_reads_whom_and_what_to_find_out_and_the_look_is_recorded(client_of: Client, people: People,
                                                                         task: Task) -> None:
    text = client_of("socialworker").page(path_of(task)).text
    assert all(value in text for value in canaries.REPORT.values())
    assert "什么病，在哪里看" in text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "report.look")).one()
    assert (entry.actor_id, entry.changes) == (people.socialworker.user_id, {"by": "task"})


@pytest.mark.slow
def test_nobody_else_opens_it_but_the_officers_of_the_place(client_of: Client, people: People, task: Task) -> None:
    for who in ("socialworker2", "other_town", "county2"):
        assert client_of(who).get(path_of(task)).status_code == 404
    for who in ("community", "town", "county"):
        client_of(who).page(path_of(task))
    for who in ("informant", "auditor", "charity"):
        assert client_of(who).get(path_of(task)).status_code == 403


@pytest.mark.slow
def test_hardship_goes_on_to_who_decides_and_the_town_hears(client_of: Client, people: People, task: Task) -> None:
    report = finish(client_of("socialworker"), task, result="hardship", note="家里只有半袋米")
    assert (report.state, report.step) == ("verified", "assess")
    assert report.due_at is not None
    assert day_of(report.due_at) == today(3)
    assert kinds(report) == ["visited", "verify"]
    row = db.session.get_one(Task, task.id)
    assert (row.result, row.result_note, row.done_by_name) == ("hardship", "家里只有半袋米", people.socialworker.name)
    told = set(db.session.scalars(select(Notice.user_id).where(Notice.kind == "task_done")))
    assert told == {people.community.user_id, people.town.user_id}
    assert "家里只有半袋米" in client_of("town").page(page_of(report)).text
    after = client_of("socialworker").page(path_of(task)).text
    assert canaries.found_in(after) == set(), "who was there need not see again whom it was about"


def test_urgent_is_to_be_decided_today(client_of: Client, people: People, task: Task) -> None:
    report = finish(client_of("socialworker"), task, result="urgent", note="断药三天")
    assert report.due_at is not None
    assert (report.urgency, report.state) == (5, "verified")
    assert day_of(report.due_at) <= today(1)


@pytest.mark.slow
def test_nobody_at_home_is_visited_again_tomorrow(client_of: Client, people: People, task: Task) -> None:
    report = finish(client_of("socialworker"), task, result="not_home")
    assert (report.state, report.step) == ("visiting", "visit")
    again = db.session.scalars(select(Task).where(Task.done_at.is_(None))).one()
    assert (again.assigned_id, again.due_on) == (people.socialworker.user_id, today(1))
    finish(client_of("socialworker"), again, result="not_home")
    rows = db.session.scalars(select(Notice).where(Notice.recipient == f"report:{report.id}"))
    assert [row.details["step"] for row in rows] == ["visit", "visit"], "nobody says that they were seen"
    assert db.session.scalars(select(Notice.id).where(Notice.kind == "task_done")).all() == []


def test_a_revisit_goes_back_to_the_owner(client_of: Client, people: People) -> None:
    report = factories.make_report(state="helping", step="follow_up")
    task = factories.make_task(report, kind="revisit")
    report = finish(client_of("community"), task, result="settled")
    assert report.due_at is not None
    assert (report.state, day_of(report.due_at)) == ("helping", today(1))


def test_without_a_result_the_words_stay_in_the_form(client_of: Client, people: People, task: Task) -> None:
    answer = client_of("socialworker").send(path_of(task), note="写了一半")
    assert answer.status_code == 422
    assert "写了一半" in answer.get_data(as_text=True)
    assert "请选一样结果" in answer.get_data(as_text=True)


def test_it_is_finished_once(client_of: Client, people: People, task: Task) -> None:
    one, other = client_of("socialworker"), client_of("community")
    forms = [client.page(path_of(task)).form(path_of(task)).values for client in (one, other)]
    mine, theirs = ({**values, "result": "hardship"} for values in forms)
    assert [one.post(path_of(task), data=mine).status_code for _ in range(2)] == [302, 302]
    assert other.post(path_of(task), data=theirs).status_code == 409
    assert db.session.scalar(select(func.count()).where(Task.done_at.is_not(None))) == 1


def test_a_visit_of_a_closed_report_is_over(client_of: Client, people: People, task: Task) -> None:
    db.session.get_one(Report, task.report_id).state = "closed"
    db.session.get_one(Report, task.report_id).outcome = "withdrawn"
    text = client_of("socialworker").page(path_of(task)).text
    assert canaries.found_in(text) == set()

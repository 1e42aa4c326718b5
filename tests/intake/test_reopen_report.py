"""What is not over is opened again, with an owner who is there, a day and a visit."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from matching.accounts.models import User
from matching.clock import utc_now
from matching.extensions import db
from matching.intake.models import Report
from matching.intake.models_work import Task
from tests import factories
from tests.conftest import CheckedClient
from tests.days import today
from tests.intake.desk import act, page_of
from tests.people import People

Client = Callable[[str], CheckedClient]
CLOSED = {"state": "closed", "step": "", "due_at": None}


def test_somebody_goes_there_again_tomorrow(client_of: Client, people: People) -> None:
    report = factories.make_report(**CLOSED, outcome="helped", closed_at=utc_now())
    act(client_of("town"), report, "reopen-report", why="钱还没有到")
    report = db.session.get_one(Report, report.id)
    assert (report.state, report.step, report.outcome, report.closed_at) == ("reopened", "visit", "", None)
    task = db.session.scalars(select(Task)).one()
    assert (task.assigned_id, task.due_on) == (people.community.user_id, today(1))


def test_an_owner_who_is_gone_is_replaced(client_of: Client, people: People) -> None:
    report = factories.make_report(**CLOSED, outcome="helped", closed_at=utc_now())
    db.session.get_one(User, people.community.user_id).is_enabled = False
    act(client_of("county"), report, "reopen-report", why="又断粮了")
    assert db.session.get_one(Report, report.id).owner_id == people.town.user_id
    assert db.session.scalars(select(Task.assigned_id)).one() == people.town.user_id


def test_without_a_reason_or_when_joined_it_stays_closed(client_of: Client, people: People) -> None:
    first = factories.make_report(**CLOSED, outcome="helped", closed_at=utc_now())
    client = client_of("community")
    assert act(client, first, "reopen-report", why="").status_code == 422
    joined = factories.make_report(**CLOSED, outcome="joined", closed_at=utc_now(), joined_to_id=first.id)
    values = client.page(page_of(first)).form(f"/intake/{first.id}/reopen-report").values
    answer = client.post(f"/intake/{joined.id}/reopen-report", data={**values, "why": "x"})
    assert answer.status_code == 409
    assert db.session.scalars(select(Report.state)).all() == ["closed", "closed"]

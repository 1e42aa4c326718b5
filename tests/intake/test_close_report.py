"""A report ends with what came of it; why not, must be said; nobody goes there any more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from matching.extensions import db
from matching.intake.models import Report
from matching.intake.models_work import Task
from tests import factories
from tests.conftest import CheckedClient
from tests.intake.desk import act, kinds
from tests.people import People

Client = Callable[[str], CheckedClient]


def test_helped_needs_no_words_and_ends_the_visits(client_of: Client, people: People) -> None:
    report = factories.make_report(state="helping", step="help")
    factories.make_task(report, kind="revisit")
    act(client_of("community"), report, "close-report", outcome="helped")
    report = db.session.get_one(Report, report.id)
    assert (report.state, report.outcome, report.due_at) == ("closed", "helped", None)
    assert db.session.scalars(select(Task.result)).all() == ["dropped"]


@pytest.mark.parametrize("outcome", ["not_qualified", "withdrawn", "unreachable", "mischief"])
@pytest.mark.slow
def test_any_other_end_says_why(client_of: Client, people: People, outcome: str) -> None:
    report = factories.make_report()
    client = client_of("community")
    assert act(client, report, "close-report", outcome=outcome).status_code == 422
    assert kinds(report) == []
    assert act(client, report, "close-report", outcome=outcome, note="去了三次，都没有人").status_code == 302
    assert db.session.get_one(Report, report.id).outcome == outcome


def test_joined_is_no_end_that_can_be_chosen(client_of: Client, people: People) -> None:
    report = factories.make_report()
    assert act(client_of("community"), report, "close-report", outcome="joined", note="x").status_code == 422

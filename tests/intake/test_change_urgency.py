"""How urgent a report is may be changed, with a reason that stays."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from matching.extensions import db
from matching.intake.models import Report, ReportStep
from tests import factories
from tests.conftest import CheckedClient
from tests.intake.desk import act, page_of
from tests.people import People

Client = Callable[[str], CheckedClient]


def test_the_reason_stands_in_the_history(client_of: Client, people: People) -> None:
    report = factories.make_report(urgency=3)
    assert act(client_of("town"), report, "change-urgency", level="5", why="孩子一个人在家").location == page_of(report)
    assert db.session.get_one(Report, report.id).urgency == 5
    step = db.session.scalars(select(ReportStep)).one()
    assert (step.kind, step.data, step.note) == ("urgency", {"urgency": [3, 5]}, "孩子一个人在家")


def test_without_a_reason_or_with_nonsense_nothing_changes(client_of: Client, people: People) -> None:
    report = factories.make_report(urgency=3)
    for answers in ({"level": "5", "why": " "}, {"level": "9", "why": "急"}):
        assert act(client_of("town"), report, "change-urgency", **answers).status_code == 422
    assert db.session.get_one(Report, report.id).urgency == 3

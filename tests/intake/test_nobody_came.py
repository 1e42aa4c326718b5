"""When the day is past and nobody came, the next tier has it the same day."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from matching.clock import utc_now
from matching.extensions import db
from matching.intake.models import Report, ReportStep
from tests import factories
from tests.conftest import CheckedClient
from tests.people import TOWN_A1, People

PATH = "/intake/nobody-came"


def opened(client: CheckedClient, hours: int) -> int:
    """A report that is due in so many hours, opened with its code."""
    report = factories.make_report(due_at=utc_now() + timedelta(hours=hours))
    client.send("/case", code=report.code or "")
    return report.id


def test_the_button_is_there_when_the_day_is_past_and_hands_up_once(client: CheckedClient, people: People) -> None:
    number = opened(client, -1)
    values = client.page("/case").form(PATH).values
    for _ in range(2):
        assert client.post(PATH, data=values).location == "/case"
    report = db.session.get_one(Report, number)
    assert (report.desk_code, report.owner_id) == (TOWN_A1, people.town.user_id)
    assert report.due_at is not None
    assert report.due_at > utc_now()
    kinds = db.session.scalars(select(ReportStep.kind).order_by(ReportStep.id)).all()
    assert kinds == ["nobody_came", "hand_up"]
    assert [form.action for form in client.page("/case").forms].count(PATH) == 0


def test_before_the_day_there_is_no_button_and_nothing_happens(client: CheckedClient, people: People) -> None:
    number = opened(client, 5)
    page = client.page("/case")
    assert PATH not in [form.action for form in page.forms]
    client.post(PATH, data={"csrf_token": page.form("/intake/leave-case").values["csrf_token"]})
    assert db.session.get_one(Report, number).owner_id == people.community.user_id

"""An officer passes a report to the next tier, with a reason, and that tier hears of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from matching.extensions import db
from matching.intake.models import Report
from matching.notices.models import Notice
from tests import factories
from tests.conftest import CheckedClient
from tests.intake.desk import act, kinds, page_of
from tests.people import COUNTY_A, TOWN_A1, People

Client = Callable[[str], CheckedClient]


@pytest.mark.slow
def test_it_walks_up_to_the_county_and_no_further(client_of: Client, people: People) -> None:
    report = factories.make_report()
    for who, desk in (("community", TOWN_A1), ("town", COUNTY_A)):
        act(client_of(who), report, "hand-up-report", why="要县里医保局一起办")
        assert db.session.get_one(Report, report.id).desk_code == desk
    assert db.session.get_one(Report, report.id).owner_id == people.county.user_id
    assert kinds(report) == ["hand_up", "hand_up"]
    told = db.session.scalars(select(Notice.user_id).where(Notice.kind == "report_given").order_by(Notice.id)).all()
    assert told == [people.town.user_id, people.county.user_id]
    page = client_of("county").page(page_of(report))
    assert f"/intake/{report.id}/hand-up-report" not in [form.action for form in page.forms]


def test_without_a_reason_it_stays(client_of: Client, people: People) -> None:
    report = factories.make_report()
    assert act(client_of("community"), report, "hand-up-report", why="").status_code == 422
    assert kinds(report) == []

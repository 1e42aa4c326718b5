"""Whose file a report is about: found by name in reach, with how that is known; never by a number."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from matching.extensions import db
from matching.households.models import TimelineEntry
from matching.intake.models import Report
from tests import factories
from tests.conftest import CheckedClient
from tests.intake.desk import kinds, page_of
from tests.people import COMMUNITY_A1B, COMMUNITY_A2A, COMMUNITY_B1A, People

Client = Callable[[str], CheckedClient]


def path_of(report: Report, written: str = "何秀英") -> str:
    """The page that looks for a name."""
    return f"/intake/{report.id}/link-report?written={written}"


def test_found_by_name_and_known_it_stands_in_the_files_timeline(client_of: Client, people: People) -> None:
    report, home = factories.make_report(), factories.make_household(head_name="陈福生")
    client = client_of("community")
    assert "QH-0001" not in client.page(path_of(report, "陈福生")).text
    page = client.page(path_of(report, "陈福生"))
    form = next(form for form in page.forms if "link-report" in (form.action or "") and "submission_key" in form.values)
    answer = client.post(form.action or "", data={**form.values, "household_id": home.id, "known_by": "met"})
    assert answer.location == page_of(report)
    db.session.expire_all()
    assert db.session.get_one(Report, report.id).household_id == home.id
    assert kinds(report) == ["link"]
    assert db.session.scalars(select(TimelineEntry.kind)).all() == ["report.link"]
    assert "陈福生家的档案" in client.page(page_of(report)).text


@pytest.mark.slow
def test_how_it_is_known_must_be_said_and_a_number_is_no_way(client_of: Client, people: People) -> None:
    report, home = factories.make_report(phone="13900004471"), factories.make_household(phone="13900004471")
    client = client_of("community")
    assert f'value="{home.id}"' not in client.get(path_of(report, "13900004471")).get_data(as_text=True)
    page = client.page(path_of(report, home.head_name))
    form = next(form for form in page.forms if "submission_key" in form.values)
    for known_by in ("", "phone"):
        answer = client.post(form.action or "", data={**form.values, "household_id": home.id, "known_by": known_by})
        assert answer.status_code == 422
    assert kinds(report) == []


@pytest.mark.slow
def test_a_file_out_of_reach_or_of_another_county_is_not_there(client_of: Client, people: People) -> None:
    report = factories.make_report()
    far = [factories.make_household(area, head_name="罗远方") for area in (COMMUNITY_A1B, COMMUNITY_A2A, COMMUNITY_B1A)]
    near = factories.make_household(head_name="罗远方")
    client = client_of("community")
    page = client.page(path_of(report, "罗远方"))
    form = next(form for form in page.forms if "submission_key" in form.values)
    for home in far:
        assert client.post(form.action or "", data={
            **form.values, "household_id": home.id, "known_by": "met"}).status_code == 404
    assert near.id
    assert kinds(report) == []

"""Reporting from inside: the same form, counted for its source."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.extensions import db
from matching.intake.models import Report
from tests.intake.asking import send
from tests.people import COMMUNITY_A1B, People


@pytest.mark.slow
@pytest.mark.parametrize(("username", "origin"), [
    ("informant", "informant"), ("socialworker", "socialworker"), ("community", "officer"), ("town", "officer"),
    ("county", "officer"), ("department", "department")])
def test_a_report_counts_for_who_found_it(client_of: object, people: People, username: str, origin: str) -> None:
    client = client_of(username)  # type: ignore[operator]
    answer = send(client, "/intake/report-hardship", place="上湾村", words="烟囱不冒烟")
    assert (answer.status_code, answer.location.split("#")[0]) == (303, "/intake/my-reports")
    report = db.session.scalars(select(Report)).one()
    assert (report.origin, report.area_code, report.reporter_id) == (origin, COMMUNITY_A1B, people[username].user_id)
    assert not report.is_doubtful


def test_sent_twice_it_is_one_report(client_of: object, people: People) -> None:
    client = client_of("informant")  # type: ignore[operator]
    values = client.page("/intake/report-hardship").form("/intake/report-hardship").values
    sent = {**values, "kinds": ["care"], "place": "上湾村", "phone": "13900004471"}
    for _ in range(2):
        assert client.post("/intake/report-hardship", data=sent).status_code == 303
    assert len(db.session.scalars(select(Report)).all()) == 1


def test_a_fault_keeps_the_draft(client_of: object, people: People) -> None:
    answer = send(client_of("informant"), "/intake/report-hardship", phone="12", words="烟囱不冒烟")  # type: ignore[operator]
    assert answer.status_code == 422
    assert "烟囱不冒烟" in answer.get_data(as_text=True)

"""A word, a photo or a message later; it stands in the case once."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from matching.clock import utc_now
from matching.extensions import db
from matching.intake import service
from matching.intake.models import Report, ReportFile, ReportStep
from matching.notices.models import Notice
from tests import factories
from tests.conftest import CheckedClient
from tests.people import People

PATH = "/intake/add-to-case"


@pytest.fixture
def report(client: CheckedClient, people: People) -> Report:
    """A report whose code the browser has shown."""
    made = factories.make_report()
    client.send("/case", code=made.code or "")
    return made


def add(client: CheckedClient, **answers: Any) -> TestResponse:
    """Fill the form of the case."""
    return client.post(PATH, data={**client.page("/case").form(PATH).values, **answers})


def test_words_and_a_message_reach_the_case(client: CheckedClient, report: Report) -> None:
    assert add(client, words="出院单找到了", voice=(io.BytesIO(b"OggS" + b"x" * 9), "a.ogg")).status_code == 303
    step = db.session.scalars(select(ReportStep).where(ReportStep.kind == "add")).one()
    assert (step.report_id, step.note) == (report.id, "出院单找到了")
    assert db.session.scalars(select(ReportFile.kind)).all() == ["voice"]
    add(client, words="还要交押金")
    told = db.session.execute(select(Notice.kind, Notice.user_id)).all()
    assert told == [("report_added", report.owner_id)], "its owner hears of it, once an hour"
    assert "出院单" not in client.page("/case").text, "the page says that something was added, not what"


def test_sent_twice_it_stands_there_once(client: CheckedClient, report: Report) -> None:
    values = {**client.page("/case").form(PATH).values, "words": "还有话"}
    for _ in range(2):
        assert client.post(PATH, data=values).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(ReportStep).where(ReportStep.kind == "add")) == 1


def test_nothing_is_refused_and_the_page_says_so(client: CheckedClient, report: Report) -> None:
    answer = add(client)
    assert answer.status_code == 422
    assert "写一句话，或者加一张照片。" in answer.get_data(as_text=True)


@pytest.mark.slow
def test_to_a_closed_case_nothing_is_added(client: CheckedClient, people: People, report: Report) -> None:
    values = client.page("/case").form(PATH).values
    service.close(report, "helped", people.community, utc_now())
    assert client.post(PATH, data={**values, "words": "还有话"}).status_code == 409


def test_without_a_code_there_is_nothing_to_add_to(client: CheckedClient, people: People) -> None:
    token = client.page("/case").form("/case").values["csrf_token"]
    assert client.post(PATH, data={"csrf_token": token, "words": "x"}).location == "/case"

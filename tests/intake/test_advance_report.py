"""The steps that an officer takes by hand; what follows has a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.intake.models import Report
from tests import factories
from tests.conftest import CheckedClient
from tests.days import today
from tests.intake.desk import act, kinds, page_of
from tests.people import People

Client = Callable[[str], CheckedClient]


@pytest.mark.slow
def test_helping_begins_with_a_day_and_a_word(client_of: Client, people: People) -> None:
    report = factories.make_report(state="verified", step="assess")
    answer = act(client_of("community"), report, "advance-report", note="先送米和油", due_on=today(2).isoformat())
    assert answer.location == page_of(report)
    report = db.session.get_one(Report, report.id)
    assert (report.state, report.step) == ("helping", "help")
    assert report.due_at is not None
    assert day_of(report.due_at) == today(2)
    assert "先送米和油" in client_of("town").page(page_of(report)).text


def test_setting_out_gives_no_further_day(client_of: Client, people: People) -> None:
    report = factories.make_report()
    factories.make_task(report)
    due_at = report.due_at
    act(client_of("community"), report, "advance-report")
    report = db.session.get_one(Report, report.id)
    assert (report.state, report.due_at) == ("visiting", due_at)


def test_what_is_clear_without_a_visit_is_verified(client_of: Client, people: People) -> None:
    report = factories.make_report(state="visiting")
    act(client_of("community"), report, "advance-report", note="电话里说清楚了")
    assert db.session.get_one(Report, report.id).state == "verified"


def test_without_a_day_the_clock_of_the_step_counts(client_of: Client, people: People) -> None:
    report = factories.make_report(state="verified", step="assess")
    act(client_of("community"), report, "advance-report", due_on="")
    report = db.session.get_one(Report, report.id)
    assert report.due_at is not None
    assert day_of(report.due_at) == today(7)


@pytest.mark.slow
def test_a_day_in_the_past_or_far_ahead_is_refused(client_of: Client, people: People) -> None:
    report = factories.make_report(state="verified", step="assess")
    for day in (today(-1), today(61)):
        assert act(client_of("community"), report, "advance-report", due_on=day.isoformat()).status_code == 422
    assert db.session.get_one(Report, report.id).state == "verified"


def test_sent_twice_it_is_done_once_and_of_two_officers_one_hears_why(client_of: Client, people: People) -> None:
    report = factories.make_report(state="verified", step="assess")
    one, other = client_of("community"), client_of("town")
    path = f"/intake/{report.id}/advance-report"
    mine, theirs = (client.page(page_of(report)).form(path).values for client in (one, other))
    assert [one.post(path, data=mine).status_code for _ in range(2)] == [302, 302]
    refused = other.post(path, data=theirs)
    assert refused.status_code == 409
    assert "别人已经先办了这一条" in refused.get_data(as_text=True)
    assert kinds(report) == ["help"]


def test_a_doubtful_report_sends_nobody_out(client_of: Client, people: People) -> None:
    report = factories.make_report(is_doubtful=True)
    client = client_of("community")
    token = client.page(page_of(report)).form(f"/intake/{report.id}/close-report").values["csrf_token"]
    answer = client.post(f"/intake/{report.id}/advance-report", data={"csrf_token": token, "action": "set_out",
                                                                     "submission_key": "a"})
    assert answer.status_code == 409
    assert utc_now() - report.changed_at < timedelta(minutes=5)

"""Following a case: a code opens the steps, the phone's last digits open names and sums, guesses are counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from matching.assistance.models_grants import Payment
from matching.audit.models import AuditEntry
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.intake import service, service_cases, service_limits
from matching.intake.models import Report
from matching.intake.service_codes import new_code, written_code
from tests import factories
from tests.conftest import CheckedClient
from tests.people import People

FORBIDDEN = ("贫困", "困难户", "弱势", "审核不通过", "对象")


@pytest.fixture
def report(people: People) -> Report:
    """A report that was just received."""
    return factories.make_report(phone="13900004471", words="一周三次透析")


def look(client: CheckedClient, code: str, last_four: str = "", **answers: str) -> TestResponse:
    """Type a code, and perhaps the last four digits."""
    return client.send("/case", code=code, last_four=last_four, **answers)


def test_the_code_alone_opens_the_steps_without_a_name(client: CheckedClient, people: People, report: Report) -> None:
    assert look(client, written_code(report.code or "").lower()).status_code == 303
    page = client.page("/case")
    assert "有人上门看看" in page.text
    assert people.community.name not in page.text
    assert "13900004471" not in page.text
    assert "透析" not in page.text
    assert not any(word in page.text for word in FORBIDDEN)


def test_with_the_last_digits_who_is_responsible_is_named(client: CheckedClient, people: People,
                                                          report: Report) -> None:
    assert look(client, report.code or "", "4471").status_code == 303
    assert people.community.name in client.page("/case").text


def test_a_look_is_recorded(client: CheckedClient, report: Report) -> None:
    look(client, report.code or "", "4471")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "report.look")).one()
    assert (entry.object_id, entry.changes) == (report.id, {"by": "code", "full": True})


@pytest.mark.parametrize("origin", ["self", "neighbour"])
def test_sums_are_shown_to_who_asked_for_itself(client: CheckedClient, people: People, origin: str) -> None:
    household = factories.make_household()
    report = factories.make_report(phone="13900004471", household_id=household.id, origin=origin)
    grant = factories.make_grant(household, state="approved")
    db.session.add(Payment(grant_id=grant.id, household_id=household.id, amount_fen=300_000, paid_on=day_of(utc_now()),
                           period="2026-11", recorded_at=utc_now()))
    look(client, report.code or "", "4471")
    assert ("3,000 元" in client.page("/case").text) == (origin == "self")
    other = CheckedClient(client.application, client.application.response_class)
    look(other, report.code or "")
    assert "3,000 元" not in other.page("/case").text


def test_an_unknown_code_and_wrong_digits_get_the_same_page(client: CheckedClient, report: Report) -> None:
    import re

    pages = {re.sub(r'(value|nonce)="[^"]*"', "", look(client, code, "0000").get_data(as_text=True))
             for code in (report.code or "", new_code())}
    assert len(pages) == 1
    assert "没有找到" in pages.pop()


@pytest.mark.slow
def test_after_ten_wrong_digits_the_right_ones_are_not_tested(client: CheckedClient, report: Report,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_cases, "FAILED_PER_ADDRESS", 1000)
    for code in (report.code or "", new_code()):
        for _ in range(service_cases.TESTED_PER_CODE):
            look(client, code, "0000")
        answer = look(client, code, "4471")
        assert answer.status_code == 422
        assert "后四位试错太多次了" in answer.get_data(as_text=True)
    assert look(client, report.code or "").status_code == 303, "the code alone still opens the steps"


@pytest.mark.slow
def test_control_without_counting_the_right_digits_are_found(client: CheckedClient, report: Report,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_cases, "TESTED_PER_CODE", 10_000)
    monkeypatch.setattr(service_cases, "FAILED_PER_ADDRESS", 10_000)
    for _ in range(12):
        look(client, report.code or "", "0000")
    assert look(client, report.code or "", "4471").status_code == 303


@pytest.mark.parametrize("bucket", ["127.0.0.1", service_cases.EVERYWHERE])
def test_many_failures_cost_a_sum_and_lock_nobody_out(client: CheckedClient, report: Report, bucket: str) -> None:
    from tests.intake.test_ask import sum_of

    limit = (service_cases.FAILED_EVERYWHERE if bucket == service_cases.EVERYWHERE
             else service_cases.FAILED_PER_ADDRESS)
    for _ in range(limit):
        service_limits.note_try(service_limits.bucket("case", bucket), utc_now())
    first = look(client, report.code or "", "4471")
    assert first.status_code == 422
    note, answer = sum_of(first.get_data(as_text=True))
    assert look(client, report.code or "", "4471", sum_note=note, sum_answer=str(answer)).status_code == 303


@pytest.mark.one_database
@pytest.mark.parametrize(("code", "words"), [("7K4M", "少 8 个字"), ("7K4M29QXB3HD7", "多 1 个字"), ("", "请写上凭码")])
def test_a_code_of_another_length_is_explained(client: CheckedClient, people: People, code: str, words: str) -> None:
    answer = look(client, code)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_a_joined_code_follows_the_first_report(client: CheckedClient, people: People, report: Report) -> None:
    second = factories.make_report(state="closed", outcome="joined", step="", due_at=None, joined_to_id=report.id,
                                   closed_at=utc_now())
    service.take_step(report, "verify", people.community, utc_now())
    look(client, second.code or "")
    page = client.page("/case")
    assert "算一算能得到什么帮助" in page.text
    assert written_code(report.code or "") not in page.text, "each teller has its own code only"


def test_a_neighbour_who_asks_with_the_same_telephone_reads_no_sum_and_nothing_from_before(
        client: CheckedClient, people: People) -> None:
    household = factories.make_household()
    report = factories.make_report(phone="13900004471", household_id=household.id)
    grant = factories.make_grant(household, state="approved")
    db.session.add(Payment(grant_id=grant.id, household_id=household.id, amount_fen=300_000, paid_on=day_of(utc_now()),
                           period="2026-11", recorded_at=utc_now()))
    service.take_step(report, "verify", people.community, utc_now())
    second = factories.make_report(phone="13900004471", state="closed", outcome="joined", step="", due_at=None,
                                   joined_to_id=report.id, closed_at=utc_now(), created_at=utc_now())
    look(client, second.code or "", "4471")
    text = client.page("/case").text
    assert people.community.name in text
    assert "3,000 元" not in text
    assert "情况看清楚了" not in text


@pytest.mark.slow
@pytest.mark.parametrize("outcome", ["helped", "not_qualified", "withdrawn", "unreachable", "mischief"])
def test_every_end_is_said_in_plain_words(client: CheckedClient, people: People, report: Report, outcome: str) -> None:
    service.close(report, outcome, people.community, utc_now())
    look(client, report.code or "")
    page = client.page("/case")
    assert page.headings[0] == (1, "这件事办完了")
    assert not any(word in page.text for word in FORBIDDEN)


@pytest.mark.one_database
def test_a_browser_forgets_after_half_an_hour(client: CheckedClient, report: Report,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    look(client, report.code or "")
    later = utc_now() + timedelta(minutes=31)
    monkeypatch.setattr("matching.intake.routes_cases.utc_now", lambda: later)
    assert client.page("/case").headings[0] == (1, "看办到哪一步")

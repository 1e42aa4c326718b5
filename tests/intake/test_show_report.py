"""A report's page: who asked and what was said, in reach, and every look is recorded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from matching.audit.models import AuditEntry
from matching.extensions import db
from tests import canaries, factories
from tests.conftest import CheckedClient
from tests.intake.desk import page_of
from tests.people import COMMUNITY_A2A, People
from tests.statements import selects

Client = Callable[[str], CheckedClient]


def looks() -> int:
    """How many looks the log holds."""
    return db.session.scalar(select(func.count()).where(AuditEntry.action == "report.look")) or 0


def test_an_officer_reads_what_was_said_and_the_look_is_recorded(client_of: Client, people: People) -> None:
    report = factories.make_report(**canaries.REPORT)
    factories.make_task(report)
    for times, who in enumerate(("community", "town", "county"), start=1):
        text = client_of(who).page(page_of(report)).text
        assert all(value in text for value in canaries.REPORT.values())
        assert looks() == times
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.object_id, entry.changes) == (report.id, {"by": "desk"})


def test_an_auditor_reads_without_the_number_and_without_buttons(client_of: Client, people: People) -> None:
    report = factories.make_report(**canaries.REPORT)
    page = client_of("auditor").page(page_of(report))
    assert canaries.REPORT["words"] in page.text
    assert canaries.REPORT["phone"] not in page.text
    assert [form.action for form in page.forms if "/intake/" in (form.action or "")] == []
    assert looks() == 1


def test_what_lies_out_of_reach_is_not_there_and_leaves_no_look(client_of: Client, people: People) -> None:
    report = factories.make_report(COMMUNITY_A2A)
    for who in ("community", "town", "county2"):
        assert client_of(who).get(page_of(report)).status_code == 404
    assert looks() == 0


@pytest.mark.slow
def test_the_next_thing_to_do_stands_first(client_of: Client, people: People) -> None:
    client = client_of("community")
    doubtful = factories.make_report(is_doubtful=True)
    assert "问清楚了，是真的" in client.page(page_of(doubtful)).text
    fresh = factories.make_report()
    task = factories.make_task(fresh)
    assert (f"/intake/{task.id}/show-task#result", "记走访的结果") in client.page(page_of(fresh)).links
    verified = factories.make_report(state="verified", step="assess")
    assert "开始帮" in client.page(page_of(verified)).text
    closed = factories.make_report(state="closed", outcome="helped", step="")
    assert "重新打开" in client.page(page_of(closed)).text


@pytest.mark.slow
def test_it_asks_the_database_fourteen_times_at_most(client_of: Client, people: People) -> None:
    report = factories.make_report(household_id=people.household.household_id, phone="13900004471")
    factories.make_report_file(report)
    for _ in range(12):
        factories.make_report(phone="13900004471")
        factories.make_task(report)
        factories.make_report(state="closed", outcome="joined", step="", joined_to_id=report.id)
    with selects() as asked:
        client_of("town").page(page_of(report))
    assert len(asked) <= 14

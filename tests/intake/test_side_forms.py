"""A fault of a form at the side of a page stands there beside its field, and what was written is still there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from matching.audit.models import AuditEntry
from matching.extensions import db
from tests import factories
from tests.conftest import CheckedClient
from tests.days import today
from tests.html import Page, read
from tests.intake.desk import kinds, page_of
from tests.intake.referring import referral_for
from tests.people import People

Client = Callable[[str], CheckedClient]
pytestmark = pytest.mark.one_database
WORDS = "电话里问过他女儿，说还没有住院"
SIDE: dict[str, tuple[str, dict[str, object], dict[str, object], str]] = {
    "advance": ("advance-report", {"state": "verified", "step": "assess"},
                {"note": WORDS, "due_on": "2020-01-01"}, "日子要在今天以后"),
    "urgency": ("change-urgency", {}, {"level": "9", "why": WORDS}, "不是有效的选择"),
    "close": ("close-report", {}, {"note": WORDS}, "请选一样结果。"),
    "reopen": ("reopen-report", {"state": "closed", "outcome": "helped", "step": "", "due_at": None}, {"why": ""},
               "请写为什么。"),
    "up": ("hand-up-report", {}, {"why": ""}, "请写为什么。"),
    "give": ("hand-over-report", {}, {"owner_id": "0", "why": WORDS}, "不是有效的选择"),
    "join": ("join-report", {}, {"first_id": "0"}, "不是有效的选择"),
    "plan": ("plan-task", {}, {"due_on": "2020-01-01", "note": WORDS}, "日子要在今天以后"),
}


def faulty(page: Page, prefix: str) -> bool:
    """Whether the page says a fault at a field of one form."""
    return any(one.startswith(f"{prefix}-") and one.endswith("-fault") for one in page.ids)


@pytest.mark.slow
@pytest.mark.parametrize("name", SIDE)
def test_a_fault_of_a_report_s_form_stands_beside_its_field(client_of: Client, people: People, name: str) -> None:
    verb, fields, answers, fault = SIDE[name]
    report, _other = factories.make_report(**fields), factories.make_report()
    client = client_of("town")
    answer = client.send(page_of(report), f"/intake/{report.id}/{verb}", **answers)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert faulty(read(text), name), text
    assert fault in text
    assert (WORDS in text) == (WORDS in answers.values())
    assert f'href="#{name}-' in text, "the summary leads there"
    assert kinds(report) == []
    looks = db.session.scalar(select(func.count()).where(AuditEntry.action == "report.look"))
    assert looks == 2, "the second look is recorded too"


def test_a_fault_of_a_consent_stands_on_the_referral(client_of: Client, people: People) -> None:
    referral = referral_for(people)
    answer = client_of("community").send(f"/intake/{referral.id}/show-referral",
                                         f"/intake/{referral.id}/agree-referral", consent_how="")
    assert answer.status_code == 422
    assert "consent_how-fault" in answer.get_data(as_text=True)
    assert referral.question in answer.get_data(as_text=True)


def test_a_fault_of_another_day_stands_on_the_visit(client_of: Client, people: People) -> None:
    task = factories.make_task()
    answer = client_of("community").send(f"/intake/{task.id}/show-task", f"/intake/{task.id}/reassign-task",
                                         due_on=today(-3).isoformat())
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "due_on-fault" in text
    assert today(-3).isoformat() in text

"""The minutes as PDF: rare characters are there, and what the font lacks is named; making them is recorded."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.extensions import db
from matching.intake.routes_meetings import sheet
from tests import factories
from tests.days import today
from tests.intake.meeting import FACTS, held


@pytest.mark.slow
def test_the_minutes_are_a_pdf_with_rare_characters_and_are_recorded(client_of, people):
    meeting = held(people, summary="䶮、㛃、𫖯、𬭎、㵘都来了")
    factories.make_decision(meeting, organisation_id=people.department.organisation_id)
    answer = client_of("town").get(f"/intake/{meeting.id}/minutes-pdf")
    assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "report.minutes")).one()


@pytest.mark.slow
def test_what_the_font_lacks_is_named(client_of, people):
    answer = client_of("town").get(f"/intake/{held(people, summary='他用ꙮ签的名').id}/minutes-pdf")
    assert answer.status_code == 422
    assert "U+A66E" in answer.get_data(as_text=True)


def test_all_that_was_said_and_decided_stands_in_it_and_no_name(app, people):
    meeting = held(people, summary="第一句\n第二句")
    factories.make_decision(meeting, organisation_id=people.department.organisation_id)
    with app.test_request_context():
        made = str(sheet(meeting, today()))
    for words in (FACTS, "第一句", "第二句", "先垫住院押金", "青禾医保局", "青禾慈善会", "镇政府二楼"):
        assert words in made
    assert "罗三" not in made
    assert "13900005678" not in made


def test_those_invited_get_none(client_of, people):
    assert client_of("department").get(f"/intake/{held(people).id}/minutes-pdf").status_code == 403

"""One joint meeting for officers: who is invited, what was decided by whom until when."""

from __future__ import annotations

from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.extensions import db
from tests import factories
from tests.days import today
from tests.intake.meeting import FACTS, held, meeting_of


def test_it_shows_the_decisions_with_owner_and_day_and_is_recorded(client_of, people):
    meeting = held(people)
    factories.make_decision(meeting, organisation_id=people.department.organisation_id, due_on=today(-2))
    page = client_of("county").page(f"/intake/{meeting.id}/show-meeting")
    for words in (FACTS, "都同意分头办", "先垫住院押金", "青禾医保局", "超期 2 天", "community 的姓名"):
        assert words in page.text
    assert "罗三" not in page.text
    looked = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "report.look")).one()
    assert (looked.object_type, looked.object_id) == ("meeting", meeting.id)


def test_before_its_day_there_is_nothing_to_note(client_of, people):
    page = client_of("county").page(f"/intake/{meeting_of(people).id}/show-meeting")
    assert not any("hold-meeting" in href for href, _words in page.links)
    assert any("cancel-meeting" in href for href, _words in page.links)


def test_who_cannot_call_meetings_changes_none(client_of, people):
    meeting = held(people)
    for name in ("community", "auditor"):
        page = client_of(name).page(f"/intake/{meeting.id}/show-meeting")
        assert not any("decide-meeting" in href or "hold-meeting" in href for href, _words in page.links)

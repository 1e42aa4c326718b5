"""One joint meeting as an invited organisation sees it: the facts, no name, its own decisions alone."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.extensions import db
from tests import factories
from tests.intake.meeting import FACTS, held


def test_it_sees_the_facts_and_its_own_decisions_and_its_look_is_recorded(client_of, people):
    meeting = held(people)
    factories.make_decision(meeting, organisation_id=people.department.organisation_id, words="补报药费")
    factories.make_decision(meeting, organisation_id=people.charity.organisation_id, words="给一千元路费")
    page = client_of("department").page(f"/intake/{meeting.id}/our-meeting")
    for words in (FACTS, "补报药费", "青禾慈善会", "双溪镇"):
        assert words in page.text
    for hidden in ("给一千元路费", "都同意分头办", "罗三", "13900005678", "坳下村"):
        assert hidden not in page.text
    looked = db.session.scalars(select(AuditEntry).where(AuditEntry.object_type == "meeting")).one()
    assert (looked.actor_id, looked.organisation_id) == (people.department.user_id, people.department.organisation_id)


@pytest.mark.parametrize("username", ["agency", "department2"])
def test_who_is_not_invited_finds_nothing(client_of, people, username):
    assert client_of(username).get(f"/intake/{held(people).id}/our-meeting").status_code == 404

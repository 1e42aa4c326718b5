"""An officer writes down what a household said, or hands out the code with which it says so itself."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.extensions import db
from matching.intake.service_codes import written_code
from matching.pairings.models_voice import Complaint, HouseholdWord
from tests.pairings.closing import helped

pytestmark = pytest.mark.one_database


def test_record_word(client_of, people):
    pairing = helped(people)
    word = db.session.scalars(select(HouseholdWord)).one()
    client, path = client_of("community"), f"/pairings/{pairing.id}/record-word"
    assert written_code(word.code) in client.page(path).text
    assert db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "voice.hand_out")).all()
    assert client.send(path, helped="no", score="2", how="phone", note="米是陈的").status_code == 302
    db.session.refresh(word)
    assert (word.helped, word.score, word.how, word.said_to_id, word.note) == (
        "no", 2, "phone", people.community.user_id, "米是陈的")
    assert db.session.scalars(select(Complaint)).one().words == "米是陈的"
    assert client.send(path, helped="yes", score="5", how="met").status_code == 409, "once"
    assert written_code(word.code) not in client.page(path).text


def test_too_early_is_said(client_of, people):
    from tests.factories import make_pairing
    pairing = make_pairing(state="under_way")
    assert client_of("community").send(f"/pairings/{pairing.id}/record-word", helped="yes", score="5",
                                       how="met").status_code == 409

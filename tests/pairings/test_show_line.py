"""One difficulty on the ledger: what speaks for it, what is lacking, and that it was looked at."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.extensions import db
from tests.factories import make_need
from tests.pairings.closing import closed, line_for

pytestmark = pytest.mark.one_database


def test_it_says_what_is_lacking(client_of, people):
    pairing = closed(people, proof="words")
    text = client_of("town").page(f"/pairings/{pairing.need_id}/show-line").text
    assert "还没有凭据，不能签" in text
    assert "还没有家里的话，不能签" in text
    assert "我来签字" not in text


def test_it_shows_evidence_and_the_household_s_word(client_of, people):
    pairing = closed(people, proof="photo", word="yes")
    text = client_of("town").page(f"/pairings/{pairing.need_id}/show-line").text
    assert all(word in text for word in ("照片", "帮上了", "很满意", "自己凭码说的", "我来签字"))
    assert "要换一个人来签" in client_of("community").page(f"/pairings/{pairing.need_id}/show-line").text
    assert "我来签字" not in client_of("auditor").page(f"/pairings/{pairing.need_id}/show-line").text
    looks = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "ledger.look")).all()
    assert {entry.household_id for entry in looks} == {pairing.household_id}


def test_before_anything_was_said_it_stands_open(client_of, people):
    need = make_need()
    assert "没有解决" in client_of("community").page(f"/pairings/{need.id}/show-line").text


def test_how_often_it_came_back_stands_there_and_on_the_file(client_of, people):
    pairing = closed(people)
    for _time in range(2):
        client_of("community").send(f"/pairings/{pairing.need_id}/reopen-line", reason="又断粮了")
    assert line_for(pairing).times_reopened == 1
    assert "又打开过 1 次" in client_of("town").page(f"/pairings/{pairing.need_id}/show-line").text
    page = client_of("town").page(f"/households/{pairing.household_id}/show-household?why=visit")
    assert "台账重新打开" in page.text

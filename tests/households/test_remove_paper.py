"""Taking a paper away: its content goes, its record stays."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching import vault
from matching.audit.models import AuditEntry
from matching.extensions import db
from matching.households.models_papers import Paper
from tests.factories import make_household, make_paper
from tests.people import COMMUNITY_A1A


def test_the_content_goes_and_the_record_stays(client_of, people):
    household = make_household()
    paper = make_paper(household, kind="bill")
    key, number = paper.vault_key, paper.id
    client = client_of("community")
    answer = client.send(f"/households/{number}/remove-paper", reason="wrong")
    assert answer.location == f"/households/{household.id}/show-household#papers"
    with pytest.raises(vault.Missing):
        vault.get(key)
    left = db.session.get_one(Paper, number)
    assert (left.vault_key, left.content_blind, left.removed_by_name, left.removed_why) == (
        None, None, people.community.name, "wrong")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "paper.remove")).one()
    assert entry.changes == {"kind": "bill", "reason": "wrong"}
    assert "传错了" in client.page(f"/households/{household.id}/show-household").text
    assert client.send(f"/households/{number}/remove-paper", reason="wrong").status_code == 409


def test_without_a_reason_nothing_is_removed(client_of):
    paper = make_paper(make_household())
    assert client_of("community").send(f"/households/{paper.id}/remove-paper").status_code == 422
    assert vault.get(paper.vault_key)


@pytest.mark.parametrize(("username", "status"), [("other_town", 404), ("auditor", 403), ("household", 403)])
def test_who_may_not(client_of, username, status):
    paper = make_paper(make_household(COMMUNITY_A1A))
    assert client_of(username).get(f"/households/{paper.id}/remove-paper").status_code == status

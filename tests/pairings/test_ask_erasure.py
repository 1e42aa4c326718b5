"""Asking for a file to be erased: with a reason, by the county, once, never while help is under way."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.extensions import db
from matching.households.models_erasure import Erasure
from tests.factories import make_household, make_need, make_pairing
from tests.people import COMMUNITY_A1A


def path_of(household) -> str:
    return f"/pairings/{household.id}/ask-erasure"


@pytest.mark.slow
def test_the_request_waits_for_another_person_and_is_on_the_file(client_of, people):
    household, client = make_household(), client_of("county")
    assert client.send(path_of(household), reason="asked").status_code == 302
    asked = db.session.scalars(select(Erasure)).one()
    assert (asked.household_id, asked.reason, asked.asked_by_id) == (household.id, "asked", people.county.user_id)
    page = client_of("town").page(f"/households/{household.id}/show-household")
    assert "提出删除这份档案，等另一个人同意" in page.text
    assert f"/pairings/{household.id}/erase-household" in [href for href, _ in page.links]
    assert "答复 1 份删除档案的申请" in client_of("town").page("/todo").text
    assert "删除档案的申请" not in client.page("/todo").text, "who asked cannot answer"
    assert "删除档案的申请" not in client_of("other_town").page("/todo").text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "household.ask_erasure")).one()
    assert entry.changes == {"reason": "asked"}
    assert client.send(path_of(household), reason="asked").status_code == 409


def test_sent_twice_asks_once(client_of):
    household, client = make_household(), client_of("county")
    form = client.page(path_of(household)).form(path_of(household))
    answers = [client.post(path_of(household), data={**form.values, "reason": "asked"}) for _ in range(2)]
    assert [answer.location for answer in answers] == [f"/households/{household.id}/show-household"] * 2
    assert len(db.session.scalars(select(Erasure)).all()) == 1


def test_without_a_reason_nothing_is_asked(client_of):
    assert client_of("county").send(path_of(make_household())).status_code == 422


def test_while_help_is_under_way_nothing_is_asked(client_of):
    pairing = make_pairing(make_need(), state="accepted")
    assert client_of("county").send(path_of(pairing.household), reason="asked").status_code == 409
    assert db.session.scalar(select(Erasure.id)) is None


@pytest.mark.parametrize(("username", "status"), [
    ("county2", 404), ("town", 403), ("community", 403), ("auditor", 403)])
def test_who_may_not(client_of, username, status):
    assert client_of(username).get(path_of(make_household(COMMUNITY_A1A))).status_code == status

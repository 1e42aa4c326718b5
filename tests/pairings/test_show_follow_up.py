"""A follow-up made: what was found, and what follows from it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.clock import utc_now
from matching.errors import Conflict
from matching.extensions import db
from matching.households.models import Need
from matching.pairings import service_followups, service_ledger
from matching.pairings.models_ledger import FollowUp
from matching.pairings.models_voice import Complaint
from tests.factories import make_follow_up
from tests.pairings.closing import closed, helped, line_for

pytestmark = pytest.mark.one_database


def open_looks():
    """What is still to be looked at."""
    db.session.expire_all()
    return db.session.scalars(select(FollowUp).where(FollowUp.done_at.is_(None))).all()


def made(client, look, **said):
    """Send what was found."""
    return client.send(f"/pairings/{look.id}/show-follow-up", **said)


def test_confirming_plans_it_by_type_and_risk(people):
    helped(people, help_type="goods", urgency=1)
    helped(people, help_type="care", urgency=5)
    assert sorted((look.how, (look.due_on - look.made_at.date()).days) for look in open_looks()) in (
        [("call", 30), ("visit", 3)], [("call", 31), ("visit", 4)])


def test_a_good_finding_is_evidence(client_of, people):
    pairing = closed(people, proof="words", word="yes")
    [look] = open_looks()
    assert made(client_of("community"), look, result="solved", note="米缸是满的").status_code == 302
    assert service_ledger.evidence_of(line_for(pairing)).is_proven
    assert "米缸是满的" in client_of("town").page(f"/pairings/{pairing.need_id}/show-line").text
    with pytest.raises(Conflict):
        service_followups.finish(look, "back", "又来", "", people.community, utc_now())


def test_who_looks_sees_whom_and_that_is_recorded(client_of, people):
    look = make_follow_up(helped(people), assigned_id=people.socialworker.user_id)
    assert "13900001234" in client_of("socialworker").page(f"/pairings/{look.id}/show-follow-up").text
    assert db.session.scalars(select(AuditEntry.why).where(AuditEntry.action == "household.contact")).all() == [
        "visit"]


@pytest.mark.parametrize("result", ["back", "partly", "other"])
def test_what_is_not_solved_is_said_in_words(client_of, people, result):
    look = make_follow_up(helped(people))
    answer = made(client_of("community"), look, result=result, note="", other="cash")
    assert answer.status_code == 422
    assert "请写一句看到了什么" in answer.text


def test_what_is_back_is_reopened(client_of, people):
    pairing = closed(people)
    service_ledger.sign(line_for(pairing), people.town, utc_now())
    [look] = open_looks()
    assert made(client_of("community"), look, result="back", note="又断粮了").status_code == 302
    line = line_for(pairing)
    assert (line.state, line.times_reopened, line.reason, pairing.need.status) == ("reopened", 1, "又断粮了", "open")


def test_what_was_not_signed_off_yet_goes_to_a_person(client_of, people):
    helped(people)
    [look] = open_looks()
    made(client_of("community"), look, result="back", note="没有用上")
    made_up = db.session.scalars(select(Complaint)).one()
    assert (made_up.kind, made_up.words) == ("finding", "没有用上")


def test_another_difficulty_becomes_a_need_that_waits_to_be_confirmed(client_of, people):
    pairing = helped(people)
    [look] = open_looks()
    assert "请选缺的是哪一种帮助" in made(client_of("community"), look, result="other", note="又病了").text
    made(client_of("community"), look, result="other", other="medical", note="又病了")
    need = db.session.scalars(select(Need).where(Need.help_type == "medical")).one()
    assert (need.household_id, need.status) == (pairing.household_id, "reported")


@pytest.mark.parametrize("result", ["not_home", "partly"])
def test_it_is_looked_at_again(client_of, people, result):
    helped(people)
    [look] = open_looks()
    made(client_of("community"), look, result=result, note="门锁着")
    [again] = open_looks()
    assert again.id != look.id

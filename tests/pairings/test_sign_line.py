"""The second person's signature: with evidence and the household's word, by nobody who wrote any of it down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from matching.clock import utc_now
from matching.errors import Conflict
from matching.extensions import db
from matching.pairings import service, service_ledger, service_voice
from matching.pairings.models_ledger import FollowUp
from matching.pairings.service_voice import Answer
from matching.pairings.service_watch import WATCH_DAYS, line_of
from tests.days import today
from tests.factories import make_follow_up, make_need
from tests.pairings.closing import closed, helped, line_for


def test_it_is_signed_by_another_and_watched(client_of, people):
    pairing = closed(people, help_type="goods", urgency=3)
    path = f"/pairings/{pairing.need_id}/show-line"
    assert "给 1 件难处签字销号" in client_of("town").page("/todo").text
    assert "签字销号" not in client_of("community").page("/todo").text, "it recorded it"
    answer = client_of("town").send(path, f"/pairings/{pairing.need_id}/sign-line")
    assert answer.location == path
    line = line_for(pairing)
    assert (line.state, line.signed_by_id, line.watch_until) == (
        "watched", people.town.user_id, today() + timedelta(days=WATCH_DAYS["goods"]))
    looks = db.session.scalars(select(FollowUp).where(FollowUp.done_at.is_(None))).all()
    assert [(look.kind, look.how, look.due_on) for look in looks] == [("watch", "call", line.watch_until)]


def test_who_recorded_it_does_not_sign(people):
    pairing = closed(people)
    with pytest.raises(Conflict, match="换一个人"):
        service_ledger.sign(line_for(pairing), people.community, utc_now())


def test_who_wrote_down_the_household_s_word_or_the_visit_does_not_sign(people):
    pairing = closed(people, proof="words")
    service_voice.say(service_voice.asked(pairing, utc_now()), Answer("yes", 5, "phone"), people.county, utc_now())
    make_follow_up(pairing, done_at=utc_now(), result="solved", done_by_id=people.town.user_id)
    for actor in (people.county, people.town):
        with pytest.raises(Conflict, match="换一个人"):
            service_ledger.sign(line_for(pairing), actor, utc_now())
    assert line_for(pairing).state == "to_sign"


def test_who_delivered_does_not_sign(people):
    pairing = closed(people)
    with pytest.raises(Conflict, match="换一个人"):
        service_ledger.sign(line_for(pairing), people.charity, utc_now())


@pytest.mark.parametrize(("proof", "word", "fault"), [
    ("words", "yes", "还没有凭据"), ("photo", "", "还没有家里的话"), ("photo", "no", "还没有家里的话"),
    ("words", "", "还没有凭据")])
def test_without_evidence_or_the_household_s_word_nothing_is_signed(people, proof, word, fault):
    pairing = closed(people, proof=proof, word=word)
    with pytest.raises(Conflict, match=fault):
        service_ledger.sign(line_for(pairing), people.town, utc_now())
    assert line_for(pairing).state == "to_sign"


@pytest.mark.parametrize(("proof", "word"), [("photo", "partly"), ("code", ""), ("photo", "yes")])
def test_with_both_it_is(people, proof, word):
    pairing = closed(people, proof=proof, word=word)
    service_ledger.sign(line_for(pairing), people.town, utc_now())
    assert line_for(pairing).state == "watched"


def test_what_is_urgent_is_visited_halfway_too_and_longer_when_it_came_back(people):
    pairing = closed(people, help_type="goods", urgency=4)
    service_ledger.sign(line_for(pairing), people.town, utc_now())
    looks = db.session.scalars(select(FollowUp).where(FollowUp.done_at.is_(None)).order_by(FollowUp.due_on)).all()
    assert [((look.due_on - today()).days, look.how) for look in looks] == [(15, "visit"), (30, "visit")]


def test_a_line_is_signed_once(client_of, people):
    pairing = closed(people)
    client, path = client_of("town"), f"/pairings/{pairing.need_id}/sign-line"
    form = client.page(f"/pairings/{pairing.need_id}/show-line").form(path)
    assert [client.post(path, data=form.values).status_code for _ in range(2)] == [302, 302]
    assert client.post(path, data={**form.values, "submission_key": "x"}).status_code == 409
    assert len(db.session.scalars(select(FollowUp).where(FollowUp.kind == "watch")).all()) == 1


def test_a_need_of_parts_comes_up_with_the_last_one(people):
    need = make_need(quantity=3)
    service.close(helped(people, need, quantity=1), "solved", "看过", people.community, utc_now())
    assert line_of(need.id) is None
    last = helped(people, need, quantity=2)
    service.close(last, "solved", "看过", people.county, utc_now())
    assert line_for(last).recorded_by_id == people.county.user_id
    with pytest.raises(Conflict, match="换一个人"):  # who signed off the first part recorded it too
        service_ledger.sign(line_for(last), people.community, utc_now())

"""A signed-in household says how it was helped: two screens, each one question."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.extensions import db
from matching.pairings.models_voice import Complaint, HouseholdWord
from tests.factories import make_need, make_pairing
from tests.pairings.closing import helped, own_household

pytestmark = pytest.mark.one_database


def test_say_word(client_of, people):
    pairing = helped(people, make_need(own_household(people)))
    client, path = client_of("household"), f"/pairings/{pairing.id}/say-word"
    assert path in [href for href, _text in client.page("/pairings/my-case").links]
    second = client.send(path, helped="partly")
    assert second.status_code == 200
    assert "您满意不满意" in second.text
    assert client.send(path, helped="partly", score="4").location == "/pairings/my-case"
    word = db.session.scalars(select(HouseholdWord)).one()
    db.session.refresh(word)
    assert (word.helped, word.score, word.how, word.said_to_id) == ("partly", 4, "account", None)
    assert "您已经说过了" in client.page(path).text
    assert path not in [href for href, _text in client.page("/pairings/my-case").links]
    assert not db.session.scalars(select(Complaint)).all()


def test_who_is_not_content_is_answered_by_a_person_by_a_day(client_of, people):
    pairing = helped(people, make_need(own_household(people), urgency=5))
    client = client_of("household")
    client.send(f"/pairings/{pairing.id}/say-word", helped="yes", score="1")
    complaint = db.session.scalars(select(Complaint)).one()
    assert (complaint.kind, (complaint.due_on - complaint.made_at.date()).days in (2, 3)) == ("unhappy", True)
    assert "前有人答复" in client.page("/pairings/my-case").text
    assert "答复 1 条家里的意见" in client_of("community").page("/todo").text


def test_before_it_has_the_help_it_is_not_asked(client_of, people):
    pairing = make_pairing(make_need(own_household(people)), state="offered", answer_by_on=own_household(
        people).created_at.date())
    client = client_of("household")
    assert "还没到说的时候" in client.page(f"/pairings/{pairing.id}/say-word").text


def test_nonsense_is_the_first_question_again(client_of, people):
    pairing = helped(people, make_need(own_household(people)))
    client = client_of("household")
    page = client.page(f"/pairings/{pairing.id}/say-word")
    for said in ({"helped": "maybe"}, {"helped": "yes", "score": "9"}, {"helped": "", "score": "5"}):
        assert client.post(f"/pairings/{pairing.id}/say-word", data={
            **page.form(f"/pairings/{pairing.id}/say-word").values, **said}).status_code == 200
    assert db.session.scalars(select(HouseholdWord.helped)).one() == ""

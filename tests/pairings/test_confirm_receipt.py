"""The household says whether the help has come."""

from __future__ import annotations

from matching.extensions import db
from matching.households.models import Household
from tests.factories import make_need, make_offer, make_pairing


def mine(people):
    offer = make_offer()
    household = db.session.get_one(Household, people.household.household_id)
    return make_pairing(make_need(household), offer, "delivered", answer_by_on=offer.starts_on)


def answer(client, pairing, word):
    path = f"/pairings/{pairing.id}/confirm-receipt"
    return client.send("/pairings/my-case", path, answer=word)


def test_yes(client_of, people):
    pairing = mine(people)
    assert answer(client_of("household"), pairing, "yes").location == f"/pairings/{pairing.id}/say-word"
    db.session.refresh(pairing)
    assert pairing.state == "confirmed"


def test_no(client_of, people):
    pairing = mine(people)
    answer(client_of("household"), pairing, "no")
    db.session.refresh(pairing)
    assert pairing.state == "under_way"
    assert pairing.offer.taken == 1


def test_another_household_finds_nothing_there(client_of, people):
    pairing, client = mine(people), client_of("household2")
    token = client.page("/pairings/my-case").forms[0].values["csrf_token"]
    path = f"/pairings/{pairing.id}/confirm-receipt"
    assert client.post(path, data={"csrf_token": token, "answer": "yes"}).status_code == 404
    db.session.refresh(pairing)
    assert pairing.state == "delivered"

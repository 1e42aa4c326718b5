"""The household says whether the organisation may contact it."""

from __future__ import annotations

from matching.extensions import db
from matching.households.models import Household
from tests.factories import make_need, make_offer, make_pairing


def mine(people):
    offer = make_offer()
    household = db.session.get_one(Household, people.household.household_id)
    return make_pairing(make_need(household), offer, "accepted", answer_by_on=offer.starts_on)


def answer(client, pairing, word):
    path = f"/pairings/{pairing.id}/give-consent"
    return client.send("/pairings/my-case", path, answer=word)


def test_yes(client_of, people):
    pairing = mine(people)
    assert answer(client_of("household"), pairing, "yes").location == "/pairings/my-case"
    db.session.refresh(pairing)
    assert pairing.state == "consented"


def test_no(client_of, people):
    pairing = mine(people)
    answer(client_of("household"), pairing, "no")
    db.session.refresh(pairing)
    assert pairing.state == "withdrawn"
    assert pairing.offer.taken == 0


def test_another_household_finds_nothing_there(client_of, people):
    pairing, client = mine(people), client_of("household2")
    token = client.page("/pairings/my-case").forms[0].values["csrf_token"]
    path = f"/pairings/{pairing.id}/give-consent"
    assert client.post(path, data={"csrf_token": token, "answer": "yes"}).status_code == 404
    db.session.refresh(pairing)
    assert pairing.state == "accepted"

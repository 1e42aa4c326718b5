"""The organisation takes a pairing on."""

from __future__ import annotations

from matching.extensions import db
from tests.factories import make_need, make_offer, make_pairing
from tests.people import People


def offered(people: People, state: str = "offered"):
    offer = make_offer(people.charity.organisation_id)
    return make_pairing(make_need(), offer, state, answer_by_on=offer.starts_on, decided_at=offer.created_at)


def test_accept_pairing(client_of, people):
    pairing = offered(people)
    answer = client_of("charity").send(
        f"/pairings/{pairing.id}/our-pairing", f"/pairings/{pairing.id}/accept-pairing"
    )
    assert answer.status_code == 302
    db.session.refresh(pairing)
    assert pairing.state == "accepted"


def test_accept_pairing_from_another_state_changes_nothing(client_of, people):
    pairing, client = offered(people), client_of("charity")
    form = client.page(f"/pairings/{pairing.id}/our-pairing").form(f"/pairings/{pairing.id}/accept-pairing")
    pairing.state = "closed"
    db.session.commit()
    answer = client.post(f"/pairings/{pairing.id}/accept-pairing", data={**form.values})
    assert answer.status_code == 409
    db.session.refresh(pairing)
    assert pairing.state == "closed"


def test_another_organisation_does_not_even_learn_that_it_exists(client_of, people):
    pairing, client = offered(people), client_of("enterprise")
    token = client.page("/todo").forms[0].values["csrf_token"]
    answer = client.post(f"/pairings/{pairing.id}/accept-pairing", data={"csrf_token": token})
    assert answer.status_code == 404
    db.session.refresh(pairing)
    assert pairing.state == "offered"

"""An officer confirms for the household that the help has come."""

from __future__ import annotations

from matching.extensions import db
from tests.factories import make_need, make_offer, make_pairing
from tests.people import People


def offered(people: People, state: str = "delivered"):
    offer = make_offer(people.charity.organisation_id)
    return make_pairing(make_need(), offer, state, answer_by_on=offer.starts_on, decided_at=offer.created_at)


def test_confirm_pairing(client_of, people):
    pairing = offered(people)
    answer = client_of("community").send(
        f"/pairings/{pairing.id}/show-pairing", f"/pairings/{pairing.id}/confirm-pairing"
    )
    assert answer.status_code == 302
    db.session.refresh(pairing)
    assert pairing.state == "confirmed"


def test_confirm_pairing_from_another_state_changes_nothing(client_of, people):
    pairing, client = offered(people), client_of("community")
    form = client.page(f"/pairings/{pairing.id}/show-pairing").form(f"/pairings/{pairing.id}/confirm-pairing")
    pairing.state = "closed"
    db.session.commit()
    answer = client.post(f"/pairings/{pairing.id}/confirm-pairing", data={**form.values})
    assert answer.status_code == 409
    db.session.refresh(pairing)
    assert pairing.state == "closed"

"""The organisation says what it gave."""

from __future__ import annotations

from matching.extensions import db
from tests.factories import make_need, make_offer, make_pairing
from tests.people import People


def offered(people: People, state: str = "under_way"):
    offer = make_offer(people.charity.organisation_id)
    return make_pairing(make_need(), offer, state, answer_by_on=offer.starts_on, decided_at=offer.created_at)


def test_deliver_pairing(client_of, people):
    pairing = offered(people)
    answer = client_of("charity").send(f"/pairings/{pairing.id}/deliver-pairing", note="送到大米 50 公斤")
    assert answer.status_code == 302
    db.session.refresh(pairing)
    assert pairing.state == "delivered"
    assert pairing.delivered_note == "送到大米 50 公斤"


def test_deliver_pairing_from_another_state_changes_nothing(client_of, people):
    pairing, client = offered(people), client_of("charity")
    form = client.page(f"/pairings/{pairing.id}/deliver-pairing").form(
        f"/pairings/{pairing.id}/deliver-pairing"
    )
    pairing.state = "closed"
    db.session.commit()
    answer = client.post(
        f"/pairings/{pairing.id}/deliver-pairing", data={**form.values, "note": "送到大米 50 公斤"}
    )
    assert answer.status_code == 409
    db.session.refresh(pairing)
    assert pairing.state == "closed"

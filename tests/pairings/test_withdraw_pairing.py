"""An officer ends a pairing that is on its way; its units are free again."""

from __future__ import annotations

from matching.extensions import db
from tests.factories import make_need, make_offer, make_pairing
from tests.people import People


def offered(people: People, state: str = "offered"):
    offer = make_offer(people.charity.organisation_id)
    return make_pairing(make_need(), offer, state, answer_by_on=offer.starts_on, decided_at=offer.created_at)


def test_withdraw_pairing(client_of, people):
    pairing = offered(people)
    answer = client_of("community").send(f"/pairings/{pairing.id}/withdraw-pairing", reason="情况变了")
    assert answer.status_code == 302
    db.session.refresh(pairing)
    assert pairing.state == "withdrawn"
    assert pairing.offer.taken == pairing.need.given == 0


def test_withdraw_pairing_from_another_state_changes_nothing(client_of, people):
    pairing, client = offered(people), client_of("community")
    form = client.page(f"/pairings/{pairing.id}/withdraw-pairing").form(
        f"/pairings/{pairing.id}/withdraw-pairing"
    )
    pairing.state = "closed"
    db.session.commit()
    answer = client.post(
        f"/pairings/{pairing.id}/withdraw-pairing", data={**form.values, "reason": "情况变了"}
    )
    assert answer.status_code == 409
    db.session.refresh(pairing)
    assert pairing.state == "closed"


def test_withdraw_pairing_without_a_reason_says_what_is_missing(client_of, people):
    pairing = offered(people)
    answer = client_of("community").send(f"/pairings/{pairing.id}/withdraw-pairing", reason=" ")
    assert answer.status_code == 200
    assert "请写明原因" in answer.get_data(as_text=True)
    db.session.refresh(pairing)
    assert pairing.state == "offered"

"""The organisation says that it did not work out."""

from __future__ import annotations

from matching.extensions import db
from tests.factories import make_need, make_offer, make_pairing
from tests.people import People


def offered(people: People, state: str = "under_way"):
    offer = make_offer(people.charity.organisation_id)
    return make_pairing(make_need(), offer, state, answer_by_on=offer.starts_on, decided_at=offer.created_at)


def test_fail_pairing(client_of, people):
    pairing = offered(people)
    answer = client_of("charity").send(f"/pairings/{pairing.id}/fail-pairing", reason="情况变了")
    assert answer.status_code == 302
    db.session.refresh(pairing)
    assert pairing.state == "failed"
    assert pairing.offer.taken == pairing.need.given == 0


def test_fail_pairing_from_another_state_changes_nothing(client_of, people):
    pairing, client = offered(people), client_of("charity")
    form = client.page(f"/pairings/{pairing.id}/fail-pairing").form(f"/pairings/{pairing.id}/fail-pairing")
    pairing.state = "closed"
    db.session.commit()
    answer = client.post(f"/pairings/{pairing.id}/fail-pairing", data={**form.values, "reason": "情况变了"})
    assert answer.status_code == 409
    db.session.refresh(pairing)
    assert pairing.state == "closed"


def test_fail_pairing_without_a_reason_says_what_is_missing(client_of, people):
    pairing = offered(people)
    answer = client_of("charity").send(f"/pairings/{pairing.id}/fail-pairing", reason=" ")
    assert answer.status_code == 200
    assert "请写明原因" in answer.get_data(as_text=True)
    db.session.refresh(pairing)
    assert pairing.state == "under_way"

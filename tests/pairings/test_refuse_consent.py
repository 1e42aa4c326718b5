"""An officer records that the household does not agree."""

from __future__ import annotations

from matching.extensions import db
from tests.factories import make_need, make_offer, make_pairing
from tests.people import People


def offered(people: People, state: str = "accepted"):
    offer = make_offer(people.charity.organisation_id)
    return make_pairing(make_need(), offer, state, answer_by_on=offer.starts_on, decided_at=offer.created_at)


def test_refuse_consent(client_of, people):
    pairing = offered(people)
    answer = client_of("community").send(f"/pairings/{pairing.id}/refuse-consent", reason="情况变了")
    assert answer.status_code == 302
    db.session.refresh(pairing)
    assert pairing.state == "withdrawn"
    assert pairing.offer.taken == pairing.need.given == 0


def test_refuse_consent_from_another_state_changes_nothing(client_of, people):
    pairing, client = offered(people), client_of("community")
    form = client.page(f"/pairings/{pairing.id}/refuse-consent").form(
        f"/pairings/{pairing.id}/refuse-consent"
    )
    pairing.state = "closed"
    db.session.commit()
    answer = client.post(f"/pairings/{pairing.id}/refuse-consent", data={**form.values, "reason": "情况变了"})
    assert answer.status_code == 409
    db.session.refresh(pairing)
    assert pairing.state == "closed"


def test_refuse_consent_without_a_reason_says_what_is_missing(client_of, people):
    pairing = offered(people)
    answer = client_of("community").send(f"/pairings/{pairing.id}/refuse-consent", reason=" ")
    assert answer.status_code == 200
    assert "请写明原因" in answer.get_data(as_text=True)
    db.session.refresh(pairing)
    assert pairing.state == "accepted"

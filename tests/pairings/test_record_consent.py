"""An officer records that and how the household agrees."""

from __future__ import annotations

from matching.extensions import db
from tests.factories import make_need, make_offer, make_pairing
from tests.people import People


def offered(people: People, state: str = "accepted"):
    offer = make_offer(people.charity.organisation_id)
    return make_pairing(make_need(), offer, state, answer_by_on=offer.starts_on, decided_at=offer.created_at)


def test_record_consent(client_of, people):
    pairing = offered(people)
    answer = client_of("community").send(f"/pairings/{pairing.id}/record-consent", how="phone")
    assert answer.status_code == 302
    db.session.refresh(pairing)
    assert pairing.state == "consented"
    assert pairing.consent_how == "phone"
    assert pairing.consented_at is not None


def test_record_consent_from_another_state_changes_nothing(client_of, people):
    pairing, client = offered(people), client_of("community")
    form = client.page(f"/pairings/{pairing.id}/record-consent").form(
        f"/pairings/{pairing.id}/record-consent"
    )
    pairing.state = "closed"
    db.session.commit()
    answer = client.post(f"/pairings/{pairing.id}/record-consent", data={**form.values, "how": "phone"})
    assert answer.status_code == 409
    db.session.refresh(pairing)
    assert pairing.state == "closed"


def test_record_consent_asks_how(client_of, people):
    pairing = offered(people)
    answer = client_of("community").send(f"/pairings/{pairing.id}/record-consent")
    assert answer.status_code == 200
    assert "请选一种" in answer.get_data(as_text=True)

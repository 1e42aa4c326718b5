"""Taking pairings again."""

from __future__ import annotations

from matching.extensions import db
from tests.factories import make_offer


def test_a_paused_offer_opens_again(client_of, people):
    offer = make_offer(people.charity.organisation_id, status="paused")
    client_of("charity").send(f"/offers/{offer.id}/show-offer", action=f"/offers/{offer.id}/resume-offer")
    db.session.expire_all()
    assert offer.status == "open"


def test_a_closed_one_does_not(client_of, people):
    offer = make_offer(people.charity.organisation_id, status="closed")
    client = client_of("charity")
    token = client.page("/offers/add-offer?help_type=job").form("/offers/add-offer").values["csrf_token"]
    assert client.post(f"/offers/{offer.id}/resume-offer", data={"csrf_token": token}).status_code == 409

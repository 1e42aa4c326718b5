"""Ending an offer."""

from __future__ import annotations

from matching.extensions import db
from tests.factories import make_offer


def test_a_closed_offer_keeps_what_pairings_hold_and_takes_no_more(client_of, people):
    offer = make_offer(people.charity.organisation_id, taken=3)
    client = client_of("charity")
    client.send(f"/offers/{offer.id}/show-offer", action=f"/offers/{offer.id}/close-offer")
    db.session.expire_all()
    assert (offer.status, offer.taken) == ("closed", 3)
    page = client.page(f"/offers/{offer.id}/show-offer")
    assert "已结束" in page.text
    assert not [form for form in page.forms if "offer" in form.action]

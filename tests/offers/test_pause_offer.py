"""Taking no new pairings for a while."""

from __future__ import annotations

from matching.extensions import db
from matching.offers.service import take
from tests.factories import make_offer


def test_a_paused_offer_is_not_taken_and_not_public(client_of, client, people):
    offer = make_offer(people.charity.organisation_id)
    answer = client_of("charity").send(f"/offers/{offer.id}/show-offer", action=f"/offers/{offer.id}/pause-offer")
    assert answer.location == f"/offers/{offer.id}/show-offer"
    db.session.expire_all()
    assert offer.status == "paused"
    assert not take(offer.id, 1)
    assert client.get(f"/offers/{offer.id}/show-offer").status_code == 404


def test_it_is_not_paused_twice_nor_by_others(client_of, people):
    offer = make_offer(people.charity.organisation_id)
    mine, others = client_of("charity"), client_of("enterprise")
    token = mine.page(f"/offers/{offer.id}/show-offer").form(f"/offers/{offer.id}/pause-offer").values
    theirs = others.page("/offers/add-offer?help_type=job").form("/offers/add-offer").values["csrf_token"]
    assert others.post(f"/offers/{offer.id}/pause-offer", data={"csrf_token": theirs}).status_code == 404
    assert mine.post(f"/offers/{offer.id}/pause-offer", data=token).status_code == 302
    assert mine.post(f"/offers/{offer.id}/pause-offer", data=token).status_code == 409

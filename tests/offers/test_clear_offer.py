"""A county answers to an offer from elsewhere."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.extensions import db
from matching.offers.models import OfferClearance
from tests.factories import make_offer, make_organisation
from tests.people import COUNTY_A, COUNTY_B


def path(offer):
    return f"/offers/{offer.id}/clear-offer"


def answer_of(offer):
    db.session.expire_all()
    return db.session.scalars(select(OfferClearance).where(OfferClearance.offer_id == offer.id)).one_or_none()


def test_a_yes_is_recorded_with_who_and_when(client_of, people):
    offer = make_offer(make_organisation(COUNTY_B), reach="country", title="远方的书")
    client = client_of("county")
    answer = client.send(path(offer), answer="yes")
    assert answer.location == "/offers?show=waiting"
    clearance = answer_of(offer)
    assert (clearance.county_code, clearance.status, clearance.decided_by_id) == (
        COUNTY_A, "allowed", people.county.user_id)
    assert clearance.decided_at is not None
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "offer.allowed"))
    assert (entry.object_id, entry.area_code) == (offer.id, COUNTY_A)
    assert "远方的书" not in client.page("/offers?show=waiting").text


def test_a_no_needs_a_reason_that_the_provider_reads(client_of, people):
    offer = make_offer(people.charity2.organisation_id, areas=(COUNTY_A,))
    client = client_of("county")
    refused = client.send(path(offer), answer="no")
    assert refused.status_code == 422
    assert "请写一句原因" in refused.get_data(as_text=True)
    assert answer_of(offer) is None
    client.send(path(offer), answer="no", reason="本县已经够了")
    assert (answer_of(offer).status, answer_of(offer).reason) == ("refused", "本县已经够了")
    assert "本县已经够了" in client_of("charity2").page(f"/offers/{offer.id}/show-offer").text


def test_a_county_may_change_its_mind_and_keeps_one_answer(client_of):
    offer = make_offer(make_organisation(COUNTY_B), areas=(COUNTY_A,))
    client = client_of("county")
    client.send(path(offer), answer="no", reason="再看看")
    client.send(path(offer), answer="yes")
    assert (answer_of(offer).status, answer_of(offer).reason) == ("allowed", "")


def test_offers_of_the_own_county_and_such_as_do_not_reach_it_are_not_there(client_of):
    client = client_of("county")
    assert client.get(path(make_offer(reach="country"))).status_code == 404
    assert client.get(path(make_offer(make_organisation(COUNTY_B), areas=(COUNTY_B,)))).status_code == 404
    assert client.get("/offers/999999/clear-offer").status_code == 404


@pytest.mark.parametrize("username", ["town", "community", "auditor", "charity", "admin"])
def test_only_a_county_answers(client_of, username):
    offer = make_offer(make_organisation(COUNTY_B), reach="country")
    assert client_of(username).get(path(offer)).status_code == 403

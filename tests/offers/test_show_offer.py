"""One offer: who may see it, and what its provider is told."""

from __future__ import annotations

import pytest

from matching.extensions import db
from matching.offers.models import OfferClearance
from matching.organisations.models import Organisation
from tests.days import today
from tests.factories import make_offer, make_organisation
from tests.people import COUNTY_A, COUNTY_B, TOWN_A1


def path(offer):
    return f"/offers/{offer.id}/show-offer"


def test_everybody_sees_a_public_offer(client, people):
    offer = make_offer(title="补课班", description="周三周六", address="文化路 3 号", areas=(TOWN_A1,), taken=4)
    page = client.page(path(offer))
    for said in ("补课班", "周三周六", "青禾县双溪镇文化路 3 号", "双溪镇", "一共 10，已结对 4", "准确位置"):
        assert said in page.text
    assert page.forms == [form for form in page.forms if "offer" not in form.action]


def test_where_a_volunteer_lives_is_for_the_volunteer_and_the_officers(client, client_of, people):
    offer = make_offer(people.volunteer.organisation_id, address="双溪镇文化路 3 号")
    for reader in (client, client_of("charity"), client_of("household"), client_of("socialworker")):
        page = reader.page(path(offer))
        assert "文化路" not in page.text
        assert "青禾县双溪镇" in page.text
    for username in ("volunteer", "county", "community", "auditor"):
        assert "青禾县双溪镇文化路 3 号" in client_of(username).page(path(offer)).text, "and the town is said once"


@pytest.mark.slow
@pytest.mark.parametrize("username", [None, "volunteer", "county2", "town2"])
def test_others_do_not_see_what_is_not_public(client, client_of, username, people):
    paused, unvetted = make_offer(status="paused"), make_offer(make_organisation(status="waiting"))
    ended = make_offer(ends_on=today(-1))
    asker = client_of(username) if username else client
    for offer in (paused, unvetted, ended):
        assert asker.get(path(offer)).status_code == 404


def test_officers_of_its_county_and_of_a_county_that_was_asked_see_it(client_of):
    paused, reaching = make_offer(status="paused"), make_offer(status="paused", areas=(COUNTY_B,))
    db.session.add(OfferClearance(offer_id=reaching.id, county_code=COUNTY_B, status="allowed"))
    for username in ("county", "town", "community", "auditor"):
        assert client_of(username).get(path(paused)).status_code == 200
    assert client_of("county2").get(path(paused)).status_code == 404
    assert client_of("county2").get(path(reaching)).status_code == 200


def test_its_provider_sees_buttons_and_the_answers_of_other_counties(client_of, people):
    offer = make_offer(people.charity.organisation_id, areas=(COUNTY_A, COUNTY_B))
    db.session.add(OfferClearance(offer_id=offer.id, county_code=COUNTY_B, status="refused", reason="本县已经够了"))
    page = client_of("charity").page(path(offer))
    assert f"/offers/{offer.id}/pause-offer" in [form.action for form in page.forms]
    assert "白石县 不同意本县已经够了" in page.text
    other = client_of("enterprise").page(path(offer))
    assert f"/offers/{offer.id}/pause-offer" not in [form.action for form in other.forms]
    assert "本县已经够了" not in other.text


def test_a_provider_that_waits_is_told_why_nothing_is_paired(client_of, people):
    offer = make_offer(people.charity.organisation_id)
    db.session.get(Organisation, people.charity.organisation_id).status = "waiting"
    assert "机构还没核实，资源先不结对" in client_of("charity").page(path(offer)).text

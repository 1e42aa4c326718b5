"""Changing an offer."""

from __future__ import annotations

from sqlalchemy import select

from matching.extensions import db
from matching.offers.models import OfferClearance
from tests.factories import make_offer
from tests.people import COUNTY_A, COUNTY_B, TOWN_A1, TOWN_A2


def path(offer):
    return f"/offers/{offer.id}/edit-offer"


def test_the_form_shows_what_is_there_and_changes_it(client_of, people):
    offer = make_offer(people.charity.organisation_id, areas=(TOWN_A1,), provides=["home_based"], only_for=["female"])
    client = client_of("charity")
    values = client.page(path(offer)).form(path(offer)).values
    assert (values["areas"], values["provides"], values["only_for"], values["reach"]) == (
        TOWN_A1, "home_based", "female", "areas")
    assert client.send(path(offer), title="改过的", areas=[TOWN_A1, TOWN_A2], capacity="20").status_code == 302
    db.session.expire_all()
    assert (offer.title, offer.capacity, [area.area_code for area in offer.areas]) == (
        "改过的", 20, [TOWN_A1, TOWN_A2])
    assert (offer.provides, offer.only_for) == (["home_based"], ["female"])


def test_the_whole_county_swallows_its_towns(client_of, people):
    offer = make_offer(people.charity.organisation_id, areas=(TOWN_A1,))
    client_of("charity").send(path(offer), areas=[COUNTY_A, TOWN_A1, TOWN_A2])
    db.session.expire_all()
    assert [area.area_code for area in offer.areas] == [COUNTY_A]


def test_capacity_never_goes_below_what_pairings_hold(client_of, people):
    offer = make_offer(people.charity.organisation_id, capacity=10, taken=4, unit="份")
    answer = client_of("charity").send(path(offer), capacity="3", title="不该改")
    assert answer.status_code == 422
    assert "已经有 4 份在结对里" in answer.get_data(as_text=True).replace("4 份 在", "4 份在")
    db.session.expire_all()
    assert (offer.capacity, offer.taken) == (10, 4)
    assert offer.title != "不该改"
    assert client_of("charity").send(path(offer), capacity="4").status_code == 302


def test_the_type_stays(client_of, people):
    offer = make_offer(people.charity.organisation_id, help_type="care")
    assert client_of("charity").send(path(offer), help_type="cash").status_code == 422
    db.session.expire_all()
    assert offer.help_type == "care"


def test_a_wider_reach_asks_the_new_county(client_of, people):
    offer = make_offer(people.charity.organisation_id, areas=(TOWN_A1,))
    client_of("charity").send(path(offer), reach="country")
    [clearance] = db.session.scalars(select(OfferClearance).where(OfferClearance.offer_id == offer.id))
    assert (clearance.county_code, clearance.status) == (COUNTY_B, "waiting")
    db.session.expire_all()
    assert offer.areas == []


def test_a_closed_offer_stays_as_it_is(client_of, people):
    offer = make_offer(people.charity.organisation_id, status="closed")
    assert client_of("charity").send(path(offer), title="改").status_code == 409


def test_another_organisations_offer_is_not_there(client_of, people):
    offer = make_offer(people.enterprise.organisation_id)
    for username in ("charity", "charity2", "enterprise2"):
        assert client_of(username).get(path(offer)).status_code == 404

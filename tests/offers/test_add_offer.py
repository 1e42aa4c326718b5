"""Posting an offer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from matching.audit.models import AuditEntry
from matching.clock import day_of, utc_now
from matching.conditions import GROUPS, groups
from matching.extensions import db
from matching.offers.models import HELP_TYPES, Offer, OfferClearance
from tests.people import COUNTY_A, COUNTY_B, TOWN_A1, TOWN_A2

ADD = "/offers/add-offer"
JOB = f"{ADD}?help_type=job"
GOOD = {"help_type": "job", "title": "耳机线缠绕，在家做", "capacity": "12", "area_code": TOWN_A1, "reach": "areas",
        "areas": TOWN_A2}


def newest() -> Offer:
    return db.session.scalars(select(Offer).order_by(Offer.id.desc())).first()


def asked(offer: Offer) -> list[tuple[str, str]]:
    rows = db.session.execute(select(OfferClearance.county_code, OfferClearance.status).where(
        OfferClearance.offer_id == offer.id))
    return sorted((row.county_code, row.status) for row in rows)


def test_an_offer_is_posted_for_the_own_organisation(client_of, people):
    answer = client_of("enterprise").send(JOB, **GOOD, provides="home_based", only_for="female")
    offer = newest()
    assert answer.location == f"/offers/{offer.id}/show-offer"
    assert (offer.organisation_id, offer.help_type, offer.capacity, offer.taken, offer.status, offer.unit) == (
        people.enterprise.organisation_id, "job", 12, 0, "open", "岗")
    assert [area.area_code for area in offer.areas] == [TOWN_A2]
    assert (offer.provides, offer.only_for, offer.starts_on) == (["home_based"], ["female"], day_of(utc_now()))
    assert (offer.lat, offer.lon, offer.precision) == (27.61, 113.91, "town")
    assert asked(offer) == []
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "offer.add"))
    assert (entry.object_id, entry.organisation_id) == (offer.id, offer.organisation_id)


def test_an_address_that_names_a_village_gives_a_closer_point(client_of):
    client_of("enterprise").send(JOB, **GOOD, address="上湾村工业路 2 号")
    assert (newest().lat, newest().precision) == (27.618, "village")


def test_a_village_of_another_town_does_not_move_it(client_of):
    client_of("enterprise").send(JOB, **GOOD, address="桥头村 2 号")
    assert (newest().lat, newest().precision) == (27.61, "town")


@pytest.mark.slow
@pytest.mark.parametrize(("answers", "counties"), [
    ({"areas": COUNTY_B}, [(COUNTY_B, "waiting")]),
    ({"reach": "country"}, [(COUNTY_B, "waiting")]),
    ({"reach": "radius", "radius_km": "60"}, [(COUNTY_B, "waiting")]),
    ({"reach": "radius", "radius_km": "15"}, []),
    ({"areas": COUNTY_A}, []),
])
def test_other_counties_that_it_reaches_are_asked(client_of, answers, counties):
    assert client_of("charity").send(JOB, **{**GOOD, **answers}).status_code == 302
    assert asked(newest()) == counties


@pytest.mark.slow
@pytest.mark.parametrize(("answers", "said"), [
    ({"title": ""}, "这一项要填"), ({"capacity": "0"}, "请写 1 以上的整数"), ({"capacity": "面议"}, "整数"),
    ({"reach": "radius", "radius_km": ""}, "请写能到多远"), ({"reach": "radius", "radius_km": "101"}, "请写能到多远"),
    ({"reach": "radius", "radius_km": "nan"}, "请写能到多远"),
    ({"reach": "radius", "radius_km": "inf"}, "请写能到多远"),
    ({"areas": []}, "请至少选一个地区"), ({"ends_on": "2020-01-01"}, "截止日期在开始日期之前"),
    ({"area_code": COUNTY_B}, ""), ({"areas": "360302"}, ""),
])
def test_faults_are_named_and_nothing_is_written(client_of, answers, said):
    answer = client_of("charity").send(JOB, **{**GOOD, **answers})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert "有 1 处要改" in answer.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(Offer)) == 0


@pytest.mark.slow
def test_first_the_type_is_chosen_then_the_form_asks_what_its_needs_are_compared_by(client_of):
    client = client_of("charity")
    tiles = [href for href, _words in client.page(ADD).links if "help_type=" in href]
    assert [href.partition("help_type=")[2] for href in tiles] == list(HELP_TYPES)
    for href in tiles:
        form = client.page(href).form(ADD)
        help_type = form.values["help_type"]
        told = {control.attributes.get("value") for control in form.controls
                if control.attributes.get("name") == "only_for"}
        assert told == {code for group in groups(help_type) for code in GROUPS[group]} - {"under60"}, help_type
    without = client.send(JOB, **{**GOOD, "help_type": "money"})
    assert without.status_code == 422
    assert "请先选一种帮助" in without.get_data(as_text=True)
    assert client.send(JOB, **{**GOOD, "only_for": "grief"}).status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Offer)) == 0


def test_sent_twice_it_posts_one_offer(client_of):
    client = client_of("charity")
    filled = {**client.page(JOB).form(ADD).values, **GOOD}
    assert client.post(ADD, data=filled).location == client.post(ADD, data=filled).location
    assert db.session.scalar(select(func.count()).select_from(Offer)) == 1


def test_a_period_may_end_today(client_of):
    today = day_of(utc_now())
    assert client_of("charity").send(JOB, **GOOD, ends_on=str(today)).status_code == 302
    assert newest().ends_on - today == timedelta(0)


@pytest.mark.parametrize("username", ["county", "household", "socialworker", "auditor"])
def test_others_post_nothing(client_of, username):
    assert client_of(username).get(ADD).status_code == 403

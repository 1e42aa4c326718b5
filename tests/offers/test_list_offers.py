"""What can be given, for everybody to read; and what officers have to look after."""

from __future__ import annotations

import pytest

from matching.extensions import db
from matching.offers.models import OfferClearance
from matching.offers.queries import PAGE
from matching.organisations.models import Organisation
from tests.days import today
from tests.factories import make_household, make_need, make_offer, make_organisation
from tests.people import COUNTY_A, COUNTY_B, TOWN_A1, TOWN_B1
from tests.statements import selects


def titles(page):
    return {words for href, words in page.links if "show-offer" in href}


def test_strangers_see_open_offers_of_vetted_organisations_only(client, people):
    make_offer(title="居家手工活", help_type="job", provides=["home_based"], only_for=["female"], unit="岗", taken=3)
    make_offer(title="停着的", status="paused")
    make_offer(title="结束的", status="closed")
    make_offer(title="到期的", ends_on=today(-1))
    make_offer(make_organisation(status="waiting"), title="没核实的")
    page = client.page("/offers")
    assert titles(page) == {"居家手工活"}
    assert "1 份资源等着帮人" in page.text
    assert "在家能做，只限：女性" in page.text
    assert "还有 7 岗" in page.text


def test_no_households_data_stands_in_it(client, people):
    household = make_household(head_name="蓝桂花", phone="13700008123")
    make_need(household, summary="每周透析三次")
    make_offer()
    text = client.page("/offers").text
    for hidden in ("蓝桂花", "8123", "透析", household.number):
        assert hidden not in text


def test_filters_by_help_and_county(client, people):
    make_offer(title="青禾的活", help_type="job", area_code=TOWN_A1)
    make_offer(make_organisation(COUNTY_B), title="白石的饭", help_type="goods", area_code=TOWN_B1, areas=(COUNTY_B,))
    make_offer(make_organisation(COUNTY_B), title="全国的书", help_type="schooling", area_code=TOWN_B1, reach="country")
    make_offer(make_organisation(COUNTY_B), title="白石到青禾", help_type="goods", area_code=TOWN_B1, areas=(TOWN_A1,))
    assert titles(client.page("/offers?help_type=goods")) == {"白石的饭", "白石到青禾"}
    assert titles(client.page(f"/offers?area={COUNTY_A}")) == {"青禾的活", "全国的书", "白石到青禾"}
    assert "没有符合的资源" in client.page("/offers?help_type=care").text
    for nonsense in ("970101001", "x", "９７０１０１", "' OR 1"):
        assert len(titles(client.page(f"/offers?area={nonsense}"))) == 4


def test_officers_find_what_has_ended_in_their_county_and_prolong_it(client_of):
    ended = make_offer(title="去年的米", ends_on=today(-20))
    make_offer(make_organisation(COUNTY_B), title="外县去年的", ends_on=today(-20))
    make_offer(title="还在的", ends_on=today())
    client = client_of("town")
    page = client.page("/offers?show=ended")
    assert titles(page) == {"去年的米"}
    answer = client.send("/offers?show=ended", action="/offers/extend-offers", offer_ids=str(ended.id),
                         ends_on=str(today(30)))
    assert answer.location == "/offers?show=ended"
    assert "没有到期的资源" in client.page(answer.location).text
    auditor = client_of("auditor").page("/offers?show=ended")
    assert [form for form in auditor.forms if form.action == "/offers/extend-offers"] == []


def test_a_county_finds_offers_from_elsewhere_that_wait_for_its_yes(client_of):
    far = make_organisation(COUNTY_B)
    waiting = make_offer(far, title="点名来的", areas=(TOWN_A1,))
    make_offer(far, title="全国来的", reach="country")
    make_offer(far, title="圈得到的", reach="radius", radius_km=70, lat=27.91, lon=114.41)
    make_offer(far, title="圈不到的", reach="radius", radius_km=20, lat=27.91, lon=114.41)
    make_offer(far, title="不来的", areas=(COUNTY_B,))
    make_offer(make_organisation(COUNTY_B, status="waiting"), title="没核实", reach="country")
    make_offer(title="本县的", reach="country")
    answered = make_offer(far, title="答过的", reach="country")
    db.session.add_all([OfferClearance(offer_id=answered.id, county_code=COUNTY_A, status="refused", reason="不合适"),
                        OfferClearance(offer_id=waiting.id, county_code=COUNTY_A, status="waiting")])
    page = client_of("county").page("/offers?show=waiting")
    assert titles(page) == {"点名来的", "全国来的", "圈得到的"}
    assert "3 份资源从外县来，等本县答复" in page.text
    town = client_of("town").page("/offers?show=waiting")
    assert "等着帮人" in town.text, "a town does not answer for the county"


def test_a_stranger_who_asks_for_more_gets_the_public_list(client, people):
    make_offer(title="到期的", ends_on=today(-1))
    for show in ("ended", "waiting"):
        assert titles(client.page(f"/offers?show={show}")) == set()


@pytest.mark.slow
def test_pages_turn_within_the_budget(client_of, client):
    organisations = [row.id for row in db.session.query(Organisation).all()]
    for number in range(60):
        make_offer(
            organisations[number % len(organisations)], title=f"很长的一份资源名称，写满才知道会不会撑破页面 {number}",
            address="双溪镇坳下村 18 号", areas=("970101001", "970101002"), provides=["home_based", "disabled_ok"],
            only_for=["primary", "junior"])
    for asker in (client, client_of("county"), client_of("charity")):
        for query in ("", f"?help_type=care&area={COUNTY_A}"):
            with selects() as seen:
                answer = asker.get(f"/offers{query}")
            assert len(seen) <= 6, (query, seen)
            assert len(answer.data) <= 40_000, len(answer.data)
    first, second, *_rest = client.pages("/offers")
    assert len(titles(first)) == len(titles(second)) == PAGE
    assert not titles(first) & titles(second)

"""Households by place."""

from __future__ import annotations

import pytest

from tests.factories import make_household, make_need
from tests.people import (
    COMMUNITY_A1A,
    COMMUNITY_A1B,
    COMMUNITY_A2A,
    COMMUNITY_B1A,
    COUNTY_B,
    TOWN_A1,
    TOWN_A2,
)
from tests.statements import selects

MAP = "/households/map-households"


def test_the_map_and_the_list_say_the_same(client_of):
    for _ in range(3):
        make_need(make_household(COMMUNITY_A1A))
    make_household(COMMUNITY_A1B)
    make_household(COMMUNITY_A2A)
    make_household(COMMUNITY_A2A, status="archived")
    make_need(make_household(COMMUNITY_B1A))
    page = client_of("county").page(MAP)
    assert "青禾县有 3 户还有需求没着落" in page.text
    assert "双溪镇 地图 3 5 石桥镇 地图 0 1" in page.text, "the known household lives in the first town"
    hrefs = [href for href, _words in page.links]
    assert f"/households/list-households?area_code={TOWN_A1}" in hrefs
    text = client_of("county").get(MAP).get_data(as_text=True)
    assert text.count('<circle class="n"') == 2, "one town, and the legend"
    assert 'class="name"' in text


def test_a_town_shows_its_villages_and_only_to_the_village(client_of):
    make_need(make_household(COMMUNITY_A1A, lat=27.61234, lon=113.91234))
    page = client_of("county").page(f"{MAP}?area_code={TOWN_A1}")
    assert "坳下村" in page.text
    assert f"/households/list-households?area_code={COMMUNITY_A1A}" in [href for href, _words in page.links]
    assert client_of("community").page(MAP).text.count("坳下村") >= 2


@pytest.mark.parametrize("area", [COUNTY_B, "97", "x", "970101999"])
def test_an_area_out_of_reach_is_not_there(client_of, area):
    assert client_of("county").get(f"{MAP}?area_code={area}").status_code == 404


def test_an_empty_place_says_so(client_of):
    assert "石桥镇没有等着的需求" in client_of("other_town").page(f"{MAP}?area_code={TOWN_A2}").text


def test_it_stays_within_the_budget(client_of):
    make_need(make_household(COMMUNITY_A1A))
    client = client_of("county")
    client.get(MAP)
    with selects() as seen:
        page = client.get(MAP)
    assert len(seen) <= 6
    assert len(page.data) < 40_000

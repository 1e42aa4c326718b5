"""The list of households: reach, filters, the budget at many rows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.households.models import Household, Member, Need
from matching.households.queries import PAGE
from tests.factories import make_household, make_member, make_need
from tests.households.numbers import identity
from tests.people import COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A, COMMUNITY_B1A, COUNTY_B, TOWN_A2
from tests.statements import selects

LIST = "/households/list-households"


def test_it_shows_the_households_in_reach_and_no_others(client_of):
    here, there = make_household(COMMUNITY_A1A, head_name="蓝桂花"), make_household(COMMUNITY_A2A, head_name="雷春生")
    make_household(COMMUNITY_B1A, head_name="钟外县")
    page = client_of("town").page(LIST)
    assert "蓝桂花" in page.text
    assert "雷春生" not in page.text
    assert f"/households/{here.id}/show-household?why=list" in [href for href, _words in page.links]
    county = client_of("county").page(LIST)
    assert "雷春生" in county.text
    assert "钟外县" not in county.text
    assert client_of("other_town").page(LIST).text.count("雷春生") == 1
    assert there.id


def test_a_line_tells_place_members_open_needs_and_days(client_of):
    household = make_household(COMMUNITY_A1B, head_name="䶮文彬")
    make_member(household)
    today = day_of(utc_now())
    make_need(household, "care", reported_on=today - timedelta(days=12))
    make_need(household, "cash", reported_on=today - timedelta(days=63))
    make_need(household, "goods", reported_on=today - timedelta(days=400), quantity=2, given=2)
    make_need(household, "job", reported_on=today - timedelta(days=500), status="withdrawn")
    page = client_of("other_community").page(LIST)
    row = page.text[page.text.index("䶮文彬"):]
    assert row.startswith(f"䶮文彬 {household.number} 双溪镇上湾村 低保 B 类 2 2 63")


def test_nothing_sensitive_stands_in_the_list(client_of):
    make_member(make_household(phone="13700008123", address="坳下路 7 号"), identity_number=identity(), illness="肝癌")
    text = client_of("county").page(LIST).text
    for hidden in ("13700008123", "8123", "坳下路", identity(), identity()[-4:], "肝癌"):
        assert hidden not in text


def test_filters_by_place_help_and_status(client_of):
    open_one, met = make_household(head_name="盘缺医"), make_household(head_name="盘已帮")
    make_need(open_one, "medical")
    make_need(met, "medical", quantity=1, given=1)
    make_household(COMMUNITY_A2A, head_name="盘外镇", status="reported")
    client = client_of("county")
    by_help = client.page(f"{LIST}?help_type=medical").text
    assert "盘缺医" in by_help
    assert "盘已帮" not in by_help
    assert "1 户还等着就医" in by_help
    by_place = client.page(f"{LIST}?area_code={TOWN_A2}").text
    assert "盘外镇" in by_place
    assert "盘缺医" not in by_place
    assert "石桥镇 / 桥头村" in by_place, "below the chosen town its communities are offered"
    assert "盘外镇" in client.page(f"{LIST}?status=reported").text
    assert "没有符合的家庭" in client.page(f"{LIST}?status=archived").text


@pytest.mark.parametrize("area", [COUNTY_B, COMMUNITY_B1A, "97", "abc", "9701010"])
def test_an_area_out_of_reach_is_not_there(client_of, area):
    make_household(COMMUNITY_B1A)
    assert client_of("county").get(f"{LIST}?area_code={area}").status_code == 404


def test_names_are_found_whole_or_by_their_beginning(client_of):
    make_member(make_household(head_name="欧阳海", number="QH-77"), name="欧阳小梅")
    make_household(head_name="欧阳海波")
    make_household(head_name="司马一")
    client = client_of("county")
    assert "“欧阳海”找到 1 户" in client.page(f"{LIST}?written=欧阳海").text, "whole names come first"
    assert "“欧阳”找到 2 户" in client.page(f"{LIST}?written=欧阳").text
    assert "欧阳海" in client.page(f"{LIST}?written=欧阳小梅").text
    assert "欧阳海" in client.page(f"{LIST}?written=QH-77").text
    assert "没有符合的家庭" in client.page(f"{LIST}?written=%25").text, "a sign of LIKE is a letter like any other"


def test_an_empty_county_says_what_to_do_next(client_of):
    page = client_of("other_town").page(LIST)
    assert "这里还没有档案" in page.text
    assert "/households/add-household" in [href for href, _words in page.links]
    auditor = client_of("auditor").page(LIST)
    assert "/households/add-household" not in [href for href, _words in auditor.links]


def many_households(count: int) -> None:
    now, places = utc_now(), (COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A)
    db.session.execute(insert(Household), [
        {"number": f"N-{i:06}", "county_code": "970101", "area_code": places[i % 3],
         "head_name": f"罗建业{i}", "category": "dibao_b", "status": "verified", "created_at": now, "updated_at": now,
         "seal": bytes(16)} for i in range(count)])
    ids = [row.id for row in db.session.execute(db.select(Household.id).where(Household.number.startswith("N-")))]
    db.session.execute(insert(Member), [
        {"household_id": i, "position": p, "name": f"罗{p}", "seal": bytes(16)} for i in ids for p in (1, 2, 3)])
    db.session.execute(insert(Need), [
        {"household_id": i, "help_type": "care", "sequence": 1, "quantity": 1, "urgency": 2,
         "reported_on": day_of(now), "created_at": now} for i in ids])


def test_pages_turn_and_stay_within_the_budget(client_of):
    many_households(300)
    client = client_of("county")
    for query in ("", "page=2", f"area_code={TOWN_A2}&help_type=care&status=verified", "written=罗建业",
                  "written=罗建业7"):
        with selects() as seen:
            page = client.get(f"{LIST}?{query}")
        assert page.status_code == 200
        assert len(seen) <= 6, (query, seen)
        assert len(page.data) <= 40_000, (query, len(page.data))
    second = client.page(f"{LIST}?page=2")
    assert f"第 {PAGE + 1} 到 {2 * PAGE} 条，共 301 条" in second.text
    assert [words for _href, words in second.links if words in ("上一页", "下一页")] == ["上一页", "下一页"]
    shown = {href.split("/")[2] for href, _ in second.links if "show-household" in href}
    first = {href.split("/")[2] for href, _ in client.page(LIST).links if "show-household" in href}
    assert len(shown) == len(first) == PAGE
    assert not shown & first
    assert "301 户" in client.page(f"{LIST}?page=99999").text

"""The desk: what waits for the officer's yes in its reach, by town and score; and what became of the rest."""

from __future__ import annotations

from datetime import timedelta

import pytest

from matching.clock import utc_now
from matching.extensions import db
from matching.pairings import queries_desk, queries_map
from matching.places.sheets import Sheet
from tests.factories import make_household, make_need, make_offer, make_organisation, make_pairing
from tests.people import COMMUNITY_A1B, COMMUNITY_A2A, COMMUNITY_B1A
from tests.statements import selects


def test_desk_lists_proposals_in_reach_with_household_offer_and_score(client_of):
    inside = make_pairing(make_need(make_household(head_name="周国平")), make_offer(title="助浴队"))
    make_pairing(make_need(make_household(COMMUNITY_A1B, head_name="看不到的人")))
    page = client_of("community").page("/pairings/desk")
    assert "1 条结对建议等您点头" in page.text
    assert "周国平家" in page.text
    assert "助浴队" in page.text
    assert "看不到的人" not in page.text
    assert (f"/pairings/{inside.id}/show-pairing", str(inside.score)) in page.links


def test_desk_of_a_town_shows_its_communities_and_no_other_town(client_of):
    for code, name in ((COMMUNITY_A1B, "镇里的"), (COMMUNITY_A2A, "邻镇的"), (COMMUNITY_B1A, "邻县的")):
        make_pairing(make_need(make_household(code, head_name=name)))
    text = client_of("town").page("/pairings/desk").text
    assert "镇里的家" in text
    assert "邻镇的" not in text
    assert "邻县的" not in text


def test_empty_desk_says_what_to_do_next(client_of):
    page = client_of("county").page("/pairings/desk")
    assert "现在没有要批准的结对" in page.text
    assert any(href.startswith("/pairings/open-needs") for href, _text in page.links)


def test_desk_filters_by_type_and_by_stage(client_of):
    make_pairing(make_need(make_household(head_name="要照料"), "care"))
    make_pairing(make_need(make_household(head_name="要工作"), "job"))
    make_pairing(make_need(make_household(head_name="已接下"), "job"), state="accepted")
    client = client_of("county")
    jobs = client.page("/pairings/desk?help_type=job").text
    assert "要工作家" in jobs
    assert "要照料家" not in jobs
    assert "已接下家" not in jobs
    assert "已接下家" in client.page("/pairings/desk?group=waiting").text


def test_auditor_reads_the_desk_and_finds_no_button_to_approve(client_of):
    make_pairing()
    page = client_of("auditor").page("/pairings/desk")
    assert "批准选中的" not in page.text
    assert "重新配一次" not in page.text


@pytest.mark.slow
def test_desk_with_many_rows_stays_small_and_asks_six_times_at_most(client_of):
    """Even with the longest names and texts that fit into the columns of a real register."""
    organisation = make_organisation(name="青禾县残疾人就业创业服务指导中心和困难家庭帮扶志愿者联合会")
    offer = make_offer(organisation, capacity=500, title="居家来料加工：耳机线绕扎、手工串珠和包装盒糊制")
    for _ in range(120):
        home = make_household(head_name="阿依古丽·买买提江·吾布力卡斯木")
        make_pairing(make_need(home, summary="丈夫常年卧床要人照看，" * 10, urgency=5), offer, options=12,
                     next_offer_id=offer.id, next_score=400)
    db.session.commit()
    client = client_of("county")
    client.get("/pairings/desk")
    for by in queries_desk.GROUPINGS:
        with selects() as asked:
            answer = client.get(f"/pairings/desk?by={by}")
        assert len(asked) <= 6
        assert len(answer.data) <= 40_960, by
    text = answer.get_data(as_text=True)
    assert "120 条结对建议等您点头" in text
    assert "下一页" in text


@pytest.fixture
def county_sheet(monkeypatch):
    """County A has no outline in any survey; here it has a square one around its towns."""
    sheet = Sheet(27.75, 113.8, 540 / 0.3, 540 / 0.3 / 0.886, 609, "M0 0l540 0 0 609 -540 0z")
    monkeypatch.setattr(queries_map, "sheet_of", lambda code: sheet if code == "970101" else None)


def test_desk_draws_its_page_of_proposals_on_the_map_and_says_why_of_the_first(client_of, county_sheet):
    shown = make_pairing(make_need(make_household(head_name="周国平"), urgency=5), score=600)
    nowhere = make_pairing(make_need(make_household(head_name="邻家")), make_offer(lat=27.9, lon=114.4))
    client = client_of("community")
    html = client.get("/pairings/desk").get_data(as_text=True)
    assert f'id="l{shown.id}"' in html
    assert f'id="l{nowhere.id}"' not in html
    assert "1 条在图外或不知道准确位置" in html
    assert "双溪镇" in html
    assert "全县地图：1 条建议从需求连到资源" in html
    assert "周国平家 和 " in client.page("/pairings/desk").text
    assert "看全部理由" in html


def test_nobody_is_drawn_on_their_roof(client_of, county_sheet):
    """Two homes 300 m apart in one square kilometre are one spot: the map tells no house from its neighbour."""
    for lat in (27.6101, 27.6128):
        make_pairing(make_need(make_household(lat=lat, lon=113.9104)))
    rings = [part.split("/>")[0] for part in
             client_of("community").get("/pairings/desk").get_data(as_text=True).split("<circle")][1:3]
    assert rings[0] == rings[1]


def test_a_place_known_to_its_town_only_is_drawn_there_and_one_known_to_the_county_is_not(client_of, county_sheet):
    town = make_pairing(make_need(make_household(lat=None, lon=None, precision=None)))
    county = make_pairing(make_need(make_household(precision="county", lat=27.6, lon=113.9, area_code="970101")))
    html = client_of("county").get("/pairings/desk").get_data(as_text=True)
    assert f'id="l{town.id}"' in html
    assert f'id="l{county.id}"' not in html


def heads(page):
    """Whose rows a page of the desk shows, in order."""
    return [words for href, words in page.links if "why=pairing" in href]


@pytest.mark.slow
def test_every_proposal_is_shown_once_town_by_town_there_and_back(client_of):
    for number in range(70):
        code = (COMMUNITY_A1B, COMMUNITY_A2A)[number % 3 == 0]
        make_pairing(make_need(make_household(code, head_name=f"号{number:02}")), score=300 + number % 7)
    client, there, address = client_of("county"), [], "/pairings/desk"
    while address:
        page, here = client.page(address), address
        there.append(heads(page))
        address = next((href for href, words in page.links if words == "下一页"), None)
    assert [len(rows) for rows in there] == [20, 20, 20, 10]
    assert len({head for rows in there for head in rows}) == 70
    back = []
    while here:
        page = client.page(here)
        back.append(heads(page))
        here = next((href for href, words in page.links if words == "上一页"), None)
    assert back[::-1] == there
    second_town = client.page(f"/pairings/desk?area={COMMUNITY_A2A[:9]}")
    assert "24 条结对建议等您点头" in second_town.text
    assert len(heads(second_town)) == 20


@pytest.mark.slow
def test_what_became_of_the_rest_goes_by_its_last_change(client_of):
    now = utc_now()
    for number in range(45):
        make_pairing(make_need(make_household(head_name=f"号{number:02}")), state=("offered", "accepted")[number % 2],
                     changed_at=now - timedelta(minutes=number * 7 % 45))
    seen = [words for page in client_of("county").pages("/pairings/desk?group=waiting") for words in heads(page)]
    assert len(seen) == len(set(seen)) == 45
    assert seen[:2] == ["号00家", "号13家"]


@pytest.mark.slow
def test_the_desk_is_grouped_as_the_officer_thinks_and_each_way_shows_every_proposal_once(client_of):
    offers = [make_offer(title="助浴队", capacity=90), make_offer(title="送餐", capacity=90)]
    for number in range(24):
        home = make_household(head_name=f"号{number:02}")
        for offer in offers:
            make_pairing(make_need(home, urgency=number % 5 + 1), offer, score=300 + number % 7,
                         urgency_points=100 * (number % 5 + 1))
    client = client_of("county")
    for by, first in (("town", "双溪镇"), ("household", "号00家"), ("offer", "送餐"), ("urgency", "危急")):
        pages = list(client.pages(f"/pairings/desk?by={by}"))
        assert first in next(words for level, words in pages[0].headings if level == 2), by
        shown = [href for page in pages for href, words in page.links
                 if "/show-pairing" in href and words.isdigit()]
        assert len(shown) == len(set(shown)) == 48
    assert "by=offer" in next(href for href, words in client.page("/pairings/desk?by=offer").links if words == "下一页")
    assert client.get("/pairings/desk?by=nonsense").status_code == 200


def test_approving_leads_back_to_the_desk_as_it_was_grouped(client_of):
    pairing = make_pairing()
    answer = client_of("community").send("/pairings/desk?by=urgency", "/pairings/approve-pairings",
                                         pairing_ids=[str(pairing.id)])
    assert answer.location == "/pairings/desk?by=urgency"

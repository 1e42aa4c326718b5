"""The desk: what waits for the officer's yes in its reach, by town and score; and what became of the rest."""

from __future__ import annotations

from matching.extensions import db
from tests.factories import make_household, make_need, make_offer, make_pairing
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


def test_desk_with_many_rows_stays_small_and_asks_six_times_at_most(client_of):
    offer = make_offer(capacity=500)
    for _ in range(120):
        make_pairing(make_need(), offer)
    db.session.commit()
    client = client_of("county")
    client.get("/pairings/desk")
    with selects() as asked:
        answer = client.get("/pairings/desk")
    assert len(asked) <= 6
    assert len(answer.data) <= 40_000
    assert "第 1 到 25 条，共 120 条" in answer.get_data(as_text=True)

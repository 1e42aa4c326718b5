"""Needs that still lack something, most urgent first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.households.models import Need
from matching.keyset import count_to_cap
from tests.factories import make_household, make_need, make_pairing
from tests.people import COMMUNITY_A1B, COMMUNITY_B1A
from tests.statements import selects


def test_most_urgent_first_and_only_in_reach(client_of):
    make_need(make_household(head_name="不太急"), urgency=2)
    make_need(make_household(head_name="很急"), urgency=5)
    make_need(make_household(COMMUNITY_B1A, head_name="邻县的"), urgency=5)
    text = client_of("county").page("/pairings/open-needs").text
    assert text.index("很急家") < text.index("不太急家")
    assert "邻县的" not in text


def test_met_withdrawn_and_unverified_needs_are_left_out(client_of):
    make_need(make_household(head_name="已满足"), given=1)
    make_need(make_household(head_name="已撤回"), status="withdrawn")
    make_need(make_household(head_name="没核实", status="reported"))
    assert "这里没有没满足的需求" in client_of("county").page("/pairings/open-needs").text


def test_lonely_leaves_out_needs_with_a_proposal(client_of):
    make_pairing(make_need(make_household(head_name="有建议")))
    make_need(make_household(head_name="没建议"))
    text = client_of("county").page("/pairings/open-needs?lonely=1").text
    assert "没建议家" in text
    assert "有建议家" not in text


def test_filters_by_type_and_area_within_reach(client_of):
    make_need(make_household(COMMUNITY_A1B, head_name="甲"), "job")
    make_need(make_household(head_name="乙"), "care")
    client = client_of("county")
    assert "乙家" not in client.page("/pairings/open-needs?help_type=job").text
    assert "乙家" not in client.page(f"/pairings/open-needs?area={COMMUNITY_A1B}").text
    assert "乙家" in client.page(f"/pairings/open-needs?area={COMMUNITY_B1A}").text, (
        "out of reach counts as no filter"
    )


@pytest.mark.slow
def test_many_rows_stay_within_the_budget(client_of):
    for _ in range(90):
        make_need()
    db.session.commit()
    client = client_of("county")
    client.get("/pairings/open-needs")
    with selects() as asked:
        answer = client.get("/pairings/open-needs")
    assert len(asked) <= 6
    assert len(answer.data) <= 40_000


def titles(page):
    """Whose needs a page shows, in order."""
    return [words for href, words in page.links if "show-household" in href]


@pytest.mark.slow
def test_where_a_need_stands_can_be_chosen_and_taken_off_again(client_of):
    waiting = make_household(head_name="刚建档", status="reported")
    make_need(waiting, "job")
    make_need(make_household(head_name="缺一半"), "job", quantity=4, given=2)
    make_need(make_household(head_name="都没有"), "job")
    make_need(make_household(head_name="都有了"), "job", given=1)
    client = client_of("county")
    kept = "/pairings/open-needs?help_type=job&state="
    assert sorted(titles(client.page("/pairings/open-needs"))) == ["缺一半家", "都没有家"]
    for state, heads in {"reported": ["刚建档家"], "open": ["都没有家"], "partly_paired": ["缺一半家"],
                         "paired": ["都有了家"], "closed": []}.items():
        assert titles(client.page(kept + state)) == heads, state
    page = client.page(kept + "reported")
    assert "1 个需求：待核实" in page.text
    assert "找资源" not in page.text, "what nobody has confirmed is not paired"
    links = {words: href for href, words in page.links}
    assert links["办到哪一步：待核实×"] == "/pairings/open-needs?help_type=job"
    assert links["清除全部条件"] == "/pairings/open-needs"


@pytest.mark.parametrize("officer", ["county", "town"])
@pytest.mark.slow
def test_many_needs_go_by_urgency_day_and_waiting_there_and_back(client_of, monkeypatch, officer):
    monkeypatch.setattr("matching.keyset.NEAR", 10)
    monkeypatch.setattr(count_to_cap, "__defaults__", (10, None))
    today = day_of(utc_now())
    for number in range(130):
        make_need(make_household(head_name=f"号{number:03}"), urgency=1 + number % 5,
                  wanted_by=today + timedelta(days=number % 9) if number % 3 == 0 else None,
                  reported_on=today - timedelta(days=number % 11))
    right = db.session.scalars(select(Need).where(Need.summary == "需要帮助").order_by(
        Need.urgency.desc(), Need.wanted_by.is_(None), Need.wanted_by, Need.reported_on, Need.id)).all()
    names = [f"{need.household.head_name}家" for need in right]
    client, there, address = client_of(officer), [], "/pairings/open-needs"
    assert "10+ 个需求" in client.page(address).text
    while address:
        page, here = client.page(address), address
        there.append(titles(page))
        address = next((href for href, words in page.links if words == "下一页"), None)
    assert [name for page in there for name in page] == names
    back = []
    while here:
        page = client.page(here)
        back.append(titles(page))
        here = next((href for href, words in page.links if words == "上一页"), None)
    assert back[::-1] == there

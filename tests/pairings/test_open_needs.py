"""Needs that still lack something, most urgent first."""

from __future__ import annotations

from matching.extensions import db
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

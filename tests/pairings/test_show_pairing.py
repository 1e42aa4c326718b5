"""One pairing with its reason."""

from __future__ import annotations

from datetime import timedelta

from matching.clock import day_of, utc_now
from tests.factories import make_household, make_need, make_offer, make_organisation, make_pairing
from tests.people import COMMUNITY_B1A
from tests.statements import selects


def test_page_gives_the_parts_of_the_score_and_what_else_was_possible(client_of):
    other = make_offer(make_organisation(name="双溪社工站"))
    pairing = make_pairing(
        make_need(urgency=4),
        options=3,
        next_offer_id=other.id,
        next_score=400,
        distance_m=14_200.0,
        closeness_points=106,
        score=536,
    )
    text = client_of("community").page(f"/pairings/{pairing.id}/show-pairing").text
    assert "得分 536" in text
    assert "14.2 公里" in text
    assert "106" in text
    assert "一共有 3 个资源够得着。下一个合适的是双溪社工站，少 136 分。" in text


def test_proposal_is_compared_with_the_other_offers_as_they_are_today(client_of):
    need = make_need(make_household(lat=27.612, lon=113.914), urgency=4)
    mine = make_offer(make_organisation(name="本村互助队"))
    make_offer(make_organisation(name="远处社工站"), lat=27.70, lon=113.914)
    make_offer(make_organisation(name="满了的慈善会"), capacity=1, taken=1)
    pairing = make_pairing(need, mine, closeness_points=200, score=630, distance_m=0.0, options=2)
    client, path = client_of("community"), f"/pairings/{pairing.id}/show-pairing"
    with selects() as asked:
        text = client.page(path).text
    assert len(asked) <= 12
    assert "远处社工站" in text
    assert "少 65 分" in text
    assert "满了的慈善会" not in text
    pairing.state = "offered"
    pairing.answer_by_on = day_of(utc_now())
    assert "远处社工站" not in client.page(path).text, "once decided, nothing is compared any more"


def test_waiting_points_say_to_which_day_they_count(client_of):
    now = utc_now()
    need = make_need(reported_on=day_of(now) - timedelta(days=40))
    pairing = make_pairing(need, waiting_points=30, proposed_at=now - timedelta(days=10))
    text = client_of("community").page(f"/pairings/{pairing.id}/show-pairing").text
    assert "等了 30 天" in text
    assert "算到提出建议的" in text


def test_place_known_to_the_village_only_says_so(client_of):
    pairing = make_pairing(distance_m=14_200.0, distance_is_about=True)
    text = client_of("community").page(f"/pairings/{pairing.id}/show-pairing").text
    assert "约 14 公里" in text
    assert "按村镇的位置算" in text


def test_unknown_distance_says_so(client_of):
    text = client_of("community").page(f"/pairings/{make_pairing().id}/show-pairing").text
    assert "地点只知道到县里，不计远近" in text


def test_unchecked_condition_is_shown_as_not_checked(client_of):
    offer = make_offer(only_for=["over60"])
    pairing = make_pairing(offer=offer, unchecked=["over60"])
    assert "还没核对年龄：60 岁以上" in client_of("community").page(f"/pairings/{pairing.id}/show-pairing").text


def test_out_of_reach_is_as_if_it_were_not_there(client_of):
    pairing = make_pairing(make_need(make_household(COMMUNITY_B1A)))
    client = client_of("county")
    assert client.get(f"/pairings/{pairing.id}/show-pairing").status_code == 404
    assert client.get("/pairings/999999/show-pairing").status_code == 404


def test_auditor_sees_no_step_to_take(client_of):
    page = client_of("auditor").page(f"/pairings/{make_pairing().id}/show-pairing")
    assert "批准，请对方答复" not in page.text

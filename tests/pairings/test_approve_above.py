"""Approving all proposals from a score up."""

from __future__ import annotations

import pytest

from matching.extensions import db
from tests.factories import make_household, make_need, make_offer, make_pairing
from tests.people import COMMUNITY_A2A, COMMUNITY_B1A

PATH = "/pairings/approve-above"


def proposals(*scores, area=None):
    offer = make_offer(capacity=50)
    return [make_pairing(make_need(make_household(area) if area else None), offer, score=score) for score in scores]


def states(pairings):
    db.session.expire_all()
    return [pairing.state for pairing in pairings]


def test_approve_above(client_of):
    made = proposals(700, 600, 599)
    client = client_of("community")
    assert "600 分以上的建议有 2 条" in client.page(PATH).text
    assert client.send(PATH).status_code == 302
    assert states(made) == ["offered", "offered", "proposed"]
    assert made[0].offer.taken == 2


@pytest.mark.slow
def test_only_in_reach_and_only_what_the_desk_shows(client_of):
    mine, beside, outside = (proposals(800, area=area)[0] for area in (None, COMMUNITY_A2A, COMMUNITY_B1A))
    cash = make_pairing(make_need(help_type="cash"), score=900)
    assert client_of("county").send(f"{PATH}?help_type=cash&score=500").status_code == 302
    assert states([mine, beside, outside, cash]) == ["proposed", "proposed", "proposed", "offered"]
    assert client_of("community").send(f"{PATH}?score=500").status_code == 302
    assert states([mine, beside, outside]) == ["offered", "proposed", "proposed"]


def test_what_came_in_since_it_was_seen_is_shown_before_it_is_approved(client_of):
    made, client = proposals(700), client_of("community")
    form = client.page(PATH).form(PATH)
    made += proposals(650)
    db.session.commit()
    answer = client.post(PATH, data=form.values)
    assert answer.status_code == 422
    assert "现在是 2 条" in answer.get_data(as_text=True)
    assert states(made) == ["proposed", "proposed"]


def test_sent_twice_it_is_one_act_and_nonsense_is_refused(client_of):
    made, client = proposals(700), client_of("community")
    data = client.page(PATH).form(PATH).values
    assert [client.post(PATH, data=data).status_code for _ in range(2)] == [302, 302]
    assert made[0].offer.taken == 1
    assert client.post(PATH, data={**data, "submission_key": "another", "score": "9999"}).status_code == 422


def test_with_nothing_so_good_it_says_so(client_of):
    proposals(100)
    page = client_of("community").page(PATH)
    assert "没有这么高分的建议" in page.text
    assert [href for href, _text in page.links if href.startswith("/pairings/desk")]

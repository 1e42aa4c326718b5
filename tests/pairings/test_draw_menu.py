"""A menu is drawn from what a household has, may have and lacks, with the best offer for each need."""

from __future__ import annotations

from datetime import date

import pytest

from matching.clock import day_of, utc_now
from tests.factories import (
    make_grant,
    make_household,
    make_member,
    make_need,
    make_offer,
    make_organisation,
    make_pairing,
)
from tests.pairings.menus import draw, menus
from tests.people import COMMUNITY_A2A


@pytest.fixture
def home():
    """A household with an allowance that runs, a care subsidy it does not get, three needs and a pairing."""
    found = make_household()
    make_member(found, name="罗小燕", disability_grade=1, born_on=date(1990, 1, 1))
    make_grant(found, state="approved", rhythm="month", amount_fen=77_500, purpose="低保金",
               starts_on=day_of(utc_now()).replace(day=1))
    make_need(found, "care", summary="每周陪护")
    make_need(found, "job", summary="在家能做的活")
    make_pairing(make_need(found, "tutoring", summary="补数学"), state="under_way")
    make_offer(make_organisation(name="县社工站"), "care")
    return found


@pytest.mark.slow
def test_it_puts_together_what_is_sure_what_is_due_and_what_is_lacking(client_of, home):
    answer = draw(client_of("community"), home.id)
    assert answer.location == f"/pairings/{home.id}/show-menu"
    (menu,) = menus()
    found = {item.what: (item.source, item.giver, item.amount_fen, item.per) for item in menu.items}
    assert found["低保金"] == ("grant", "镇政府", 77_500, "month")
    assert found["每周陪护"] == ("offer", "县社工站", 0, "once")
    assert found["在家能做的活"] == ("need", "", 0, "once")
    assert found["补数学"][0] == "pairing"
    assert found["重度残疾人护理补贴（罗小燕）"][0] == "gap"
    text = client_of("community").page(f"/pairings/{home.id}/show-menu").text
    for words in ("正在商量", "应享未享", "还没有找到", "县社工站", "每月 775 元"):
        assert words in text


def test_one_at_a_time_and_sent_twice_it_is_one(client_of, home):
    client, path = client_of("community"), f"/pairings/{home.id}/draw-menu"
    form = client.page(f"/pairings/{home.id}/show-menu").form(path)
    assert client.post(path, data=form.values).location == client.post(path, data=form.values).location
    assert client.post(path, data=form.values | {"submission_key": "again"}).status_code == 409
    assert len(menus()) == 1


def test_out_of_reach_it_is_not_there(client_of):
    assert client_of("community").get(f"/pairings/{make_household(COMMUNITY_A2A).id}/show-menu").status_code == 404

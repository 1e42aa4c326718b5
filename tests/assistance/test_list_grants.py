"""What waits for a decision, for papers, for its money back: in reach only."""

from __future__ import annotations

from datetime import timedelta

import pytest

from matching.clock import day_of, utc_now
from tests.factories import make_grant, make_household
from tests.people import COMMUNITY_A2A


def test_each_group_lists_its_own(client_of):
    today = day_of(utc_now())
    make_grant(purpose="等着的")
    make_grant(purpose="欠材料的", state="approved", is_green=True, papers_due_on=today - timedelta(days=1))
    make_grant(purpose="退回的", state="returned")
    make_grant(purpose="追回的", state="refused", reclaim="due")
    make_grant(make_household(COMMUNITY_A2A), purpose="别处的")
    client = client_of("town")
    for group, purpose in (("asked", "等着的"), ("papers", "欠材料的"), ("returned", "退回的"), ("reclaim", "追回的")):
        text = client.page(f"/assistance/list-grants?group={group}").text
        assert purpose in text
        assert "别处的" not in text
    assert client.page("/assistance/list-grants").headings[0][1] == "1 份帮助等批准"
    assert "别处的" in client_of("county").page("/assistance/list-grants").text


def test_an_empty_list_says_where_to_ask(client_of):
    assert "这里一份也没有" in client_of("community").page("/assistance/list-grants?group=reclaim").text


@pytest.mark.slow
@pytest.mark.parametrize(("group", "fields"), [
    ("asked", {}), ("papers", {"is_green": True, "state": "approved"})])
def test_pages_follow_one_another_and_nothing_is_left_out_or_twice(client_of, group, fields):
    now, home = utc_now(), make_household()
    for number in range(90):  # many of one moment and of one day, the longest waiting last written
        due = {"papers_due_on": day_of(now) - timedelta(days=number % 3)} if fields else {}
        make_grant(home, purpose=f"第{number:02}份", asked_at=now - timedelta(hours=number // 7), **due, **fields)
    pages = list(client_of("town").pages(f"/assistance/list-grants?group={group}"))
    shown = [word for page in pages for word in page.text.split() if word.startswith("第") and word.endswith("份")]
    assert len(pages) == 3
    assert sorted(shown) == [f"第{number:02}份" for number in range(90)]
    assert "90" in pages[-1].headings[0][1]
    back = next(href for href, words in pages[-1].links if words == "上一页")
    assert client_of("town").page(back).text == pages[1].text

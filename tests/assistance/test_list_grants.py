"""What waits for a decision, for papers, for its money back: in reach only."""

from __future__ import annotations

from datetime import timedelta

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

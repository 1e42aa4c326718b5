"""The closing ledger of an area: where each difficulty stands, in few statements at any size."""

from __future__ import annotations

import pytest

from matching.clock import utc_now
from tests.factories import make_household, make_line, make_need
from tests.pairings.closing import closed
from tests.people import COMMUNITY_A1A, COMMUNITY_A2A
from tests.statements import selects


def test_each_difficulty_stands_under_its_tab(client_of, people):
    make_need(make_household(), summary="还没有人帮的")
    closed(people, summary="等签字的")
    for state in ("watched", "closed", "reopened"):
        make_line(make_need(make_household(), summary=f"在{state}的", status="open" if state == "reopened" else "met"),
                  state=state, signed_by_name="周镇长", watch_until=utc_now().date(), ended_at=utc_now(),
                  times_reopened=int(state == "reopened"), reason="又断粮了")
    client = client_of("county")
    for state, title in (("open", "还没有人帮的"), ("to_sign", "等签字的"), ("watched", "在watched的"),
                         ("closed", "在closed的"), ("reopened", "在reopened的")):
        text = client.page(f"/pairings/ledger?state={state}").text
        assert title in text
        assert ("又断粮了" in text) == (state in ("open", "reopened"))
    assert "没有解决 2" in client.page("/pairings/ledger").text, "what was reopened stands open too"


def test_filters_and_reach(client_of, people):
    make_line(make_need(make_household(COMMUNITY_A1A), summary="一村的米", help_type="goods"))
    make_line(make_need(make_household(COMMUNITY_A2A), summary="二镇的床", help_type="care"))
    client = client_of("county")
    assert "二镇的床" in client.page("/pairings/ledger?state=to_sign&help_type=care").text
    assert "一村的米" not in client.page("/pairings/ledger?state=to_sign&help_type=care").text
    assert "二镇的床" not in client.page(f"/pairings/ledger?state=to_sign&area={COMMUNITY_A1A[:9]}").text
    assert "二镇的床" not in client_of("community").page("/pairings/ledger?state=to_sign").text
    for nonsense in ("state=%00", "area=abc", "area=970999", "after=zzz", "help_type=%27"):
        assert client.get(f"/pairings/ledger?{nonsense}").status_code == 200


@pytest.mark.parametrize("state", ["open", "to_sign"])
def test_pages_turn_and_stay_small(client_of, people, state):
    for at in range(30):
        need = make_need(make_household(), summary=f"第 {at} 件，独居老人走路不稳，想有人每周来看看")
        if state == "to_sign":
            make_line(need, recorded_by_name="何干部")
    client = client_of("county")
    client.page("/pairings/ledger")
    seen = 0
    for page in client.pages(f"/pairings/ledger?state={state}"):
        seen += page.text.count("独居老人")
    with selects() as asked:
        answer = client.get(f"/pairings/ledger?state={state}")
    assert seen == 30
    assert (len(asked) <= 6, len(answer.data) <= 40_960) == (True, True), (asked, len(answer.data))

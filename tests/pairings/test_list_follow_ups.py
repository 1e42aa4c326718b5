"""Follow-ups by day: an officer's area, a social worker's own."""

from __future__ import annotations

import pytest

from matching.clock import utc_now
from tests.factories import make_follow_up, make_household, make_need, make_pairing
from tests.people import COMMUNITY_A2A

pytestmark = pytest.mark.one_database


def test_list_follow_ups(client_of, people):
    near = make_pairing(make_need(make_household(head_name="罗近家")), state="confirmed")
    far = make_pairing(make_need(make_household(COMMUNITY_A2A, head_name="罗远家")), state="confirmed")
    make_follow_up(near)
    make_follow_up(far, assigned_id=people.socialworker.user_id)
    make_follow_up(far, done_at=utc_now(), result="dropped")
    assert [("罗近家" in text, "罗远家" in text) for text in (
        client_of(name).page("/pairings/list-follow-ups").text for name in ("community", "county", "socialworker"))
        ] == [(True, False), (True, True), (False, True)]
    assert "还没有回访过" in client_of("county").page("/pairings/list-follow-ups?done=1").text


def test_they_stand_on_the_to_do_list(client_of, people):
    make_follow_up(assigned_id=people.socialworker.user_id)
    make_follow_up()
    assert "回访 1 家帮过的" in client_of("socialworker").page("/todo").text
    assert "回访 1 家帮过的" in client_of("community").page("/todo").text, "one is somebody else's"

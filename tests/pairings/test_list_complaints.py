"""What persons have to answer, by day."""

from __future__ import annotations

import pytest

from matching.clock import utc_now
from tests.factories import make_complaint, make_household, make_need, make_pairing
from tests.people import COMMUNITY_A2A

pytestmark = pytest.mark.one_database


def test_list_complaints(client_of, people):
    make_complaint(make_pairing(make_need(make_household(head_name="罗近家")), state="confirmed"))
    far = make_pairing(make_need(make_household(COMMUNITY_A2A, head_name="罗远家")), state="confirmed")
    make_complaint(far, answered_at=utc_now(), answered_by_name="周镇长")
    assert "罗近家" in client_of("community").page("/pairings/list-complaints").text
    assert "罗远家" in client_of("county").page("/pairings/list-complaints?done=1").text
    assert "罗远家" not in client_of("community").page("/pairings/list-complaints?done=1").text
    assert "罗近家" in client_of("auditor").page("/pairings/list-complaints").text

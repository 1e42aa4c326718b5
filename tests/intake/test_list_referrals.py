"""What was handed over in the own area: what is late first, nothing of other areas, no name."""

from __future__ import annotations

import pytest

from tests import factories
from tests.days import today
from tests.intake.referring import referral_for
from tests.people import COMMUNITY_A2A


def test_the_list_begins_with_what_is_late(client_of, people):
    referral_for(people, answer_due_on=today(-2))
    referral_for(people)
    referral_for(people, state="accepted", act_by_on=today(-1))
    referral_for(people, state="refused", reason="not_ours")
    page = client_of("community").page("/intake/list-referrals")
    assert page.headings[0] == (1, "转出去的事有 2 件过了日子")
    for words in ("过了日子 2", "等答复 2", "接下了，在办 1", "有结果的 1", "超期 2 天", "青禾医保局"):
        assert words in page.text
    assert "罗三" not in page.text


def test_only_what_lies_in_reach_is_listed(client_of, people):
    referral_for(people, report=factories.make_report(COMMUNITY_A2A))
    assert "没有等答复的转介" in client_of("community").page("/intake/list-referrals").text
    assert "1 件等答复" in client_of("county").page("/intake/list-referrals").text
    assert "1 件等答复" in client_of("auditor").page("/intake/list-referrals").text


@pytest.mark.slow
def test_a_hundred_turn_their_pages(client_of, people):
    for _ in range(90):
        referral_for(people)
    assert len(list(client_of("county").pages("/intake/list-referrals?group=waiting"))) == 3

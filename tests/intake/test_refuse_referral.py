"""The organisation says no, with a reason and a sentence; also when it had accepted and cannot do it."""

from __future__ import annotations

import pytest

from tests.days import today
from tests.intake.referring import newest, referral_for, steps, told


@pytest.mark.parametrize("state", ["waiting", "accepted"])
def test_a_no_has_a_reason_and_comes_back(client_of, people, state):
    referral = referral_for(people, state=state, act_by_on=today(3) if state == "accepted" else None)
    client_of("department").send(f"/intake/{referral.id}/refuse-referral", reason="not_ours", words="这归残联管")
    row = newest()
    assert (row.state, row.reason, row.answer) == ("refused", "not_ours", "这归残联管")
    assert told("referral_answered") == [people.community.user_id]
    assert steps(referral.report_id) == ["refer_refuse"]
    page = client_of("community").page(f"/intake/{referral.id}/show-referral")
    assert "这归残联管" in page.text


@pytest.mark.parametrize("answers", [{"reason": "not_ours", "words": ""}, {"words": "不行"},
                                     {"reason": "made_up", "words": "不行"}])
def test_without_a_reason_and_a_sentence_it_is_not_taken(client_of, people, answers):
    referral = referral_for(people)
    assert client_of("department").send(f"/intake/{referral.id}/refuse-referral", **answers).status_code == 422
    assert newest().state == "waiting"


def test_afterwards_the_same_organisation_can_be_asked_again(client_of, people):
    from tests.intake.referring import refer

    referral = referral_for(people, state="refused", reason="unclear")
    answer = refer(client_of("community"), referral.report, people)
    assert answer.status_code == 302
    assert newest().id != referral.id

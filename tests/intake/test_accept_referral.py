"""The organisation says yes, and by which day it acts; its yes comes back to who asked."""

from __future__ import annotations

from tests import factories
from tests.days import today
from tests.intake.referring import newest, referral_for, steps, told


def test_a_yes_says_until_when_and_comes_back(client_of, people):
    referral = referral_for(people)
    answer = client_of("department").send(f"/intake/{referral.id}/accept-referral",
                                          act_by_on=today(6).isoformat(), words="下周一去办")
    assert answer.location == f"/intake/{referral.id}/our-referral"
    row = newest()
    assert (row.state, row.act_by_on, row.answer, row.answered_by_name) == (
        "accepted", today(6), "下周一去办", people.department.name)
    assert set(told("referral_answered")) == {people.community.user_id}
    assert steps(referral.report_id) == ["refer_accept"]


def test_a_day_that_is_past_or_none_is_refused(client_of, people):
    referral, client = referral_for(people), client_of("department")
    for day in ("", today(-1).isoformat(), today(100).isoformat()):
        assert client.send(f"/intake/{referral.id}/accept-referral", act_by_on=day).status_code == 422
    assert newest().state == "waiting"


def test_what_was_answered_before_is_not_answered_again(client_of, people):
    referral = referral_for(people, state="withdrawn")
    assert client_of("department").send(f"/intake/{referral.id}/accept-referral",
                                        act_by_on=today(2).isoformat()).status_code == 409


def test_sent_twice_is_one(client_of, people):
    referral, client = referral_for(people), client_of("department")
    form = client.page(f"/intake/{referral.id}/accept-referral").form(f"/intake/{referral.id}/accept-referral")
    values = {**form.values, "act_by_on": today(4).isoformat()}
    assert client.post(form.action, data=values).location == client.post(form.action, data=values).location
    assert steps(referral.report_id) == ["refer_accept"]


def test_another_organisation_cannot(client_of, people):
    referral = referral_for(people, report=factories.make_report())
    assert client_of("charity").get(f"/intake/{referral.id}/accept-referral").status_code == 404

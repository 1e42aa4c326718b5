"""Who asked reads under its code which organisation was asked, until when, and what came of it."""

from __future__ import annotations

import pytest
from flask import Flask

from matching.clock import utc_now
from matching.intake import service_meetings, service_referrals
from matching.intake.queries_cases import case_of
from matching.intake.service_referrals import Asking
from tests import factories
from tests.days import today
from tests.intake.meeting import decision, held
from tests.people import People


@pytest.mark.parametrize("is_full", [True, False])
def test_each_step_of_a_referral_is_said_in_plain_words(app: Flask, people: People, is_full: bool) -> None:
    report, now = factories.make_report(), utc_now()

    def lines() -> list[tuple[str, str, str, str]]:
        return [(line.title, line.when, line.knot, line.detail) for line in case_of(report, is_full, now).lines]

    with app.test_request_context():
        referral = service_referrals.refer(report, Asking(
            people.department.organisation_id or 0, "medical", "看看能不能报", today(3)), people.community, now)
        name = "青禾医保局" if is_full else ""
        waits = next(line for line in lines() if line[0] == "等那个单位答复")
        assert (waits[1].endswith(" 前"), waits[2:]) == (True, ("now", name))
        service_referrals.take_on(referral, today(9), "下周办", people.department, now)
        titles = [line[0] for line in lines()]
        assert {"请了另一个单位来帮", "那个单位接下了", "那个单位在办"} <= set(titles)
        service_referrals.answer(referral, "报了四千元", people.department, now)
        ended = lines()
        assert ("那个单位办过了", name) in [(line[0], line[3]) for line in ended]
        assert not any("报了四千元" in "".join(line) for line in ended)
        assert people.department.name not in str(ended), "the organisation answers, not one of its people"


def test_a_meeting_and_what_it_decided_is_said_too(app: Flask, people: People) -> None:
    meeting = held(people)
    factories.make_decision(meeting, owner_id=people.town.user_id)
    with app.test_request_context():
        assert "商量定下的事在办" in [line.title for line in case_of(meeting.report, True, utc_now()).lines]
        service_meetings.carry_out(decision(), "好了", people.town, utc_now())
        titles = [line.title for line in case_of(meeting.report, True, utc_now()).lines]
    assert "商量定下的一件事办好了" in titles
    assert "商量定下的事在办" not in titles

"""Calling a joint meeting on a hard case: when, where, what is known, who is invited."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from matching.clock import utc_now
from matching.extensions import db
from matching.intake.models_meetings import Meeting
from tests import factories
from tests.days import today
from tests.intake.meeting import FACTS, newest
from tests.intake.referring import steps, told
from tests.people import COUNTY_B


def call(client, report, people, **answers):
    return client.send(f"/intake/{report.id}/call-meeting", **{
        "held_on": today(3).isoformat(), "held_time": "14:30", "place": "镇政府二楼", "facts": FACTS,
        "organisation_ids": [people.department.organisation_id, people.charity.organisation_id], **answers})


def test_called_it_tells_those_invited_and_stands_in_the_history(client_of, people):
    report = factories.make_report()
    answer = call(client_of("county"), report, people)
    meeting = newest()
    assert answer.location == f"/intake/{meeting.id}/show-meeting"
    assert (meeting.state, meeting.facts, meeting.place) == ("called", FACTS, "镇政府二楼")
    assert meeting.held_at.strftime("%H:%M") == "06:30", "half past two in Shanghai"
    assert {one.organisation_id for one in meeting.invitations} == {
        people.department.organisation_id, people.charity.organisation_id}
    assert told("meeting_invited") == sorted([people.department.user_id, people.charity.user_id])
    assert steps(report.id) == ["meet_call"]


@pytest.mark.slow
@pytest.mark.parametrize(("answers", "words"), [
    ({"day": -1}, "以后的时间"), ({"day": 200}, "以后的时间"), ({"held_time": ""}, "请写几点"),
    ({"place": ""}, "在哪里开"), ({"facts": "罗秘密要透析"}, "不要写姓名"), ({"facts": ""}, "要商量什么"),
    ({"organisation_ids": []}, "至少请一个单位"), ({"organisation_ids": [987654]}, "至少请一个单位")])
def test_what_cannot_be_used_is_said_and_nothing_is_written(client_of, people, answers, words):
    report = factories.make_report(name="罗秘密")
    if "day" in answers:
        answers = {"held_on": today(answers["day"]).isoformat()}
    answer = call(client_of("town"), report, people, **answers)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert (db.session.scalar(select(func.count()).select_from(Meeting)), told("meeting_invited")) == (0, [])


def test_sent_twice_is_one(client_of, people):
    report, client = factories.make_report(), client_of("county")
    form = client.page(f"/intake/{report.id}/call-meeting").form(f"/intake/{report.id}/call-meeting")
    values = {**form.values, "held_on": today(3).isoformat(), "place": "x", "facts": "y",
              "organisation_ids": [people.department.organisation_id]}
    assert client.post(form.action, data=values).location == client.post(form.action, data=values).location
    assert db.session.scalar(select(func.count()).select_from(Meeting)) == 1


def test_only_those_in_reach_can_be_invited_and_no_closed_report_is_met_about(client_of, people):
    factories.make_organisation(COUNTY_B, name="邻县的")
    report = factories.make_report()
    assert "邻县的" not in client_of("county").page(f"/intake/{report.id}/call-meeting").text
    closed = factories.make_report(state="closed", outcome="helped", step="", closed_at=utc_now())
    assert call(client_of("county"), closed, people).status_code == 409


def test_a_community_does_not_call_one(client_of, people):
    assert client_of("community").get(f"/intake/{factories.make_report().id}/call-meeting").status_code == 403

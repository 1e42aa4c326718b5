"""Handing a matter over: which help, to whom, what is asked, until when; the report keeps its owner."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from matching.clock import utc_now
from matching.extensions import db
from matching.intake.models import Report
from matching.intake.models_work import Referral
from tests import factories
from tests.days import today
from tests.intake.referring import QUESTION, newest, refer, steps, told
from tests.people import COMMUNITY_A1A, COUNTY_B


def many() -> int:
    return db.session.scalar(select(func.count()).select_from(Referral)) or 0


def test_a_matter_is_handed_over_and_the_report_keeps_its_owner(client_of, people):
    report = factories.make_report()
    owner = report.owner_id
    answer = refer(client_of("community"), report, people)
    row = newest()
    assert answer.location == f"/intake/{row.id}/show-referral"
    assert (row.state, row.question, row.answer_due_on, row.help_type) == ("waiting", QUESTION, today(3), "medical")
    assert (row.asked_by_id, row.organisation_id) == (people.community.user_id, people.department.organisation_id)
    assert db.session.get_one(Report, report.id).owner_id == owner
    assert told("referral_received") == [people.department.user_id]
    assert steps(report.id) == ["refer"]


def test_first_the_help_is_chosen_those_of_the_report_first(client_of, people):
    report = factories.make_report(kinds=["schooling", "other"])
    page = client_of("community").page(f"/intake/{report.id}/refer-report")
    first = next(href for href, _words in page.links if "help_type=" in href)
    assert first.endswith("help_type=schooling")


def test_only_vetted_organisations_in_reach_can_be_chosen_and_those_who_give_this_help_stand_apart(client_of, people):
    giver = factories.make_organisation(name="青禾医疗互助会")
    factories.make_offer(giver, help_type="medical")
    factories.make_organisation(name="还没核实的", status="waiting")
    factories.make_organisation(COUNTY_B, name="邻县的")
    factories.make_organisation(kind="volunteer", name="一位志愿者")
    factories.make_organisation("9701", kind="department", name="市教育局")
    page = client_of("community").page(f"/intake/{factories.make_report().id}/refer-report?help_type=medical")
    for name in ("青禾医保局", "市教育局", "青禾医疗互助会"):
        assert name in page.text
    for name in ("还没核实的", "邻县的", "一位志愿者"):
        assert name not in page.text
    assert page.text.index("市教育局") < page.text.index("青禾医疗互助会") < page.text.index("青禾慈善会")


@pytest.mark.slow
@pytest.mark.parametrize(("answers", "words"), [
    ({"question": ""}, "请写清楚请它做什么"), ({"question": "请帮罗秘密看病"}, "不要写姓名"),
    ({"question": "打她的电话 139 0000 1234"}, "不要写姓名"), ({"due": -1}, "今天以后"), ({"due": 99}, "今天以后"),
    ({"organisation_id": 987654}, "从列表里选一个单位")])
def test_what_cannot_be_used_is_said_and_nothing_is_written(client_of, people, answers, words):
    report = factories.make_report(name="罗秘密")
    if "due" in answers:
        answers = {"answer_due_on": today(answers["due"]).isoformat()}
    answer = refer(client_of("community"), report, people, **answers)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert (many(), told("referral_received"), steps(report.id)) == (0, [], [])


def test_sent_twice_is_one_and_the_same_is_not_asked_twice(client_of, people):
    report, client = factories.make_report(), client_of("community")
    path = f"/intake/{report.id}/refer-report?help_type=medical"
    form = client.page(path).form(path.split("?")[0])
    values = {**form.values, "organisation_id": people.department.organisation_id, "question": QUESTION}
    first, again = (client.post(form.action, data=values) for _ in range(2))
    assert first.location == again.location
    other = refer(client, report, people)
    assert other.status_code == 409
    assert "正等着它" in other.get_data(as_text=True)
    assert many() == 1


def test_a_closed_report_is_not_referred(client_of, people):
    report = factories.make_report(state="closed", outcome="helped", step="", closed_at=utc_now())
    assert refer(client_of("community"), report, people).status_code == 409
    assert many() == 0


def test_another_county_finds_nothing(client_of, people):
    report = factories.make_report(COMMUNITY_A1A)
    assert client_of("county2").get(f"/intake/{report.id}/refer-report").status_code == 404

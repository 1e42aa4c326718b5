"""Writing a need into a file."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from matching.audit.models import AuditEntry
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.households.models import Need, TimelineEntry
from tests.factories import make_household, make_member, make_need
from tests.households.numbers import identity
from tests.people import COMMUNITY_B1A


def path(household):
    return f"/households/{household.id}/add-need"


def test_a_need_is_written_and_told(client_of):
    household = make_household()
    make_need(household, "job")
    answer = client_of("community").send(
        path(household), help_type="job", summary="在家能做的手工活", urgency="4", asks="home_based")
    assert answer.location == f"/households/{household.id}/show-household"
    need = db.session.scalars(select(Need).order_by(Need.id.desc())).first()
    assert (need.help_type, need.sequence, need.quantity, need.given, need.urgency) == ("job", 2, 1, 0, 4)
    assert (need.asks, need.traits, need.unit, need.status) == (["home_based"], [], "岗", "open")
    assert need.reported_on == day_of(utc_now())
    [event] = db.session.scalars(select(TimelineEntry).where(TimelineEntry.household_id == household.id))
    assert (event.kind, event.data["help_type"], event.data["quantity"]) == ("need.added", "job", 1)
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "need.add"))
    assert entry.object_id == need.id


def test_for_whom_it_is_becomes_traits_that_offers_can_ask_for(client_of):
    household, today = make_household(), day_of(utc_now())
    pupil = make_member(household, name="罗晓雨", sex="female", school_stage="primary")
    old = make_member(household, name="罗阿婆", sex="female", born_on=today.replace(year=today.year - 60, day=1))
    young = make_member(household, name="罗大壮", sex="male", born_on=today - timedelta(days=365 * 59))
    client = client_of("community")
    for member, expected in ((pupil, ["primary", "female"]), (old, ["over60", "female"]), (young, ["under60", "male"])):
        client.send(path(household), help_type="care", summary="有人陪着", urgency="2", member=str(member.id))
        assert db.session.scalars(select(Need).order_by(Need.id.desc())).first().traits == expected


@pytest.mark.parametrize(("summary", "said"), [
    ("给罗小燕补课", "不要写家里人的名字"), ("电话 137 0000 8123", "不要写电话或身份证号"),
    ("打１３７００００８１２３", "不要写电话或身份证号"), ("座机 0795-3561234", "不要写电话或身份证号"),
    (f"证件{identity()}", "不要写电话或身份证号"), ("", "这一项要填"),
])
def test_what_providers_will_read_gives_nobody_away(client_of, summary, said):
    household = make_household()
    make_member(household, name="罗小燕")
    answer = client_of("community").send(path(household), help_type="tutoring", urgency="2", summary=summary)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(Need)) == 0


def test_figures_and_dates_in_the_words_are_no_telephone(client_of):
    household = make_household()
    answer = client_of("community").send(path(household), help_type="cash", urgency="2", quantity="40200",
                                         summary="2026 年 11 月 3 日住院，缺 40,200 元")
    assert answer.status_code == 302


@pytest.mark.parametrize(("field", "written", "said"), [
    ("quantity", "0", "请写 1 以上的整数"), ("quantity", "两个", "整数"), ("help_type", "", "这一项要填"),
    ("reported_on", "2999-01-01", "不能在今天以后"), ("reported_on", "", "请写日期"),
])
def test_faults_are_named(client_of, field, written, said):
    household = make_household()
    answers = {"help_type": "goods", "summary": "冬天的被子", "urgency": "2", field: written}
    answer = client_of("community").send(path(household), **answers)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_out_of_reach_is_not_there(client_of):
    assert client_of("community").get(path(make_household(COMMUNITY_B1A))).status_code == 404

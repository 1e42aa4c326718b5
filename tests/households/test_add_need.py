"""Writing a need into a file."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from matching.audit.models import AuditEntry
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.households.models import Need, TimelineEntry
from matching.households.service_details import DETAILS
from tests.factories import make_household, make_member, make_need
from tests.households.numbers import identity
from tests.people import COMMUNITY_B1A


def path(household, help_type="tutoring"):
    return f"/households/{household.id}/add-need?help_type={help_type}"


def newest() -> Need:
    return db.session.scalars(select(Need).order_by(Need.id.desc())).first()


def test_a_need_is_written_and_told(client_of, people):
    household = make_household()
    make_need(household, "job")
    answer = client_of("community").send(
        path(household, "job"), summary="在家能做的手工活", urgency="4", workplace="home_based", wanted_by="2999-01-31")
    need = newest()
    assert answer.location == f"/households/{need.id}/show-need"
    assert (need.help_type, need.sequence, need.quantity, need.given, need.urgency) == ("job", 2, 1, 0, 4)
    assert (need.asks, need.traits, need.unit, need.status) == (["home_based"], [], "岗", "reported")
    assert (need.details, need.wanted_by) == ({"workplace": "home_based"}, date(2999, 1, 31))
    assert need.reported_by_id == people.community.user_id
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
        client.send(path(household, "care"), summary="有人陪着", urgency="2", member=str(member.id))
        assert newest().traits == expected


@pytest.mark.parametrize(("summary", "said"), [
    ("给罗小燕补课", "不要写家里人的名字"), ("电话 137 0000 8123", "不要写电话或身份证号"),
    ("打１３７００００８１２３", "不要写电话或身份证号"), ("座机 0795-3561234", "不要写电话或身份证号"),
    (f"证件{identity()}", "不要写电话或身份证号"), ("电话 137·0000·8123", "不要写电话或身份证号"),
    ("坳下村那一家", "不要写村名"), ("河边 5 组靠桥", "不要写村名"), ("幸福路 12 号", "不要写村名"),
    ("户号 H-JUST-1", "不要写村名"), ("", "写一句话"),
])
@pytest.mark.slow
def test_what_providers_will_read_gives_nobody_away(client_of, summary, said):
    household = make_household(number="H-JUST-1")
    make_member(household, name="罗小燕")
    answer = client_of("community").send(path(household), urgency="2", summary=summary)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(Need)) == 0


def test_figures_and_dates_in_the_words_are_no_telephone(client_of):
    household = make_household()
    answer = client_of("community").send(path(household, "cash"), urgency="2", quantity="40200",
                                         summary="2026 年 11 月 3 日住院，缺 40,200 元")
    assert answer.status_code == 302


@pytest.mark.slow
@pytest.mark.parametrize(("field", "written", "said"), [
    ("quantity", "0", "请写 1 以上的整数"), ("quantity", "两个", "整数"), ("help_type", "", "请先选一种帮助"),
    ("wanted_by", "2020-01-01", "已经过去了"), ("size", "很" * 41, "最多 40 个字"),
    ("size", "罗小燕的尺寸", "家里人的名字"),
    ("reported_on", "2999-01-01", "不能在今天以后"), ("reported_on", "", "请写日期"),
])
def test_faults_are_named(client_of, field, written, said):
    household = make_household()
    make_member(household, name="罗小燕")
    answers = {"help_type": "goods", "summary": "冬天的被子", "urgency": "2", field: written}
    answer = client_of("community").send(path(household, "goods"), **answers)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_out_of_reach_is_not_there(client_of):
    assert client_of("community").get(path(make_household(COMMUNITY_B1A))).status_code == 404


@pytest.mark.slow
def test_first_the_type_is_chosen_then_its_own_form_asks(client_of):
    client, household = client_of("community"), make_household()
    page = client.page(f"/households/{household.id}/add-need")
    tiles = [href for href, _words in page.links if "help_type=" in href]
    assert [href.partition("help_type=")[2] for href in tiles] == list(DETAILS)
    for href in tiles:
        form = client.page(href).form(f"/households/{household.id}/add-need")
        help_type = form.values["help_type"]
        names = {control.attributes.get("name") for control in form.controls}
        assert {detail.name for detail in DETAILS[help_type]} <= names, help_type


TYPED = {
    "cash": ({"purpose": "bills", "quantity": "3000"}, "看病欠的账，3,000 元", [], ["bills"]),
    "goods": ({"item": "clothing", "size": "棉衣 170 码", "quantity": "2"}, "衣服鞋帽，棉衣 170 码，2 份", [],
              ["clothing"]),
    "housing": ({"repair": ["roof", "wall"], "area_m2": "60"}, "屋顶、墙体加固，约 60 平方米，1 户", [],
                ["roof", "wall"]),
    "medical": ({"illness": "kidney", "cost": ["medicine", "travel"], "self_paid_fen": "1200.50"},
                "肾病，门诊和药费、看病的路费住宿，自己要付约 1,200.50 元，1 人", [], ["kidney", "medicine", "travel"]),
    "schooling": ({"stage": "senior", "school_cost": "boarding", "years": "3"}, "高中，住宿费，帮 3 年，1 人", [],
                  ["senior", "boarding"]),
    "tutoring": ({"stage": "primary", "grade": "5", "subject": ["maths", "english"], "venue": "visit",
                  "day": ["sat", "sun"], "part": "morning", "quantity": "12"},
                 "小学，5 年级，数学、英语，上门，周六、周日，上午，12 课时", [],
                 ["primary", "maths", "english", "visit", "sat", "sun", "morning"]),
    "job": ({"workplace": "home_based", "work": ["sewing", "handwork"], "disabled_ok": "disabled_ok", "hours": "20"},
            "只能在家做，手工编织、缝纫，残疾人可，每周约 20 小时，1 岗", ["home_based", "disabled_ok"],
            ["handwork", "sewing"]),
    "care": ({"task": "bathing", "venue": "visit", "quantity": "8"}, "助浴，上门，8 次", [], ["bathing", "visit"]),
    "counselling": ({"topic": ["grief", "low_mood"], "quantity": "4", "unit": "回"},
                    "亲人离世、睡不好、提不起劲，4 回", [], ["grief", "low_mood"]),
    "purchase": ({"product": "fruit", "product_name": "脐橙", "price_fen": "3.5", "quantity": "400"},
                 "水果，脐橙，想卖 3.50 元，400 斤", [], ["fruit"]),
}


@pytest.mark.slow
@pytest.mark.parametrize("help_type", TYPED)
def test_what_is_chosen_becomes_conditions_and_the_sentence_that_providers_read(client_of, help_type):
    answers, summary, asks, traits = TYPED[help_type]
    client = client_of("community")
    answer = client.send(path(make_household(), help_type), urgency="3", **answers)
    assert answer.status_code == 302
    need = newest()
    assert (need.summary, need.asks, need.traits) == (summary, asks, traits)
    assert need.details == {**need.details, **{
        name: round(float(value) * 100) if name.endswith("_fen") else int(value)
        for name, value in answers.items() if name.endswith(("_fen", "_m2")) or name in ("years", "grade", "hours")}}


@pytest.mark.slow
def test_the_sentence_is_drawn_in_chinese_for_an_english_reader_too(client_of):
    client = client_of("community")
    client.send("/privacy", action="/choose-language", language="en")
    client.send(path(make_household(), "care"), urgency="2", task="meals")
    assert newest().summary == "做饭送饭，1 次"


def test_a_code_that_is_in_no_list_is_refused(client_of):
    client, household = client_of("community"), make_household()
    for field in ("task", "venue", "day"):
        assert client.send(path(household, "care"), urgency="2", **{field: "roof"}).status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Need)) == 0

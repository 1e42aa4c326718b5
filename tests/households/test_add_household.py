"""Opening a file by hand."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from matching.audit.models import AuditEntry
from matching.extensions import db
from matching.households.models import Household, TimelineEntry
from tests.factories import make_household, make_member
from tests.households.numbers import identity
from tests.people import COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A, COMMUNITY_B1A, TOWN_A1, TOWN_A2, TOWN_B1

ADD = "/households/add-household"


def newest() -> Household:
    return db.session.scalars(select(Household).order_by(Household.id.desc())).first()


def how_many() -> int:
    return db.session.scalar(select(func.count()).select_from(Household))


def test_a_file_with_its_head_is_opened_and_told(client_of, people):
    number = identity("19560229", "994")
    answer = client_of("community").send(
        ADD, head_name="蓝新户", identity_number=f" {number[:17]} {number[17]}",
        area_code=COMMUNITY_A1A, phone="137-0000-8123", address="老屋 3 号", category="margin", cause="illness")
    household = newest()
    assert answer.location == f"/households/{household.id}/show-household"
    assert (household.status, household.county_code, household.category) == ("reported", "970101", "margin")
    assert (household.phone, household.address) == ("13700008123", "老屋 3 号")
    assert (household.lat, household.lon, household.precision) == (27.612, 113.912, "village")
    assert household.number == f"JD-{household.id:06d}"
    [head] = household.members
    assert (head.name, head.relation, head.sex) == ("蓝新户", "head", "female")
    assert head.identity_number == number
    assert head.born_on.isoformat() == "1956-02-29"
    [event] = db.session.scalars(select(TimelineEntry).where(TimelineEntry.household_id == household.id))
    assert (event.kind, event.actor_name) == ("household.added", people.community.name)
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.household_id == household.id))
    assert (entry.action, entry.area_code) == ("household.add", COMMUNITY_A1A)


def test_a_county_officer_chooses_the_town_first(client_of):
    client = client_of("county")
    first = client.page(ADD)
    assert "先选这户在哪个镇街" in first.text
    assert "石桥镇" in first.text
    assert "枫林镇" not in first.text
    second = client.page(f"{ADD}?town={TOWN_A2}")
    assert "桥头村" in second.text
    assert "坳下村" not in second.text
    answer = client.send(f"{ADD}?town={TOWN_A2}", head_name="雷新", area_code=COMMUNITY_A2A)
    assert answer.status_code == 302
    assert newest().area_code == COMMUNITY_A2A


@pytest.mark.slow
@pytest.mark.parametrize(("username", "query", "area"), [
    ("community", "", COMMUNITY_A1B), ("town", "", COMMUNITY_A2A), ("county", f"?town={TOWN_A2}", COMMUNITY_B1A),
    ("county", f"?town={TOWN_A2}", TOWN_A1), ("community", "", TOWN_A1)])
def test_nobody_opens_a_file_outside_the_own_reach(client_of, username, query, area):
    before = how_many()
    answer = client_of(username).send(f"{ADD}{query}", head_name="外地户", area_code=area)
    assert answer.status_code == 422
    assert how_many() == before


def test_nothing_is_claimed_that_nobody_said(client_of):
    client_of("community").send(ADD, head_name="蓝少说", area_code=COMMUNITY_A1A)
    household = newest()
    assert (household.category, household.cause, household.residence, household.phone) == ("none", "", "", None)


def test_a_foreign_town_is_not_offered(client_of):
    assert "枫树村" not in client_of("county").page(f"{ADD}?town={TOWN_B1}").text


@pytest.mark.slow
@pytest.mark.parametrize(("field", "written", "said"), [
    ("identity_number", identity()[:17], "身份证号少 1 位，应为 18 位。"),
    ("identity_number", identity() + "1", "身份证号多 1 位，应为 18 位。"),
    ("identity_number", identity()[:17] + ("0" if identity()[17] != "0" else "1"), "身份证号最后一位对不上"),
    ("identity_number", "970101199013079912", "出生日期不存在"),
    ("identity_number", "97010119900307O912", "前 17 位应是数字"),
    ("phone", "1370000812", "手机应为 11 位"),
    ("phone", "561234", "座机要带区号"),
    ("head_name", "　", "这一项要填"),
    ("number", "QH-0001", "这个户号已经有了"),
])
def test_what_is_wrong_is_said_in_plain_words_and_what_was_typed_is_kept(client_of, field, written, said):
    before = how_many()
    answers = {"head_name": "蓝留住", "area_code": COMMUNITY_A1A, "address": "新屋 5 号", field: written}
    answer = client_of("town").send(ADD, **answers)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in text
    assert "有 1 处要改" in text
    assert "新屋 5 号" in text
    assert how_many() == before


def test_a_person_of_another_file_in_reach_is_named_by_its_number(client_of):
    make_member(make_household(number="H-77"), identity_number=identity())
    answer = client_of("town").send(ADD, head_name="蓝重", area_code=COMMUNITY_A1A, identity_number=identity())
    assert "已经在户号 H-77 的档案里" in answer.get_data(as_text=True)


def test_a_person_of_a_file_out_of_reach_is_not_given_away(client_of):
    make_member(make_household(COMMUNITY_B1A, number="H-88"), identity_number=identity())
    answer = client_of("town").send(ADD, head_name="蓝迁", area_code=COMMUNITY_A1A, identity_number=identity())
    assert answer.status_code == 302


def test_sent_twice_it_opens_one_file(client_of):
    client, before = client_of("town"), how_many()
    form = client.page(ADD).form(ADD)
    filled = {**form.values, "head_name": "蓝两次", "area_code": COMMUNITY_A1A}
    assert client.post(ADD, data=filled).location == client.post(ADD, data=filled).location
    assert how_many() == before + 1


def test_a_corrected_form_is_not_taken_for_a_second_sending(client_of):
    client = client_of("town")
    form = client.page(ADD).form(ADD)
    filled = {**form.values, "head_name": "蓝改正", "area_code": COMMUNITY_A1A, "identity_number": "123"}
    assert client.post(ADD, data=filled).status_code == 422
    assert client.post(ADD, data={**filled, "identity_number": ""}).status_code == 302
    assert newest().head_name == "蓝改正"

"""Changing a file by hand."""

from __future__ import annotations

from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.extensions import db
from matching.households.models import Household, TimelineEntry
from tests.factories import make_household
from tests.households.numbers import identity
from tests.people import COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A, TOWN_A2


def path(household):
    return f"/households/{household.id}/edit-household"


def test_hidden_fields_are_not_shown_and_stay_when_left_empty(client_of):
    household = make_household(phone="13700008123", address="坳下路 7 号", bank_account="6222000011112222")
    household.members[0].identity_number = identity()
    client = client_of("town")
    page = client.page(path(household))
    for hidden in ("13700008123", "坳下路", "6222", identity()):
        assert hidden not in str(page.form(path(household)).values) + page.text
    assert client.send(path(household), cause="illness").status_code == 302
    db.session.expire_all()
    assert household.cause == "illness"
    assert (household.phone, household.address, household.bank_account) == (
        "13700008123", "坳下路 7 号", "6222000011112222")
    assert household.members[0].identity_number == identity()


def test_a_hidden_field_can_be_replaced_or_taken_away(client_of):
    household = make_household(phone="13700008123", address="坳下路 7 号")
    client_of("town").send(path(household), phone="13800007345", address="无")
    db.session.expire_all()
    assert (household.phone, household.address) == ("13800007345", None)


def test_the_change_is_told_by_the_names_of_fields_only(client_of):
    household = make_household(phone="13700008123")
    client_of("town").send(path(household), phone="13800007345", residence="rural", head_name="罗改名")
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "household.edit"))
    assert entry.changes == {"fields": ["head_name", "phone", "residence"]}
    [event] = db.session.scalars(select(TimelineEntry).where(TimelineEntry.household_id == household.id))
    assert event.kind == "household.edited"
    db.session.expire_all()
    assert household.members[0].name == "罗改名", "the head is a member too"


def test_saving_without_a_change_tells_nothing(client_of):
    household = make_household()
    assert client_of("town").send(path(household)).status_code == 302
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "household.edit")).all() == []


def test_a_household_moves_within_the_town_and_its_point_with_it(client_of):
    household = make_household(COMMUNITY_A1A)
    client_of("town").send(path(household), area_code=COMMUNITY_A1B)
    db.session.expire_all()
    assert (household.area_code, household.lat, household.precision) == (COMMUNITY_A1B, 27.618, "village")


def test_a_point_that_is_known_exactly_stays_while_the_place_does(client_of):
    household = make_household(COMMUNITY_A1A, lat=27.6111, precision="exact")
    client_of("town").send(path(household), cause="illness")
    db.session.expire_all()
    assert (household.lat, household.precision) == (27.6111, "exact")


def test_a_word_of_a_register_that_is_no_code_is_kept(client_of):
    household = make_household(housing="土坯房（1987 年）")
    client = client_of("town")
    assert client.page(path(household)).form(path(household)).values["housing"] == "土坯房（1987 年）"
    client.send(path(household), cause="illness")
    db.session.expire_all()
    assert household.housing == "土坯房（1987 年）"


def test_two_files_of_one_county_never_have_one_number(client_of):
    taken, household = make_household(number="H-1"), make_household(number="H-2")
    answer = client_of("town").send(path(household), number=taken.number, cause="illness")
    assert answer.status_code == 422
    assert "这个户号已经有了" in answer.get_data(as_text=True)
    db.session.expire_all()
    assert db.session.get(Household, household.id).cause == ""


def test_out_of_reach_is_not_there(client_of):
    household = make_household(COMMUNITY_A1A)
    for username in ("town2", "other_community"):
        client = client_of(username)
        assert client.get(path(household)).status_code == 404
        assert client.post(path(household)).status_code in (400, 404)


def test_a_household_moves_to_another_town_by_choosing_the_town_first(client_of):
    household, client = make_household(COMMUNITY_A1A), client_of("county")
    there = f"{path(household)}?town={TOWN_A2}"
    assert "桥头村" not in client.page(path(household)).text
    [form] = [form for form in client.page(there).forms if form.action == there]
    assert client.post(there, data={**form.values, "area_code": COMMUNITY_A2A}).status_code == 302
    db.session.expire_all()
    assert household.area_code == COMMUNITY_A2A
    assert "搬到别的镇街" not in client_of("other_town").page(path(household)).text

"""What applying a register does and never does: amendments, people who move, what others hold, who may."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import delete, func, select

from matching.actor import Actor, Role
from matching.audit.models import AuditEntry
from matching.crypto import Keyring, RetiredKey
from matching.errors import NotThere
from matching.exchange.workbook import FileRefused
from matching.extensions import db
from matching.households.models import Household, Member, Need, TimelineEntry
from matching.offers.models import Offer
from matching.organisations.models import Organisation
from matching.places.models import Area
from matching.rotation import rotate
from matching.startup import check_field_keys
from tests.exchange.conftest import Import
from tests.exchange.registers import identity
from tests.test_rotation import NEW_KEY

HEADER = ["户编号", "镇街", "村(社区)", "姓名", "与户主关系", "身份证号", "联系电话", "救助类型", "帮扶需求",
          "需求数量", "月收入", "疾病名称"]
LAN, MING, HUA = (identity("970101", born, 990) for born in ("19660611", "19900611", "19400611"))
HOMES = [
    ["QH00001", "双溪镇", "坳下村", "王桂兰", "户主", LAN, "13800000001", "低保A类", "资金、就业", "2000、1", 300,
     "尿毒症"],
    ["QH00001", "双溪镇", "坳下村", "王小明", "子", MING, "", "低保A类", "资金、就业", "2000、1", 0, ""],
    ["QH00002", "石桥镇", "桥头村", "赵秀华", "户主", HUA, "0799-6002794", "特困", "照料", "4", "", ""]]
OFFER_HEADER = ["单位名称", "单位性质", "统一社会信用代码", "项目名称", "资源类型", "数量", "单位", "服务半径(公里)",
                "服务区域", "地址", "纬度", "经度", "对象要求", "开始日期", "结束日期"]
OFFER = ["青禾县同心慈善会", "慈善组织", "", "助学项目", "助学", 20, "人", "", "双溪镇、石桥镇",
         "青禾县双溪镇解放路1号", 27.61, 113.91, "高中", "2026-01-01", "2026-12-31"]
Write = Callable[[list[list[Any]]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(rows: list[list[Any]]) -> Path:
        book = Workbook()
        assert book.active is not None
        for row in rows:
            book.active.append(row)
        book.save(tmp_path / "register.xlsx")
        return tmp_path / "register.xlsx"

    return to_file


def changed(rows: list[list[Any]], row: int, column: str, value: Any) -> list[list[Any]]:
    copy = [list(line) for line in rows]
    copy[row][(OFFER_HEADER if len(copy[row]) == len(OFFER_HEADER) else HEADER).index(column)] = value
    return copy


def homes(write: Write, rows: list[list[Any]] | None = None) -> Path:
    return write([HEADER, *(HOMES if rows is None else rows)])


def done(found: dict[str, Any]) -> tuple[int, int, int]:
    return found["created"], found["updated"], found["unchanged"]


def household(number: str) -> Household:
    return db.session.scalars(select(Household).where(Household.number == number)).one()


@pytest.mark.slow
def test_sensitive_values_are_sealed_and_everything_has_its_place(bring_in: Import, write: Write) -> None:
    found = bring_in("households", homes(write))
    assert done(found) == (3, 0, 0)
    assert found["new_places"] == ["双溪镇坳下村", "石桥镇桥头村"]
    home = household("QH00001")
    assert (home.phone, home.members[0].identity_number, home.members[0].illness) == ("13800000001", LAN, "尿毒症")
    assert [(need.help_type, need.quantity, need.unit) for need in home.needs] == [
        ("cash", 2000, "元"), ("job", 1, "岗")]
    assert home.area_code == db.session.scalars(select(Area.code).where(Area.name == "坳下村")).one()
    stored = [bytes(value) for row in db.session.execute(select(*Member.__table__.columns)) for value in row
              if isinstance(value, bytes | memoryview)]
    assert stored
    assert not any(LAN.encode() in value or "尿毒症".encode() in value for value in stored)


def test_each_household_gets_a_story_and_the_import_an_entry(bring_in: Import, write: Write) -> None:
    bring_in("households", homes(write))
    assert sorted(db.session.scalars(select(TimelineEntry.kind))) == ["household.imported"] * 2 + ["need.imported"] * 3
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "register.import")).one()
    assert (entry.area_code, entry.actor_role, entry.changes["created"]) == ("970101", "system", 3)


@pytest.mark.slow
def test_the_same_file_again_changes_nothing_and_writes_no_story(bring_in: Import, write: Write) -> None:
    bring_in("households", homes(write))
    counts = [db.session.scalar(select(func.count()).select_from(model)) for model in (TimelineEntry, AuditEntry)]
    assert done(bring_in("households", homes(write))) == (0, 0, 3)
    assert counts == [db.session.scalar(select(func.count()).select_from(m)) for m in (TimelineEntry, AuditEntry)]


@pytest.mark.parametrize(("row", "column", "value", "updated"), [
    (1, "月收入", 900, 1), (0, "救助类型", "低保B类", 1), (2, "需求数量", "6", 1), (2, "联系电话", "13900000009", 1),
    (2, "镇街", "云岭乡", 1)])
@pytest.mark.slow
def test_an_amended_file_updates_just_that(bring_in: Import, write: Write, row: int, column: str, value: Any,
                                           updated: int) -> None:
    bring_in("households", homes(write))
    amended = changed(HOMES, row, column, value)
    assert done(bring_in("households", homes(write, amended))) == (0, updated, 3 - updated)
    assert done(bring_in("households", homes(write, amended))) == (0, 0, 3)


@pytest.mark.slow
def test_a_new_person_and_a_new_need_are_added(bring_in: Import, write: Write) -> None:
    bring_in("households", homes(write))
    more = [*changed(changed(HOMES, 2, "帮扶需求", "照料、看病"), 2, "需求数量", "4、1"),
            ["QH00002", "石桥镇", "桥头村", "赵小梅", "女", identity("970101", "20150611", 992), *[""] * 6]]
    assert done(bring_in("households", homes(write, more))) == (1, 1, 2)
    assert [need.help_type for need in household("QH00002").needs] == ["care", "medical"]


@pytest.mark.slow
def test_an_empty_or_unreadable_cell_takes_nothing_away(bring_in: Import, write: Write) -> None:
    bring_in("households", homes(write))
    poorer = changed(changed(changed(HOMES, 0, "联系电话", ""), 0, "身份证号", LAN[:17]), 0, "月收入", "不详")
    assert done(bring_in("households", homes(write, poorer))) == (0, 0, 3)
    head = household("QH00001").members[0]
    assert (head.identity_number, head.phone, head.monthly_income_fen) == (LAN, "13800000001", 30000)


@pytest.mark.slow
def test_a_number_that_was_missing_completes_the_same_person(bring_in: Import, write: Write) -> None:
    bring_in("households", homes(write, changed(HOMES, 1, "身份证号", "")))
    assert done(bring_in("households", homes(write))) == (0, 2, 1)  # the household's needs now know more, too
    assert [member.identity_number for member in household("QH00001").members] == [LAN, MING]


@pytest.mark.slow
def test_a_person_whom_the_register_moves_moves(bring_in: Import, write: Write) -> None:
    bring_in("households", homes(write))
    moved = changed(changed(HOMES, 1, "户编号", "QH00002"), 1, "镇街", "石桥镇")
    bring_in("households", homes(write, moved))
    assert [member.name for member in household("QH00001").members] == ["王桂兰"]
    assert {member.name for member in household("QH00002").members} == {"赵秀华", "王小明"}
    assert db.session.scalar(select(func.count()).select_from(Member)) == 3


@pytest.mark.slow
def test_a_person_in_a_file_of_another_register_is_reported_and_not_entered_twice(bring_in: Import,
                                                                                 write: Write) -> None:
    bring_in("households", homes(write))
    other = [["QH77777", "石桥镇", "桥头村", "王小明", "户主", MING, "", "无", "就业", "1", "", ""]]
    found = bring_in("households", homes(write, other))
    assert found["duplicates"] == [{"rows": [2], "households": ["QH00001", "QH77777"]}]
    assert db.session.scalar(select(func.count()).select_from(Member)) == 3


@pytest.mark.slow
def test_a_need_never_shrinks_below_what_pairings_hold(bring_in: Import, write: Write) -> None:
    bring_in("households", homes(write))
    need = db.session.scalars(select(Need).where(Need.help_type == "care")).one()
    need.given = 3
    db.session.commit()
    found = bring_in("households", homes(write, changed(HOMES, 2, "需求数量", "1")))
    assert [fault["kind"] for fault in found["faults"]] == ["below_given"]
    assert db.session.scalars(select(Need).where(Need.help_type == "care")).one().quantity == 3


@pytest.mark.slow
def test_what_an_officer_asks_for_since_stays_with_the_same_register(bring_in: Import, write: Write) -> None:
    bring_in("households", homes(write))
    need = db.session.scalars(select(Need).where(Need.help_type == "job")).one()
    need.asks, need.traits = ["home_based"], [*need.traits, "sewing"]
    db.session.commit()
    assert done(bring_in("households", homes(write))) == (0, 0, 3)
    need = db.session.scalars(select(Need).where(Need.help_type == "job")).one()
    assert need.asks == ["home_based"]
    assert "sewing" in need.traits


@pytest.mark.slow
def test_a_need_that_was_met_or_withdrawn_stays_so(bring_in: Import, write: Write) -> None:
    bring_in("households", homes(write))
    db.session.scalars(select(Need).where(Need.help_type == "care")).one().status = "withdrawn"
    db.session.commit()
    assert done(bring_in("households", homes(write, changed(HOMES, 2, "需求数量", "9")))) == (0, 0, 3)


@pytest.mark.slow
def test_a_household_without_a_number_is_found_again_by_its_people(bring_in: Import, write: Write) -> None:
    nameless = [line[1:] for line in HOMES]
    path = write([HEADER[1:], *nameless])
    assert done(bring_in("households", path)) == (3, 0, 0)
    assert done(bring_in("households", path)) == (0, 0, 3)
    assert db.session.scalar(select(func.count()).select_from(Household)) == 2


@pytest.mark.slow
def test_a_household_without_any_number_is_found_again_after_the_keys_were_changed(
        app: Flask, bring_in: Import, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own number was made under the old key, which is taken out."""
    rows = [["" if HEADER[at] in ("户编号", "身份证号") else cell for at, cell in enumerate(line)]
            for line in HOMES[2:]]
    path, old = homes(write, rows), app.config["FIELD_KEYS"]
    assert done(bring_in("households", path)) == (1, 0, 0)
    for keys in (f"{NEW_KEY},{old}", NEW_KEY):
        monkeypatch.setitem(app.extensions, "keyring", Keyring(keys))
        check_field_keys(app)
        if old in keys:
            rotate()
        assert done(bring_in("households", path)) == (0, 0, 1)
    db.session.execute(delete(RetiredKey))  # control: without the retired key's secret it would be a second file
    assert done(bring_in("households", path)) == (1, 0, 0)


def test_the_county_of_an_actor_is_the_limit(bring_in: Import, write: Write) -> None:
    officer = Actor(7, "county", "李科长", Role.COUNTY, "360302")
    with pytest.raises(NotThere):
        bring_in("households", homes(write), actor=officer)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Household)) == 0


@pytest.mark.slow
@pytest.mark.parametrize("area_code", ["999999", "360399", "35"])
def test_a_county_that_does_not_fit_is_refused(bring_in: Import, write: Write, area_code: str) -> None:
    with pytest.raises(FileRefused) as caught:
        bring_in("households", homes(write), area_code)
    assert caught.value.code == "area_unknown"


def test_a_file_that_is_no_such_register_is_refused(bring_in: Import, write: Write) -> None:
    with pytest.raises(FileRefused) as caught:
        bring_in("households", write([["物品", "价格"], ["米", 3]]), "970101")
    assert caught.value.code == "no_table"
    with pytest.raises(FileRefused) as caught:
        bring_in("households", write([["镇街", "村", "致困原因", "住房情况"], ["双溪镇", "坳下村", "因病", "租住"]]),
                 "970101")
    assert caught.value.code == "columns_missing"


def test_offers_come_in_with_reach_conditions_and_a_vetted_organisation(bring_in: Import, write: Write) -> None:
    wide = changed(changed([OFFER], 0, "服务区域", "全县"), 0, "项目名称", "助学二期")[0]
    near = changed(changed([OFFER], 0, "服务区域", ""), 0, "服务半径(公里)", "15公里")[0]
    near[3], near[12] = "上门照料", "60岁以上、女性、居家，残疾人可，本村户籍"
    found = bring_in("offers", write([OFFER_HEADER, OFFER, wide, near]), "970101")
    assert done(found) == (3, 0, 0)
    offers = {offer.title: offer for offer in db.session.scalars(select(Offer))}
    assert [area.area_code for area in offers["助学项目"].areas] == ["970101001", "970101002"]
    assert [area.area_code for area in offers["助学二期"].areas] == ["970101"]
    assert (offers["上门照料"].reach, offers["上门照料"].radius_km) == ("radius", 15.0)
    assert offers["上门照料"].provides == ["home_based", "disabled_ok"]
    assert offers["上门照料"].only_for == ["over60", "female"]
    assert offers["上门照料"].description == "本村户籍"
    assert offers["助学项目"].only_for == ["senior"]
    organisation = db.session.scalars(select(Organisation)).one()
    assert (organisation.status, organisation.kind, organisation.area_code) == ("vetted", "charity", "970101")
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"organisation.register", "organisation.vetted", "offer.import", "register.import"} <= actions


@pytest.mark.slow
def test_offers_again_change_nothing_and_amended_ones_update(bring_in: Import, write: Write) -> None:
    path = write([OFFER_HEADER, OFFER, OFFER])
    assert done(bring_in("offers", path, "970101")) == (2, 0, 0)  # two lines of one title are two offers
    assert done(bring_in("offers", path, "970101")) == (0, 0, 2)
    amended = write([OFFER_HEADER, *changed([OFFER, OFFER], 1, "服务区域", "云岭乡")])
    assert done(bring_in("offers", amended, "970101")) == (0, 1, 1)


@pytest.mark.slow
def test_an_offer_keeps_what_pairings_hold_and_what_its_provider_paused(bring_in: Import, write: Write) -> None:
    bring_in("offers", write([OFFER_HEADER, OFFER]), "970101")
    offer = db.session.scalars(select(Offer)).one()
    offer.taken, offer.status = 8, "paused"
    db.session.commit()
    found = bring_in("offers", write([OFFER_HEADER, *changed([OFFER], 0, "数量", 5)]), "970101")
    assert [fault["kind"] for fault in found["faults"]] == ["below_given"]
    offer = db.session.scalars(select(Offer)).one()
    assert (offer.capacity, offer.status) == (8, "paused")


def test_an_organisation_registered_elsewhere_waits_for_its_own_county(bring_in: Import, write: Write) -> None:
    theirs = changed([OFFER], 0, "统一社会信用代码", "53360302MX9902297W")
    bring_in("offers", write([OFFER_HEADER, *theirs]), "970101")
    organisation = db.session.scalars(select(Organisation)).one()
    assert (organisation.area_code, organisation.status) == ("360302", "waiting")
    offer = db.session.scalars(select(Offer)).one()
    assert [(yes.county_code, yes.status) for yes in offer.clearances] == [("970101", "allowed")]


def test_an_organisation_that_was_refused_is_not_let_in_by_an_import(bring_in: Import, write: Write) -> None:
    path = write([OFFER_HEADER, OFFER])
    bring_in("offers", path, "970101")
    db.session.scalars(select(Organisation)).one().status = "suspended"
    db.session.commit()
    bring_in("offers", path, "970101")
    assert db.session.scalars(select(Organisation)).one().status == "suspended"


@pytest.mark.slow
@pytest.mark.parametrize(("column", "value", "kind"), [
    ("数量", "若干", "quantity_unknown"), ("资源类型", "综合服务", "type_unknown"),
    ("单位名称", "", "no_organisation")])
def test_offers_that_say_too_little_are_rejected(bring_in: Import, write: Write, column: str, value: str,
                                                 kind: str) -> None:
    found = bring_in("offers", write([OFFER_HEADER, OFFER, *changed([OFFER], 0, column, value)]), "970101")
    assert [(fault["row"], fault["kind"], fault["verdict"]) for fault in found["faults"]] == [(3, kind, "reject")]
    assert done(found) == (1, 0, 0)


@pytest.mark.slow
def test_points_that_come_later_move_what_stands_there(bring_in: Import, write: Write) -> None:
    bring_in("households", homes(write))
    assert household("QH00001").lat is None
    points = write([["乡镇名称", "村名", "北纬", "东经"], ["双溪镇", "", 27.6, 113.9],
                    ["双溪", "坳下村", 27.61, 113.93], ["石桥镇", "上湾社区", 113.98, 27.66],
                    ["枫林镇", "", 27.9, 114.4], ["云岭乡", "", "", ""]])
    found = bring_in("places", points, "970101")
    assert [(fault["row"], fault["kind"], fault["verdict"]) for fault in found["faults"]] == [
        (4, "lonlat_swapped", "warning"), (5, "foreign_area", "reject"), (6, "no_point", "reject")]
    assert done(found) == (1, 2, 0)
    assert (household("QH00001").lat, household("QH00001").precision) == (27.61, "village")
    assert done(bring_in("places", points, "970101")) == (0, 0, 3)


@pytest.mark.slow
def test_an_exact_point_of_a_household_is_never_overwritten(bring_in: Import, write: Write) -> None:
    bring_in("households", homes(write))
    home = household("QH00001")
    home.lat, home.lon, home.precision = 27.7, 113.8, "exact"
    db.session.commit()
    assert done(bring_in("households", homes(write))) == (0, 0, 3)
    assert household("QH00001").lat == 27.7

# ruff: noqa: E501  tables are read as they stand
"""Registers with one row a household and columns for each person, and with one telephone for several people."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matching.exchange.households import read_households
from matching.exchange.register import HouseholdsRegister
from matching.exchange.sheets import tables_of
from matching.exchange.workbook import read_workbook
from tests.exchange.offices import Grid, number, save
from tests.exchange.registers import COUNTY

WIFE, SON, OLD = number(2, "19550711"), number(3, "20100905"), number(4, "19310102")
HOME = [("王桂兰", "head", number(1)), ("李铁柱", "spouse", WIFE), ("李小军", "son", SON)]


def read(path: Path, rows: Grid, merges: list[str] | None = None) -> HouseholdsRegister:
    save(path / "r.xlsx", [("台账", rows, merges or [])])
    return read_households(tables_of(read_workbook(path / "r.xlsx"), "households"), COUNTY, date(2026, 1, 1))


def people(register: HouseholdsRegister) -> list[list[tuple[str, str, str | None]]]:
    return [[(person.name, person.relation, person.identity_number) for person in home.members]
            for home in register.households]


NUMBERED: dict[str, list[str]] = {
    "digits before": ["成员1姓名", "成员1身份证", "成员1关系", "成员2姓名", "成员2身份证", "成员2关系"],
    "digits after": ["姓名1", "身份证号1", "与户主关系1", "姓名2", "身份证号2", "与户主关系2"],
    "characters": ["家庭成员一姓名", "家庭成员一身份证号码", "家庭成员一与户主关系", "家庭成员二姓名", "家庭成员二身份证号码",
                   "家庭成员二与户主关系"],
    "brackets": ["家庭成员（1）姓名", "家庭成员（1）公民身份号码", "家庭成员（1）称谓", "家庭成员（2）姓名", "家庭成员（2）公民身份号码",
                 "家庭成员（2）称谓"],
    "counted": ["第一位家庭成员姓名", "第一位家庭成员证件号码", "第一位家庭成员关系", "第二位家庭成员姓名", "第二位家庭成员证件号码",
                "第二位家庭成员关系"],
}


@pytest.mark.parametrize("headers", NUMBERED.values(), ids=NUMBERED)
def test_numbered_people_are_people(tmp_path: Path, headers: list[str]) -> None:
    register = read(tmp_path, [
        ["困难家庭一户一行台账"],
        ["序号", "乡镇", "村", "户主姓名", "户主身份证号", "救助类别", "帮扶需求", "需求数量", *headers, "备注"],
        [1, "双溪镇", "坳下村", "王桂兰", number(1), "低保A类", "就医、助学", "1、2", "李铁柱", WIFE, "配偶", "李小军", SON, "儿子", ""],
        [2, "双溪镇", "坳下村", "何秀英", OLD, "特困", "照料陪伴", "1", *[None] * 6, "独居"]])
    assert people(register) == [HOME, [("何秀英", "head", OLD)]]
    assert [[(need.help_type, need.quantity) for need in home.needs] for home in register.households] == [
        [("medical", 1), ("schooling", 2)], [("care", 1)]]
    assert not register.faults
    assert [home.note for home in register.households] == ["", "独居"]


def test_under_a_heading_of_its_own_each_person_keeps_what_is_told_of_it(tmp_path: Path) -> None:
    none: list[Any] = [None]
    register = read(tmp_path, [
        ["户号", "镇街", "户主", "成员1", *none * 4, "成员2", *none * 4],
        [*none * 3, *["姓名", "关系", "身份证号", "健康状况", "联系电话"] * 2],
        ["QH-001", "双溪镇", "王桂兰", "王桂兰", "本人", number(1), "健康", "13900000001", "李铁柱", "配偶", WIFE, "大病", "13900000002"],
        ["QH-002", "双溪镇", "何秀英", "何秀英", "本人", OLD, "一般", "0597-8000123", *none * 5]],
        ["D1:H1", "I1:M1", "A1:A2", "B1:B2", "C1:C2"])
    assert people(register) == [HOME[:2], [("何秀英", "head", OLD)]]
    assert [(person.health, person.phone) for person in register.households[0].members][1] == ("serious", "13900000002")
    assert not register.faults


def test_spouse_and_children_have_their_relation_from_the_header(tmp_path: Path) -> None:
    register = read(tmp_path, [
        ["户编号", "申请人姓名", "申请人身份证号", "家庭住址", "配偶姓名", "配偶身份证号", "子女1姓名", "子女1身份证号", "子女2姓名", "子女2身份证号"],
        ["A-11", "王桂兰", number(1), "双溪镇坳下村3组5号", "李铁柱", WIFE, "李小军", SON, "无", "/"]])
    assert people(register) == [[*HOME[:2], ("李小军", "child", SON)]]
    assert not register.faults


def test_one_cell_may_hold_one_person_and_the_head_may_stand_there_again(tmp_path: Path) -> None:
    register = read(tmp_path, [
        ["户编号", "乡镇", "户主姓名", "身份证号", "家庭成员1", "家庭成员2", "家庭成员3"],
        ["A-11", "双溪镇", "王桂兰", number(1), f"王桂兰（户主）{number(1)}", f"李铁柱（配偶）{WIFE}", f"李小军 儿子 {SON}"]])
    assert people(register) == [HOME]
    assert not register.faults


def test_a_fault_names_the_column_in_which_it_stands(tmp_path: Path) -> None:
    register = read(tmp_path, [
        ["户编号", "乡镇", "户主姓名", "身份证号", "成员1姓名", "成员1身份证", "成员1电话", "成员2姓名", "成员2身份证"],
        ["A-11", "双溪镇", "王桂兰", number(1), "李铁柱", WIFE[:17], "1390000000", "李小军", SON]])
    assert {(fault.sheet_row, fault.column, fault.field, fault.kind) for fault in register.faults} == {
        (2, "F", "id", "id_short"), (2, "G", "phone", "phone_short")}
    assert [person.name for person in register.households[0].members] == ["王桂兰", "李铁柱", "李小军"]


def test_where_a_row_is_a_person_its_spouses_name_makes_no_second_one(tmp_path: Path) -> None:
    register = read(tmp_path, [
        ["户编号", "乡镇", "姓名", "与户主关系", "身份证号", "配偶姓名", "配偶身份证号"],
        ["A-11", "双溪镇", "王桂兰", "户主", number(1), "李铁柱", WIFE],
        ["A-11", "双溪镇", "李铁柱", "配偶", WIFE, "王桂兰", number(1)]])
    assert people(register) == [HOME[:2]]
    assert not register.faults


def test_one_telephone_merged_over_a_family_is_the_households(tmp_path: Path) -> None:
    register = read(tmp_path, [
        ["户编号", "乡镇", "姓名", "与户主关系", "身份证号", "联系电话"],
        ["A-11", "双溪镇", "王桂兰", "户主", number(1), "13900000001"],
        [None, None, "李铁柱", "配偶", WIFE, None],
        [None, None, "李小军", "儿子", SON, None],
        ["A-12", "双溪镇", "何秀英", "户主", OLD, "13900000002"]],
        ["A2:A4", "B2:B4", "F2:F4"])
    assert [[person.phone for person in home.members] for home in register.households] == [
        ["13900000001", None, None], ["13900000002"]]

# ruff: noqa: E501  tables are read as they stand
"""Layouts that offices really use: head beside members, help to tick, brackets in needs, two numbers a person."""

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


def read(path: Path, rows: Grid, merges: list[str] | None = None) -> HouseholdsRegister:
    save(path / "r.xlsx", [("台账", rows, merges or [])])
    return read_households(tables_of(read_workbook(path / "r.xlsx"), "households"), COUNTY, date(2026, 1, 1))


def needs(register: HouseholdsRegister) -> list[list[tuple[str, int]]]:
    return [[(need.help_type, need.quantity) for need in home.needs] for home in register.households]


def test_the_heads_block_is_not_taken_for_the_people(tmp_path: Path) -> None:
    none: list[Any] = [None]
    register = read(tmp_path, [
        ["编\n号", "所属乡镇\n（街道）", "户主基本信息", *none * 2, "家庭成员情况", *none * 3, "困难类型", "急难愁盼\n事项"],
        [*none * 2, "姓  名", "公民身份号码", "联系方式", "成员姓名", "称谓", "身份证", "健康状况", *none * 2],
        [1, "双溪镇", "王桂兰", number(1), "13900001111", "王桂兰", "本人", number(1), "一般", "低保户（B类）",
         "1.危房修缮；2.孩子上学费用；3.想找份工作"],
        [*none * 5, "李铁柱", "之夫", number(2, "19550711"), "重病", *none * 2],
        ["合计", "1户2人", *none * 9]],
        ["C1:E1", "F1:I1", "A1:A2", "B1:B2", "J1:J2", "K1:K2", *(f"{letter}3:{letter}4" for letter in "ABCDEJK")])
    [home] = register.households
    assert [(person.name, person.relation, person.identity_number) for person in home.members] == [
        ("王桂兰", "head", number(1)), ("李铁柱", "spouse", number(2, "19550711"))]
    assert needs(register) == [[("housing", 1), ("schooling", 1), ("job", 1)]]
    assert not register.faults


@pytest.mark.slow
@pytest.mark.parametrize("tick", ["√", "是", "1", "✔"])
def test_kinds_of_help_that_are_ticked_are_needs(tmp_path: Path, tick: str) -> None:
    register = read(tmp_path, [
        ["城关街道困难家庭需求调查表", *[None] * 9],
        ["序号", "社区", "户主姓名", "身份证号码", "类别", "需求类别（打√）", None, None, None, "紧急程度"],
        [None, None, None, None, None, "资金", "就医", "物资", "其他（请注明）", None],
        [1, "东门社区", "周春梅", number(6, "19800505"), "低边", tick, None, "×", "轮椅1台", "特急"],
        [2, "东门社区", "吴德福", number(7, "19530909"), "特困", "无", tick, "3", None, "一般"],
        ["总计", None, None, None, None, 1, 1, 2, 1, None]],
        ["A1:J1", "F2:I2", *(f"{letter}2:{letter}3" for letter in "ABCDEJ")])
    assert needs(register) == [[("cash", 1), ("goods", 1)], [("medical", 1), ("goods", 3)]]
    assert [home.category for home in register.households] == ["margin", "tekun"]
    assert not register.faults


def test_brackets_explain_a_need_and_the_certificate_has_a_column_of_its_own(tmp_path: Path) -> None:
    register = read(tmp_path, [
        ["家庭编码", "与户主关系", "姓名", "身份证件号", "在读学校及年级", "残疾证号", "最迫切的需求"],
        ["SX-1", "户主", "陈金凤", number(1, "19620415"), None, number(1, "19620415") + "43", "卖土鸡蛋"],
        ["SX-1", "孙子", "陈亮", number(2, "20120901"), "双溪中心小学五年级", number(3) + "11", "课业辅导（语文、数学）"]])
    assert needs(register) == [[("purchase", 1), ("tutoring", 1)]]
    head, pupil = register.households[0].members
    assert (head.disability_kind, head.disability_grade) == ("limb", 3)
    assert (pupil.school_stage, pupil.certificate) == ("primary", None)  # another person's certificate is not taken

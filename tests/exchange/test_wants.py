"""Needs from a cell's words: kinds, quantities in the same order, urgency, what is asked and known."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from matching.exchange.joining import Joined, Part
from matching.exchange.register import Faults, MemberRow, NeedRow
from matching.exchange.sheets import Column, Row, Table
from matching.exchange.wants import help_type_of, read_legend, read_needs

FIELDS = ("need", "qty", "urgent", "note", "need_on")
COLUMNS = {name: Column(index, name) for index, name in enumerate(FIELDS)}
TODAY = date(2026, 1, 1)
OLD = MemberRow(1, "何秀英", born_on=date(1950, 3, 1), sex="female")
PUPIL = MemberRow(2, "何小梅", born_on=date(2015, 3, 1), sex="female", school_stage="primary")


def needs(need: str, qty: Any = "", urgent: str = "", note: str = "", need_on: Any = "",
          members: tuple[MemberRow, ...] = (), legend: dict[str, int] | None = None
          ) -> tuple[tuple[NeedRow, ...], list[str]]:
    row = Row(7, [need, qty, urgent, note, need_on])
    faults = Faults(Joined(Table("", tuple(COLUMNS.values()), (row,), (1,)), COLUMNS, (Part("", COLUMNS),)))
    found = read_needs([row], COLUMNS, legend or {}, members, TODAY, faults)
    return found, [fault.kind for fault in faults.found]


def pairs(*args: Any, **kwargs: Any) -> list[tuple[str, int]]:
    return [(need.help_type, need.quantity) for need in needs(*args, **kwargs)[0]]


@pytest.mark.parametrize(("need", "qty", "wanted"), [
    *((f"资金{mark}物资", f"2000{mark}3", [("cash", 2000), ("goods", 3)]) for mark in "、；，\n/ |"),
    ("资金", "1,200", [("cash", 1200)]),
    ("资金", 2000.0, [("cash", 2000)]), ("资金2000元、大米2袋", "", [("cash", 2000), ("goods", 2)]),
    ("1.资金 2.就业", "", [("cash", 1), ("job", 1)]), ("①资金②就业", "", [("cash", 1), ("job", 1)]),
    ("心理辅导和作业辅导", "", [("counselling", 1), ("tutoring", 1)]), ("无", "", []), ("/", "", []), ("", "", [])])
def test_kinds_and_quantities_stand_in_one_order(need: str, qty: Any, wanted: list[tuple[str, int]]) -> None:
    assert pairs(need, qty) == wanted
    assert needs(need, qty)[1] == []


def test_an_unknown_word_is_left_out_and_keeps_its_place() -> None:
    found, faults = needs("资金；待定；看病", "2901；5；1")
    assert [(need.help_type, need.quantity) for need in found] == [("cash", 2901), ("medical", 1)]
    assert faults == ["need_unknown"]


@pytest.mark.parametrize("word", ["待定", "其他", "其它救助", "希望多关心", "综合服务", "看情况", "法律咨询",
                                  "希望解决孩子上学费用和老人看病的困难"])
def test_vague_words_are_never_guessed(word: str) -> None:
    assert help_type_of(word) is None


def test_unreadable_quantities_become_one_each_with_a_warning() -> None:
    assert pairs("资金、物资", "2000") == [("cash", 1), ("goods", 1)]
    assert needs("资金、物资", "2000")[1] == ["quantity_unknown"]
    assert needs("物资", "若干")[1] == ["quantity_unknown"]


@pytest.mark.parametrize(("written", "urgency"), [
    ("", 2), ("Ⅰ级", 2), ("一般", 2), ("不急", 2), ("Ⅱ级", 3), ("紧急", 3), ("较急", 3), ("Ⅲ级", 5), ("特急", 5),
    ("危急", 5), ("十万火急", 5), ("非常紧急", 5)])
def test_urgency_follows_the_settled_reading(written: str, urgency: int) -> None:
    assert needs("资金", urgent=written)[0][0].urgency == urgency


@pytest.mark.parametrize(("text", "legend"), [
    ("Ⅰ级为特急，Ⅱ级为紧急，Ⅲ级为一般", {"1": 5, "2": 3, "3": 2}), ("缓急：Ⅰ级特急、Ⅲ级一般", {"1": 5, "3": 2}),
    ("特急填Ⅰ级，一般填Ⅲ级", {"1": 5, "3": 2}), ("一级（最紧急）、三级（一般）", {"1": 5, "3": 2}),
    ("残疾等级：一级最重，四级最轻", {}), ("说明：金额单位为元", {})])
def test_a_legend_is_read_from_the_registers_own_notes(text: str, legend: dict[str, int]) -> None:
    assert read_legend([text]) == legend


def test_the_day_of_a_need_is_the_registers_own() -> None:
    assert needs("资金", need_on="2025年3月")[0][0].reported_on == date(2025, 3, 1)
    assert needs("资金")[0][0].reported_on is None
    assert needs("资金", need_on="不详")[1] == ["date_unknown"]


def test_only_what_is_certain_is_asked_for_and_known() -> None:
    home = needs("就业", note="需居家就业，丈夫卧床须照料，不能外出", members=(OLD, PUPIL))[0][0]
    assert home.asks == ("home_based",)
    assert needs("就业", note="希望就近解决")[0][0].asks == ()
    assert needs("照料", members=(OLD,))[0][0].traits == ("over60", "female")
    assert needs("照料", members=(OLD, PUPIL))[0][0].traits == ("female",)
    assert needs("补课", members=(OLD, PUPIL))[0][0].traits == ("primary",)
    assert needs("补课", members=(PUPIL, MemberRow(3, "何小兰", school_stage="senior")))[0][0].traits == ()


def test_the_same_words_again_in_a_further_row_count_once() -> None:
    row = Row(7, ["资金", "5", "", "", ""])
    faults = Faults(Joined(Table("", tuple(COLUMNS.values()), (row,), (1,)), COLUMNS, (Part("", COLUMNS),)))
    again = Row(8, ["资金", "5", "", "", ""])
    other = Row(9, ["看病", "1", "", "", ""])
    assert [need.help_type for need in read_needs([row, again, other], COLUMNS, {}, (), TODAY, faults)] == [
        "cash", "medical"]

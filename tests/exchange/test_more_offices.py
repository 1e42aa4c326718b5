# ruff: noqa: E501  tables are read as they stand
"""Registers of further desks, each worded and laid out in its own way, and what they must come out as."""

from __future__ import annotations

import base64
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

ONE, WIFE, SON, OLD = number(1), number(2, "19550711"), number(3, "20100905"), number(4, "19310102")
Read = tuple[list[str], list[tuple[str, list[tuple[str, str | None]], list[tuple[str, int]]]], list[tuple[int, str]]]
"""Towns; of each household its village, people with number and needs with quantity; faults by row and kind."""

OFFICES: dict[str, tuple[Grid, list[str], Read]] = {
    "disabled persons' federation": ([
        ["双溪镇持证残疾人基本状况及需求调查表"],
        ["编号", "行政村（社区）", "残疾人姓名", "残疾人证号", "残疾类别", "残疾等级", "监护人姓名", "监护人电话", "现居住地址", "辅具及服务需求", "备注"],
        ["1", "坳下村", "王桂兰", f"{ONE}43", "肢体", "三级", "李铁柱", "13900000001", "坳下村3组5号", "辅助器具（轮椅）", ""],
        ["2", "坳下村", "李小军", f"{SON}52", "智力", "二级", "李铁柱", "13900000001", "坳下村3组7号", "日间照料", "父亲代管"]], [],
        (["970101001"], [("坳下村", [("王桂兰", ONE)], [("goods", 1)]), ("坳下村", [("李小军", SON)], [("care", 1)])], [])),
    "typewriter": ([
        ["困 难 群 众 花 名 册"], ["乡镇：双溪镇", None, None, "单位：人、元", None, None, None],
        ["序\n号", "姓    名", "身 份 证 号 码", "家 庭 住 址", "联 系 电 话", "困 难 类 别", "所 需 帮 扶"],
        ["一", "王桂兰", ONE, "坳下村3组", "13900000001/0597-8000123", "低 保 A 类", "危 房 改 造"],
        ["二", "何 秀 英", OLD, "坳下村4组", "无", "特 困", "照 料 陪 伴"],
        ["合 计", "2人", None, None, None, None, None]], [],
        (["970101001"], [("坳下村", [("王桂兰", ONE)], [("housing", 1)]), ("坳下村", [("何秀英", OLD)], [("care", 1)])], [])),
    "roll of allowances": ([
        ["最低生活保障对象发放花名册（2026年1月）"],
        ["序号", "所属镇村", "户主姓名", "身份证号码", "保障类别", "保障人数", "共同生活的家庭成员", "月发放金额（元）", "开户银行", "银行账号", "帮扶意愿"],
        [1, "双溪镇坳下村", "王桂兰", ONE, "A类", 3, f"李铁柱 配偶 {WIFE}；李小军 儿子 {SON}", 1860, "农商银行", "6222000011112222", "就医"],
        [2, "双溪镇坳下村", "何秀英", OLD, "B类", 1, "/", 540, "农商银行", "6222000011113333", "无"],
        ["总计", None, None, None, None, 4, None, 2400, None, None, None]], [],
        (["970101001"], [("坳下村", [("王桂兰", ONE), ("李铁柱", WIFE), ("李小军", SON)], [("medical", 1)]),
                         ("坳下村", [("何秀英", OLD)], [])], [])),
    "two halves side by side": ([
        ["双溪镇坳下村困难家庭名单"],
        ["序号", "姓名", "身份证号", "联系电话", "需求", "序号", "姓名", "身份证号", "联系电话", "需求"],
        [1, "王桂兰", ONE, "13900000001", "就医", 3, "李小军", SON, "", "助学"],
        [2, "何秀英", OLD, "", "照料陪伴", 4, "李铁柱", WIFE[:17], "13900000002", "资金"]], [],
        (["970101001"], [("坳下村", [("王桂兰", ONE)], [("medical", 1)]), ("坳下村", [("李小军", SON)], [("schooling", 1)]),
                         ("坳下村", [("何秀英", OLD)], [("care", 1)]), ("坳下村", [("李铁柱", None)], [("cash", 1)])],
         [(4, "id_short")])),
    "villages as blocks": ([
        ["石桥镇留守老人探访关爱登记表", None, None, None, None, None],
        ["姓名", "公民身份号码", "子女联系方式", "身体状况", "生活困难", "希望得到的帮助"],
        ["一、坳下村（1人）", None, None, None, None, None],
        ["何秀英", OLD, "13900000002", "一般", "独居", "陪伴、理发"],
        ["小计：1人", None, None, None, None, None],
        ["二、河口村（1人）", None, None, None, None, None],
        ["王桂兰", ONE, "", "差", "", "修房子"],
        ["说明：本表由网格员填写。", None, None, None, None, None]], ["A3:F3", "A6:F6", "A8:F8"],
        (["970101002"], [("坳下村", [("何秀英", OLD)], [("care", 1), ("care", 1)]), ("河口村", [("王桂兰", ONE)], [("housing", 1)])], [])),
}


def told(register: HouseholdsRegister) -> Read:
    return (sorted({home.town_code for home in register.households}),
            [(home.village, [(person.name, person.identity_number) for person in home.members],
              [(need.help_type, need.quantity) for need in home.needs]) for home in register.households],
            [(fault.sheet_row, fault.kind) for fault in register.faults])


def read(path: Path) -> HouseholdsRegister:
    return read_households(tables_of(read_workbook(path), "households"), COUNTY, date(2026, 1, 1))


@pytest.mark.parametrize("office", OFFICES)
def test_it_comes_out_as_the_desk_meant_it(tmp_path: Path, office: str) -> None:
    rows, merges, expected = OFFICES[office]
    assert told(read(save(tmp_path / "r.xlsx", [("Sheet1", rows, merges)]))) == expected


def test_an_old_workbook_with_merged_cells_and_dates_is_read(tmp_path: Path) -> None:
    """BIFF8 as such programs wrote it: two header levels, cells merged over a household, dates as numbers with a form."""
    content = base64.b64decode(Path(__file__).with_name("merged.xls.b64").read_text("ascii"))
    (tmp_path / "merged.xls").write_bytes(content)
    register = read(tmp_path / "merged.xls")
    homes: list[Any] = [(home.number, home.village, home.registered_on, home.category,
                         [(person.name, person.identity_number, person.born_on, person.phone) for person in home.members],
                         [need.help_type for need in home.needs]) for home in register.households]
    assert homes == [
        ("A-0011", "坳下村", date(2014, 10, 1), "dibao_a", [
            ("王桂兰", ONE, date(1958, 3, 12), "13900000001"), ("李铁柱", WIFE, date(1955, 7, 11), None),
            ("李小军", SON, date(2010, 9, 5), None)], ["medical", "schooling"]),
        ("A-0012", "坳下村", date(2019, 5, 1), "tekun", [("何秀英", None, date(1931, 1, 2), "0597-8000123")], ["care"])]
    assert [(fault.sheet_row, fault.column, fault.kind) for fault in register.faults] == [(8, "F", "id_missing")]

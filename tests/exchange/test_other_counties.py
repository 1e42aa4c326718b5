"""Registers of counties that nobody has seen: however the same facts are laid out, the same households come out."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from matching.exchange.households import read_households
from matching.exchange.register import HouseholdsRegister
from matching.exchange.sheets import tables_of
from matching.exchange.workbook import read_workbook
from tests.exchange.counties import HOMES, NUMBERED, SHAPES, TOWNS
from tests.exchange.registers import COUNTY, identity

OLD_XLS = Path(__file__).with_name("old.xls.b64")
IDS = [identity("970101", f"19{40 + i}0101", 990 + i % 10) for i in range(30)]


def read(path: Path, **options: Any) -> HouseholdsRegister:
    return read_households(tables_of(read_workbook(path), "households"), COUNTY, date(2026, 1, 1), **options)


def written(path: Path, *rows: list[Any], name: str = "Sheet1", hidden: tuple[str, ...] = ()) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for row in rows:
        sheet.append(row)
    for what in hidden:
        (sheet.column_dimensions if what.isalpha() else sheet.row_dimensions)[int(what) if what.isdigit() else what
                                                                              ].hidden = True
    book.save(path / "r.xlsx")
    return path / "r.xlsx"


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
@pytest.mark.slow
def test_the_same_facts_come_out_of_every_layout(shape: Callable[[Path], Path], tmp_path: Path) -> None:
    register = read(shape(tmp_path / "register.xlsx"))
    assert {tuple(member.identity_number for member in household.members): (
        household.head_name, household.town_code, household.village, household.category,
        tuple((need.help_type, need.quantity) for need in household.needs)) for household in register.households} == {
        tuple(person.identity for person in home.people): (
            home.head.name, TOWNS[home.town], home.village, home.category[1],
            tuple((kind, quantity) for _, kind, quantity in home.needs)) for home in HOMES}
    assert register.faults == ()
    assert register.duplicates == ()
    numbers = {household.number for household in register.households}
    assert numbers == ({home.number for home in HOMES} if shape.__name__ in NUMBERED else {""})


def test_a_roster_of_allowances_with_one_row_a_household(tmp_path: Path) -> None:
    """The commonest list of all: the applicant alone, how many are covered, how much a month."""
    register = read(written(
        tmp_path, ["双溪镇2024年1季度城乡低保花名册"], ["制表单位：民政办", *[None] * 12, "单位：元"],
        ["序号", "姓名", "性别", "身份证号码", "低保类别", "保障人口", "家庭住址", "联系电话", "致贫原因", "开户行",
         "账号",
         "月保障金额", "享受起始时间", "备注"],
        [1, "周桂兰", "女", IDS[0], "A类", 2, "双溪镇坳下村3组", "13900000001", "因病", "农商行", "6210000000000000001",
         1240, "2019.03", ""],
        [2, "吴秀英", "女", IDS[1], "B", 1, "坳下村5组8号", "", "因残", "农商行", "6210000000000000002", 580, 43586,
         "新增"],
        ["合计", "", "", "", "", 3, "", "", "", "", "", 1820, "", ""]))
    assert {name: column.header for name, column in register.columns.items()} == {
        "seq": "序号", "name": "姓名", "sex": "性别", "id": "身份证号码", "category": "低保类别", "persons": "保障人口",
        "addr": "家庭住址", "phone": "联系电话", "cause": "致贫原因", "bank": "账号", "aid": "月保障金额",
        "registered": "享受起始时间", "note": "备注"}
    assert [(h.head_name, h.town_code, h.village, h.category, h.cause, h.registered_on, h.members[0].bank_account)
            for h in register.households] == [
        ("周桂兰", "970101001", "坳下村", "dibao_a", "illness", date(2019, 3, 1), "6210000000000000001"),
        ("吴秀英", "970101001", "坳下村", "dibao_b", "disability", date(2019, 5, 1), "6210000000000000002")]
    assert register.faults == ()


def test_a_list_whose_title_tells_what_all_are(tmp_path: Path) -> None:
    register = read(written(tmp_path, ["石桥镇特困供养人员花名册"], ["序号", "姓名", "身份证号", "村别", "供养方式",
                                                                     "联系方式"],
                            [1, "冯建梅", IDS[2], "玉女村", "分散供养", ""]))
    assert [(h.category, h.town_code) for h in register.households] == [("tekun", "970101002")]


def test_hidden_rows_and_columns_are_data(tmp_path: Path) -> None:
    """A filter hides rows; they are no less part of the register."""
    register = read(written(tmp_path, ["户编号", "姓名", "关系", "身份证号", "镇街"],
                            ["QH00001", "周桂兰", "户主", IDS[0], "双溪镇"],
                            ["QH00001", "周桂英", "女儿", IDS[1], "双溪镇"], hidden=("3", "D")))
    assert register.people == 2
    assert register.households[0].members[1].identity_number == IDS[1]


def test_a_number_that_became_a_number_is_named_as_lost_and_never_guessed(tmp_path: Path) -> None:
    register = read(written(tmp_path, ["户编号", "姓名", "关系", "身份证号", "镇街", "电话"],
                            ["QH00001", "周桂兰", "户主", float(IDS[0][:15] + "000"), "双溪镇", 13900000001.0],
                            ["QH00002", "吴秀英", "户主", "3.60302E+17", "双溪镇", "0799-6660001"]))
    assert [(fault.row, fault.kind) for fault in register.faults] == [(2, "id_float"), (3, "id_float")]
    assert [h.members[0].phone for h in register.households] == ["13900000001", "0799-6660001"]


def test_a_twenty_digit_certificate_holds_number_kind_and_grade(tmp_path: Path) -> None:
    register = read(written(tmp_path, ["户编号", "姓名", "关系", "身份证（残疾证）号", "镇街"],
                            ["QH00001", "周桂兰", "户主", f"{IDS[0]}43", "双溪镇"]))
    member = register.households[0].members[0]
    assert (member.identity_number, member.certificate, member.disability_kind, member.disability_grade) == (
        IDS[0], f"{IDS[0]}43", "limb", 3)


@pytest.mark.parametrize(("cell", "month"), [
    ("2014.10", (2014, 10)), ("2014年1月", (2014, 1)), ("201401", (2014, 1)), (201401, (2014, 1)), (41640, (2014, 1)),
    ("14-1-3", (2014, 1)), ("98/12/1", (1998, 12)), ("14年1月", (2014, 1)), ("2014/01/03", (2014, 1)),
    ("3/14/2014", (2014, 3)), ("14/3/2014", (2014, 3)), ("二〇一四年一月", (2014, 1)), (date(2014, 1, 3), (2014, 1)),
    ("2014-1-3 00:00:00", (2014, 1)), ("２０１４．１０", (2014, 10)), ("3/4/2014", None), (2014.1, None),
    ("去年", None)])
@pytest.mark.slow
def test_dates_in_every_notation(tmp_path: Path, cell: Any, month: tuple[int, int] | None) -> None:
    register = read(written(tmp_path, ["户编号", "姓名", "关系", "身份证号", "镇街", "建档时间"],
                            ["QH00001", "周桂兰", "户主", IDS[0], "双溪镇", cell]))
    on = register.households[0].registered_on
    assert (on and (on.year, on.month)) == month
    assert [fault.field for fault in register.faults] == ([] if month else ["registered"])


def test_sums_in_ten_thousands_are_in_the_header_or_in_the_cell(tmp_path: Path) -> None:
    register = read(written(tmp_path, ["户编号", "姓名", "关系", "身份证号", "镇街", "年收入（万元）"],
                            *[[f"QH{i:05}", "周桂兰", "户主", IDS[i], "双溪镇", cell]
                              for i, cell in enumerate(("1.2", 0.6, "6000元", "不详"))]))
    assert [h.members[0].monthly_income_fen for h in register.households] == [100_000, 50_000, 50_000, None]


@pytest.mark.parametrize("mark", ["、", "，", ",", "；", ";", "\n", "/", "|", "+", "以及", "和", "及", " "])
@pytest.mark.slow
def test_needs_are_parted_by_any_mark(tmp_path: Path, mark: str) -> None:
    register = read(written(tmp_path, ["户编号", "姓名", "关系", "身份证号", "镇街", "帮扶需求"],
                            ["QH00001", "周桂兰", "户主", IDS[0], "双溪镇", f"危房改造{mark}看病{mark}送米面油"]))
    assert [need.help_type for need in register.households[0].needs] == ["housing", "medical", "goods"]


def test_what_only_keeps_numbers_as_text_is_dropped(tmp_path: Path) -> None:
    register = read(written(tmp_path, ["户编号", "姓名", "关系", "身份证号", "镇街", "电话"],
                            ["\ufeffQH00001", "周\u200b桂兰", "户主", f"\u202d{IDS[0]}\u202c", "双溪镇\u00a0",
                             "\u202d+86 139 0000 0001\u202c"]))
    household = register.households[0]
    assert (household.number, household.members[0].name, household.members[0].identity_number,
            household.members[0].phone) == ("QH00001", "周桂兰", IDS[0], "13900000001")
    assert register.faults == ()


def test_a_row_that_stands_twice_is_named_also_where_households_have_no_number(tmp_path: Path) -> None:
    register = read(written(tmp_path, ["姓名", "身份证号", "家庭住址"], ["周桂兰", IDS[0], "双溪镇坳下村"],
                            ["吴秀英", IDS[1], "双溪镇坳下村"], ["周桂兰", IDS[0], "双溪镇坳下村"]))
    assert [(fault.row, fault.kind) for fault in register.faults] == [(4, "row_twice")]
    assert register.people == 2


def test_an_officer_says_what_a_column_means(tmp_path: Path) -> None:
    path = written(tmp_path, ["户编号", "姓名", "关系", "身份证号", "镇街", "甲栏", "需求"],
                   ["QH00001", "周桂兰", "户主", IDS[0], "双溪镇", "危房改造", "看病"])
    register = read(path, choices={"甲栏": "need", "需求": ""})
    assert register.columns["need"].header == "甲栏"
    assert [need.help_type for need in register.households[0].needs] == ["housing"]


def test_faults_of_several_sheets_name_their_sheet_row_and_column(tmp_path: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for town, header in (("双溪镇", ["姓名", "关系", "身份证号"]), ("石桥镇", ["关系", "身份证号", "姓名"])):
        sheet = book.create_sheet(town)
        sheet.append(header)
        values = {"姓名": "周桂兰", "关系": "户主", "身份证号": IDS[len(book.worksheets)][:17]}
        sheet.append([values[name] for name in header])
    book.save(tmp_path / "two.xlsx")
    assert [(fault.sheet, fault.sheet_row, fault.column, fault.kind) for fault in read(tmp_path / "two.xlsx").faults
            ] == [("双溪镇", 2, "C", "id_short"), ("石桥镇", 2, "B", "id_short")]


def test_an_old_workbook_is_read(tmp_path: Path) -> None:
    """BIFF8, as Excel 97 to 2003 and WPS write it."""
    (tmp_path / "old.xls").write_bytes(base64.b64decode(OLD_XLS.read_text("ascii")))
    register = read(tmp_path / "old.xls")
    assert [(h.number, h.town_code, h.registered_on, [m.name for m in h.members]) for h in register.households] == [
        ("QH00001", "970101001", date(2014, 1, 1), ["周桂兰", "周桂英"])]
    assert register.households[0].needs[0].help_type == "housing"

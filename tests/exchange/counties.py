"""Registers of other counties: one set of invented facts, written down in every manner that offices have.

Each function of SHAPES writes the same homes in its own layout and wording; whoever reads the file must find the same
households, people and needs. Nobody in it exists: numbers carry the sequences 990 to 999, mobiles 0000 in the middle.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.exchange.registers import COUNTY, identity


@dataclass(frozen=True)
class Person:
    """One person: relation as most registers write it, income in yuan a month."""

    name: str
    rel: str
    identity: str
    phone: str
    income: int

    @property
    def sex(self) -> str:
        return "男" if int(self.identity[16]) % 2 else "女"


@dataclass(frozen=True)
class Home:
    """One household: its needs as (word, kind, quantity)."""

    number: str
    town: str
    village: str
    category: tuple[str, str]
    registered: tuple[int, int]
    needs: tuple[tuple[str, str, int], ...]
    people: tuple[Person, ...]

    @property
    def head(self) -> Person:
        return self.people[0]

    @property
    def address(self) -> str:
        return f"{self.town}{self.village}3组12号"

    @property
    def first(self) -> bool:
        return True


def _homes() -> Iterator[Home]:
    towns = ("双溪镇", "双溪镇", "石桥镇", "云岭乡", "城关街道")
    villages = ("坳下村", "桥头社区", "玉女村")
    needs = ((("危房改造", "housing", 1),), (("看病就医", "medical", 1), ("临时救助", "cash", 800)), (),
             (("课业辅导", "tutoring", 30), ("助学", "schooling", 1), ("粮油", "goods", 2)), (("居家照护", "care",
                                                                                               12),))
    categories = (("低保A类", "dibao_a"), ("低保B类", "dibao_b"), ("特困", "tekun"), ("低保边缘", "margin"),
                  ("低保C类", "dibao_c"))
    serial = 0
    for i in range(15):
        people = []
        for place, rel in enumerate(("户主", "配偶", "长子", "母亲")[:1 + i % 4]):
            serial += 1
            born = {"户主": 1961, "配偶": 1963, "长子": 2010, "母亲": 1938}[rel]
            people.append(Person("周吴郑王冯陈褚卫"[i % 8] + "桂秀建国"[place] + "兰芳华英梅䶮"[(i * 2 + place) % 6],
                                 rel,
                                 identity("970101", f"{born}{1 + serial % 12:02}{1 + serial % 28:02}",
                                          990 + serial % 10),
                                 f"1390000{serial:04}" if rel != "长子" else "", (300, 0, 1200)[serial % 3]))
        yield Home(f"QH{1000 + i:05}", towns[i % 5], villages[i % 3], categories[i % 5], (2012 + i % 9, 1 + i % 12),
                   needs[i % 5], tuple(people))


HOMES = tuple(_homes())
Grid = list[list[Any]]


def _save(path: Path, *sheets: tuple[str, Grid, Sequence[str]]) -> Path:
    """Write sheets: name, rows, merged ranges."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows, merges in sheets:
        sheet: Worksheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for merged in merges:
            sheet.merge_cells(merged)
    book.save(path)
    return path


def _needs(home: Home, mark: str = "、") -> str:
    return mark.join(word for word, _, _ in home.needs)


def _counts(home: Home, mark: str = "、") -> str:
    return mark.join(str(count) for _, _, count in home.needs)


def one_plain_header(path: Path) -> Path:
    """The household's number on each row, other words, another order, unknown columns between."""
    rows: Grid = [["批次", "证件号码", "家庭成员姓名", "与户主关系", "档案编号", "街镇", "村居", "救助身份", "诉求",
                   "数量",
                   "认定年月", "月收入", "联系方式", "采集员意见"]]
    for home in HOMES:
        for p in home.people:
            rows.append(["第3批", p.identity, p.name, p.rel, home.number, home.town, home.village, home.category[0],
                         _needs(home), _counts(home), f"{home.registered[0]}年{home.registered[1]}月", p.income,
                         p.phone, "属实"])
    return _save(path, ("Sheet1", rows, ()))


def three_header_rows(path: Path) -> Path:
    """Title, note, three levels of headers, a row that numbers the columns, signatures at the end."""
    rows: Grid = [
        ["青禾县困难群众底册"] + [None] * 10, ["填报单位（盖章）：青禾县民政局", *[None] * 8, "填报日期：2024年3月",
                                               None],
        ["基本情况", None, None, None, "家庭成员", None, None, None, None, "帮扶", None],
        ["家庭\n编号", "所在地", None, "救助\n类型", "姓名", "与户主\n关系", "身份证号", "联系", None, "需求", None],
        [None, "乡镇", "村（社区）", None, None, None, None, "电话", "月收入（元）", "类型", "数量"],
        list(range(1, 12))]
    merges = ["A1:K1", "A2:C2", "A3:D3", "E3:I3", "J3:K3", "A4:A5", "B4:C4", "D4:D5", "E4:E5", "F4:F5", "G4:G5",
              "H4:I4", "J4:K4"]
    for home in HOMES:
        start = len(rows) + 1
        for place, p in enumerate(home.people):
            shown = place == 0
            rows.append([*([home.number, home.town, home.village, home.category[0]] if shown else [None] * 4),
                         p.name, p.rel, p.identity, p.phone, p.income,
                         *([_needs(home), _counts(home)] if shown else [None] * 2)])
        if len(home.people) > 1:
            merges += [f"{c}{start}:{c}{len(rows)}" for c in "ABCDJK"]
    rows.append(["填表人：某某", None, None, None, "审核人：某某", None, None, None, None, "负责人：", None])
    return _save(path, ("台账", rows, merges))


def in_english(path: Path) -> Path:
    """An English header, English words for relations; places and names stay Chinese."""
    words = {"户主": "Head", "配偶": "Spouse", "长子": "Son", "母亲": "Mother"}
    needs = {"housing": "Housing repair", "medical": "Medical", "cash": "Cash aid", "tutoring": "Tutoring",
             "schooling": "School fees", "goods": "Food and supplies", "care": "Care"}
    category = {"dibao_a": "Dibao A", "dibao_b": "Dibao B", "dibao_c": "Dibao C", "tekun": "Tekun", "margin": "Margin"}
    rows: Grid = [["No.", "Household No.", "Town", "Village", "Name", "Relation to head", "Sex", "ID number", "Phone",
                   "Category", "Monthly income", "Needs", "Quantity", "Date registered"]]
    for home in HOMES:
        for p in home.people:
            rows.append([len(rows), home.number, home.town, home.village, p.name, words[p.rel],
                         "M" if p.sex == "男" else "F", p.identity, p.phone, category[home.category[1]], p.income,
                         "; ".join(needs[kind] for _, kind, _ in home.needs),
                         "; ".join(str(count) for _, _, count in home.needs),
                         f"{home.registered[0]}-{home.registered[1]:02}-01"])
    return _save(path, ("Register", rows, ()))


def merged_without_number(path: Path) -> Path:
    """No number of a household: the running number is merged over its rows, the relation column lacks the head."""
    rows: Grid = [["序号", "镇", "村", "困难类别", "姓名", "身份证号码", "手机", "需求类别", "需求数量"]]
    merges = []
    for number, home in enumerate(HOMES, start=1):
        start = len(rows) + 1
        for place, p in enumerate(home.people):
            shown = place == 0
            rows.append([*([number, home.town, home.village, home.category[0]] if shown else [None] * 4), p.name,
                         p.identity, p.phone, *([_needs(home, "\n"), _counts(home, "\n")] if shown else [None] * 2)])
        if len(home.people) > 1:
            merges += [f"{c}{start}:{c}{len(rows)}" for c in "ABCDHI"]
    return _save(path, ("Sheet1", rows, merges))


def head_begins_a_home(path: Path) -> Path:
    """No number at all, nothing merged, the running number goes on from person to person: 户主 begins a household."""
    rows: Grid = [["序号", "姓名", "称谓", "性别", "身份证号", "乡镇", "村", "保障类别", "需要何种帮助", "数量"]]
    for home in HOMES:
        for place, p in enumerate(home.people):
            rows.append([len(rows), p.name, "本人" if p.rel == "户主" else p.rel, p.sex, p.identity, home.town,
                         home.village, home.category[0] if place == 0 else "", _needs(home, "/") if place == 0 else "",
                         _counts(home, "/") if place == 0 else ""])
    return _save(path, ("Sheet1", rows, ()))


def head_named_on_each_row(path: Path) -> Path:
    """Only the head's name tells which household a person belongs to; no relation, no number."""
    rows: Grid = [["户主姓名", "成员姓名", "成员身份证号", "所属乡镇", "行政村", "类别（低保/特困）", "帮扶需求",
                   "需求量"]]
    for home in HOMES:
        for p in home.people:
            rows.append([home.head.name, p.name, p.identity, home.town, home.village, home.category[0],
                         _needs(home, "，"), _counts(home, "，")])
    return _save(path, ("Sheet1", rows, ()))


def members_in_one_cell(path: Path) -> Path:
    """One row a household: the others stand in one cell with relation and number."""
    rows: Grid = [["困难家庭登记表"], ["家庭编号", "户主", "户主身份证号", "联系电话", "家庭人口",
                                       "其他家庭成员（姓名、关系、身份证号）",
                   "镇街", "村社区", "家庭类别", "主要需求", "需求数量"]]
    for home in HOMES:
        others = "；".join(f"{p.name}（{p.rel}）{p.identity}" for p in home.people[1:])
        rows.append([home.number, home.head.name, home.head.identity, home.head.phone, len(home.people), others or "无",
                     home.town, home.village, home.category[0], _needs(home, "+"), _counts(home, "+")])
    return _save(path, ("Sheet1", rows, ("A1:K1",)))


def sheets_of_towns(path: Path) -> Path:
    """One sheet a town that is named only on its tab; running numbers begin anew; columns stand in another order."""
    sheets = []
    for at, town in enumerate(dict.fromkeys(home.town for home in HOMES)):
        header = ["户号", "姓名", "关系", "身份证号", "村", "救助类别", "需求", "数量"]
        rows: Grid = []
        for number, home in enumerate([home for home in HOMES if home.town == town], start=1):
            for p in home.people:
                rows.append([number, p.name, p.rel, p.identity, home.village, home.category[0], _needs(home, ";"),
                             _counts(home, ";")])
        if at % 2:
            header, rows = header[::-1], [row[::-1] for row in rows]
        title: list[Any] = [f"{town}困难群众名册"] + [None] * 7
        sheets.append((town, [title, header, *rows, ["合计", *[None] * 7]], ("A1:H1",)))
    help_sheet: Grid = [["填表说明"], ["户号", "姓名", "关系", "身份证号"], ["1", "张三", "户主", "填18位"]]
    summary: Grid = [["乡镇", "户数", "人数"], *[[name, 3, 9] for name, _, _ in sheets], ["合计", 15, 45]]
    return _save(path, ("填表说明", help_sheet, ()), ("汇总", summary, ()), *sheets)


def sums_of_villages(path: Path) -> Path:
    """Headings of towns and villages across the sheet, sums after each, no columns for either."""
    rows: Grid = [["困难群众花名册", *[None] * 6], ["家庭档案号", "姓名", "与户主关系", "公民身份号码", "人员类别",
                                                    "诉求事项", "数量"]]
    merges = ["A1:G1"]
    for town in dict.fromkeys(home.town for home in HOMES):
        rows.append([f"{town}", *[None] * 6])
        merges.append(f"A{len(rows)}:G{len(rows)}")
        for village in dict.fromkeys(home.village for home in HOMES if home.town == town):
            rows.append([f"（一）{village}", *[None] * 6])
            merges.append(f"A{len(rows)}:G{len(rows)}")
            for home in [home for home in HOMES if (home.town, home.village) == (town, village)]:
                for p in home.people:
                    rows.append([home.number, p.name, p.rel, p.identity, home.category[0], _needs(home), _counts(home)])
            rows.append([f"{village}小计", "3户", None, None, None, None, None])
        rows.append([f"{town}合计", "9户", None, None, None, None, None])
    rows.append(["总  计", "15户", *[None] * 5])
    return _save(path, ("名册", rows, merges))


def two_sheets_by_number(path: Path) -> Path:
    """Households on one sheet, people on another; the number joins them."""
    homes: Grid = [["户编码", "户主姓名", "镇街", "村社区", "家庭类型", "致困原因", "帮扶需求", "需求数量"]]
    people: Grid = [["户编码", "姓名", "与户主关系", "身份证号", "联系电话", "月收入"]]
    for home in HOMES:
        homes.append([home.number, home.head.name, home.town, home.village, home.category[0], "因病", _needs(home),
                      _counts(home)])
        people += [[home.number, p.name, p.rel, p.identity, p.phone, p.income] for p in home.people]
    return _save(path, ("家庭信息", homes, ()), ("成员信息", people, ()))


def hints_and_example(path: Path) -> Path:
    """Under the header a row of hints and a worked example; wrapped headers, full-width digits, blanks inside."""
    wide = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
    rows: Grid = [["家 庭\n编 号\n（必填）", "乡 镇\n（街道）", "行政村\n（社区）", "姓   名", "与户主\n关  系",
                   "身 份 证\n号    码",
                   "救 助\n类 型", "帮 扶\n需 求", "数\n量"],
                  ["文本", "下拉选择", "下拉选择", "必填", "下拉选择", "18位", "下拉选择", "可多选", "数字"],
                  ["例：QH00001", "双溪镇", "坳下村", "张三", "户主", "970101197001019990", "低保A类", "就医", "1"]]
    for home in HOMES:
        for p in home.people:
            rows.append([home.number.translate(wide), f" {home.town}", home.village, f"{p.name[0]}　{p.name[1:]}",
                         p.rel, p.identity.translate(wide), home.category[0].translate(wide), _needs(home, "； "),
                         _counts(home, "； ").translate(wide)])
    return _save(path, ("Sheet1", rows, ()))


def _csv(path: Path, encoding: str, delimiter: str, quote: Callable[[str], str]) -> Path:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(["户编号", "镇街", "村", "姓名", "关系", "身份证号", "电话", "救助类型", "需求", "数量"])
    for home in HOMES:
        for p in home.people:
            writer.writerow([quote(home.number), home.town, home.village, p.name, p.rel, quote(p.identity),
                             quote(p.phone) if p.phone else "", home.category[0], _needs(home), _counts(home)])
    path = path.with_suffix(".csv")
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def csv_with_formulas(path: Path) -> Path:
    """Numbers kept as text by ="…", semicolons, GB18030."""
    return _csv(path, "gb18030", ";", lambda value: f'="{value}"')


def csv_with_apostrophes(path: Path) -> Path:
    """Numbers kept as text by an apostrophe, tabs, UTF-16."""
    return _csv(path, "utf-16", "\t", lambda value: f"'{value}")


def csv_with_tabs_inside(path: Path) -> Path:
    """Numbers kept as text by a tab behind them, UTF-8 with BOM."""
    return _csv(path, "utf-8-sig", ",", lambda value: f"{value}\t")


def last_year_beside(path: Path) -> Path:
    """The sheet of last year lies behind that of this year: it is the same list once more, and not read."""
    one_plain_header(path)
    from openpyxl import load_workbook

    book = load_workbook(path)
    this_year = book.worksheets[0]
    this_year.title = "2024年"
    book.copy_worksheet(this_year).title = "2023年"
    book.save(path)
    return path


SHAPES: tuple[Callable[[Path], Path], ...] = (
    one_plain_header, three_header_rows, in_english, merged_without_number, head_begins_a_home, head_named_on_each_row,
    members_in_one_cell, sheets_of_towns, sums_of_villages, two_sheets_by_number, hints_and_example, csv_with_formulas,
    csv_with_apostrophes, csv_with_tabs_inside, last_year_beside)
NUMBERED = {"one_plain_header", "three_header_rows", "in_english", "members_in_one_cell", "sums_of_villages",
            "two_sheets_by_number", "hints_and_example", "csv_with_formulas", "csv_with_apostrophes",
            "csv_with_tabs_inside", "last_year_beside"}
TOWNS = {name: code for code, name in COUNTY.towns.items()}

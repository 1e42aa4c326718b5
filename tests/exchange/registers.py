"""Registers made up for tests: the same facts in other words, other orders, other layouts, with faults of known place.

`make(wording, layout, seed)` writes a workbook and returns what reading it must find. Nobody in it exists: numbers
of persons carry the sequences 990 to 999, mobiles have 0000 in the middle.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from matching.exchange.areas import County

COUNTY = County("970101", "青禾县", {
    "970101001": "双溪镇", "970101002": "石桥镇", "970101003": "云岭乡", "970101004": "城关街道",
    "970101005": "双溪岭林场"}, ("栖云省", "临溪市"))
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
NEED_WORDS = {
    "cash": ("临时生活救助", "救助资金"), "goods": ("粮油米面", "冬季棉被"), "housing": ("房屋修缮", "危旧房改造"),
    "medical": ("看病就医", "医药费用"), "schooling": ("上学费用", "教育救助"), "tutoring": ("功课辅导", "课后补习"),
    "job": ("推荐就业", "介绍工作"), "care": ("居家护理", "陪护照料"), "counselling": ("心理支持", "精神关爱"),
    "purchase": ("农副产品代销", "消费扶贫")}
CATEGORY_WORDS = {
    "dibao_a": ("低保（A档）", "农村低保A类"), "dibao_b": ("低保B级", "低保-B"), "dibao_c": ("最低生活保障C类",),
    "tekun": ("特困人员供养", "分散供养五保"), "margin": ("低收入边缘家庭", "低保边缘户"),
    "none": ("否", "未纳入保障")}
RESIDENCE_WORDS = {"urban": ("城镇户口", "居民"), "rural": ("农业户口", "农户")}
MARKS = ("、", "；", "\n", "，", "/")
FIELDS = ("no", "town", "village", "addr", "head", "name", "rel", "id", "phone", "hukou", "category", "registered",
          "need", "qty", "urgent", "note", "income", "work", "stage", "staff", "remark")
HOUSEHOLD_FIELDS = ("no", "town", "village", "addr", "head", "registered", "need", "qty", "urgent", "note")

WORDINGS: dict[str, dict[str, str]] = {
    "town office": {
        "no": "家庭档案号", "town": "乡（镇）", "village": "行政村", "addr": "现居住地址", "head": "户主",
        "name": "姓名", "rel": "与户主之间关系", "id": "公民身份号码", "phone": "联系手机", "hukou": "户口类别",
        "category": "家庭救助类别", "registered": "纳入日期", "need": "帮扶需求事项", "qty": "所需数量",
        "urgent": "紧急程度", "note": "需求备注", "income": "月收入（元）", "work": "劳动能力", "stage": "就读学段",
        "staff": "帮扶干部手机", "remark": "入库批次"},
    "civil affairs": {
        "no": "户 号", "town": "所属街镇", "village": "村居名称", "addr": "详细住址*", "head": "户主名字",
        "name": "家庭人员姓名", "rel": "家庭成员关系", "id": "居民身份证号码", "phone": "手机号码/座机",
        "hukou": "户籍性质（城乡）", "category": "困难类型", "registered": "建档登记时间", "need": "群众诉求",
        "qty": "数  量", "urgent": "急难程度", "note": "补充说明", "income": "个人每月收入", "work": "劳动力状况",
        "stage": "在校阶段", "staff": "网格员联系电话", "remark": "是否退役军人"},
}
GROUPS = {"no": "一、家庭", "town": "一、家庭", "village": "一、家庭", "addr": "一、家庭", "head": "一、家庭",
          "category": "一、家庭", "registered": "一、家庭", "name": "二、人员", "rel": "二、人员", "id": "二、人员",
          "phone": "二、人员", "hukou": "二、人员", "income": "二、人员", "work": "二、人员", "stage": "二、人员",
          "need": "三、诉求", "qty": "三、诉求", "urgent": "三、诉求", "note": "三、诉求",
          "staff": "四、其他", "remark": "四、其他"}
LAYOUTS = ("plain", "first row only", "merged")


@dataclass
class Made:
    """A register and what is in it."""

    path: Path
    sheet: str = ""
    files: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    people: list[tuple[Any, ...]] = field(default_factory=list)
    faults: set[tuple[int, str, str, str]] = field(default_factory=set)
    duplicates: list[tuple[tuple[int, ...], tuple[str, ...]]] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)


def identity(area: str, birth: str, sequence: int) -> str:
    """An invented identity number whose check digit fits."""
    body = f"{area}{birth}{sequence:03}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


class Maker:
    """Makes one register, row by row."""

    def __init__(self, path: Path, wording: str, layout: str, seed: int, homes: int, every: int) -> None:
        self.random = random.Random(f"{wording}|{layout}|{seed}")
        self.made = Made(path)
        self.headers, self.layout, self.homes, self.every = WORDINGS[wording], layout, homes, every
        self.order = list(FIELDS)
        self.random.shuffle(self.order)
        if layout == "merged":
            self.order.sort(key=lambda name: GROUPS[name])
        self.made.columns = {name: index for index, name in enumerate(self.order)}
        self.mark = self.random.choice(MARKS)
        self.sequence = 0
        self.rows: list[list[Any]] = []
        self.spans: list[tuple[int, int]] = []
        self.people: list[tuple[str, str, str, int]] = []

    def build(self) -> Made:
        """Write the workbook and return what is in it."""
        self._header()
        for number in range(self.homes):
            self._home(number)
        self._faulty_rows()
        self.rows.append(["" for _ in FIELDS])
        self.rows[-1][0] = "总计"
        self._write()
        return self.made

    def _header(self) -> None:
        if self.layout != "plain":
            self.rows.append(["青禾县困难群众情况登记总表"] + [""] * (len(FIELDS) - 1))
        if self.layout == "merged":
            groups = [GROUPS[name] for name in self.order]
            self.rows.append([group if i == 0 or groups[i - 1] != group else "" for i, group in enumerate(groups)])
        self.rows.append([self.headers[name] for name in self.order])

    @property
    def next_row(self) -> int:
        return len(self.rows) + 1

    def _home(self, number: int) -> None:
        pick = self.random.choice
        code = f"QH{2000 + number * 7:05}"
        town = pick(sorted(COUNTY.towns))
        size = pick((1, 1, 2, 3, 4))
        needs = self._needs()
        category = pick(sorted(CATEGORY_WORDS))
        residence = pick(("urban", "rural"))
        month = (pick(range(2013, 2025)), pick(range(1, 13)))
        facts = {"no": code, "town": self._town(town), "village": pick(("坳下村", "桥头社区", "玉女村委会")),
                 "addr": f"{COUNTY.towns[town]}坳下村{pick(range(1, 20))}组{pick(range(1, 300))}号",
                 "registered": self._month(*month), "urgent": pick(("一般", "较急", "特急", "")),
                 "note": pick(("", "行动不便")),
                 "need": self.mark.join(word for word, _, _ in needs) or pick(("无", "", "／")),
                 "qty": self.mark.join(str(quantity) for _, _, quantity in needs)}
        start = self.next_row
        for position in range(size):
            self._person(code, facts, position, category, residence)
        self.spans.append((start, self.next_row - 1))
        self.made.files[code] = (town, size, category, residence, month,
                                 tuple((kind, quantity) for _, kind, quantity in needs))

    def _needs(self) -> list[tuple[str, str, int]]:
        kinds = self.random.sample(sorted(NEED_WORDS), self.random.choice((0, 1, 1, 2, 3)))
        return [(self.random.choice(NEED_WORDS[kind]), kind, self.random.choice((1, 2, 7, 350))) for kind in kinds]

    def _town(self, code: str) -> str:
        name = COUNTY.towns[code]
        short = name.removesuffix("街道").removesuffix("镇").removesuffix("乡")
        return self.random.choice((name, f"青禾县{name}", f" {name}　", short))

    def _month(self, year: int, month: int) -> Any:
        return self.random.choice((f"{year}年{month}月", f"{year}-{month:02}", f"{year}/{month}", f"{year}.{month:02}",
                                   f"{year}{month:02}", f"{year}年{month:02}月1日"))

    def _person(self, code: str, facts: dict[str, Any], position: int, category: str, residence: str) -> None:
        pick = self.random.choice
        self.sequence += 1
        born = date(1935, 1, 1) + timedelta(days=self.sequence // 10 * 7919 % 29_000)
        number = identity("970101", f"{born:%Y%m%d}", 990 + self.sequence % 10)
        name = pick("赵钱孙李周吴郑王欧") + pick("桂芳秀英建国") + pick("䶮梅兰竹菊")
        mobile = f"1{pick('35789')}{self.sequence // 10_000 % 10}0000{self.sequence % 10_000:04}"
        wanted = {"no": code, "name": name, "id": number, "phone": pick((mobile, f"+86 {mobile}", "", "无")),
                  "rel": "户主" if position == 0 else pick(("配偶", "长子", "女儿", "母亲")),
                  "hukou": pick(RESIDENCE_WORDS[residence]), "category": pick(CATEGORY_WORDS[category]),
                  "income": pick((0, 350, "1,200", "980元", "0.3万元", "")), "work": pick(("有", "弱劳动力", "丧失")),
                  "stage": pick(("", "", "小学", "高二")), "staff": f"1389000{self.sequence % 50:04}",
                  "remark": f"R{self.sequence % 7}", "head": facts.setdefault("head", name)}
        shown = self.layout == "plain" or position == 0
        row = {**{key: facts[key] if shown else "" for key in HOUSEHOLD_FIELDS}, **{
            key: value for key, value in wanted.items() if key not in HOUSEHOLD_FIELDS}}
        phone = mobile if mobile in str(wanted["phone"]) else None
        self.made.people.append((self.next_row, code, name, number, phone))
        self.people.append((code, number, name, self.next_row))
        self._add(self._with_fault(row, code))

    def _with_fault(self, row: dict[str, Any], code: str) -> dict[str, Any]:
        """Every so many persons a fault, each kind in turn, and the expectation with it."""
        if self.sequence % self.every:
            return row
        number = self.made.people[-1][3]
        kinds = {
            "id_short": ("id", number[:10] + number[11:], None), "id_missing": ("id", "", None),
            "id_float": ("id", float(number[:17] + "0"), None),
            "id_checksum": ("id", number[:17] + "10X98765432"["10X98765432".index(number[17]) - 1], None),
            "id_bad_date": ("id", number[:10] + "1345" + number[14:], None),
            "id_letter_o": ("id", number[:6] + number[6:].replace("0", "O", 1), number),
            "phone_short": ("phone", "139000012", None), "income_unknown": ("income", "不清楚", None)}
        kind = list(kinds)[self.sequence // self.every % len(kinds)]
        if kind == "id_letter_o" and "0" not in number[6:]:
            return row
        name_of_field, written, repaired = kinds[kind]
        self.made.faults.add((self.next_row, name_of_field, kind, "warning"))
        person = list(self.made.people[-1])
        if name_of_field == "id":
            person[3] = repaired
        if name_of_field == "phone":
            person[4] = None
        self.made.people[-1] = tuple(person)
        if person[3] is None:
            self.people.pop()
        return {**row, name_of_field: written}

    def _faulty_rows(self) -> None:
        """Rows that are not imported, and a person listed a second time, at the end."""
        base = dict.fromkeys(FIELDS, "")
        code, number, name, row = self.people[0]
        self.made.faults.add((self.next_row, "town", "foreign_area", "reject"))
        self._add({**base, "no": "QH99999", "town": "枫林镇", "head": "韩外", "name": "韩外", "rel": "户主",
                   "id": identity("970102", "19700101", 990)})
        town = self.made.files[code][0]
        self.made.faults.add((self.next_row, "name", "row_twice", "reject"))
        self._add({**base, "no": code, "town": COUNTY.towns[town], "head": name, "name": name, "id": number})
        other = list(self.made.files)[-1]
        self.made.faults.add((self.next_row, "name", "no_identity", "reject"))
        self._add({**base, "no": other, "town": COUNTY.towns[self.made.files[other][0]], "rel": "配偶"})
        self.made.duplicates.append(((row, self.next_row), (code, other)))
        self._add({**base, "no": other, "town": COUNTY.towns[self.made.files[other][0]], "name": name, "rel": "亲戚",
                   "id": number})

    def _add(self, row: dict[str, Any]) -> None:
        self.rows.append([row[name] for name in self.order])

    def _write(self) -> None:
        book = Workbook()
        notes = book.active
        assert notes is not None
        notes.title = "填报须知"
        notes.append(["一人一行，不要合并"])
        sheet = book.create_sheet("数据", 0 if self.layout == "plain" else 1)
        for row in self.rows:
            sheet.append(row)
        if self.layout == "merged":
            for first, last in self.spans:
                for name in HOUSEHOLD_FIELDS:
                    if last > first:
                        column = self.made.columns[name] + 1
                        sheet.merge_cells(start_row=first, end_row=last, start_column=column, end_column=column)
        book.save(self.made.path)


def make(path: Path, wording: str, layout: str, seed: int = 1, homes: int = 80, every: int = 6) -> Made:
    """Write one register to `path`; `every` so many people one has a fault."""
    return Maker(path, wording, layout, seed, homes, every).build()

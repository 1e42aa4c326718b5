# ruff: noqa: E501  tables are read as they stand
"""Eight registers as the offices of a county lay them out: made up, of eight desks, none like the others' layout.

Each function writes its file and says what must come out. Nobody in them exists: numbers carry the sequences 990 to
999, mobiles have 0000 in the middle.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.exchange.registers import identity

Grid = list[list[Any]]


@dataclass
class Office:
    """A file and what is in it: heads → (town code, category, people, needs), faults as (row, field, kind)."""

    path: Path
    homes: dict[str, tuple[str, str, list[str], list[tuple[str, int]]]] = field(default_factory=dict)
    faults: set[tuple[int, str, str]] = field(default_factory=set)
    numbers: dict[str, str | None] = field(default_factory=dict)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)


def number(at: int, born: str = "19580312") -> str:
    return identity("970101", born, 990 + at % 10)


def save(path: Path, sheets: list[tuple[str, Grid, list[str]]]) -> Path:
    """A workbook of these sheets: name, rows, merged ranges."""
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows, merges in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for area in merges:
            sheet.merge_cells(area)
    book.save(path)
    return path


def allowance(path: Path) -> Office:
    """低保花名册: the town stands in the line of who reports; household cells merged; class without the word 低保."""
    rows: Grid = [
        ["2024年第三季度农村最低生活保障对象花名册", *[None] * 12],
        ["填报单位（盖章）：双溪镇人民政府", *[None] * 5, "填报时间：2024年9月30日", *[None] * 3, "单位：户、人、元", None, None],
        ["序号", "户主姓名", "家庭基本情况", None, None, "保障对象", None, None, "保障类别", "月保障金额", "主要致贫原因",
         "惠农一卡通账号", "备注"],
        [None, None, "住址（村、组）", "家庭人口", "保障人口", "姓名", "身份证号码", "与户主关系", *[None] * 5],
        [1, "涂根水", "坳下村3组", 3, 2, "涂根水", number(0), "本人", "B类", 515, "因病", "6228480000000011", None],
        [None, None, None, None, None, "廖金香", number(1, "19600105"), "配偶", None, None, None, None, "患尿毒症"],
        [2, "易冬生", "上湾村1组", 1, 1, "易冬生", number(2), "户主", "A类", 655, "因残", "6228480000000029", None],
        [3, "温佑民", "上湾村4组", 2, 2, "温佑民", number(3), "本人", "C类", 320, "缺劳动力", "6228480000000037", "/"],
        [None, None, None, None, None, "温小雨", number(4, "20120304"), "孙女", None, None, None, None, None],
        ["合计", None, None, 6, 5, None, None, None, None, 1490, None, None, None],
        ["填表人：李某", None, None, None, None, "审核人：", *[None] * 7]]
    merges = ["A1:M1", "A2:F2", "G2:J2", "K2:M2", "A3:A4", "B3:B4", "C3:E3", "F3:H3", *(f"{c}3:{c}4" for c in "IJKLM")]
    merges += [f"{column}{top}:{column}{top + 1}" for top in (5, 8) for column in "ABCDEIJKL"]
    town = "970101001"
    return Office(save(path, [("低保", rows, merges)]), {
        "涂根水": (town, "dibao_b", ["涂根水", "廖金香"], []), "易冬生": (town, "dibao_a", ["易冬生"], []),
        "温佑民": (town, "dibao_c", ["温佑民", "温小雨"], [])},
        facts={"涂根水": {"cause": "illness", "bank_account": "6228480000000011", "residence": "rural"},
               "易冬生": {"cause": "disability", "village": "上湾村"}})


def supported(path: Path) -> Office:
    """特困人员台账: one person a row, the carer's name and number beside; no category column at all."""
    rows: Grid = [
        ["附件2：", *[None] * 14], ["青禾县特困人员救助供养台账", *[None] * 14],
        ["序号", "乡镇\n（街道）", "村（居）\n委会", "姓  名", "性别", "民族", "出生年月", "身份证号码", "供养方式",
         "自理能力", "照料护理人\n姓名", "照料护理人\n联系电话", "本人联系电话", "纳入特困\n时间", "月供养金（元）"],
        [1, "石桥镇", "桥头村委会", "甘来富", "男", "汉族", "1950.06", number(0, "19500611"), "分散供养", "半护理", "甘小军",
         "13900000777", "", "2016.7", 806],
        [2, "石桥", "桥头村", "席长庚", "男", "汉", "195208", number(1, "19520809"), "集中供养", "全自理", "石桥镇敬老院",
         "0799-6660001", "13900000123", "2018年3月", 1050],
        [3, "云岭乡", "白茅村", "幸桃花", "女", "汉", "1947-01", number(2, "19470120"), "分散", "全护理", "幸红梅",
         "13900000778", "无", "2019/11/5", "806元"]]
    return Office(save(path, [("特困", rows, ["A1:O1", "A2:O2"])]), {
        "甘来富": ("970101002", "tekun", ["甘来富"], []), "席长庚": ("970101002", "tekun", ["席长庚"], []),
        "幸桃花": ("970101003", "tekun", ["幸桃花"], [])},
        facts={"甘来富": {"phone": None, "registered_on": "2016-07"}, "席长庚": {"phone": "13900000123"},
               "幸桃花": {"phone": None, "registered_on": "2019-11"}})


def subsidies(path: Path) -> Office:
    """残疾人两项补贴发放表: certificates instead of numbers, a town a tab, a sum of each tab, a summary in front."""
    head = ["序号", "村（社区）", "残疾人姓名", "残疾人证号", "残疾类别", "残疾\n等级", "困难残疾人\n生活补贴", "重度残疾人\n护理补贴",
            "合计", "监护人", "监护人电话", "开户银行", "银行卡号", "领取人签字"]

    def sheet(town: str, people: list[tuple[str, str, str, str, str]]) -> tuple[str, Grid, list[str]]:
        rows: Grid = [[f"{town}2024年10月残疾人“两项补贴”发放表", *[None] * 13], head]
        rows += [[at, village, name, card, kind, grade, 80, 90, 170, "张三", "13900000555", "农商行", f"62170000{at:08}", None]
                 for at, (village, name, card, kind, grade) in enumerate(people, start=1)]
        return town, [*rows, ["合  计", *[None] * 5, 80 * len(people), 90 * len(people), 170 * len(people), *[None] * 5]], ["A1:N1"]

    first, second, third = number(5, "19710203"), number(6, "19850716"), number(7, "19990909")
    summary: Grid = [["乡镇", "人数", "金额"], ["城关街道", 2, 340], ["云岭乡", 1, 170], ["合计", 3, 510]]
    path = save(path, [("汇总表", summary, []), sheet("城关街道", [
        ("东门社区", "辜守仁", f"{first}43", "肢体", "三级"), ("东门社区", "练秀莲", f"{second}11", "视力", "一级")]),
        sheet("云岭乡", [("白茅村", "禹建国", f"{third}62", "精神", "贰级")])])
    return Office(path, {"辜守仁": ("970101004", "none", ["辜守仁"], []), "练秀莲": ("970101004", "none", ["练秀莲"], []),
                         "禹建国": ("970101003", "none", ["禹建国"], [])},
                  numbers={"辜守仁": first, "练秀莲": second, "禹建国": third},
                  facts={"辜守仁": {"disability_kind": "limb", "disability_grade": 3, "phone": None},
                         "练秀莲": {"disability_kind": "sight", "disability_grade": 1}})


def visits(path: Path) -> Office:
    """困难群众走访登记表: CSV of WPS (GB18030), the visitor's telephone beside the family's, needs as a numbered list."""
    rows: Grid = [
        ["走访日期", "走访干部", "干部联系电话", "户主姓名", "户主身份证号", "家庭联系电话", "详细住址", "家庭类型",
         "家庭基本情况", "需要帮助解决的困难", "急需程度"],
        ["2024年5月6日", "王干部", "13900000001", "麻立秋", number(0), "13900000201", "青禾县双溪镇坳下村7组12号", "低保边缘家庭",
         "丈夫车祸去世", "1.危房修缮2.孩子上学费用", "紧急"],
        ["2024.5.6", "王干部", "13900000001", "蔺素芬", number(1), "0799-6123456", "双溪镇上湾村", "一般户", "独居\n行动不便",
         "上门照料、送米送油", "一般"],
        ["45419", "李干部", "13900000002", "缪得宝", "9701011958031", "", "城关街道东门社区2栋", "低保户(C)", "打零工",
         "找工作；看病钱；其他", "特急"]]
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    path = path.with_suffix(".csv")
    path.write_bytes(out.getvalue().encode("gb18030"))
    return Office(path, {
        "麻立秋": ("970101001", "margin", ["麻立秋"], [("housing", 1), ("schooling", 1)]),
        "蔺素芬": ("970101001", "none", ["蔺素芬"], [("care", 1), ("goods", 1)]),
        "缪得宝": ("970101004", "dibao_c", ["缪得宝"], [("job", 1), ("medical", 1)])},
        {(4, "id", "id_short"), (4, "need", "need_unknown")},
        facts={"麻立秋": {"phone": "13900000201", "village": "坳下村"}, "蔺素芬": {"phone": "0799-6123456"}})


def monitored(path: Path) -> Office:
    """防返贫监测户: the national system's export: every tier a column, two numbers, damaged identity numbers."""
    head = ["省（区、市）", "市（州、盟）", "县（市、区、旗）", "乡（镇）", "行政村", "自然村", "户编号", "人编号", "姓名", "性别",
            "证件类型", "证件号码", "民族", "与户主关系", "健康状况", "劳动技能", "在校生状况", "监测对象类别", "致（返）贫风险",
            "家庭人口数", "人均纯收入", "户联系电话", "风险是否消除"]

    def person(home: str, at: int, name: str, card: Any, relation: str, health: str = "健康", school: str = "非在校生"
               ) -> list[Any]:
        return ["栖云省", "临溪市", "青禾县", "云岭乡", "白茅村", "下组", home, f"{home}{at:02}", name, "女", "居民身份证", card, "汉族",
                relation, health, "普通劳动力", school, "突发严重困难户", "因病", 2, 8600.5, "1390000" + home[-4:], "否"]

    rows: Grid = [head, person("3301000451", 1, "曲水生", 9.70101195803129e17, "户主", "患有大病"),
                  person("3301000451", 2, "曲小满", number(1, "20100606"), "之子", school="小学"),
                  person("3301000452", 1, "钮银花", "9.70101E+17", "户主", "长期慢性病"),
                  person("3301000452", 2, "池来福", "970101195803129000", "配偶", "残疾"),
                  person("3301000453", 1, "池海清", number(3, "19660101"), "户主")]
    return Office(save(path, [("导出数据", rows, [])]), {
        "曲水生": ("970101003", "none", ["曲水生", "曲小满"], []), "钮银花": ("970101003", "none", ["钮银花", "池来福"], []),
        "池海清": ("970101003", "none", ["池海清"], [])},
        {(2, "id", "id_float"), (4, "id", "id_float"), (5, "id", "id_float")},
        {"曲水生": None, "钮银花": None, "池来福": None, "池海清": number(3, "19660101")},
        {"曲水生": {"number": "3301000451", "phone": "13900000451", "cause": "illness"}})


def patients(path: Path) -> Office:
    """大病患者台账: the patient and the head are two columns, money in 万元, days in four notations, one need word each."""
    rows: Grid = [
        ["青禾县大病救助对象台账（2024年度）", *[None] * 13],
        ["制表：县医保局", *[None] * 8, "金额单位：万元", *[None] * 4],
        ["编号", "患者姓名", "公民身份号码", "户主", "与户主的关系", "所在乡镇", "所在村（居）", "病种", "确诊时间", "医疗总费用",
         "个人自付", "救助类型", "帮扶诉求", "联系手机"],
        ["DB001", "鲍小燕", number(0, "19820214"), "鲍国柱", "女儿", "双溪镇", "坳下村", "白血病", "2024-03-05", 12.6, 4.1,
         "低保B档", "医疗救助", "13900000301"],
        ["DB002", "阙文彬", number(1), "阙文彬", "户主", "石桥镇", "桥头村", "尿毒症（透析）", "2023年11月", 8.2, 2.0,
         "建档立卡", "医药费/临时救助金", "13900000302"],
        ["DB003", "荆玉兰", f"{number(2)[:17]}{(int(number(2)[17], 11) + 1) % 10}", "荆玉兰", "本人", "云岭乡", "白茅村", "肺癌", "45231", 20,
         9.5, "特困供养", "陪护", None]]
    return Office(save(path, [("Sheet1", rows, ["A1:N1", "A2:I2", "J2:N2"])]), {
        "鲍国柱": ("970101001", "dibao_b", ["鲍小燕"], [("medical", 1)]),
        "阙文彬": ("970101002", "none", ["阙文彬"], [("medical", 1), ("cash", 1)]),
        "荆玉兰": ("970101003", "tekun", ["荆玉兰"], [("care", 1)])},
        {(5, "category", "category_unknown"), (6, "id", "id_checksum")},
        facts={"鲍国柱": {"number": "DB001", "phone": "13900000301", "illness": "白血病"}})


def children(path: Path) -> Office:
    """孤儿、事实无人抚养儿童: the child is the person, the guardian beside it with number, telephone and relation."""
    rows: Grid = [
        ["青禾县孤儿、事实无人抚养儿童信息登记表", *[None] * 13],
        ["序号", "儿童基本信息", None, None, None, None, None, "监护人信息", None, None, None, "乡镇街道", "家庭住址", "月基本生活费"],
        [None, "儿童姓名", "性别", "出生日期", "儿童身份证号", "儿童类别", "就读阶段", "监护人姓名", "与儿童关系", "监护人身份证号",
         "监护人联系电话", None, None, None],
        [1, "巫明轩", "男", "2013/9/1", number(0, "20130901"), "孤儿", "小学五年级", "巫大山", "爷爷", number(8, "19550505"),
         "13900000401", "双溪镇", "双溪镇坳下村2组", 1000],
        [2, "邬欣怡", "女", "2010.02.14", number(1, "20100214"), "事实无人抚养儿童", "初中", "卞冬梅", "外婆", number(9, "19570707"),
         "13900000402", "城关街道", "城关街道东门社区", 1000]]
    merges = ["A1:N1", "A2:A3", "B2:G2", "H2:K2", "L2:L3", "M2:M3", "N2:N3"]
    return Office(save(path, [("儿童", rows, merges)]), {
        "巫明轩": ("970101001", "none", ["巫明轩"], []), "邬欣怡": ("970101004", "none", ["邬欣怡"], [])},
        numbers={"巫明轩": number(0, "20130901"), "邬欣怡": number(1, "20100214")},
        facts={"巫明轩": {"child_kind": "orphan_kin", "school_stage": "primary"},
               "邬欣怡": {"child_kind": "defacto", "school_stage": "junior", "phone": None}})


def requests(path: Path) -> Office:
    """求助登记表: who took it down and what was done stand beside; several kinds of help in one sentence of the cell."""
    rows: Grid = [
        ["社会救助热线求助登记表", *[None] * 11], ["（2024年1—6月）", *[None] * 11],
        ["求助编号", "求助时间", "求助人姓名", "求助人电话", "求助人身份证号", "所属镇街", "所属社区（村）", "家庭住址", "求助事项", "数量",
         "受理人", "办理情况"],
        ["QZ2024001", "2024-01-15 09:20", "阳春娇", "139 0000 0501", number(0), "城关街道办事处", "东门社区居委会", "东门路5号",
         "经济困难，请求临时救助", 1, "赵某", "已转办"],
        ["QZ2024002", "2024-02-01", "谌小毛", "１３９００００５０２０", number(1), "云岭", "白茅", "白茅村", "轮椅1辆，冬衣2件", None, "赵某", ""],
        ["QZ2024003", "2024/3/8", "粟志高", "13900000503", None, "双溪岭林场", None, None, "心理疏导", "两次", "钱某", "办结"],
        ["QZ2024004", "2024/3/9", "外地人", "13900000504", number(3), "万安镇", None, None, "找工作", 1, "钱某", "告知"]]
    return Office(save(path, [("求助", rows, ["A1:L1", "A2:L2"])]), {
        "阳春娇": ("970101004", "none", ["阳春娇"], [("cash", 1)]),
        "谌小毛": ("970101003", "none", ["谌小毛"], [("goods", 1), ("goods", 2)]),
        "粟志高": ("970101005", "none", ["粟志高"], [("counselling", 2)])},
        {(4, "need", "need_unknown"), (6, "id", "id_missing"), (7, "town", "foreign_area")},
        facts={"阳春娇": {"number": "QZ2024001", "phone": "13900000501"}, "谌小毛": {"phone": "13900005020"}})


OFFICES: tuple[Callable[[Path], Office], ...] = (
    allowance, supported, subsidies, visits, monitored, patients, children, requests)

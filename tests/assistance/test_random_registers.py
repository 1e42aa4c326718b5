"""Registers made at random, through the real import, against the second reading, on several days and two files each."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from matching.assistance import service_rules
from matching.assistance.service_gaps import find
from matching.assistance.service_standards import read_file
from tests.assistance.conftest import Command
from tests.assistance.oracle import Oracle, household, policies
from tests.assistance.test_rules import cases, home_of
from tests.exchange.registers import identity
from tests.people import COUNTY_A, People

HEAD = ("户编号", "户主姓名", "镇（街道）", "村（社区）", "救助类别", "户籍性质", "赡养抚养义务人", "成员姓名",
        "身份证号码", "个人月收入（元）", "残疾等级", "劳动能力", "在读阶段", "儿童保障类型", "已享受政策")
FAMILY, GIVEN = "何罗王李张刘陈杨赵黄周吴徐孙胡朱高林郭马", "秀英建业小燕丽华志明国强桂芳玉兰文军海霞"
DAYS = (date(2020, 2, 28), date(2020, 2, 29), date(2020, 8, 31), date(2020, 9, 1), date(2021, 3, 1))


def invent(dice: random.Random, count: int, names: list[str]) -> list[dict[str, Any]]:
    """Households at random whose people have names and births that an identity number can carry."""
    homes = [household(dice, number, names, date(2020, 9, 1)) for number in range(count)]
    for home in homes:
        for place, person in enumerate(home["people"]):
            person["name"] = dice.choice(FAMILY) + "".join(dice.sample(GIVEN, 2)) + "甲乙丙丁戊己"[place]
    return homes


def write(path: Path, homes: list[dict[str, Any]]) -> Path:
    """One row a person, the household's cells in its first row only."""
    book = Workbook()
    assert book.active is not None
    book.active.append(HEAD)
    sequences: dict[date, int] = {}
    for home in homes:
        for place, one in enumerate(home["people"]):
            same = sequences[one["born"]] = sequences.get(one["born"], -1) + 1
            number = identity(str(970101 + same // 10), one["born"].strftime("%Y%m%d"), 990 + same % 10)
            own = (home["number"], home["people"][0]["name"], "双溪镇", "张家村", home["category"], home["residence"],
                   home["support"]) if not place else (home["number"], *[None] * 6)
            grade = f"{one['grade']}级" if one["grade"] else None
            book.active.append((*own, one["name"], number, one["income"], grade, one["work"], one["stage"] or None,
                                one["child"] or None, "、".join(one["gets"]) or None))
    book.save(path)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_register_at_random_gives_what_the_words_say_on_every_day(
        seed: int, people: People, command: Command, tmp_path: Path) -> None:
    dice = random.Random(seed)
    files = [policies(dice) for _ in range(2)]
    names = sorted({name for file in files for policy in file["policies"] for name in policy.get("names", [])})
    homes = invent(dice, 120, [name for name in names if "、" not in name])
    told = command("import", "households", write(tmp_path / "register.xlsx", homes), "--area", COUNTY_A, "--commit")
    assert (told["rejected"], told["households"]) == (0, len(homes)), told["faults"]
    found = 0
    for number, file in enumerate(files):
        path = tmp_path / f"policies{number}.json"
        path.write_text(json.dumps(file, ensure_ascii=False), "utf-8")
        for on in DAYS:
            report = command("gaps", "--area", COUNTY_A, "--on", on, "--policies", path)
            wanted = [(home, Oracle(file, on).check(home)) for home in homes]
            ours = {home["number"] for home in homes}
            assert sorted((g["household"], g["person"], g["policy"], g["amount_fen"], g["per"])
                          for g in report["gaps"] if g["household"] in ours) == sorted(
                (home["number"], *gap) for home, (gaps, _focus, _lost) in wanted for gap in gaps)
            assert [n for n in report["key_focus"] if n in ours] == sorted(
                home["number"] for home, (_gaps, focus, _lost) in wanted if focus)
            assert sorted((g["household"], g["person"], g["policy"]) for g in report["no_longer_entitled"]
                          if g["household"] in ours) == sorted(
                (home["number"], *one) for home, (_gaps, _focus, lost) in wanted for one in lost)
            found += len(report["gaps"])
    assert found > 100, "a dull county"


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize(("name", "wrong"), [("OLD_FROM", 61), ("ADULT_FROM", 19), ("LATER_STAGES", ("senior",))])
def test_control_a_rule_that_is_off_by_one_is_found(
        name: str, wrong: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, app: object) -> None:
    monkeypatch.setattr(service_rules, name, wrong)
    differs = 0
    for seed in range(12):
        file, on, homes = cases(seed, 60)
        (tmp_path / "p.json").write_text(json.dumps(file, ensure_ascii=False), "utf-8")
        standards, oracle = read_file(tmp_path / "p.json").on(on), Oracle(file, on)
        for number, told in enumerate(homes):
            gaps = sorted((f.person_name, f.policy, f.amount_fen, f.per) for f in find(
                home_of(number, told), standards, on) if f.kind == "gap")
            differs += gaps != sorted(oracle.check(told)[0])
    assert differs


@pytest.mark.one_database
def test_a_version_counts_on_its_first_and_last_day_leap_days_included(tmp_path: Path, app: object) -> None:
    """Between two versions there is none; a month's end and 29 February belong to the version that names them."""
    file = {"policies": [{"code": "tekun", "versions": [
        {"from": "2020-03-01", "to": None, "month": 3}, {"from": "2020-02-29", "to": "2020-02-29", "month": 2},
        {"from": "2019-01-01", "to": "2020-01-31", "month": 1}]}]}
    (tmp_path / "p.json").write_text(json.dumps(file), "utf-8")
    book = read_file(tmp_path / "p.json")
    wanted = {date(2018, 12, 31): None, date(2019, 1, 1): 100, date(2020, 1, 31): 100, date(2020, 2, 1): None,
              date(2020, 2, 28): None, date(2020, 2, 29): 200, date(2020, 3, 1): 300, date(2024, 2, 29): 300}
    assert {day: standards["tekun"].amounts["month"] if (standards := book.on(day)) else None
            for day in wanted} == wanted
    assert all(book.on(date(2020, 2, 29) + timedelta(days)) for days in range(1, 400))

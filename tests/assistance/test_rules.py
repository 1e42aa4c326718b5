"""The rules against a second reading of the contract, on files of policies and households made at random."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from matching.assistance.service_facts import Home, Person, age_on
from matching.assistance.service_gaps import find
from matching.assistance.service_standards import built_in, read_file
from matching.clock import utc_now
from matching.crypto import normalised
from matching.extensions import db
from matching.households.models import Household, Member
from tests.assistance.conftest import Command
from tests.assistance.oracle import Oracle, household, policies
from tests.people import COMMUNITY_A1A, COUNTY_A, People

CATEGORY = {"低保A": "dibao_a", "低保B": "dibao_b", "低保C": "dibao_c", "特困": "tekun", "低保边缘": "margin",
            "未享受": "none"}
CODES: dict[str, dict[str, str]] = {
    "residence": {"城镇": "urban", "农村": "rural"}, "support": {"无": "no", "有": "yes"},
    "work": {"无": "none", "部分": "partial", "有": "full"}, "stage": {"": "", "初中": "junior", "高中": "senior",
                                                                   "大学": "university"},
    "child": {"": "", "孤儿亲属抚养": "orphan_kin", "孤儿机构养育": "orphan_institution", "事实无人抚养": "defacto"}}
FIELDS = {"work_ability": "work", "school_stage": "stage", "child_kind": "child"}


def fen(yuan: float | None) -> int | None:
    return None if yuan is None else round(yuan * 100)


def home_of(number: int, told: dict[str, Any]) -> Home:
    people = tuple(Person(
        i, one["name"], one["born"], one["grade"] is not None, one["grade"],
        income_fen=fen(one["income"]), receives=frozenset(map(normalised, one["gets"])),
        **{field: CODES[word][one[word]] for field, word in FIELDS.items()})
        for i, one in enumerate(told["people"]))
    return Home(number, told["number"], COMMUNITY_A1A, CATEGORY[told["category"]],
                CODES["residence"][told["residence"]], CODES["support"][told["support"]], people)


def cases(seed: int, count: int) -> tuple[dict[str, Any], date, list[dict[str, Any]]]:
    dice = random.Random(seed)
    file = policies(dice)
    edges = [date.fromisoformat(day) for p in file["policies"] for v in p["versions"]
             for day in (v["from"], v.get("to")) if day]
    edge = dice.choice([*edges, *edges, date(2024, 2, 29), date(2020, 2, 29)])
    on = date.fromordinal(edge.toordinal() + dice.choice((-1, 0, 1)))
    names = [name for policy in file["policies"] for name in policy.get("names", [])]
    return file, on, [household(dice, number, names, on) for number in range(count)]


def expected(oracle: Oracle, homes: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    for home in homes:
        gaps, focus, lost = oracle.check(home)
        yield home["number"], (sorted(gaps), focus, sorted(lost))


@pytest.mark.one_database
@pytest.mark.parametrize("seed", range(60))
@pytest.mark.slow
def test_the_rules_agree_with_the_second_reading(seed: int, tmp_path: Path, app: object) -> None:
    file, on, homes = cases(seed, 100)
    path = tmp_path / "policies.json"
    path.write_text(json.dumps(file, ensure_ascii=False), "utf-8")
    standards, oracle = read_file(path).on(on), Oracle(file, on)
    for number, told in enumerate(homes):
        found = find(home_of(number, told), standards, on)
        gaps = sorted((f.person_name, f.policy, f.amount_fen, f.per) for f in found if f.kind == "gap")
        lost = {(f.person_name, f.policy) for f in found if f.kind == "no_longer"}
        focus = any(f.kind == "focus" for f in found)
        wanted, stays_below, gone = oracle.check(told)
        assert gaps == sorted(wanted), (seed, told)
        assert focus == stays_below, (seed, told)
        assert lost == gone, (seed, told)


@pytest.mark.slow
def test_the_command_agrees_with_it_on_the_database(people: People, command: Command, tmp_path: Path) -> None:
    file, on, homes = cases(4711, 400)
    (tmp_path / "policies.json").write_text(json.dumps(file, ensure_ascii=False), "utf-8")
    write(homes)
    found = command("gaps", "--area", COUNTY_A, "--on", on, "--policies", tmp_path / "policies.json")
    oracle, got = Oracle(file, on), {}
    for home in homes:
        number = home["number"]
        gaps = sorted((g["person"], g["policy"], g["amount_fen"], g["per"]) for g in found["gaps"]
                      if g["household"] == number)
        lost = sorted((g["person"], g["policy"]) for g in found["no_longer_entitled"] if g["household"] == number)
        got[number] = gaps, number in found["key_focus"], lost
    assert got == dict(expected(oracle, homes))
    assert all(gap["reason"] for gap in found["gaps"] + found["no_longer_entitled"])
    assert sum(map(len, (found["gaps"], found["key_focus"], found["no_longer_entitled"]))) > 200, "a dull county"


def write(homes: list[dict[str, Any]]) -> None:
    """Bring households made at random into the database."""
    now, rows = utc_now(), []
    for position, told in enumerate(homes):
        home, number = home_of(position, told), 5_000 + position
        db.session.execute(insert(Household).values(
            id=number, seal=b"s" * 16, number=home.number, county_code=COUNTY_A, area_code=COMMUNITY_A1A,
            head_name=home.people[0].name, category=home.category, residence=home.residence, support=home.support,
            status="verified", created_at=now, updated_at=now))
        rows += [{"seal": b"s" * 16, "household_id": number, "position": place, "name": one.name,
                  "born_on": one.born_on, "disability_grade": one.disability_grade, "work_ability": one.work_ability,
                  "school_stage": one.school_stage, "child_kind": one.child_kind, "policies": sorted(told_gets),
                  "monthly_income_fen": one.income_fen}
                 for place, (one, told_gets) in enumerate(
                     zip(home.people, (p["gets"] for p in told["people"]), strict=True), start=1)]
    db.session.execute(insert(Member), rows)
    db.session.commit()


@pytest.mark.one_database
def test_a_month_is_reckoned_with_the_standard_of_that_month(app: object) -> None:
    """Story 3: urban 580 → 620, rural 440 → 496, extremely poor 754 → 806, on the first of September 2020."""
    for day, urban, rural, tekun in ((date(2020, 8, 31), 58000, 44000, 75400), (date(2020, 9, 1), 62000, 49600, 80600)):
        standards = built_in().on(day)
        assert (standards["dibao"].amounts["urban"], standards["dibao"].amounts["rural"]) == (urban, rural)
        assert standards["tekun"].amounts["month"] == tekun
    assert built_in().on(date(2017, 12, 31)) == {}
    care = built_in().on(date(2020, 9, 1))["nursing"].amounts
    assert care == {"grade_1": 10000, "grade_2": 8334}


@pytest.mark.one_database
def test_a_share_of_income_is_never_rounded(app: object) -> None:
    """Three people with one fen less than three lines are below it, with just three lines they are not."""
    standards = built_in().on(date(2020, 12, 31))

    def found(income: int) -> list[tuple[str, int]]:
        people = tuple(Person(i, str(i), date(1980, 1, 1), income_fen=income if not i else 0) for i in range(3))
        home = Home(1, "1", COMMUNITY_A1A, "none", "urban", "yes", people)
        return [(f.policy, f.amount_fen) for f in find(home, standards, date(2020, 12, 31))]

    assert found(3 * 62000 - 1) == [("dibao", 1)]
    assert found(3 * 62000) == []


@pytest.mark.one_database
@pytest.mark.parametrize(("born", "day", "age"), [
    (date(1960, 12, 31), date(2020, 12, 31), 60), (date(1961, 1, 1), date(2020, 12, 31), 59),
    (date(2004, 2, 29), date(2022, 2, 28), 17), (date(2004, 2, 29), date(2022, 3, 1), 18),
    (date(2004, 2, 29), date(2024, 2, 29), 20)])
def test_ages_turn_on_the_birthday_leap_days_included(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age

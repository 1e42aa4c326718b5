"""A second, deliberately simple reading of the contract's policies, and households made at random to compare it on.

It works on the file of policies itself and on words of registers, shares no code with the rules, and counts in
fractions, so that what the two agree on is not one author's slip twice.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

Person = dict[str, Any]
Household = dict[str, Any]
CLASSES = ("低保A", "低保B", "低保C")
CATEGORIES = (*CLASSES, "特困", "低保边缘", "未享受")


def in_force(policy: dict[str, Any], on: date) -> dict[str, Any] | None:
    for version in policy["versions"]:
        if version["from"] <= on.isoformat() and (version.get("to") is None or on.isoformat() <= version["to"]):
            return dict(version)
    return None


def years(born: date, on: date) -> int:
    count = 0
    while (born.year + count + 1, born.month, born.day) <= (on.year, on.month, on.day):
        count += 1
    return count


def yuan(value: Any) -> Fraction:
    return Fraction(str(value))


class Oracle:
    """What a file of policies says of a household on a day."""

    def __init__(self, file: dict[str, Any], on: date) -> None:
        self.policies = {policy["code"]: (policy, version) for policy in file["policies"]
                         if (version := in_force(policy, on)) is not None}
        self.on = on

    def check(self, home: Household) -> tuple[list[tuple[str, str, int, str]], bool, set[tuple[str, str]]]:
        """(gaps as person, policy, fen, per; whether it stays below the line; who gets what without being entitled)."""
        gaps: list[tuple[str, str, Fraction, str]] = []
        lost: set[tuple[str, str]] = set()
        income = sum((yuan(p["income"] or 0) for p in home["people"]), Fraction(0))
        paid = self.household(home, income, gaps, lost)
        for person in home["people"]:
            for code in ("living", "nursing", "school_aid", "orphan", "defacto"):
                if code in self.policies:
                    paid += self.person(code, person, home, gaps, lost)
        missing = sum((amount for _, _, amount, per in gaps if per == "month"), Fraction(0))
        line = self.amount("dibao", "standard", home["residence"])
        focus = "dibao" in self.policies and (income + paid + missing) / len(home["people"]) < line
        return [(name, code, int(amount * 100), per) for name, code, amount, per in gaps], focus, lost

    def household(self, home: Household, income: Fraction, gaps: list[tuple[str, str, Fraction, str]],
                  lost: set[tuple[str, str]]) -> Fraction:
        """The two guarantees; returns what is paid of them."""
        paid = Fraction(0)
        people, category = home["people"], home["category"]
        line = self.amount("dibao", "standard", home["residence"])
        tekun = self.is_tekun(home, income)
        instead = tekun and "tekun" in self.policies and "dibao" in self.policies and (
            "tekun" in self.policies["dibao"][0].get("excluded_by", []))
        if "tekun" in self.policies:
            if tekun and category != "特困":
                gaps.append((people[0]["name"], "tekun", self.amount("tekun", "month"), "month"))
            if category == "特困":
                paid += self.amount("tekun", "month") * len(people)  # it is paid to each person
                if tekun is False and home["support"] != "":
                    lost.add((people[0]["name"], "tekun"))
        if "dibao" in self.policies:
            below = income / len(people) < line
            if below and category not in (*CLASSES, "特困") and not instead:
                gaps.append((people[0]["name"], "dibao", line * len(people) - income, "month"))
            if category in CLASSES:
                paid += self.amount("dibao", "class_amount_per_head", category, home["residence"]) * len(people)
            if category in (*CLASSES, "特困") and not below:
                lost.add((people[0]["name"], "dibao"))
        return paid

    def person(self, code: str, person: Person, home: Household, gaps: list[tuple[str, str, Fraction, str]],
               lost: set[tuple[str, str]]) -> Fraction:
        """One policy of one person; returns what counts of it as paid by the month."""
        due, per = self.due(code, person, home)
        gets = any(name in person["gets"] for name in self.policies[code][0]["names"])
        if due and not gets:
            gaps.append((person["name"], code, due, per))
        if gets and not self.fits(code, person, home):
            lost.add((person["name"], code))
        return self.worth(code, person, home) if gets and per == "month" else Fraction(0)

    def amount(self, code: str, *path: str) -> Fraction:
        value: Any = self.policies[code][1] if code in self.policies else None
        for step in path:
            value = value.get(step) if value else None
        return yuan(value or 0)

    def is_tekun(self, home: Household, income: Fraction) -> bool:
        only = home["people"][0]
        return (len(home["people"]) == 1 and years(only["born"], self.on) >= 60 and only["work"] == "无"
                and income == 0 and home["support"] == "无")

    def fits(self, code: str, person: Person, home: Household) -> bool:
        version = self.policies[code][1]
        if code == "living":
            return person["grade"] is not None and home["category"] in version["categories"]
        if code == "nursing":
            return str(person["grade"]) in version["month_by_grade"]
        if code == "school_aid":
            return person["stage"] in ("高中", "大学") and home["category"] in version["categories"]
        kind = "孤儿" if code == "orphan" else "事实无人抚养"
        return str(person["child"]).startswith(kind) and years(person["born"], self.on) < 18

    def worth(self, code: str, person: Person, home: Household) -> Fraction:
        """What a receipt counts for, whoever is entitled to it."""
        if code == "living":
            return self.amount("living", "month")
        if code == "nursing":
            return self.amount("nursing", "month_by_grade", str(person["grade"]))
        if code == "orphan":
            return self.amount("orphan", "month_by_care", str(person["child"])[2:])
        if code == "defacto":
            had = self.amount("dibao", "class_amount_per_head", home["category"], home["residence"])
            return max(self.amount("defacto", "month_up_to") - had, Fraction(0))
        return Fraction(0)

    def due(self, code: str, person: Person, home: Household) -> tuple[Fraction, str]:
        if code == "school_aid":
            return (self.amount("school_aid", "year") if self.fits(code, person, home) else Fraction(0)), "year"
        return (self.worth(code, person, home) if self.fits(code, person, home) else Fraction(0)), "month"


def dated(dice: random.Random, make: Callable[[], dict[str, Any]]) -> list[dict[str, Any]]:
    """One to three versions of a policy, some with days between them on which there is none, in any order.

    Days of change lie on month's ends and leap days as often as anywhere.
    """
    days = sorted(dice.sample([date(2019, 12, 31), date(2020, 1, 1), date(2020, 2, 28), date(2020, 2, 29),
                               date(2020, 3, 1), date(2020, 8, 31), date(2020, 9, 1), date(2021, 2, 28),
                               date(2018, 1, 1) + timedelta(dice.randint(0, 1500))], dice.randint(1, 3)))
    found = []
    for day, following in zip(days, [*days[1:], None], strict=True):
        last = None if following is None else following - timedelta(days=dice.choice((1, 1, 1, 30)))
        if last is not None and last < day:
            continue
        version = {"from": day.isoformat(), **make()}
        if last is not None or dice.random() < 0.5:
            version["to"] = last.isoformat() if last else None
        found.append(version)
    dice.shuffle(found)
    return found


def policies(dice: random.Random) -> dict[str, Any]:
    """A file of policies with other amounts, days, categories and names; some policies are not in it at all."""

    def some(*ends: int) -> float | str:
        amount = dice.randint(ends[0] * 100, ends[1] * 100) / 100 if dice.random() < 0.5 else dice.randint(*ends)
        return f"{amount:.2f}" if dice.random() < 0.2 else amount

    def line() -> dict[str, Any]:
        low, high = sorted((dice.randint(300, 900), dice.randint(300, 900)))
        return {"standard": {"城镇": high, "农村": low},
                "class_amount_per_head": {name: {"城镇": some(50, high), "农村": some(50, low)} for name in CLASSES}}

    def categories() -> list[str]:
        return dice.sample(CATEGORIES, dice.randint(1, 5))

    both = f"两补{dice.randint(1, 9)}"
    excluded = {"excluded_by": ["tekun"]} if dice.random() < 0.8 else {}
    found = [
        {"code": "dibao", **excluded, "versions": dated(dice, line)},
        {"code": "tekun", "versions": dated(dice, lambda: {"month": some(500, 1500)})},
        {"code": "living", "names": [f"生补{dice.randint(1, 9)}", both], "versions": dated(
            dice, lambda: {"month": some(10, 300), "categories": categories()})},
        {"code": "nursing", "names": [f"护补{dice.randint(1, 9)}", both], "versions": dated(
            dice, lambda: {"month_by_grade": {str(grade): some(50, 400) for grade in range(1, dice.randint(2, 5))}})},
        {"code": "school_aid", "names": ["雏鹰计划", "ＡＢ 助学"], "versions": dated(
            dice, lambda: {"year": some(500, 6000), "categories": categories()})},
        {"code": "orphan", "names": ["孤儿关爱金"], "versions": dated(
            dice, lambda: {"month_by_care": {"亲属抚养": some(500, 1500), "机构养育": some(900, 2500)}})},
        {"code": "defacto", "names": ["事孤关爱"], "versions": dated(dice, lambda: {"month_up_to": some(200, 2000)})}]
    kept = [policy for policy in found if dice.random() < 0.93]
    dice.shuffle(kept)
    return {"county": "970101", "policies": kept}


def household(dice: random.Random, number: int, names: list[str], on: date) -> Household:
    """A household at random; about one in two stands at an edge of some rule."""
    alone = dice.random() < 0.4
    people = [_person(dice, f"人{number}之{i}", names, on, alone) for i in range(1 if alone else dice.randint(1, 5))]
    return {"number": f"R-{number:05}", "category": dice.choice(CATEGORIES), "residence": dice.choice(("城镇", "农村")),
            "support": dice.choice(("无", "有")), "people": people}


def _person(dice: random.Random, name: str, names: list[str], on: date, alone: bool) -> Person:
    born = date.fromordinal(on.toordinal() - dice.randint(0, 90 * 365))
    if dice.random() < 0.4:
        age = dice.choice((60, 18))
        born = date(on.year - age, on.month, min(on.day, 28))
        born = date.fromordinal(born.toordinal() + dice.choice((-1, 0, 1)))
    elif dice.random() < 0.1:
        born = date(dice.choice((1960, 2000, 2004, 1980)), 2, 29)
    income = dice.choice((0, None, dice.randint(1, 900), dice.randint(1, 90000) / 100))
    if alone and dice.random() < 0.5:
        income = 0
    return {"name": name, "born": born, "income": income, "grade": dice.choice((None, None, 1, 2, 3, 4)),
            "work": dice.choice(("无", "部分", "有")), "stage": dice.choice(("", "初中", "高中", "大学")),
            "child": dice.choice(("", "", "孤儿亲属抚养", "孤儿机构养育", "事实无人抚养")),
            "gets": [written for written in names if dice.random() < 0.15]}

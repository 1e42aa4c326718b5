"""What the rules of the contract say of one household on one day: entitled or not, how much, and from which facts.

Pure: no database, no clock, no words. The codes and the meaning of these rules are those of the contract; amounts,
categories and names come with the standards of the day (`service_standards`). A share of income is compared as
`income < standard · members`, so that nothing is ever rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from matching.assistance.service_facts import (
    ADULT_FROM,
    GUARANTEED,
    Answer,
    Facts,
    Home,
    Person,
    Standard,
    Standards,
    age_on,
    class_fen,
    gets,
)

__all__ = ["HOUSEHOLD_RULES", "PERSON_RULES", "HouseholdRule", "PersonRule", "dibao"]

OLD_FROM = 60
LATER_STAGES = ("senior", "university")
CARE_OF_ORPHAN = {"orphan_kin": "kin", "orphan_institution": "institution"}
HouseholdRule = Callable[[Home, Standards, date], Answer]
PersonRule = Callable[[Home, Person, Standards, date], Answer]


def dibao(home: Home, standards: Standards, _on: date) -> Answer:
    """Income a head strictly below the line of the residence."""
    standard, first, income = standards["dibao"], home.people[0], home.income_fen
    receives, count = home.category in GUARANTEED, len(home.people)
    line = standard.amounts.get(home.residence)
    if line is None:
        return Answer("dibao", first, None, receives, why="residence_unknown")
    facts: Facts = {"income_fen": income, "people": count, "standard_fen": line, "residence": home.residence}
    if income >= line * count:
        return Answer("dibao", first, False, receives, why="income_reaches", facts=facts)
    due = line * count - income
    return Answer("dibao", first, True, receives, due, why="income_below", facts=facts)


def _tekun(home: Home, standards: Standards, on: date) -> Answer:
    """One member, old, without ability to work, without income, without anyone who must support."""
    first, receives = home.people[0], home.category == "tekun"
    month = standards["tekun"].amounts["month"]
    age = age_on(first.born_on, on) if first.born_on else None
    facts: Facts = {"people": len(home.people), "income_fen": home.income_fen, "work": first.work_ability,
                    "support": home.support, **({} if age is None else {"age": age})}

    def no(why: str) -> Answer:
        return Answer("tekun", first, False, receives, month, why=why, facts=facts)

    if len(home.people) > 1:
        return no("not_alone")
    if home.income_fen > 0:
        return no("has_income")
    if first.work_ability in ("partial", "full"):
        return no("can_work")
    if home.support == "yes":
        return no("has_support")
    if age is not None and age < OLD_FROM:
        return no("too_young")
    if age is None or first.work_ability != "none" or home.support != "no":
        return Answer("tekun", first, None, receives, month, why="facts_missing", facts=facts)
    return Answer("tekun", first, True, receives, month, why="alone_old_unable", facts=facts)


def _living(home: Home, person: Person, standards: Standards, _on: date) -> Answer:
    """A disabled person in a household of the named categories."""
    standard = standards["living"]
    receives, month = gets(home, person, standard), standard.amounts["month"]
    facts: Facts = {"category": home.category}
    if not person.is_disabled:
        return Answer("living", person, False, receives, month, why="not_disabled", facts=facts)
    entitled = home.category in standard.categories
    return Answer("living", person, entitled, receives, month,
                  why="disabled_in_category" if entitled else "category_not_named", facts=facts)


def _nursing(home: Home, person: Person, standards: Standards, _on: date) -> Answer:
    """A person whose grade of disability has an amount, whatever the household's category."""
    standard = standards["nursing"]
    receives, grade = gets(home, person, standard), person.disability_grade
    if not person.is_disabled:
        return Answer("nursing", person, False, receives, why="not_disabled")
    if grade is None:
        return Answer("nursing", person, None, receives, why="grade_unknown")
    month = standard.amounts.get(f"grade_{grade}", 0)
    return Answer("nursing", person, month > 0, receives, month, why="grade_named" if month else "grade_not_named",
                  facts={"grade": grade})


def _school_aid(home: Home, person: Person, standards: Standards, _on: date) -> Answer:
    """A pupil of a senior school or university in a household of the named categories; by the year."""
    standard = standards["school_aid"]
    receives, year = gets(home, person, standard), standard.amounts["year"]
    facts: Facts = {"stage": person.school_stage, "category": home.category}
    if person.school_stage not in LATER_STAGES:
        why = "not_pupil_there"
    else:
        why = "pupil_in_category" if home.category in standard.categories else "category_not_named"
    return Answer("school_aid", person, why == "pupil_in_category", receives, year, "year", why, facts)


def _orphan(home: Home, person: Person, standards: Standards, on: date) -> Answer:
    """A child without parents, by who cares for it."""
    standard = standards["orphan"]
    care = CARE_OF_ORPHAN.get(person.child_kind, "")
    due = standard.amounts.get(care, 0)
    return _child(home, person, standard, on, is_kind=bool(care), due=due, why="orphan",
                  facts={"care": care} if care else {})


def _defacto(home: Home, person: Person, standards: Standards, on: date) -> Answer:
    """A child in fact without care: topped up to an amount, less the class allowance a head that is paid already."""
    standard, paid = standards["defacto"], class_fen(home, standards)
    up_to = standard.amounts["up_to"]
    return _child(home, person, standard, on, is_kind=person.child_kind == "defacto", due=max(up_to - paid, 0),
                  why="defacto", facts={"up_to_fen": up_to, "paid_fen": paid})


def _child(home: Home, person: Person, standard: Standard, on: date, *, is_kind: bool, due: int, why: str,
           facts: Facts) -> Answer:
    """A policy for children of a kind under the age of 18."""
    policy = standard.policy
    receives = gets(home, person, standard)
    if not is_kind:
        return Answer(policy, person, False, receives, due, why="not_such_child", facts=facts)
    if person.born_on is None:
        return Answer(policy, person, None, receives, due, why="age_unknown", facts=facts)
    age = age_on(person.born_on, on)
    return Answer(policy, person, age < ADULT_FROM, receives, due, why=why if age < ADULT_FROM else "grown_up",
                  facts={**facts, "age": age})


HOUSEHOLD_RULES: Mapping[str, HouseholdRule] = {"dibao": dibao, "tekun": _tekun}
PERSON_RULES: Mapping[str, PersonRule] = {
    "living": _living, "nursing": _nursing, "school_aid": _school_aid, "orphan": _orphan, "defacto": _defacto}

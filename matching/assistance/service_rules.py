"""What the rule of each policy says of one household on one day: entitled or not, how much, and from which facts.

Pure: no database, no clock, no words. The codes and the meaning of the rules are those of the contract; amounts,
categories and names come with the standards of the day (`service_standards`). Money is whole fen throughout, and
a share of income is compared as `income < standard · members`, so that nothing is ever rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from matching.crypto import normalised

__all__ = ["HOUSEHOLD_POLICIES", "PERSON_POLICIES", "Answer", "Facts", "Home", "Person", "Standard", "Standards",
           "answers", "below_after", "gaps_of", "no_longer_of", "read_names"]

DIBAO_CLASSES = ("dibao_a", "dibao_b", "dibao_c")
GUARANTEED = (*DIBAO_CLASSES, "tekun")
OLD_FROM, ADULT_FROM = 60, 18
LATER_STAGES = ("senior", "university")
CARE_OF_ORPHAN = {"orphan_kin": "kin", "orphan_institution": "institution"}
YEARLY = frozenset({"school_aid"})
"""Policies that are paid by the year and earmarked: they do not count as income."""
Facts = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Person:
    """One member, as far as rules look. `income_fen` a month; None is not known and counts as 0.

    `receives`: codes, or words in normalised form, of what the register says this person gets already.
    """

    id: int
    name: str
    born_on: date | None = None
    is_disabled: bool = False
    disability_grade: int | None = None
    work_ability: str = ""
    school_stage: str = ""
    child_kind: str = ""
    income_fen: int | None = None
    receives: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Home:
    """One household with its members in the order of its file."""

    id: int
    number: str
    area_code: str
    category: str
    residence: str
    support: str
    people: tuple[Person, ...]

    @property
    def income_fen(self) -> int:
        """What all members together earn in a month."""
        return sum(person.income_fen or 0 for person in self.people)


@dataclass(frozen=True, slots=True)
class Standard:
    """A policy as it stands on one day. `amounts`: fen by the keys of `service_standards.AMOUNTS`."""

    policy: str
    amounts: Mapping[str, int]
    categories: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    excluded_by: frozenset[str] = frozenset()


Standards = Mapping[str, Standard]
"""The policies in force on one day, by code."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule says of a household or of one of its people.

    `is_entitled` None: a fact that the rule needs is not known. `amount_fen` is what is due when entitled, by the
    month or the year (`per`). `why` and `facts` are what it was decided by; sums among the facts end in `_fen`.
    """

    policy: str
    person: Person
    is_entitled: bool | None
    receives: bool
    amount_fen: int = 0
    per: str = "month"
    why: str = ""
    facts: Facts = field(default_factory=dict)


def read_names(written: Iterable[str]) -> frozenset[str]:
    """Names of policies as they are compared: full-width folded, blanks dropped, upper case."""
    return frozenset(normalised(name) for name in written)


def answers(home: Home, standards: Standards, on: date) -> Iterator[Answer]:
    """What every policy in force says of a household, household policies first. A file without members: nothing."""
    if not home.people:
        return
    for code, rule in HOUSEHOLD_POLICIES.items():
        if code in standards:
            yield rule(home, standards, on)
    for person in home.people:
        for code, person_rule in PERSON_POLICIES.items():
            if code in standards:
                yield person_rule(home, person, standards, on)


def gaps_of(found: list[Answer]) -> list[Answer]:
    """Who is entitled and does not receive. What another policy takes the place of is no gap."""
    return [answer for answer in found if answer.is_entitled and not answer.receives and answer.amount_fen > 0]


def no_longer_of(found: list[Answer]) -> list[Answer]:
    """Who receives and is, by known facts, not entitled."""
    return [answer for answer in found if answer.receives and answer.is_entitled is False]


def below_after(home: Home, standards: Standards, found: list[Answer]) -> tuple[int, int] | None:
    """(what all have together in a month after every policy, the line for all) when that is still below it, in fen.

    Counted are income, the allowance that is paid, what is received and what is missing; money that is paid by
    the year for a purpose is not. None: not below, or the line is not known.
    """
    dibao = standards.get("dibao")
    line = dibao.amounts.get(home.residence) if dibao else None
    if line is None or not home.people:
        return None
    after = home.income_fen + _allowance_fen(home, standards)
    for answer in found:
        if answer.policy in PERSON_POLICIES and answer.policy not in YEARLY and answer.receives:
            after += answer.amount_fen
    after += sum(gap.amount_fen for gap in gaps_of(found) if gap.policy not in YEARLY)
    whole = line * len(home.people)
    return (after, whole) if after < whole else None


def age_on(born_on: date, day: date) -> int:
    """Full years of age on a day; who is born on 29 February grows older on 1 March of a common year."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def _allowance_fen(home: Home, standards: Standards) -> int:
    """The guarantee that is paid to all members together, by the household's category."""
    if home.category in DIBAO_CLASSES:
        return _class_fen(home, standards) * len(home.people)
    if home.category == "tekun" and "tekun" in standards:
        return standards["tekun"].amounts.get("month", 0) * len(home.people)
    return 0


def _class_fen(home: Home, standards: Standards) -> int:
    """The class amount that each member is paid; 0 outside the classes."""
    dibao = standards.get("dibao")
    return dibao.amounts.get(f"{home.category}_{home.residence}", 0) if dibao else 0


def _dibao(home: Home, standards: Standards, on: date) -> Answer:
    """Income a head strictly below the line of the residence; what extremely poor support takes is not due twice."""
    standard, first, income = standards["dibao"], home.people[0], home.income_fen
    receives, count = home.category in GUARANTEED, len(home.people)
    line = standard.amounts.get(home.residence)
    if line is None:
        return Answer("dibao", first, None, receives, why="residence_unknown")
    facts: Facts = {"income_fen": income, "people": count, "standard_fen": line, "residence": home.residence}
    if income >= line * count:
        return Answer("dibao", first, False, receives, why="income_reaches", facts=facts)
    excluded = "tekun" in standard.excluded_by and "tekun" in standards and not receives
    if excluded and _tekun(home, standards, on).is_entitled:
        return Answer("dibao", first, False, receives, why="tekun_instead", facts=facts)
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


def _receives(person: Person, standard: Standard) -> bool:
    return standard.policy in person.receives or not standard.names.isdisjoint(person.receives)


def _living(home: Home, person: Person, standards: Standards, _on: date) -> Answer:
    """A disabled person in a household of the named categories."""
    standard = standards["living"]
    receives, month = _receives(person, standard), standard.amounts["month"]
    facts: Facts = {"category": home.category}
    if not person.is_disabled:
        return Answer("living", person, False, receives, month, why="not_disabled", facts=facts)
    entitled = home.category in standard.categories
    return Answer("living", person, entitled, receives, month,
                  why="disabled_in_category" if entitled else "category_not_named", facts=facts)


def _nursing(_home: Home, person: Person, standards: Standards, _on: date) -> Answer:
    """A person whose grade of disability has an amount, whatever the household's category."""
    standard = standards["nursing"]
    receives, grade = _receives(person, standard), person.disability_grade
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
    receives, year = _receives(person, standard), standard.amounts["year"]
    facts: Facts = {"stage": person.school_stage, "category": home.category}
    if person.school_stage not in LATER_STAGES:
        why = "not_pupil_there"
    else:
        why = "pupil_in_category" if home.category in standard.categories else "category_not_named"
    return Answer("school_aid", person, why == "pupil_in_category", receives, year, "year", why, facts)


def _orphan(_home: Home, person: Person, standards: Standards, on: date) -> Answer:
    """A child without parents, by who cares for it."""
    standard = standards["orphan"]
    care = CARE_OF_ORPHAN.get(person.child_kind, "")
    due = standard.amounts.get(care, 0)
    return _child("orphan", person, standard, on, is_kind=bool(care), due=due, why="orphan",
                  facts={"care": care} if care else {})


def _defacto(home: Home, person: Person, standards: Standards, on: date) -> Answer:
    """A child in fact without care: topped up to an amount, less the class allowance a head that is paid already."""
    standard, paid = standards["defacto"], _class_fen(home, standards)
    up_to = standard.amounts["up_to"]
    return _child("defacto", person, standard, on, is_kind=person.child_kind == "defacto", due=max(up_to - paid, 0),
                  why="defacto", facts={"up_to_fen": up_to, "paid_fen": paid})


def _child(policy: str, person: Person, standard: Standard, on: date, *, is_kind: bool, due: int, why: str,
           facts: Facts) -> Answer:
    """A policy for children of a kind under the age of 18."""
    receives = _receives(person, standard)
    if not is_kind:
        return Answer(policy, person, False, receives, due, why="not_such_child", facts=facts)
    if person.born_on is None:
        return Answer(policy, person, None, receives, due, why="age_unknown", facts=facts)
    age = age_on(person.born_on, on)
    return Answer(policy, person, age < ADULT_FROM, receives, due, why=why if age < ADULT_FROM else "grown_up",
                  facts={**facts, "age": age})


HOUSEHOLD_POLICIES: Mapping[str, Callable[[Home, Standards, date], Answer]] = {"dibao": _dibao, "tekun": _tekun}
PERSON_POLICIES: Mapping[str, Callable[[Home, Person, Standards, date], Answer]] = {
    "living": _living, "nursing": _nursing, "school_aid": _school_aid, "orphan": _orphan, "defacto": _defacto}

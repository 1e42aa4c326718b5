"""What the rules of policies say that a county adds by writing a standard for them; without one they say nothing.

Pure, as `service_rules`. The margin just above the line, one sick or disabled member admitted alone, schooling by
stage, a home's cap and full cover, medical help by class, and temporary help by cause and severity. What only a case
shows (bills, what a home costs) is reckoned in `service_cases`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from matching.assistance.service_facts import (
    DIBAO_CLASSES,
    GUARANTEED,
    Answer,
    Facts,
    Home,
    Person,
    Standards,
    gets,
)
from matching.assistance.service_rules import HouseholdRule, PersonRule

__all__ = ["OWN_HOUSEHOLD_RULES", "OWN_PERSON_RULES", "admission", "cannot_build", "emergency", "medical_class"]

UNSAFE = ("grade_c", "grade_d", "none")
SEVERE_GRADES, OF_MIND, GRADE_OF_MIND = (1, 2), ("intellect", "mental"), 3
CAUSES = {"illness": "illness", "disability": "illness", "disaster": "disaster", "schooling": "schooling"}
URGENT_FROM, CRITICAL_FROM = 3, 5
WHOLE = 100


def _margin(home: Home, standards: Standards, _on: date) -> Answer:
    """Income a head at the line or above it, and below a share of it; who is below the line is due the guarantee."""
    standard, first, count = standards["margin"], home.people[0], len(home.people)
    receives = home.category == "margin"
    month = standard.amounts.get("head_month", 0)
    due, per = (month * count, "month") if month else (0, "status")
    line = _line(home, standards)
    if line is None:
        return Answer("margin", first, None, receives, due, per, "line_unknown")
    percent = standard.amounts["upto_percent"]
    facts: Facts = {"income_fen": home.income_fen, "people": count, "standard_fen": line, "percent": percent,
                    "upto_fen": line * percent // WHOLE}
    if home.income_fen * WHOLE >= line * percent * count:
        return Answer("margin", first, False, receives, due, per, "above_margin", facts)
    if home.income_fen < line * count and not receives:
        return Answer("margin", first, False, receives, due, per, "dibao_instead", facts)
    return Answer("margin", first, True, receives, due, per, "in_margin", facts)


def _line(home: Home, standards: Standards) -> int | None:
    """The line of the minimum living guarantee for this household's residence, in fen a head."""
    dibao = standards.get("dibao")
    return dibao.amounts.get(home.residence) if dibao else None


def is_severe(person: Person) -> bool:
    """Disabled of grade 1 or 2, or of grade 3 in mind or intellect."""
    grade = person.disability_grade
    return grade in SEVERE_GRADES or (grade == GRADE_OF_MIND and person.disability_kind in OF_MIND)


def _single(home: Home, person: Person, standards: Standards, _on: date) -> Answer:
    """One member alone: severely disabled or seriously ill, in a household above the line and below a share of it."""
    why = "severe" if is_severe(person) else "ill" if person.health == "serious" else ""
    return admission(home, person, standards, why)


def admission(home: Home, person: Person, standards: Standards, why: str, told: Facts | None = None) -> Answer:
    """Whether one member is admitted alone. `why`: severe, ill or bills; empty: for nothing that the rule names.

    Due each month is the line less the member's own income. `told` joins the facts.
    """
    standard = standards["single"]
    receives, line, count = gets(home, person, standard), _line(home, standards), len(home.people)
    if not why:
        return Answer("single", person, False, receives, why="neither_ill_nor_severe", facts=told or {})
    if line is None:
        return Answer("single", person, None, receives, why="line_unknown")
    percent, own = standard.amounts["income_percent"], person.income_fen or 0
    facts: Facts = {"income_fen": home.income_fen, "people": count, "standard_fen": line, "percent": percent,
                    "upto_fen": line * percent // WHOLE, "grade": person.disability_grade or 0, "own_fen": own,
                    **(told or {})}
    if home.category in GUARANTEED and not receives:
        return Answer("single", person, False, receives, why="all_guaranteed", facts=facts)
    if home.income_fen < line * count and not receives:
        return Answer("single", person, False, receives, why="dibao_instead", facts=facts)
    if home.income_fen * WHOLE >= line * percent * count:
        return Answer("single", person, False, receives, why="above_margin", facts=facts)
    if own >= line:
        return Answer("single", person, False, receives, why="own_income_reaches", facts=facts)
    return Answer("single", person, True, receives, line - own, why=f"alone_{why}", facts=facts)


def _schooling(home: Home, person: Person, standards: Standards, _on: date) -> Answer:
    """A pupil of a stage that has an amount, in a household of the named categories; by the year."""
    standard = standards["schooling"]
    receives, year = gets(home, person, standard), standard.amounts.get(f"{person.school_stage}_year", 0)
    facts: Facts = {"stage": person.school_stage, "category": home.category}
    if not year:
        return Answer("schooling", person, False, receives, 0, "year", "stage_not_named", facts)
    entitled = home.category in standard.categories
    return Answer("schooling", person, entitled, receives, year, "year",
                  "pupil_in_category" if entitled else "category_not_named", facts)


def cannot_build(home: Home) -> bool:
    """Nobody of the household has any ability to work, by what is known of each."""
    return all(person.work_ability == "none" for person in home.people)


def _housing(home: Home, standards: Standards, _on: date) -> Answer:
    """A home that is unsafe, or none, in the named categories: up to a cap, the whole where nobody can build."""
    standard, first = standards["housing"], home.people[0]
    receives = any(gets(home, person, standard) for person in home.people)
    cap = standard.amounts["cap"]
    facts: Facts = {"housing": home.housing, "category": home.category, "cap_fen": cap}
    if not home.housing:
        return Answer("housing", first, None, receives, cap, "upto", "housing_unknown")
    if home.housing not in UNSAFE:
        return Answer("housing", first, False, receives, cap, "upto", "housing_safe", facts)
    if home.category not in standard.categories:
        return Answer("housing", first, False, receives, cap, "upto", "category_not_named", facts)
    if cannot_build(home):
        return Answer("housing", first, True, receives, 0, "whole", "housing_whole", facts)
    return Answer("housing", first, True, receives, cap, "upto", "housing_capped", facts)


def medical_class(home: Home, person: Person) -> str:
    """By which share a person's bills are helped: institution, tekun, dibao, margin or none."""
    if person.child_kind == "orphan_institution":
        return "institution"
    return "dibao" if home.category in DIBAO_CLASSES else home.category


def _medical(home: Home, person: Person, standards: Standards, _on: date) -> Answer:
    """A seriously ill person: a share of what insurance leaves, by the household's class; at 100 percent the whole."""
    standard, kind = standards["medical"], medical_class(home, person)
    receives, percent = gets(home, person, standard), standard.amounts.get(f"{kind}_percent", 0)
    facts: Facts = {"class": kind, "percent": percent, "threshold_fen": standard.amounts["threshold"],
                    "cap_fen": standard.amounts["cap"]}
    if person.health != "serious":
        return Answer("medical", person, False, receives, 0, "upto", "not_seriously_ill", facts)
    if not percent:
        return Answer("medical", person, False, receives, 0, "upto", "class_not_named", facts)
    if percent >= WHOLE:
        return Answer("medical", person, True, receives, 0, "whole", "medical_whole", facts)
    return Answer("medical", person, True, receives, standard.amounts["cap"], "upto", "medical_share", facts)


def emergency(cause: str, urgency: int) -> tuple[str, str]:
    """The row and column of the table of temporary help, from a file's cause and a need's urgency (1–5)."""
    severity = "critical" if urgency >= CRITICAL_FROM else "urgent" if urgency >= URGENT_FROM else "ordinary"
    return CAUSES.get(cause, "other"), severity


def _temporary(home: Home, standards: Standards, _on: date) -> Answer:
    """A household with an open need of money: once, by its cause and how urgent that need is."""
    standard, first = standards["temporary"], home.people[0]
    receives = any(gets(home, person, standard) for person in home.people)
    if not home.urgency:
        return Answer("temporary", first, False, receives, 0, "once", "no_emergency")
    cause, severity = emergency(home.cause, home.urgency)
    amount = standard.amounts.get(f"{cause}_{severity}", 0)
    facts: Facts = {"emergency": cause, "severity": severity, "urgency": home.urgency}
    if not amount:
        return Answer("temporary", first, False, receives, 0, "once", "cell_empty", facts)
    return Answer("temporary", first, True, receives, amount, "once", "emergency", facts)


OWN_HOUSEHOLD_RULES: Mapping[str, HouseholdRule] = {"margin": _margin, "housing": _housing, "temporary": _temporary}
OWN_PERSON_RULES: Mapping[str, PersonRule] = {"single": _single, "schooling": _schooling, "medical": _medical}

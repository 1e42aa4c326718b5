"""What a policy pays in one case whose facts stand on no file: what a home costs, bills, what has happened.

Pure: the officer's figures and the file go in, an answer with its sum and the facts comes out; nothing is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from matching.assistance.service_answers import OF_HOUSEHOLDS, OF_PERSONS
from matching.assistance.service_facts import Answer, Facts, Home, Person, Standards
from matching.assistance.service_rules_own import WHOLE, admission, cannot_build, medical_class

__all__ = ["CASES", "Case", "reckon"]

CASES = ("housing", "medical", "single", "temporary")
"""The policies whose sum a case decides."""


@dataclass(frozen=True, slots=True)
class Case:
    """What an officer knows of a case, sums in fen. `cost_fen`: what the home costs, or what insurance leaves of a
    year's bills. `is_helpless`: the family cannot build at all, whatever the file says.
    """

    policy: str
    person_id: int = 0
    cost_fen: int = 0
    is_helpless: bool = False
    cause: str = "other"
    severity: str = "ordinary"


def reckon(home: Home, case: Case, standards: Standards, on: date) -> Answer | None:
    """The answer of a policy to a case; None when the county has no standard for it on that day or nobody is there."""
    if case.policy not in standards or case.policy not in CASES or not home.people:
        return None
    person = next((one for one in home.people if one.id == case.person_id), home.people[0])
    if case.policy == "housing":
        return _housing(home, case, standards, on)
    if case.policy == "medical":
        return _medical(home, person, case, standards)
    if case.policy == "single":
        return _single(home, person, case, standards, on)
    amount = standards["temporary"].amounts.get(f"{case.cause}_{case.severity}", 0)
    facts: Facts = {"emergency": case.cause, "severity": case.severity}
    return Answer("temporary", home.people[0], amount > 0, False, amount, "once",
                  "emergency_said" if amount else "cell_empty", facts)


def _housing(home: Home, case: Case, standards: Standards, on: date) -> Answer:
    """Help up to the cap, the rest is the family's; the whole cost where the family cannot build."""
    said = OF_HOUSEHOLDS["housing"](home, standards, on)
    if not said.is_entitled:
        return said
    cap = standards["housing"].amounts["cap"]
    if case.is_helpless or cannot_build(home):
        return replace(said, amount_fen=case.cost_fen, per="once", why="home_whole",
                       facts={**said.facts, "cost_fen": case.cost_fen})
    paid = min(case.cost_fen, cap)
    return replace(said, amount_fen=paid, per="once", why="home_capped", facts={
        **said.facts, "cost_fen": case.cost_fen, "own_fen": case.cost_fen - paid})


def _medical(home: Home, person: Person, case: Case, standards: Standards) -> Answer:
    """A share, in whole fen rounded down, of what insurance leaves above the threshold, up to the cap of a year.

    At 100 percent the whole is paid, without threshold or cap.
    """
    amounts, kind = standards["medical"].amounts, medical_class(home, person)
    percent = amounts.get(f"{kind}_percent", 0)
    facts: Facts = {"class": kind, "percent": percent, "threshold_fen": amounts["threshold"], "cap_fen": amounts["cap"],
                    "left_fen": case.cost_fen}
    if not percent:
        return Answer("medical", person, False, False, 0, "once", "class_not_named", facts)
    if percent >= WHOLE:
        return Answer("medical", person, True, False, case.cost_fen, "once", "bills_whole", facts)
    paid = min(max(case.cost_fen - amounts["threshold"], 0) * percent // WHOLE, amounts["cap"])
    return Answer("medical", person, paid > 0, False, paid, "once", "bills_share" if paid else "bills_too_small", facts)


def _single(home: Home, person: Person, case: Case, standards: Standards, on: date) -> Answer:
    """Admitted alone by the file, or by the bills of a year when these reach what the standard asks."""
    said = OF_PERSONS["single"](home, person, standards, on)
    least = standards["single"].amounts.get("bills_year", 0)
    if said.why == "neither_ill_nor_severe" and least and case.cost_fen >= least:
        told: Mapping[str, int] = {"bills_fen": case.cost_fen, "least_fen": least}
        return admission(home, person, standards, "bills", told)
    return said

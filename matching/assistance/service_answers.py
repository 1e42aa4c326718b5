"""Asks every policy in force about a household, and reads from the answers what is missing and what is left over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from matching.assistance.service_facts import (
    DIBAO_CLASSES,
    LASTING,
    Answer,
    Home,
    Standards,
    class_fen,
)
from matching.assistance.service_rules import HOUSEHOLD_RULES, PERSON_RULES, HouseholdRule, PersonRule
from matching.assistance.service_rules_own import OWN_HOUSEHOLD_RULES, OWN_PERSON_RULES

__all__ = ["OF_HOUSEHOLDS", "OF_PERSONS", "answers", "below_after", "gaps_of", "no_longer_of"]

OF_HOUSEHOLDS: Mapping[str, HouseholdRule] = {**HOUSEHOLD_RULES, **OWN_HOUSEHOLD_RULES}
OF_PERSONS: Mapping[str, PersonRule] = {**PERSON_RULES, **OWN_PERSON_RULES}


def answers(home: Home, standards: Standards, on: date) -> Iterator[Answer]:
    """What every policy in force says of a household, household policies first. A file without members: nothing."""
    if not home.people:
        return
    said = [rule(home, standards, on) for code, rule in OF_HOUSEHOLDS.items() if code in standards]
    said += [rule(home, person, standards, on) for person in home.people for code, rule in OF_PERSONS.items()
             if code in standards]
    due = [answer for answer in said if answer.is_entitled]
    for answer in said:
        other = _instead(answer, due, standards) if answer.is_entitled and not answer.receives else None
        yield answer if other is None else replace(
            answer, is_entitled=False, why="other_instead", facts={**answer.facts, "policy": other})


def _instead(answer: Answer, due: list[Answer], standards: Standards) -> str | None:
    """The policy that takes the place of one for the same person, by the standard's `excluded_by`; usually None."""
    by = standards[answer.policy].excluded_by
    if not by:
        return None
    return next((other.policy for other in due if other.policy in by and (
        other.policy in OF_HOUSEHOLDS or other.person.id == answer.person.id)), None)


def gaps_of(found: list[Answer]) -> list[Answer]:
    """Who is entitled and does not receive. What another policy takes the place of is no gap."""
    return [answer for answer in found if answer.is_due and not answer.receives]


def no_longer_of(found: list[Answer]) -> list[Answer]:
    """Who receives and is, by known facts, not entitled; what was given once is not among it."""
    return [answer for answer in found if answer.receives and answer.is_entitled is False and answer.per in LASTING]


def below_after(home: Home, standards: Standards, found: list[Answer]) -> tuple[int, int] | None:
    """(what all have together in a month after every policy, the line for all) when that is still below it, in fen.

    Counted are income, the allowance that is paid, what is received and what is missing by the month; money that is
    paid by the year for a purpose is not, nor what is given once. None: not below, or the line is not known.
    """
    dibao = standards.get("dibao")
    line = dibao.amounts.get(home.residence) if dibao else None
    if line is None or not home.people:
        return None
    monthly = [answer for answer in found if answer.per == "month"]
    after = home.income_fen + _allowance_fen(home, standards)
    after += sum(answer.amount_fen for answer in monthly if answer.receives and answer.policy not in HOUSEHOLD_RULES)
    after += sum(gap.amount_fen for gap in gaps_of(monthly))
    whole = line * len(home.people)
    return (after, whole) if after < whole else None


def _allowance_fen(home: Home, standards: Standards) -> int:
    """The guarantee that is paid to all members together, by the household's category."""
    if home.category in DIBAO_CLASSES:
        return class_fen(home, standards) * len(home.people)
    if home.category == "tekun" and "tekun" in standards:
        return standards["tekun"].amounts.get("month", 0) * len(home.people)
    return 0

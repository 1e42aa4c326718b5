"""The gap check: reads the households of an area in batches and asks every policy about each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select

from matching.assistance.service_rules import (
    Answer,
    Facts,
    Home,
    Person,
    Standards,
    answers,
    below_after,
    gaps_of,
    no_longer_of,
)
from matching.assistance.service_standards import Book, book_of
from matching.crypto import normalised
from matching.extensions import db
from matching.households.models import Household, Member
from matching.places.queries import within
from matching.words_policies import reason_words

__all__ = ["BATCH", "Finding", "check_area", "count_homes", "find", "home_of", "read_homes", "report_of",
           "standards_for"]

BATCH = 2_000
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found about a household. `kind`: gap, no_longer or focus.

    For a focus household `amount_fen` is what all members together still lack a month. `about` is the member's id for
    policies of persons, 0 for those of households.
    """

    kind: str
    home: Home
    policy: str
    person: Person
    about: int
    amount_fen: int
    per: str
    why: str
    facts: Facts

    @property
    def subject(self) -> str:
        """Whom and what this is about: the same in every check of the household."""
        return f"{self.kind}:{self.policy}:{self.about}"


def check_area(area_code: str, on: date, book: Book | None = None,
               progress: Progress | None = None) -> Iterator[Finding]:
    """Everything that is found in an area on a day, in the order of the files.

    `book`: standards that replace those of every county; None: each county's own. `progress` hears how many
    households have been reckoned.
    """
    standards: dict[str, Standards] = {}
    done, after_id = 0, 0
    while batch := read_homes(area_code, after_id):
        for home in batch:
            yield from find(home, standards_for(home, on, standards, book), on)
        done, after_id = done + len(batch), batch[-1].id
        if progress is not None:
            progress(done)


def standards_for(home: Home, on: date, known: dict[str, Standards], book: Book | None = None) -> Standards:
    """The standards of a household's county on a day, remembered in `known`."""
    county = home.area_code[:6]
    if county not in known:
        known[county] = (book or book_of(county)).on(on)
    return known[county]


def find(home: Home, standards: Standards, on: date) -> list[Finding]:
    """What is found about one household, in the order of the policies."""
    said = list(answers(home, standards, on))
    found = [_finding("gap", home, answer) for answer in gaps_of(said)]
    found += [_finding("no_longer", home, answer) for answer in no_longer_of(said)]
    below = below_after(home, standards, said)
    if below is not None:
        after, whole = below
        people = len(home.people)
        found.append(Finding("focus", home, "", home.people[0], 0, whole - after, "month", "still_below", {
            "income_fen": after, "people": people, "standard_fen": whole // people}))
    return found


def _finding(kind: str, home: Home, answer: Answer) -> Finding:
    about = 0 if answer.policy in ("dibao", "tekun") else answer.person.id
    return Finding(kind, home, answer.policy, answer.person, about, answer.amount_fen, answer.per, answer.why,
                   answer.facts)


def count_homes(area_code: str) -> int:
    """How many households a check of an area looks at."""
    return db.session.scalar(select(func.count()).select_from(Household).where(_checked(area_code))) or 0


def read_homes(area_code: str, after_id: int = 0, limit: int = BATCH) -> list[Home]:
    """The next households of an area with their members, by id: two SELECTs."""
    columns = (Household.id, Household.number, Household.area_code, Household.category, Household.residence,
               Household.support)
    files = db.session.execute(select(*columns).where(_checked(area_code), Household.id > after_id)
                               .order_by(Household.id).limit(limit)).all()
    people = _people([file.id for file in files])
    return [Home(*file, people=tuple(people.get(file.id, ()))) for file in files]


def home_of(household: Household) -> Home:
    """One household as rules see it."""
    people = _people([household.id])
    return Home(household.id, household.number, household.area_code, household.category, household.residence,
                household.support, tuple(people.get(household.id, ())))


def _checked(area_code: str) -> ColumnElement[bool]:
    """SQL condition: a file in the area that is not put away."""
    return within(Household.area_code, area_code) & (Household.status != "archived")


def _people(households: Sequence[int]) -> Mapping[int, list[Person]]:
    """Household id → its members in order, of many households in one SELECT."""
    rows = db.session.execute(
        select(Member.household_id, Member.id, Member.name, Member.born_on, Member.disability_kind,
               Member.disability_grade, Member.certificate_sealed.is_not(None).label("certified"), Member.work_ability,
               Member.school_stage, Member.child_kind, Member.monthly_income_fen, Member.policies)
        .where(Member.household_id.in_(households)).order_by(Member.household_id, Member.position, Member.id))
    found: dict[int, list[Person]] = {}
    for row in rows:
        disabled = bool(row.certified or row.disability_grade or row.disability_kind)
        found.setdefault(row.household_id, []).append(Person(
            row.id, row.name, row.born_on, disabled, row.disability_grade, row.work_ability, row.school_stage,
            row.child_kind, row.monthly_income_fen, _received(row.policies)))
    return found


_NOTHING: frozenset[str] = frozenset()


def _received(written: Sequence[str] | None) -> frozenset[str]:
    """Codes as they stand and names as they are compared."""
    return frozenset((*written, *(normalised(word) for word in written))) if written else _NOTHING


def report_of(found: Sequence[Finding]) -> dict[str, Any]:
    """The report in the words of the contract; by household number, then in the order of the policies."""
    found = sorted(found, key=lambda finding: finding.home.number)
    return {
        "gaps": [_told(finding) | {"amount_fen": finding.amount_fen, "per": finding.per}
                 for finding in found if finding.kind == "gap"],
        "key_focus": [finding.home.number for finding in found if finding.kind == "focus"],
        "no_longer_entitled": [_told(finding) for finding in found if finding.kind == "no_longer"]}


def _told(finding: Finding) -> dict[str, Any]:
    return {"household": finding.home.number, "person": finding.person.name, "policy": finding.policy,
            "reason": reason_words(finding.why, finding.facts)}

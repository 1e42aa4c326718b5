"""The gap check: reads the households of an area in batches and asks every policy about each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from matching.assistance.models import KINDS
from matching.assistance.models_grants import Grant
from matching.assistance.service_answers import OF_HOUSEHOLDS, answers, below_after, gaps_of, no_longer_of
from matching.assistance.service_facts import Answer, Facts, Home, Person, Standards
from matching.assistance.service_standards import Book, book_of
from matching.crypto import normalised
from matching.extensions import db
from matching.households.models import Household, Member, Need
from matching.places.queries import within
from matching.words_policies import reason_words

__all__ = ["BATCH", "Finding", "Report", "check_area", "count_homes", "find", "home_of", "read_homes",
           "standards_for"]

BATCH = 2_000
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found about a household. `kind`: gap, no_longer or focus.

    For a focus household `amount_fen` is what all members together still lack a month. `about` is the member's id for
    policies of persons, 0 for those of households. Holds no file, so that many of them stay small.
    """

    kind: str
    household_id: int
    number: str
    area_code: str
    policy: str
    person_name: str
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
    while batch := read_homes(area_code, on, after_id):
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
        found.append(_finding("focus", home, Answer("", home.people[0], None, False, whole - after, why="still_below",
                                                    facts={"income_fen": after, "people": people,
                                                           "standard_fen": whole // people})))
    return found


def _finding(kind: str, home: Home, answer: Answer) -> Finding:
    about = answer.person.id if answer.policy and answer.policy not in OF_HOUSEHOLDS else 0
    return Finding(kind, home.id, home.number, home.area_code, answer.policy, answer.person.name, about,
                   answer.amount_fen, answer.per, answer.why, answer.facts)


def count_homes(area_code: str) -> int:
    """How many households a check of an area looks at."""
    return db.session.scalar(select(func.count()).select_from(Household).where(_checked(area_code))) or 0


def read_homes(area_code: str, on: date, after_id: int = 0, limit: int = BATCH) -> list[Home]:
    """The next households of an area with their members, by id: four SELECTs."""
    files = db.session.execute(select(*_FILE).where(_checked(area_code), Household.id > after_id)
                               .order_by(Household.id).limit(limit)).all()
    return _homes(list(files), on)


def home_of(household: Household, on: date) -> Home:
    """One household as rules see it on a day."""
    return _homes(list(db.session.execute(select(*_FILE).where(Household.id == household.id)).all()), on)[0]


_FILE = (Household.id, Household.number, Household.area_code, Household.category, Household.residence,
         Household.support, Household.housing, Household.cause)


def _homes(files: Sequence[Any], on: date) -> list[Home]:
    """Files with their people, how urgent their need of money is, and what was approved for them."""
    ids = [file.id for file in files]
    people, urgencies, granted = _people(ids), _urgencies(ids), _granted(ids, on)
    return [Home(file.id, file.number, file.area_code, file.category, file.residence, file.support,
                 tuple(people.get(file.id, ())), file.housing, file.cause, urgencies.get(file.id, 0),
                 frozenset(granted.get(file.id, ()))) for file in files]


def _urgencies(households: Sequence[int]) -> Mapping[int, int]:
    """Household id → how urgent its most urgent open need of money is."""
    return dict(db.session.execute(
        select(Need.household_id, func.max(Need.urgency)).where(
            Need.household_id.in_(households), Need.help_type == "cash", Need.status == "open",
            Need.given < Need.quantity).group_by(Need.household_id)).all())


def _granted(households: Sequence[int], on: date) -> Mapping[int, set[tuple[str, int]]]:
    """Household id → (policy, member or 0) of what was approved here under a policy and lasts on a day.

    What is given once counts for a year.
    """
    year_ago = on - timedelta(days=365)
    rows = db.session.execute(select(Grant.household_id, Grant.policy, Grant.member_id).where(
        Grant.household_id.in_(households), Grant.policy != "", Grant.state == "approved", Grant.starts_on <= on,
        or_(and_(Grant.rhythm == "once", Grant.starts_on > year_ago),
            and_(Grant.rhythm != "once", or_(Grant.until.is_(None), Grant.until >= on)))))
    found: dict[int, set[tuple[str, int]]] = {}
    for household_id, policy, member_id in rows:
        found.setdefault(household_id, set()).add((policy, member_id or 0))
    return found


def _checked(area_code: str) -> ColumnElement[bool]:
    """SQL condition: a file in the area that is not put away."""
    return within(Household.area_code, area_code) & (Household.status != "archived")


def _people(households: Sequence[int]) -> Mapping[int, list[Person]]:
    """Household id → its members in order, of many households in one SELECT."""
    rows = db.session.execute(
        select(Member.household_id, Member.id, Member.name, Member.born_on, Member.disability_kind,
               Member.disability_grade, Member.certificate_sealed.is_not(None).label("certified"), Member.work_ability,
               Member.school_stage, Member.child_kind, Member.monthly_income_fen, Member.policies, Member.health)
        .where(Member.household_id.in_(households)).order_by(Member.household_id, Member.position, Member.id))
    found: dict[int, list[Person]] = {}
    for row in rows:
        disabled = bool(row.certified or row.disability_grade or row.disability_kind)
        found.setdefault(row.household_id, []).append(Person(
            row.id, row.name, row.born_on, disabled, row.disability_grade, row.work_ability, row.school_stage,
            row.child_kind, row.monthly_income_fen, _received(row.policies), row.health, row.disability_kind))
    return found


_NOTHING: frozenset[str] = frozenset()


def _received(written: Sequence[str] | None) -> frozenset[str]:
    """Codes as they stand and names as they are compared."""
    return frozenset((*written, *(normalised(word) for word in written))) if written else _NOTHING


class Report:
    """The report in the words of the contract; by household number, then in the order of the policies.

    Findings are put into words as they come, so that no file stays in memory.
    """

    def __init__(self) -> None:
        self._rows: dict[str, list[tuple[str, dict[str, Any]]]] = {kind: [] for kind in KINDS}

    def add(self, finding: Finding) -> None:
        """Take one finding in."""
        told: dict[str, Any] = {} if finding.kind == "focus" else {
            "household": finding.number, "person": finding.person_name, "policy": finding.policy,
            "reason": reason_words(finding.why, finding.facts)}
        if finding.kind == "gap":
            told |= {"amount_fen": finding.amount_fen, "per": finding.per}
        self._rows[finding.kind].append((finding.number, told))

    def finished(self) -> dict[str, Any]:
        """All of it."""
        for rows in self._rows.values():
            rows.sort(key=lambda row: row[0])
        return {"gaps": [told for _number, told in self._rows["gap"]],
                "key_focus": [number for number, _told in self._rows["focus"]],
                "no_longer_entitled": [told for _number, told in self._rows["no_longer"]]}

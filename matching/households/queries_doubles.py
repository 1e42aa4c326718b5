"""Files that may be the same household opened twice, in one town or across towns: found, and laid side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import get_locale
from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, or_, select, union_all
from sqlalchemy.orm import aliased

from matching.actor import Actor
from matching.errors import NotThere
from matching.extensions import db
from matching.households.models import Household, Member
from matching.households.models_doubles import HouseholdMerge, ToldApart
from matching.households.queries_sharing import KINDS, Trace, pairs, pairs_in
from matching.places import queries as places
from matching.places.queries import within, within_reach

SHOWN = 40
MERGES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Side:
    """One of two files, as a list shows it: nothing sensitive."""

    id: int
    number: str
    head_name: str
    place: str
    status: str


@dataclass(frozen=True, slots=True)
class Double:
    """Two files that look alike; `reasons`: kind and who it is, the surest first."""

    low: Side
    high: Side
    reasons: tuple[tuple[str, str], ...]


def doubles(actor: Actor) -> tuple[list[Double], bool]:
    """The pairs in the actor's reach that nobody has told apart, the surest first, and whether there are more."""
    found = pairs_in(actor.area_code, SHOWN + 1)
    order = sorted(found, key=lambda pair: (KINDS.index(found[pair][0][0]), pair))
    sides = sides_of({number for pair in order[:SHOWN] for number in pair})
    return [Double(sides[low], sides[high], found[low, high]) for low, high in order[:SHOWN]], len(order) > SHOWN


def _suspected() -> Select[*tuple[Any, ...]]:
    own, other, home = aliased(Member), aliased(Member), aliased(Household)
    this: BindParameter[int] = bindparam("household_id")
    members = union_all(*(
        select(other.household_id).join(own, same).where(own.household_id == this) for same in (
            other.identity_number_blind == own.identity_number_blind,
            other.certificate_blind == own.certificate_blind,
            (other.name == own.name) & (other.born_on == own.born_on))))
    apart = select(ToldApart.low_id).where(or_(
        (ToldApart.low_id == this) & (ToldApart.high_id == home.id),
        (ToldApart.high_id == this) & (ToldApart.low_id == home.id))).exists()
    return select(home.id, home.head_name).where(
        home.id.in_(members), home.id != this, home.status != "archived", within_reach(home.area_code),
        ~apart).order_by(home.id).limit(1)


SUSPECTED = _suspected()
"""A live file in reach in which somebody of `household_id` stands too and which nobody has told apart: id, head.

A shared telephone alone does not count; `like` shows those as well.
"""


def _same_people(household: Household) -> list[ColumnElement[bool]]:
    """Conditions for members of any file who are people of this one, by number, certificate, or name and birthday."""
    keys = {kind: [trace.key for trace in traces_of(household) if trace.kind == kind] for kind in KINDS}
    return [Member.identity_number_blind.in_(keys["identity"]), Member.certificate_blind.in_(keys["certificate"]),
            *((Member.name == member.name) & (Member.born_on == member.born_on) for member in household.members
              if member.born_on)]


def like(household: Household, actor: Actor) -> list[Double]:
    """The files in reach that look like this one, the surest first, also those that were told apart."""
    own = traces_of(household)
    keys = {(trace.kind, trace.key) for trace in own}
    members = select(Member.household_id).where(or_(
        Member.phone_blind.in_([key for kind, key in keys if kind == "phone"]), *_same_people(household)))
    homes = select(Household.id).where(Household.phone_blind.in_([key for kind, key in keys if kind == "phone"]))
    others = db.session.scalars(select(Household).where(
        or_(Household.id.in_(members), Household.id.in_(homes)), Household.id != household.id,
        Household.status != "archived", within(Household.area_code, actor.area_code)).limit(SHOWN)).unique().all()
    found = pairs([*own, *(trace for other in others for trace in traces_of(other))])
    mine = {pair: why for pair, why in found.items() if household.id in pair}
    sides = sides_of({number for pair in mine for number in pair})
    return [Double(sides[low], sides[high], why) for (low, high), why in sorted(
        mine.items(), key=lambda item: (KINDS.index(item[1][0][0]), item[0]))]


def traces_of(household: Household) -> list[Trace]:
    """Everything in a file by which it could be found to be another's double."""
    found = [("phone", household.phone_blind, household.head_name)]
    for member in household.members:
        birth = f"{member.name}|{member.born_on}" if member.born_on else ""
        found += [("identity", member.identity_number_blind, member.name), ("phone", member.phone_blind, member.name),
                  ("certificate", member.certificate_blind, member.name), ("birth", birth, member.name)]
    return [Trace(kind, key, household.id, name, household.area_code) for kind, key, name in found if key]


def sides_of(ids: Iterable[int]) -> dict[int, Side]:
    """Household id → its side of a comparison."""
    rows = db.session.execute(select(Household.id, Household.number, Household.head_name, Household.area_code,
                                     Household.status).where(Household.id.in_(set(ids)))).all()
    paths = places.area_paths({row.area_code for row in rows}, str(get_locale()))
    return {row.id: Side(row.id, row.number, row.head_name, paths[row.area_code], row.status) for row in rows}


def is_told_apart(one: Household, other: Household) -> bool:
    """Whether an officer has said that these two are different households."""
    low, high = sorted((one.id, other.id))
    return db.session.get(ToldApart, (low, high)) is not None


def merge_or_404(merge_id: int, actor: Actor) -> HouseholdMerge:
    """A merge in the actor's reach; NotThere otherwise."""
    merge = db.session.get(HouseholdMerge, merge_id)
    if merge is None or not actor.reaches(merge.area_code):
        raise NotThere
    return merge


def merge_of(household: Household) -> HouseholdMerge | None:
    """The merge by which this file went into another, if it is in force."""
    return db.session.scalar(select(HouseholdMerge).where(
        HouseholdMerge.dropped_id == household.id, HouseholdMerge.undone_at.is_(None)))


def latest_merges(actor: Actor) -> list[tuple[HouseholdMerge, str]]:
    """The newest merges in reach that are in force, with the kept file's head."""
    rows = db.session.execute(
        select(HouseholdMerge, Household.head_name).join(Household, Household.id == HouseholdMerge.kept_id)
        .where(within(HouseholdMerge.area_code, actor.area_code), HouseholdMerge.undone_at.is_(None))
        .order_by(HouseholdMerge.id.desc()).limit(MERGES_SHOWN)).all()
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a comparison: the field's code and what each file says; `differs`: they do not say the same.

    Hidden values are not shown: `left` and `right` say then only whether there is one.
    """

    field: str
    left: str
    right: str
    differs: bool
    hidden: bool = False


OPEN_FIELDS = ("category", "cause", "residence", "housing", "support", "registered_on")
HIDDEN_FIELDS = ("phone", "address", "bank_account", "note")


def facts_of(left: Household, right: Household) -> list[Fact]:
    """What two files say of the household itself, field by field."""
    found = []
    for field in (*OPEN_FIELDS, *HIDDEN_FIELDS):
        one, other = getattr(left, field), getattr(right, field)
        fact = Fact(field, str(one or ""), str(other or ""), (one or "") != (other or ""), field in HIDDEN_FIELDS)
        if one or other:
            found.append(replace(fact, left="*" * bool(one), right="*" * bool(other)) if fact.hidden else fact)
    return found


@dataclass(frozen=True, slots=True)
class Person:
    """One person of two files: the entry in each, None where the file does not have it."""

    left: Member | None
    right: Member | None


def people_of(left: Household, right: Household) -> list[Person]:
    """The people of two files, those that stand in both on one line."""
    both = twins(left, right)
    taken = {member.id for member in both.values()}
    return [*(Person(member, both.get(member.id)) for member in left.members),
            *(Person(None, member) for member in right.members if member.id not in taken)]


def twins(left: Household, right: Household) -> dict[int, Member]:
    """Who stands in both files: id of the entry on the left → entry on the right.

    By identity number, else by certificate, else by name and birthday, else by name where one side knows neither.
    """
    found: dict[int, Member] = {}
    for same in (_same_number, _same_certificate, _same_name_and_day, _same_name_at_least):
        for mine in left.members:
            taken = {member.id for member in found.values()}
            if mine.id not in found and (other := next((
                    theirs for theirs in right.members if theirs.id not in taken and same(mine, theirs)), None)):
                found[mine.id] = other
    return found


def _same_number(one: Member, other: Member) -> bool:
    return bool(one.identity_number_blind) and one.identity_number == other.identity_number


def _same_certificate(one: Member, other: Member) -> bool:
    return bool(one.certificate_blind) and one.certificate == other.certificate and not _are_two(one, other)


def _same_name_and_day(one: Member, other: Member) -> bool:
    return bool(one.born_on) and (one.name, one.born_on) == (other.name, other.born_on) and not _are_two(one, other)


def _same_name_at_least(one: Member, other: Member) -> bool:
    days = {one.born_on, other.born_on} - {None}
    return one.name == other.name and len(days) < 2 and not _are_two(one, other)


def _are_two(one: Member, other: Member) -> bool:
    """Two different identity numbers are two people, whatever else they share."""
    return bool(one.identity_number_blind and other.identity_number_blind) and (
        one.identity_number != other.identity_number)

"""Files that may be the same household opened twice, in one town or across towns: found, and laid side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import Any

from flask_babel import get_locale
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import aliased

from matching.actor import Actor
from matching.errors import NotThere
from matching.extensions import db, read
from matching.households.models import Household, Member
from matching.households.models_doubles import HouseholdMerge, ToldApart
from matching.pinyin import folded, readings
from matching.places import queries as places
from matching.places.queries import within, within_reach

SHOWN = 40
MERGES_SHOWN = 10
KINDS = ("identity", "certificate", "birth", "phone")
"""By what two files look alike, the surest first: identity number, certificate, name and birthday, telephone."""
APART = "apart"
"""Stands for a kind in what is read together with the traces; `pairs` passes over it."""
_FEW = 6


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing that a file shares with others, if another has it too. `key` compares, `name` says whose it is."""

    kind: str
    key: str
    household_id: int
    name: str


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
    """The pairs in the actor's reach that nobody has told apart, the surest first, and whether there are more.

    Names and telephones are compared among all files only where numbers do not fill the page already.
    """
    sure = _traces(actor.area_code, [*_sure(), _told_apart()])
    apart = {(int(trace.key), trace.household_id) for trace in sure if trace.kind == APART}
    found = pairs(sure)
    enough = len(found.keys() - apart) > SHOWN
    some = {number for pair in _surest(found, apart) for number in pair} if enough else None
    found = pairs([*sure, *_traces(actor.area_code, _likely() if some is None else _likely_of(some))])
    order = _surest(found, apart)
    sides = sides_of({number for pair in order for number in pair})
    return ([Double(sides[low], sides[high], found[low, high]) for low, high in order],
            len(found.keys() - apart) > SHOWN)


def _surest(found: dict[tuple[int, int], tuple[tuple[str, str], ...]], apart: set[tuple[int, int]]
            ) -> list[tuple[int, int]]:
    """The pairs that a page shows."""
    return sorted(found.keys() - apart, key=lambda pair: (KINDS.index(found[pair][0][0]), pair))[:SHOWN]


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
    found = [Trace("phone", household.phone_blind or "", household.id, household.head_name)]
    for member in household.members:
        birth = f"{member.name}|{member.born_on}" if member.born_on else ""
        found += [Trace(kind, key or "", household.id, member.name) for kind, key in (
            ("identity", member.identity_number_blind), ("certificate", member.certificate_blind),
            ("birth", birth), ("phone", member.phone_blind))]
    return [trace for trace in found if trace.key]


def pairs(traces: Iterable[Trace]) -> dict[tuple[int, int], tuple[tuple[str, str], ...]]:
    """Which files share what: (smaller id, greater id) → kinds and names. A telephone counts for like names only."""
    groups: dict[tuple[str, str], dict[int, list[str]]] = {}
    for trace in traces:
        groups.setdefault((trace.kind, trace.key), {}).setdefault(trace.household_id, []).append(trace.name)
    found: dict[tuple[int, int], dict[tuple[str, str], None]] = {}
    for kind in KINDS:
        for (of, _key), files in groups.items():
            if of != kind:
                continue
            ids = sorted(files)
            for low, high in combinations(ids, 2) if len(ids) <= _FEW else pairwise(ids):
                name = _shared_name(kind, files[low], files[high])
                if name:
                    found.setdefault((low, high), {})[kind, name] = None
    return {pair: tuple(reasons) for pair, reasons in found.items()}


def _shared_name(kind: str, low: Sequence[str], high: Sequence[str]) -> str:
    if kind != "phone":
        return low[0]
    return next((mine for mine in low for other in high if are_like(mine, other)), "")


def are_like(one: str, other: str) -> bool:
    """Whether two names may be one person's: equal, read alike, or of two or more characters with one that differs."""
    one, other = folded(one), folded(other)
    if one == other or set(readings(one)) & set(readings(other)):
        return True
    differing = sum(a != b for a, b in zip(one, other, strict=False))
    return len(one) == len(other) > 2 and differing == 1 and one[0] == other[0]


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


def _traces(area_code: str, selects: Sequence[Select[*tuple[Any, ...]]]) -> list[Trace]:
    """What files in the area share, without a look at the files that share nothing: one SELECT."""
    shared, home = union_all(*selects).subquery(), aliased(Household)
    rows = read(
        select(shared.c.kind, shared.c.key, shared.c.household_id, shared.c.name)
        # No join: the database would begin with all files of the area.
        .where(exists().where(home.id == shared.c.household_id, within(home.area_code, area_code),
                              home.status != "archived"))
        .order_by(shared.c.kind, shared.c.key, shared.c.household_id))
    return [Trace(*row) for row in rows]


def _sure() -> list[Select[*tuple[Any, ...]]]:
    """Numbers that are one person's only."""
    return [_shared("identity", Member.identity_number_blind), _shared("certificate", Member.certificate_blind)]


def _told_apart() -> Select[*tuple[Any, ...]]:
    """Pairs that somebody has told apart: the smaller id is the key, the greater one the file."""
    return _trace(APART, ToldApart.low_id, ToldApart.high_id, literal(""))


def _likely() -> list[Select[*tuple[Any, ...]]]:
    """Names with birthdays, and telephones, that stand in two files or more."""
    return [_same_birth(), *_same_phone()]


def _likely_of(files: set[int]) -> list[Select[*tuple[Any, ...]]]:
    """The same of some files, whether others have them or not."""
    birth = Member.name.concat("|").concat(cast(Member.born_on, String))
    here, there = Member.household_id.in_(files), Household.id.in_(files)
    return [_trace("birth", birth, Member.household_id, Member.name).where(here, Member.born_on.is_not(None)),
            _trace("phone", Member.phone_blind, Member.household_id, Member.name).where(
                here, Member.phone_blind.is_not(None)),
            _trace("phone", Household.phone_blind, Household.id, Household.head_name).where(
                there, Household.phone_blind.is_not(None))]


def _trace(kind: str, key: Any, household_id: Any, name: Any) -> Select[*tuple[Any, ...]]:
    return select(literal(kind).label("kind"), cast(key, String).label("key"), household_id.label("household_id"),
                  cast(name, String).label("name"))


def _shared(kind: str, column: Any) -> Select[*tuple[Any, ...]]:
    """People whose number stands in more than one row; the group is read from the index of the blind column."""
    twice = select(column.label("key")).where(column.is_not(None)).group_by(column).having(func.count() > 1).subquery()
    return _trace(kind, column, Member.household_id, Member.name).join(twice, twice.c.key == column)


def _same_birth() -> Select[*tuple[Any, ...]]:
    twice = select(Member.name, Member.born_on).where(Member.born_on.is_not(None)).group_by(
        Member.name, Member.born_on).having(func.count() > 1).subquery()
    key = Member.name.concat("|").concat(cast(Member.born_on, String))
    return _trace("birth", key, Member.household_id, Member.name).join(
        twice, (twice.c.name == Member.name) & (twice.c.born_on == Member.born_on))


def _same_phone() -> list[Select[*tuple[Any, ...]]]:
    """Telephones of heads and people that stand in more than one file."""
    own, other = aliased(Household), aliased(Member)
    of_heads = select(own.phone_blind).where(own.phone_blind.is_not(None)).group_by(own.phone_blind).having(
        func.count() > 1)
    of_people = select(other.phone_blind).where(other.phone_blind.is_not(None)).group_by(other.phone_blind).having(
        func.min(other.household_id) < func.max(other.household_id))
    of_both = select(own.phone_blind).where(own.phone_blind.is_not(None), exists().where(
        other.phone_blind == own.phone_blind, other.household_id != own.id))
    twice = union(of_heads, of_people, of_both)
    return [_trace("phone", Household.phone_blind, Household.id, Household.head_name).where(
                Household.phone_blind.in_(twice)),
            _trace("phone", Member.phone_blind, Member.household_id, Member.name).where(Member.phone_blind.in_(twice))]


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

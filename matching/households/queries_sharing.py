"""What files share with each other, found without a look at those that share nothing.

Which pairs of files share something is kept (`SharingPair`); of files that were changed since, it is asked anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Any

from sqlalchemy import (
    BindParameter,
    Select,
    String,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    tuple_,
    union,
    union_all,
)
from sqlalchemy.orm import aliased

from matching.extensions import read
from matching.households.models import Household, Member
from matching.households.models_counts import CountMark, SharingPair
from matching.households.models_doubles import ToldApart
from matching.pinyin import folded, readings
from matching.places.queries import within

__all__ = ["KINDS", "Trace", "are_like", "pairs", "pairs_in", "pairs_with"]

KINDS = ("identity", "certificate", "birth", "phone")
"""By what two files look alike, the surest first: identity number, certificate, name and birthday, telephone."""
APART = "apart"
"""Stands for a kind in what is read together with the traces; `pairs` passes over it."""
MANY = 2_000
"""When more files than these were changed and not looked at yet, all files are compared."""
_FEW = 6
_FILES: BindParameter[int] = bindparam("files", expanding=True)
_CHANGED_FILES: BindParameter[int] = bindparam("changed", expanding=True)
Selects = list[Select[*tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing that a file shares with others, if another has it too. `key` compares, `name` says whose it is."""

    kind: str
    key: str
    household_id: int
    name: str
    area_code: str


Pair = tuple[int, int]
Why = tuple[tuple[str, str], ...]


def pairs_in(area_code: str, most: int) -> dict[Pair, Why]:
    """Pairs of files of an area that share something and that nobody has told apart: smaller and greater id → why.

    Of pairs that are kept only the surest, as many as are asked for; two SELECTs.
    """
    rows = read(_changed_and_kept(area_code, most))
    changed = [row.low_id for row in rows if row.high_id is None]
    if len(changed) > MANY:
        return _found(read(_traces_of_all(area_code)))
    kept = {(row.low_id, row.high_id) for row in rows if row.high_id is not None}
    files = {number for pair in kept for number in pair}
    found = _found(read(_traces_of_some(area_code), {"files": sorted(files) or [0], "changed": changed or [0]}))
    return {pair: why for pair, why in found.items() if pair in kept or not files.issuperset(pair)}


def _found(rows: Iterable[Any]) -> dict[Pair, Why]:
    traces = [Trace(*row) for row in rows]
    apart = {(int(trace.key), trace.household_id) for trace in traces if trace.kind == APART}
    return {pair: why for pair, why in pairs(traces).items() if pair not in apart}


@lru_cache(maxsize=500)
def _changed_and_kept(area_code: str, most: int) -> Any:
    """Files that were changed, without a second one, and the surest pairs of an area that are kept, without those."""
    changed = select(CountMark.household_id.label("low_id")).where(CountMark.household_id.is_not(None)).distinct()
    first = changed.limit(MANY + 1).subquery()
    low, high, surer = SharingPair.low_id, SharingPair.high_id, aliased(SharingPair)
    again = exists().where(surer.low_id == low, surer.high_id == high, surer.kind < SharingPair.kind)
    apart = exists().where(ToldApart.low_id == low, ToldApart.high_id == high)
    found = select(low, high).where(_lives(low, area_code), _lives(high, area_code), ~apart, ~again,
                                    low.not_in(changed), high.not_in(changed))
    pairs = found.order_by(SharingPair.kind, low, high).limit(most).subquery()
    return union_all(select(first.c.low_id, null().label("high_id")), select(pairs.c.low_id, pairs.c.high_id))


@lru_cache(maxsize=500)
def _traces_of_all(area_code: str) -> Any:
    return _in_area(area_code, [*_sure(), *_likely(), _told_apart()])


@lru_cache(maxsize=500)
def _traces_of_some(area_code: str) -> Any:
    """Everything that could be shared of the files `files`, and everything that equals something of `changed` ones."""
    those = [_trace(kind, key, of, name).where(of.in_(_FILES), key.is_not(None)) for kind, key, of, name in _columns()]
    return _in_area(area_code, [*those, *_equal_to_changed(), _told_apart()])


def _in_area(area_code: str | None, selects: Selects) -> Any:
    shared, home = union_all(*selects).subquery(), aliased(Household)
    place = select(home.area_code).where(home.id == shared.c.household_id, home.status != "archived").correlate(
        shared).scalar_subquery()  # no join: the database would begin with all files of the area
    found = select(shared.c.kind, shared.c.key, shared.c.household_id, shared.c.name, place.label("place")).subquery()
    return select(found).where(within(found.c.place, area_code) if area_code else found.c.place.is_not(None))


def _lives(household_id: Any, area_code: str) -> Any:
    home = aliased(Household)
    return exists().where(home.id == household_id, within(home.area_code, area_code), home.status != "archived")


def pairs_with(files: Collection[int]) -> set[tuple[int, int, int]]:
    """Kind (its place in KINDS) and pair of all that share something with these files, wherever; one SELECT."""
    rows = read(_with_changed(), {"changed": list(files)})
    return {(KINDS.index(kind), *pair) for pair, why in pairs([Trace(*row) for row in rows]).items()
            for kind, _name in why}


@lru_cache(maxsize=1)
def _with_changed() -> Any:
    return _in_area(None, _equal_to_changed())


def pairs(traces: Iterable[Trace]) -> dict[Pair, Why]:
    """Which files share what: (smaller id, greater id) → kinds and names. A telephone counts for like names only.

    Of more files than a few that share one thing each is paired with its neighbour, by place: so an area's own
    are neighbours too.
    """
    groups: dict[tuple[str, str], dict[tuple[str, int], list[str]]] = {}
    for trace in traces:
        groups.setdefault((trace.kind, trace.key), {}).setdefault(
            (trace.area_code, trace.household_id), []).append(trace.name)
    found: dict[Pair, dict[tuple[str, str], None]] = {}
    shared = [(kind, files) for (kind, _key), files in groups.items() if len(files) > 1 and kind != APART]
    for kind, files in sorted(shared, key=lambda group: KINDS.index(group[0])):
        ids = sorted(files)
        for one, other in combinations(ids, 2) if len(ids) <= _FEW else pairwise(ids):
            (low, mine), (high, theirs) = sorted(((one[1], files[one]), (other[1], files[other])))
            if name := _shared_name(kind, mine, theirs):
                found.setdefault((low, high), {})[kind, name] = None
    return {pair: tuple(reasons) for pair, reasons in found.items()}


def _shared_name(kind: str, low: Sequence[str], high: Sequence[str]) -> str:
    if kind != "phone":
        return low[0]
    return next((mine for mine in low for other in high if are_like(mine, other)), "")


def _equal_to_changed() -> Selects:
    """Everything that equals something of the files `changed`, theirs included."""
    def theirs(column: Any) -> Select[Any]:
        return select(column).where(Member.household_id.in_(_CHANGED_FILES), column.is_not(None))

    heads = select(Household.phone_blind).where(Household.id.in_(_CHANGED_FILES), Household.phone_blind.is_not(None))
    days = select(Member.name, Member.born_on).where(
        Member.household_id.in_(_CHANGED_FILES), Member.born_on.is_not(None))
    phones = union(theirs(Member.phone_blind), heads)
    equals = {Member.identity_number_blind: theirs(Member.identity_number_blind), Member.phone_blind: phones,
              Member.certificate_blind: theirs(Member.certificate_blind), Household.phone_blind: phones}
    return [_trace(kind, key, of, name).where(
                key.in_(equals[key]) if kind != "birth" else tuple_(Member.name, Member.born_on).in_(days))
            for kind, key, of, name in _columns()]


def _columns() -> list[tuple[str, Any, Any, Any]]:
    """Kind, key, file and name of everything that two files can share."""
    birth = Member.name.concat("|").concat(cast(Member.born_on, String))
    return [("identity", Member.identity_number_blind, Member.household_id, Member.name),
            ("certificate", Member.certificate_blind, Member.household_id, Member.name),
            ("birth", birth, Member.household_id, Member.name),
            ("phone", Member.phone_blind, Member.household_id, Member.name),
            ("phone", Household.phone_blind, Household.id, Household.head_name)]


def are_like(one: str, other: str) -> bool:
    """Whether two names may be one person's: equal, read alike, or of two or more characters with one that differs."""
    one, other = folded(one), folded(other)
    if one == other or set(readings(one)) & set(readings(other)):
        return True
    differing = sum(a != b for a, b in zip(one, other, strict=False))
    return len(one) == len(other) > 2 and differing == 1 and one[0] == other[0]


def _sure() -> list[Select[*tuple[Any, ...]]]:
    """Numbers that are one person's only."""
    return [_shared("identity", Member.identity_number_blind), _shared("certificate", Member.certificate_blind)]


def _told_apart() -> Select[*tuple[Any, ...]]:
    """Pairs that somebody has told apart: the smaller id is the key, the greater one the file."""
    return _trace(APART, ToldApart.low_id, ToldApart.high_id, literal(""))


def _likely() -> list[Select[*tuple[Any, ...]]]:
    """Names with birthdays, and telephones, that stand in two files or more."""
    return [_same_birth(), *_same_phone()]


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

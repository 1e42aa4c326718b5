"""Keeps the counts of villages and what files share: what was marked is counted anew, and its marks go.

Counting takes no lock: what changes meanwhile brings marks of its own, which stay. Marks go in the transaction that
writes the counts, all of those that were seen of a village or none; so of two that count at once only one writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import delete, insert, or_, select

from matching.extensions import Model, db, read
from matching.figures.queries_counts import live_needs
from matching.households.models import Household
from matching.households.models_counts import CountMark, PlaceFiles, PlaceNeeds, SharingPair
from matching.households.queries_counts import live_files
from matching.households.queries_sharing import pairs_with
from matching.pairings.models import Pairing

__all__ = ["Counted", "Marked", "count_anew", "keep", "marked"]

MOST = 200_000
"""So many marks are looked at in one sweep."""
PORTION = 500
"""So many of them are written in one transaction, unless one village has more: nobody else waits long."""
CHUNK = 1_000
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Marked:
    """Marks that are looked at together: all that there are of these villages, and the files that they name."""

    marks: Sequence[int]
    villages: Sequence[str]
    files: Sequence[int]


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted: the marks that asked for it, the villages and files, and the rows to keep of them."""

    marks: Sequence[int]
    villages: Sequence[str]
    files: Sequence[int]
    place_files: Sequence[dict[str, Any]]
    place_needs: Sequence[dict[str, Any]]
    pairs: Sequence[dict[str, Any]]


def marked() -> list[Marked]:
    """The marks that wait, in portions that are soon written; only reads. A village's marks stay together.

    So do those of two villages that one mark names, since a file moved from one to the other.
    """
    marks = read(select(CountMark.id, CountMark.household_id, CountMark.area_code).order_by(CountMark.id).limit(MOST))
    homes = _homes({mark.household_id for mark in marks if mark.household_id is not None})
    together = _Together()
    for mark in marks:
        together.join(homes.get(mark.household_id), mark.area_code)
    parts: dict[str, list[Any]] = {}
    for mark in marks:
        parts.setdefault(together.name(homes.get(mark.household_id) or mark.area_code or ""), []).append(mark)
    portions: list[list[Any]] = [[]]
    for _name, part in sorted(parts.items()):
        if portions[-1] and len(portions[-1]) + len(part) > PORTION:
            portions.append([])
        portions[-1] += part
    return [_marked(portion, homes) for portion in portions if portion]


def _marked(portion: Sequence[Any], homes: Mapping[int, str]) -> Marked:
    files = {mark.household_id for mark in portion if mark.household_id is not None}
    villages = {mark.area_code for mark in portion if mark.area_code} | {homes[file] for file in files & homes.keys()}
    return Marked([mark.id for mark in portion], sorted(villages), sorted(files))


def _homes(files: Iterable[int]) -> dict[int, str]:
    """File → its village, of those that are there."""
    return {row.id: row.area_code for some in _chunks(files) for row in read(
        select(Household.id, Household.area_code).where(Household.id.in_(some)))}


class _Together:
    """Which villages are looked at together."""

    def __init__(self) -> None:
        self._with: dict[str, str] = {}

    def name(self, village: str) -> str:
        """One village that stands for all that are looked at together with this one."""
        while (other := self._with.get(village, village)) != village:
            village = other
        return village

    def join(self, one: str | None, other: str | None) -> None:
        """Look at two villages together; None is no village."""
        if one and other and self.name(one) != self.name(other):
            self._with[self.name(one)] = self.name(other)


def count_anew(portion: Marked) -> Counted:
    """Count the villages and look what the files of some marks share. Only reads."""
    looked_at = {*portion.files, *_partners(portion.files)}
    pairs = {pair for some in _chunks(looked_at) for pair in pairs_with(some)}
    return Counted(
        portion.marks, portion.villages, sorted(looked_at),
        [dict(row._mapping) for some in _chunks(portion.villages)
         for row in read(live_files(Household.area_code.in_(some)))],
        [row for some in _chunks(portion.villages) for row in _needs(some)],
        [{"kind": kind, "low_id": low, "high_id": high} for kind, low, high in sorted(pairs)
         if low in looked_at or high in looked_at])


def _partners(files: Sequence[int]) -> Iterator[int]:
    """Files that were seen to share something with these: whom they have now is looked at too."""
    for some in _chunks(files):
        for row in read(select(SharingPair.low_id, SharingPair.high_id).where(or_(
                SharingPair.low_id.in_(some), SharingPair.high_id.in_(some)))):
            yield from row


def _needs(villages: Sequence[str]) -> Iterator[dict[str, Any]]:
    """One row for each village and help type: what its needs and its pairings count together."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in read(live_needs(Household.area_code.in_(villages), Pairing.area_code.in_(villages))):
        told = dict(row._mapping)
        area_code, help_type = told.pop("area_code"), told.pop("help_type")
        kept = found.setdefault((area_code, help_type), {"area_code": area_code, "help_type": help_type})
        for name, number in told.items():
            kept[name] = kept.get(name, 0) + int(number)
    yield from found.values()


def _chunks(values: Iterable[Value]) -> Iterator[list[Value]]:
    """Values in lists as long as one statement takes."""
    every = list(values)
    yield from (every[start:start + CHUNK] for start in range(0, len(every), CHUNK))


def keep(counted: Counted) -> bool:
    """Write what was counted and take its marks away; False (and then roll back) when another has done so meanwhile."""
    gone = 0
    for some in _chunks(counted.marks):
        gone += db.session.execute(delete(CountMark).where(CountMark.id.in_(some))).rowcount  # type: ignore[attr-defined]
    if gone != len(counted.marks):
        return False
    for villages in _chunks(counted.villages):
        db.session.execute(delete(PlaceFiles).where(PlaceFiles.area_code.in_(villages)))
        db.session.execute(delete(PlaceNeeds).where(PlaceNeeds.area_code.in_(villages)))
    _write(PlaceFiles, counted.place_files)
    _write(PlaceNeeds, counted.place_needs)
    _keep_pairs(counted)
    return True


def _write(model: type[Model], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(model), rows)


def _keep_pairs(counted: Counted) -> None:
    """Put the pairs of the counted files in the place of those that were kept."""
    for some in _chunks(counted.files):
        db.session.execute(delete(SharingPair).where(or_(
            SharingPair.low_id.in_(some), SharingPair.high_id.in_(some))))
    _write(SharingPair, counted.pairs)

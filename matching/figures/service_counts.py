"""Keeps the counts of villages and what files share: what was marked is counted anew, and its marks go.

Counting takes no lock: what changes meanwhile brings marks of its own, which stay. Marks go in the transaction that
writes the counts, all of those that were seen or none; so of two that count at once only one writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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

__all__ = ["Counted", "count_anew", "keep"]

MOST = 20_000
"""So many marks are looked at in one go."""
CHUNK = 1_000
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted: the marks that asked for it, the villages and files, and the rows to keep of them."""

    marks: Sequence[int]
    villages: Sequence[str]
    files: Sequence[int]
    place_files: Sequence[dict[str, Any]]
    place_needs: Sequence[dict[str, Any]]
    pairs: Sequence[dict[str, Any]]


def count_anew() -> Counted | None:
    """Count the villages and files of the oldest marks; None when there are none. Only reads."""
    marks = read(select(CountMark.id, CountMark.household_id, CountMark.area_code).order_by(CountMark.id).limit(MOST))
    if not marks:
        return None
    files = sorted({mark.household_id for mark in marks if mark.household_id is not None})
    villages = {mark.area_code for mark in marks if mark.area_code is not None}
    for some in _chunks(files):
        villages |= {row[0] for row in read(select(Household.area_code).where(Household.id.in_(some)).distinct())}
    looked_at = {*files, *_partners(files)}
    files = sorted(looked_at)
    pairs = {pair for some in _chunks(files) for pair in pairs_with(some)}
    return Counted(
        [mark.id for mark in marks], sorted(villages), files,
        [dict(row._mapping) for some in _chunks(sorted(villages))
         for row in read(live_files(Household.area_code.in_(some)))],
        [row for some in _chunks(sorted(villages)) for row in _needs(some)],
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

"""Counts of files by place from what is kept of each village; a village where something changed is counted anew."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    bindparam,
    case,
    exists,
    false,
    func,
    select,
    union,
    union_all,
)

from matching.extensions import read
from matching.households.models import Household, Need
from matching.households.models_counts import CountMark, PlaceFiles
from matching.households.queries import still_open
from matching.places.queries import within

__all__ = ["MANY", "Way", "counted_by", "is_kept", "is_stale", "live_files", "named", "place_files", "stale_in_one",
           "stale_villages", "way_of"]

MANY = 2_000
"""More villages than these are not named one by one: the whole area is counted anew."""
FILES = ("files", "verified", "waiting", "located", "lat", "lon")
_STALE: BindParameter[str] = bindparam("stale", expanding=True)


class Way(Enum):
    """How an area is counted: from what is kept, some villages of it anew, or all of it anew."""

    KEPT, SOME, ANEW = range(3)


def stale_villages(code: str) -> tuple[str, ...]:
    """The villages of an area whose kept counts may be old; ask for them before the counts. One SELECT."""
    return tuple(sorted(row[0] for row in read(_stale(code))))


def stale_in_one(code: str) -> Any:
    """The same as one value, for a SELECT that asks more: the codes with commas between them, None for none."""
    found = _stale(code).subquery()
    return select(func.aggregate_strings(found.c.area_code, ","))


@lru_cache(maxsize=500)
def _stale(code: str) -> Any:
    # No join: the database would begin with all files of the area.
    home = select(Household.area_code).where(Household.id == CountMark.household_id).correlate(
        CountMark).scalar_subquery()
    marked = union(select(CountMark.area_code.label("area_code")), select(home).select_from(CountMark)).subquery()
    return select(marked.c.area_code).where(within(marked.c.area_code, code))


def place_files(code: str, digits: int, stale: Collection[str]) -> Sequence[Any]:
    """Rows of FILES by the places of an area whose codes have so many digits (`place`); one SELECT.

    `stale`: of `stale_villages`. Places without files may be left out.
    """
    return read(_files_by(code, digits, way_of(stale)), named(stale))


@lru_cache(maxsize=500)
def _files_by(code: str, digits: int, way: Way) -> Any:
    kept = select(PlaceFiles.area_code, *(getattr(PlaceFiles, name) for name in FILES)).where(
        is_kept(PlaceFiles.area_code, code, way))
    live = None if way is Way.KEPT else live_files(is_stale(Household.area_code, code, way))
    return counted_by(kept, live, digits, FILES)


def counted_by(kept: Select[*tuple[Any, ...]], live: Any, digits: int, names: Sequence[str], *by: str) -> Any:
    """The SELECT of the sums of what is kept and what is counted anew, by `place` and further columns."""
    rows = (kept if live is None else union_all(kept, live)).subquery()
    place, others = func.substr(rows.c.area_code, 1, digits).label("place"), [rows.c[name] for name in by]
    return select(place, *others, *(func.sum(rows.c[name]).label(name) for name in names)).group_by(place, *others)


def way_of(stale: Collection[str]) -> Way:
    """How an area with these stale villages is counted."""
    return Way.ANEW if len(stale) > MANY else Way.SOME if stale else Way.KEPT


def named(stale: Collection[str]) -> dict[str, object]:
    """The values of a statement made for the way of these villages."""
    return {"stale": list(stale)} if way_of(stale) is Way.SOME else {}


def is_kept(column: Any, code: str, way: Way) -> ColumnElement[bool]:
    """SQL condition: a kept row belongs to the area and is not of a village that is counted anew."""
    if way is Way.ANEW:
        return false()
    return within(column, code) & column.not_in(_STALE) if way is Way.SOME else within(column, code)


def is_stale(column: Any, code: str, way: Way) -> ColumnElement[bool]:
    """SQL condition: a row belongs to one of the villages that are counted anew."""
    return within(column, code) if way is Way.ANEW else column.in_(_STALE)


def live_files(where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The SELECT that counts the files of villages as `PlaceFiles` keeps them, from indexes alone."""
    waits = exists().where(Need.household_id == Household.id, still_open())
    return (select(Household.area_code, func.count().label("files"),
                   func.sum(case((Household.status == "verified", 1), else_=0)).label("verified"),
                   func.sum(case((waits, 1), else_=0)).label("waiting"), func.count(Household.lat).label("located"),
                   func.coalesce(func.sum(Household.lat), 0.0).label("lat"),
                   func.coalesce(func.sum(Household.lon), 0.0).label("lon"))
            .where(where, Household.status != "archived").group_by(Household.area_code))

"""Counts of needs and pairings by place from what is kept of each village; changed villages are counted anew."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, literal, select, union_all

from matching.extensions import read
from matching.households.models import Household, Need
from matching.households.models_counts import PlaceNeeds
from matching.households.queries import still_open
from matching.households.queries_counts import Way, counted_by, is_kept, is_stale, named, way_of
from matching.pairings.models import Pairing

__all__ = ["STATES", "live_needs", "lonely_needs", "place_needs"]

STATES = {"proposed": "proposals", "offered": "waiting", "accepted": "waiting", "consented": "under_way",
          "under_way": "under_way", "delivered": "under_way", "confirmed": "under_way", "closed": "closed"}
"""In which figure a state is counted: the groups of the pairing desk, which shows the rows."""
OF_NEEDS = ("needs_open", "wanted", "given", "lonely", "lonely_units")
OF_PAIRINGS = ("proposals", "waiting", "under_way", "closed")


def place_needs(code: str, digits: int, stale: Collection[str]) -> Sequence[Any]:
    """Rows of the counts of `PlaceNeeds` by place (codes of so many digits) and help type; one SELECT.

    `stale`: of `stale_villages`, asked before.
    """
    return read(_by_place(code, digits, way_of(stale), (*OF_NEEDS[:3], *OF_PAIRINGS)), named(stale))


def lonely_needs(code: str, stale: Collection[str]) -> Sequence[Any]:
    """Rows of the open needs of an area without any offer: help type, how many, and what units they lack."""
    rows = read(_by_place(code, len(code), way_of(stale), OF_NEEDS[3:]), named(stale))
    return [row for row in rows if row.lonely]


@lru_cache(maxsize=500)
def _by_place(code: str, digits: int, way: Way, names: tuple[str, ...]) -> Any:
    columns = (PlaceNeeds.area_code, PlaceNeeds.help_type, *(getattr(PlaceNeeds, name) for name in names))
    kept = select(*columns).where(is_kept(PlaceNeeds.area_code, code, way))
    live = None
    if way is not Way.KEPT:
        anew = live_needs(is_stale(Household.area_code, code, way), is_stale(Pairing.area_code, code, way)).subquery()
        live = select(anew.c.area_code, anew.c.help_type, *(anew.c[name] for name in names))
    return counted_by(kept, live, digits, names, "help_type")


def live_needs(homes: ColumnElement[bool], pairings: ColumnElement[bool]) -> Any:
    """The SELECT that counts needs and pairings as `PlaceNeeds` keeps them, in two rows a village and help type.

    The conditions say of which villages, for households and for pairings.
    """
    return union_all(_needs(homes), _pairings(pairings))


def _needs(where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    lonely = still_open() & ~exists().where(Pairing.need_id == Need.id, Pairing.state == "proposed")
    sums = (case((still_open(), 1), else_=0), Need.quantity, Need.given, case((lonely, 1), else_=0),
            case((lonely, Need.quantity - Need.given), else_=0))
    return (select(Household.area_code, Need.help_type,
                   *(func.sum(what).label(name) for what, name in zip(sums, OF_NEEDS, strict=True)),
                   *(literal(0).label(name) for name in OF_PAIRINGS))
            .join(Household, Household.id == Need.household_id)
            .where(where, Need.status != "withdrawn", Household.status == "verified")
            .group_by(Household.area_code, Need.help_type))


def _pairings(where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    def of(figure: str) -> Any:
        states = [state for state, name in STATES.items() if name == figure]
        return func.sum(case((Pairing.state.in_(states), 1), else_=0)).label(figure)

    return (select(Pairing.area_code, Need.help_type, *(literal(0).label(name) for name in OF_NEEDS),
                   *(of(name) for name in OF_PAIRINGS))
            .join(Need, Need.id == Pairing.need_id).where(where, Pairing.state.in_(STATES))
            .group_by(Pairing.area_code, Need.help_type))

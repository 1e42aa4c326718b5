"""Needs for officers, the most urgent first: what still lacks something, and what stands elsewhere on its way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, select, union_all
from sqlalchemy.orm import contains_eager

from matching.actor import Actor
from matching.extensions import db
from matching.households.models import Household, Need
from matching.households.queries import in_state
from matching.households.queries_needs import NEVER, URGENT_FIRST, urgency_position
from matching.keyset import (
    Asked,
    Count,
    Key,
    Order,
    Page,
    count_to_cap,
    read_position,
    whole,
    written_position,
)
from matching.pairings.models import Pairing
from matching.places.queries import within

__all__ = ["PAGE", "Sought", "open_needs", "unsolved"]

PAGE = 25
COUNTY = 6
"""Digits of a county's code."""
LAST = 2**31 - 1
URGENCIES = (5, 4, 3, 2, 1)
# Needs of one urgency: those with a day first, then those without; each kind lies so in one index.
DATED = Order(Key(Need.wanted_by, date.fromisoformat), Key(Need.reported_on, date.fromisoformat), Key(Need.id, whole))
UNDATED = Order(Key(Need.reported_on, date.fromisoformat), Key(Need.id, whole))


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list of needs shows: `state` one of `NEED_FILTERS` (empty: what still lacks something), `lonely`:
    only those without a live proposal either.
    """

    area_code: str = ""
    help_type: str = ""
    state: str = ""
    lonely: bool = False


def open_needs(actor: Actor, asked: Asked, sought: Sought) -> tuple[Page[Need], Count]:
    """Needs in reach that fit, and their number to the cap; an area out of reach counts as none.

    The most urgent come first, of these the soonest wanted, of these the longest waiting. Needs that still lack
    something are those of verified households, which take part in pairing.
    """
    if not (sought.area_code and actor.reaches(sought.area_code)):
        sought = replace(sought, area_code=actor.area_code)
    total = count_to_cap(_found(sought), key=sought)
    rows = db.session.scalars(_page_of(sought, asked, total.more)).all()
    return URGENT_FIRST.page(rows, asked, PAGE, urgency_position), total


def unsolved(area_code: str, help_type: str) -> Select[int]:
    """SELECT of the needs in an area that are not signed off."""
    return _found(Sought(area_code, help_type, "unsolved"))


@lru_cache(maxsize=500)
def _found(sought: Sought) -> Select[int]:
    """The needs that fit, in whatever order."""
    return _far(sought) if len(sought.area_code) <= COUNTY else _near(sought)


@lru_cache(maxsize=500)
def _page_of(sought: Sought, asked: Asked, many: bool) -> Any:
    """The SELECT of one page, with one need more than it holds. Made once: making it takes longer than asking it."""
    walks = many and len(sought.area_code) <= COUNTY
    chosen = _walked(_far(sought), asked) if walks else _first(_found(sought), asked)
    shown = select(Need).join(Need.household).options(contains_eager(Need.household)).where(Need.id.in_(chosen))
    return URGENT_FIRST.take(shown, asked, PAGE)


def _needs(sought: Sought) -> list[ColumnElement[bool]]:
    """What is asked of a need itself."""
    wanted = [in_state(sought.state)]
    if sought.help_type:
        wanted.append(Need.help_type == sought.help_type)
    if sought.lonely:
        wanted.append(~exists().where(Pairing.need_id == Need.id, Pairing.state == "proposed"))
    return wanted


def _homes(sought: Sought) -> list[ColumnElement[bool]]:
    """What is asked of its household."""
    ready = Household.status != "archived" if sought.state else Household.status == "verified"
    return [within(Household.area_code, sought.area_code), ready]


def _far(sought: Sought) -> Select[int]:
    """The needs of a county or more, along their own index."""
    return select(Need.id).where(*_needs(sought), exists().where(Household.id == Need.household_id, *_homes(sought)))


def _near(sought: Sought) -> Select[int]:
    """The needs of a town or village, from the side of its households: a need's state must not tempt the database."""
    fits = case((_all(_needs(sought)), 1), else_=0)
    return select(Need.id).join(Need.household).where(*_homes(sought), fits == 1)


def _all(conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    first, *others = conditions
    for other in others:
        first = first & other
    return first


def _first(found: Select[int], asked: Asked) -> Select[int]:
    """One page of needs: they are put in order before their rows and their households are looked at."""
    page = URGENT_FIRST.take(found, asked, PAGE).subquery()
    return select(page.c.id)


def _walked(found: Select[int], asked: Asked) -> Select[int]:
    """One page of many needs: of each level of urgency, with and without a day, as many as a page may show.

    Each branch walks the index from where the page begins and ends after a page, however many needs there are.
    """
    branches = [order.take(found.where(*kind), place, PAGE).subquery() for order, kind, place in _branches(asked)]
    every = union_all(*(select(branch.c.id) for branch in branches)).subquery()
    return select(every.c.id)


def _branches(asked: Asked) -> Iterator[tuple[Order, list[ColumnElement[bool]], Asked]]:
    """Order, condition and beginning of each branch that the page can reach."""
    position = read_position(asked.before or asked.after) if URGENT_FIRST.knows(asked) else []
    here = _place(position) if position else None
    for level in URGENCIES:
        for dated in (True, False):
            order, there = (DATED, UNDATED)[not dated], (-level, not dated)
            kind = [Need.urgency == level, Need.wanted_by.is_not(None) if dated else Need.wanted_by.is_(None)]
            beyond = written_position(position[1:] if dated else position[2:])
            if here is None or (there > here and not asked.before):
                yield order, kind, Asked()
            elif there == here:
                yield order, kind, Asked(before=beyond) if asked.before else Asked(after=beyond)
            elif there < here and asked.before:
                yield order, kind, Asked(before=written_position([*[NEVER] * (1 + dated), LAST]))


def _place(position: list[Any]) -> tuple[int, bool]:
    """In which branch a position lies: the greater the later."""
    return -position[0], position[1] == NEVER.isoformat()


"""The pairing desk: what waits for an officer's yes, grouped as asked; what became of the rest, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union_all

from matching.actor import Actor
from matching.extensions import db, read
from matching.households.models import Need
from matching.keyset import (
    FAR,
    Asked,
    Count,
    Key,
    Order,
    Page,
    count_to_cap,
    instant,
    plain,
    read_position,
    whole,
)
from matching.pairings.models import Pairing
from matching.pairings.queries import in_reach, whole_pairings
from matching.places.queries import within

__all__ = ["DESK_PAGE", "GROUPINGS", "GROUPS", "MOST_AT_ONCE", "Above", "above", "desk_page", "towns_with_proposals"]

DESK_PAGE = 20
MOST_AT_ONCE = 500
"""How many proposals one click approves at most; the best of them when there are more."""
GROUPS = {"proposed": ("proposed",), "waiting": ("offered", "accepted"),
          "under_way": ("consented", "under_way", "delivered", "confirmed"), "closed": ("closed",),
          "ended": ("declined", "lapsed", "withdrawn", "failed", "reopened")}
"""How the desk sorts the states: what waits for the officer first."""
TOWN = func.substr(Pairing.area_code, 1, 9)
BY_TOWN = Order(Key(TOWN, plain), Key(Pairing.score, whole, falls=True), Key(Pairing.id, whole))
# Each of these lies so in an index that begins with the state, and runs one way.
BY_HOUSEHOLD = Order(Key(Pairing.area_code, plain), Key(Pairing.household_id, whole), Key(Pairing.id, whole))
BY_OFFER = Order(*(Key(column, whole, falls=True) for column in (Pairing.offer_id, Pairing.score, Pairing.id)))
BY_URGENCY = Order(*(Key(column, whole, falls=True) for column in (Pairing.urgency_points, Pairing.score, Pairing.id)))
GROUPINGS: dict[str, tuple[Order, Callable[[Pairing], Sequence[Any]]]] = {
    "town": (BY_TOWN, lambda row: (row.area_code[:9], row.score, row.id)),
    "household": (BY_HOUSEHOLD, lambda row: (row.area_code, row.household_id, row.id)),
    "offer": (BY_OFFER, lambda row: (row.offer_id, row.score, row.id)),
    "urgency": (BY_URGENCY, lambda row: (row.urgency_points, row.score, row.id))}
"""By what an officer goes through the proposals: the order, and a row's position in it. The first is the usual one."""
LATEST_FIRST = Order(Key(Pairing.changed_at, instant, falls=True), Key(Pairing.id, whole, falls=True))
LATEST = LATEST_FIRST, lambda row: (row.changed_at, row.id)
Towns = Sequence[tuple[str, int]]


def towns_with_proposals(actor: Actor) -> Towns:
    """Town codes in reach with their number of proposals, by code."""
    villages = read(select(Pairing.area_code, func.count()).where(
        Pairing.state == "proposed", in_reach(actor)).group_by(Pairing.area_code).order_by(Pairing.area_code))
    towns: dict[str, int] = {}
    for code, number in villages:
        towns[code[:9]] = towns.get(code[:9], 0) + number
    return list(towns.items())


def desk_page(actor: Actor, group: str, asked: Asked, towns: Towns, help_type: str = "", area_code: str = "",
              by: str = "town") -> tuple[Page[Pairing], Count]:
    """One page of the desk and the number of its rows to the cap; `group` is a key of GROUPS.

    Proposals go as `by` says (a key of GROUPINGS), the others by their last change. `towns`: where proposals are, so
    that a page by town looks only at the towns it shows. An area out of reach counts as none.
    """
    area = area_code if area_code and actor.reaches(area_code) else actor.area_code
    wanted = [within(Pairing.area_code, area)]
    if help_type:
        wanted.append(Pairing.need.has(Need.help_type == help_type))
    order, position = GROUPINGS[by] if group == "proposed" else LATEST
    towns = [(code, number) for code, number in towns if code.startswith(area) or area.startswith(code)]
    if group == "proposed" and not help_type:
        total = Count(sum(number for _code, number in towns))
        if len(area) > 9:  # a village is a part of its town
            total = _total(group, wanted, (group, area))
        wanted += _near(asked, towns) if by == "town" else []
    else:
        total = _total(group, wanted, (group, area, help_type))
    branches = [order.take(select(Pairing.id).where(Pairing.state == state, *wanted), asked, DESK_PAGE).subquery()
                for state in GROUPS[group]]
    chosen = union_all(*(select(branch.c.id) for branch in branches)).subquery()
    shown = whole_pairings().where(Pairing.id.in_(select(chosen.c.id)))
    rows = db.session.scalars(order.take(shown, asked, DESK_PAGE)).all()
    return order.page(rows, asked, DESK_PAGE, position), total


@dataclass(frozen=True, slots=True)
class Above:
    """The proposals from a score up: their numbers, the best first, and the rows of those that only just count."""

    ids: Sequence[int]
    lowest: Sequence[Pairing]


def above(actor: Actor, score: int, help_type: str = "", area_code: str = "") -> Above:
    """The proposals in reach that are worth at least so much, at most `MOST_AT_ONCE`; filtered as the desk is."""
    area = area_code if area_code and actor.reaches(area_code) else actor.area_code
    wanted = [Pairing.state == "proposed", Pairing.score >= score, within(Pairing.area_code, area)]
    if help_type:
        wanted.append(Pairing.need.has(Need.help_type == help_type))
    ids = db.session.scalars(select(Pairing.id).where(*wanted).order_by(Pairing.score.desc(), Pairing.id)
                             .limit(MOST_AT_ONCE)).all()
    rows = db.session.scalars(whole_pairings().where(Pairing.id.in_(ids[-DESK_PAGE:]))
                              .order_by(Pairing.score, Pairing.id)).all() if ids else []
    return Above(ids, rows)


def _total(group: str, wanted: list[ColumnElement[bool]], key: tuple[str, ...]) -> Count:
    counted: Select[Any] = select(Pairing.id).where(Pairing.state.in_(GROUPS[group]), *wanted)
    return count_to_cap(counted, FAR, ("desk", *key))


def _near(asked: Asked, towns: Towns) -> list[ColumnElement[bool]]:
    """From the town where the page begins to the one by which it is full; nothing to say of pages that go back."""
    begins = str(read_position(asked.after)[0]) if BY_TOWN.knows(asked) and not asked.before else ""
    if asked.before or not towns:
        return []
    left, last = DESK_PAGE + 1, ""
    for code, number in towns:
        if code > begins:
            left, last = left - number, code
            if left <= 0:
                break
    return [Pairing.area_code >= begins, Pairing.area_code <= f"{max(last, begins)}999"]

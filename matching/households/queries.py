"""Reads of household files, always within the reach of who asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import get_locale
from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import joinedload

from matching.actor import Actor
from matching.errors import NotThere
from matching.extensions import db
from matching.households.models import Household, Member, Need
from matching.places import queries as places


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One need in its file. `chain` is its state; `state` names the joint that stands for it.

    `is_open`: a part has no offer yet; `can_pair`: and it may be given one.
    """

    id: int
    help_type: str
    summary: str
    quantity: int
    given: int
    unit: str
    urgency: int
    status: str
    chain: str
    state: str
    is_open: bool
    can_pair: bool
    waiting_days: int


def household_or_404(household_id: int, actor: Actor) -> Household:
    """A household in the actor's reach; NotThere when it is missing or out of reach (the same answer)."""
    household = db.session.get(Household, household_id)
    if household is None or not actor.reaches(household.area_code):
        raise NotThere
    return household


def my_household(actor: Actor) -> Household:
    """The household that the actor signs in for; NotThere when there is none."""
    household = db.session.get(Household, actor.household_id or 0)
    if household is None:
        raise NotThere
    return household


def member_or_404(member_id: int, actor: Actor) -> Member:
    """A person of a household in the actor's reach, with the household; NotThere otherwise."""
    member = db.session.get(Member, member_id, options=[joinedload(Member.household)])
    if member is None or not actor.reaches(member.household.area_code):
        raise NotThere
    return member


def need_or_404(need_id: int, actor: Actor) -> Need:
    """A need of a household in the actor's reach, with the household; NotThere otherwise."""
    need = db.session.get(Need, need_id, options=[joinedload(Need.household)])
    if need is None or not actor.reaches(need.household.area_code):
        raise NotThere
    return need


def still_open() -> ColumnElement[bool]:
    """SQL condition: a part of the need is not held by any pairing."""
    return in_state("")


NEED_FILTERS: Mapping[str, Callable[[Any], ColumnElement[bool]]] = {
    "": lambda need: and_(need.status == "open", need.given < need.quantity), "any": lambda need: need.id.is_not(None),
    "reported": lambda need: need.status == "reported", "verified": lambda need: need.status == "verified",
    "open": lambda need: and_(need.status == "open", need.given == 0),
    "partly_paired": lambda need: and_(need.status == "open", need.given > 0, need.given < need.quantity),
    "paired": lambda need: and_(need.status == "open", need.given == need.quantity, need.received < need.quantity),
    "fulfilled": lambda need: and_(need.status == "open", need.received == need.quantity),
    "closed": lambda need: need.status == "met", "withdrawn": lambda need: need.status == "withdrawn",
    "unsolved": lambda need: need.status == "open",
}
"""Where a need stands, as lists can be asked for it. Empty: what still lacks something, open or partly paired; needs
that were `reopened` are open ones. `unsolved`: what is not signed off, whoever is at work on it.
"""


def in_state(state: str, need: Any = Need) -> ColumnElement[bool]:
    """SQL condition: the need stands there; a state that is none of `NEED_FILTERS` counts as empty."""
    return NEED_FILTERS.get(state, NEED_FILTERS[""])(need)


def need_rows(household: Household, today: date) -> list[NeedRow]:
    """The needs of a file, open ones first, with the joint of each: open, under way, closed or withdrawn."""
    rows = [NeedRow(need.id, need.help_type, need.summary, need.quantity, need.given, need.unit, need.urgency,
                    need.status, need.state, _state_of(need), _lacks(need), need.status == "open" and _lacks(need),
                    max((today - need.reported_on).days, 0)) for need in household.needs]
    return sorted(rows, key=lambda row: (not row.is_open, row.status in ("met", "withdrawn"), row.id))


def _lacks(need: Need) -> bool:
    return need.status not in ("met", "withdrawn") and need.given < need.quantity


def _state_of(need: Need) -> str:
    if need.status in ("met", "withdrawn"):
        return {"met": "closed", "withdrawn": "withdrawn"}[need.status]
    return "open" if need.given < need.quantity else "under_way"


def place_of(household: Household) -> str:
    """Town and village of a household as people say it."""
    return places.area_path(household.area_code, str(get_locale()))


def areas_below(actor: Actor, chosen: str) -> list[tuple[str, str]]:
    """What the filter by place offers: the areas right below the reach, and below the chosen town its communities."""
    town = chosen[:9] if len(chosen) >= 9 and len(actor.area_code) < 9 else ""
    names = places.child_names(actor.area_code, town) if town else places.child_names(actor.area_code)
    return [(code, f"{names[town]} / {name}" if town in names and code[:9] == town != code else name)
            for code, name in names.items()]


def communities(town_code: str) -> list[tuple[str, str]]:
    """Where in a town a household can live: its communities, and last the town itself."""
    below = [(area.code, area.name) for area in places.children(town_code)]
    return [*below, (town_code, places.area_name(town_code))]


def towns(county_code: str) -> list[tuple[str, str]]:
    """The towns of a county: code and name."""
    return [(area.code, area.name) for area in places.children(county_code)]

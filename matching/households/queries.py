"""Reads of household files, always within the reach of who asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import get_locale
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from matching.actor import Actor
from matching.crypto import keyring
from matching.errors import NotThere
from matching.extensions import db, is_sqlite
from matching.households.models import Household, Member, Need
from matching.places import queries as places
from matching.places.divisions import CODE_LENGTHS
from matching.places.queries import within

PAGE = 40


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list shows: an area in reach, a type of help that is still needed, a status, a name or file number."""

    area_code: str = ""
    help_type: str = ""
    status: str = ""
    written: str = ""

    def __bool__(self) -> bool:
        return bool(self.area_code or self.help_type or self.status or self.written)


@dataclass(frozen=True, slots=True)
class Line:
    """One household in a list: nothing sensitive. `waiting_days` counts from its oldest open need."""

    id: int
    number: str
    head_name: str
    area_code: str
    place: str
    category: str
    status: str
    members: int
    open_needs: int
    waiting_days: int | None


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One need in its file. `state` names the joint that stands for it; `is_open`: a part has no offer yet."""

    id: int
    help_type: str
    summary: str
    quantity: int
    given: int
    unit: str
    urgency: int
    status: str
    state: str
    is_open: bool
    waiting_days: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `number` counts from 1, `first` and `last` are positions in the whole."""

    lines: Sequence[Line]
    number: int
    total: int

    @property
    def first(self) -> int:
        """Position of the first line, 0 when there is none."""
        return (self.number - 1) * PAGE + 1 if self.lines else 0

    @property
    def last(self) -> int:
        """Position of the last line."""
        return (self.number - 1) * PAGE + len(self.lines)


def household_or_404(household_id: int, actor: Actor) -> Household:
    """A household in the actor's reach; NotThere when it is missing or out of reach (the same answer)."""
    household = db.session.get(Household, household_id)
    if household is None or not actor.reaches(household.area_code):
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
    return and_(Need.status == "open", Need.given < Need.quantity)


def list_page(actor: Actor, filters: Filters, number: int, today: date) -> Page:
    """One page of the households in reach, by place. Raises NotThere for an area out of reach."""
    conditions = _conditions(actor, filters)
    if filters.written:
        conditions.append(_called(filters.written, conditions))
    total = db.session.scalar(select(func.count()).select_from(Household).where(*conditions)) or 0
    ids = select(Household.id).where(*conditions).order_by(Household.area_code, Household.id)
    return Page(_lines(ids.limit(PAGE).offset((number - 1) * PAGE), today), number, total)


def find_by_number(written: str, actor: Actor, today: date) -> Sequence[Line]:
    """The households in reach that have this number: identity, certificate, telephone or file, at most a page."""
    blinds = keyring().blinds(written)
    people = select(Member.household_id).where(or_(
        Member.identity_number_blind.in_(blinds), Member.certificate_blind.in_(blinds), Member.phone_blind.in_(blinds)))
    own = select(Household.id).where(or_(Household.phone_blind.in_(blinds), Household.number == written))
    ids = select(Household.id).where(Household.id.in_(people.union_all(own)),
                                     within(Household.area_code, actor.area_code))
    return _lines(ids.order_by(Household.id).limit(PAGE), today)


def need_rows(household: Household, today: date) -> list[NeedRow]:
    """The needs of a file, open ones first, with the joint of each: open, under way, closed or withdrawn."""
    rows = [NeedRow(need.id, need.help_type, need.summary, need.quantity, need.given, need.unit, need.urgency,
                    need.status, _state_of(need), need.status == "open" and need.given < need.quantity,
                    max((today - need.reported_on).days, 0)) for need in household.needs]
    return sorted(rows, key=lambda row: (not row.is_open, row.status != "open", row.id))


def _state_of(need: Need) -> str:
    if need.status != "open":
        return {"met": "closed", "withdrawn": "withdrawn"}[need.status]
    return "open" if need.given < need.quantity else "under_way"


def place_of(household: Household) -> str:
    """Town and village of a household as people say it."""
    return places.area_path(household.area_code, str(get_locale()))


def areas_below(actor: Actor, chosen: str) -> list[tuple[str, str]]:
    """What the filter by place offers: the areas right below the reach, and below the chosen town its communities."""
    options: list[tuple[str, str]] = []
    town = chosen[:9] if len(chosen) >= 9 and len(actor.area_code) < 9 else ""
    for area in places.children(actor.area_code):
        options.append((area.code, area.name))
        if area.code == town:
            options += [(below.code, f"{area.name} / {below.name}") for below in places.children(town)]
    return options


def communities(town_code: str) -> list[tuple[str, str]]:
    """Where in a town a household can live: its communities, and last the town itself."""
    below = [(area.code, area.name) for area in places.children(town_code)]
    return [*below, (town_code, places.area_name(town_code))]


def towns(county_code: str) -> list[tuple[str, str]]:
    """The towns of a county: code and name."""
    return [(area.code, area.name) for area in places.children(county_code)]


def _conditions(actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    code = filters.area_code or actor.area_code
    if not actor.reaches(code) or len(code) not in CODE_LENGTHS or not (code.isascii() and code.isdigit()):
        raise NotThere
    conditions = [within(Household.area_code, code)]
    if filters.status:
        conditions.append(Household.status == filters.status)
    if filters.help_type:
        conditions.append(Household.id.in_(
            select(Need.household_id).where(Need.help_type == filters.help_type, still_open())))
    return conditions


def _called(written: str, conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Households of this file number or with a person of this name; failing that, names that begin so."""
    exactly = or_(Household.number == written, Household.head_name == written,
                  Household.id.in_(select(Member.household_id).where(Member.name == written)))
    if db.session.scalar(select(Household.id).where(*conditions, exactly).limit(1)) is not None:
        return exactly
    return or_(_begins(Household.head_name, written),
               Household.id.in_(select(Member.household_id).where(_begins(Member.name, written))))


def _begins(column: Any, written: str) -> ColumnElement[bool]:
    """SQL condition: a text begins so. SQLite orders by code points and uses its index for a range only."""
    if is_sqlite(db.engine):
        return and_(column >= written, column < written + "\U0010ffff")
    begins: ColumnElement[bool] = column.startswith(written, autoescape=True)
    return begins


def _lines(ids: Select[int], today: date) -> list[Line]:
    """The lines of some households: two SELECTs, whatever their number (names of official areas are remembered)."""
    chosen = ids.subquery()
    people = select(func.count()).where(Member.household_id == Household.id).scalar_subquery()
    lacking = select(func.count()).where(Need.household_id == Household.id, still_open()).scalar_subquery()
    oldest = select(func.min(Need.reported_on)).where(Need.household_id == Household.id, still_open()).scalar_subquery()
    rows = db.session.execute(
        select(Household.id, Household.number, Household.head_name, Household.area_code, Household.category,
               Household.status, people.label("members"), lacking.label("open_needs"), oldest.label("oldest"))
        .join(chosen, chosen.c.id == Household.id).order_by(Household.area_code, Household.id)).all()
    paths = places.area_paths({row.area_code for row in rows}, str(get_locale()))
    return [Line(row.id, row.number, row.head_name, row.area_code, paths[row.area_code], row.category, row.status,
                 row.members, row.open_needs, max((today - row.oldest).days, 0) if row.oldest else None)
            for row in rows]

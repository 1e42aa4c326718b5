"""Finding household files: the list with its filters and orders, by name or pinyin, by a number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from flask_babel import get_locale
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    column,
    exists,
    func,
    null,
    or_,
    select,
    union,
)
from sqlalchemy.orm import aliased

from matching.actor import Actor
from matching.crypto import keyring
from matching.errors import NotThere
from matching.extensions import db, read
from matching.households.models import Household, Member, Need
from matching.households.models_names import NameKey
from matching.households.queries import in_state, still_open
from matching.keyset import (
    FAR,
    NEAR,
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
    written_position,
)
from matching.pinyin import folded
from matching.places import queries as places
from matching.places.divisions import CODE_LENGTHS
from matching.places.models import Area
from matching.places.queries import within

PAGE = 40
ANY = "any"
"""Instead of one kind of help."""
COUNTY = 6
"""Digits of a county's code."""
SORTS = ("place", "waiting", "newest")
MOST_DIGITS = 4
LAST_LETTER = "\U0010ffff"

Older = aliased(Need)
Earlier = aliased(NameKey)
ORDERS = {
    "place": Order(Key(Household.area_code, plain), Key(Household.id, whole)),
    "newest": Order(Key(Household.created_at, instant, falls=True), Key(Household.id, whole, falls=True)),
    "waiting": Order(Key(Need.reported_on, date.fromisoformat), Key(Need.household_id, whole)),
    "waiting_near": Order(Key(column("since", Date), date.fromisoformat), Key(column("household_id", Integer), whole)),
    "name": Order(Key(NameKey.term, plain), Key(NameKey.household_id, whole)),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list shows: an area in reach, needs (of which help, where they stand, how many days they wait at least),
    a category, a status, a name or number. `reported_by` is the day that `waited` comes to, set by `list_page`.
    """

    area_code: str = ""
    help_type: str = ""
    need_state: str = ""
    waited: str = ""
    category: str = ""
    status: str = ""
    written: str = ""
    sort: str = ""
    reported_by: date | None = None

    def __bool__(self) -> bool:
        return bool(self.area_code or self.category or self.status or self.written or self.asks_needs)

    @property
    def asks_needs(self) -> bool:
        """Whether only households with certain needs are shown."""
        return bool(self.help_type or self.need_state or self.waited)

    @property
    def of_home(self) -> Filters:
        """What is asked of the household itself."""
        return Filters(category=self.category, status=self.status)

    @property
    def order(self) -> str:
        """One of SORTS, or `name`: a search by name goes by how well the name fits."""
        return "name" if self.written else self.sort if self.sort in SORTS else "place"


class Line(NamedTuple):
    """One household in a list: nothing sensitive. `waiting_days` counts from its oldest open need; `found` is the
    name by which it was found where that is not the head's.
    """

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
    found: str = ""


def list_page(actor: Actor, filters: Filters, asked: Asked, today: date) -> tuple[Page[Line], Count]:
    """One page of the households in reach, and how many there are (counted to the cap).

    By place, by the oldest open need (those without one are left out), or the newest first; what is written finds
    files by the number and the names in them, exact ones first. Raises NotThere for an area out of reach.
    """
    code = _area(actor, filters)
    if filters.written and not folded(filters.written):
        return Page([]), Count(0)
    if filters.written:
        asked = _name_position(asked, folded(filters.written))
    if filters.waited.isdecimal() and len(filters.waited) <= MOST_DIGITS:
        filters = replace(filters, reported_by=today - timedelta(days=int(filters.waited)))
    total = _count(code, filters) if filters.asks_needs else None
    way = "waiting_near" if filters.order == "waiting" and len(code) > COUNTY else filters.order
    rows = read(_page_of(way, code, filters, asked, total is None or total.more))
    page = ORDERS[way].page(rows, asked, PAGE, lambda row: (row.first, row.second))
    if filters.written:  # no one's name stands in an address but what was typed
        ends = (page.before and str(page.rows[0].second), page.after and str(page.rows[-1].second))
        page = Page(page.rows, *(end and written_position([int(end)]) for end in ends))
    if total is None:
        total = Count(len(rows)) if page.before is None and page.after is None else _count(code, filters)
    return Page(_lines(page.rows, today), page.before, page.after), total


@lru_cache(maxsize=500)
def _page_of(way: str, code: str, filters: Filters, asked: Asked, many: bool) -> Any:
    """The SELECT of one page, with one row more than it holds. Made once: making it takes as long as asking it."""
    order = ORDERS[way]
    return _rows(order.take(_POSITIONS[way](code, filters, many), asked, PAGE), falls=order.falls(asked))


def _count(code: str, filters: Filters) -> Count:
    """How many there are: of place, state and category up to FAR, from the indexes alone; of all else up to NEAR."""
    return count_to_cap(_counted(code, filters), FAR if _is_plain(filters) else NEAR, (code, filters))


@lru_cache(maxsize=500)
def _counted(code: str, filters: Filters) -> Any:
    """The SELECT of what is counted, in whatever order: each household once."""
    if filters.written:
        return _by_name(code, filters)
    if filters.order == "waiting":
        return (_by_waiting_near if len(code) > COUNTY else _by_waiting)(code, filters)
    if filters.asks_needs and len(code) <= COUNTY:
        return _by_need(code, filters)
    return _by_place(code, filters)


def _is_plain(filters: Filters) -> bool:
    return not (filters.written or filters.asks_needs or filters.order == "waiting")


def find_by_number(written: str, actor: Actor, today: date) -> Sequence[Line]:
    """The households in reach that have this number: identity, certificate, telephone or file, at most a page."""
    asked = {"blinds": keyring().blinds(written), "number": folded(written)}
    return _lines(read(_with_number(actor.area_code), asked), today)


@lru_cache(maxsize=500)
def _with_number(code: str) -> Any:
    """The SELECT of those with one of the blind indexes `blinds`, or the file number `number`. Made once."""
    blinds: BindParameter[str] = bindparam("blinds", expanding=True)
    here = _in_counties(NameKey.county_code, code)
    owners = [select(Member.household_id.label("id")).where(column.in_(blinds)) for column in (
        Member.identity_number_blind, Member.certificate_blind, Member.phone_blind)]
    owners.append(select(Household.id).where(Household.phone_blind.in_(blinds)))
    owners.append(select(NameKey.household_id).where(NameKey.term == bindparam("number"), NameKey.name == "", here))
    found = union(*owners).subquery()
    positions = select(Household.id, Household.area_code.label("first"), Household.id.label("second"),
                       null().label("found")).where(
        Household.id.in_(select(found.c.id)), within(Household.area_code, code), _is_live(Filters()))
    return _rows(positions.order_by(Household.area_code, Household.id).limit(PAGE), falls=False)


def _area(actor: Actor, filters: Filters) -> str:
    code = filters.area_code or actor.area_code
    if not actor.reaches(code) or len(code) not in CODE_LENGTHS or not (code.isascii() and code.isdigit()):
        raise NotThere
    return code


def _is_live(filters: Filters) -> ColumnElement[bool]:
    """Files that were put away (merged into another, for instance) are shown only when they are asked for."""
    return Household.status == filters.status if filters.status else Household.status != "archived"


def _conditions(filters: Filters, many: bool = True) -> list[ColumnElement[bool]]:
    """What the filters ask of a household besides its place.

    `many`: a good part of the households lack the help that is asked for, so that each is looked at as it comes;
    else the few are sought first.
    """
    conditions = [_is_live(filters)]
    if filters.category:
        conditions.append(Household.category == filters.category)
    if filters.asks_needs:
        conditions.append(exists().where(Need.household_id == Household.id, _really(_fits(filters))) if many
                          else Household.id.in_(select(Need.household_id).where(_fits(filters))))
    return conditions


def _fits(filters: Filters, need: Any = Need) -> ColumnElement[bool]:
    """What the filters ask of a need; when they ask nothing, that it still lacks something."""
    wanted = [in_state(filters.need_state, need)]
    if filters.help_type and filters.help_type != ANY:
        wanted.append(need.help_type == filters.help_type)
    if filters.reported_by:
        wanted.append(need.reported_on <= filters.reported_by)
    return and_(*wanted)


def _really(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same condition, told so that the database looks at one household's needs and not for all that fulfil it."""
    return case((condition, 1), else_=0) == 1


def _by_need(code: str, filters: Filters) -> Select[*tuple[Any, ...]]:
    """The households of a county with such a need, from the side of the needs."""
    return select(Need.household_id).distinct().where(
        _fits(filters), _is_one(Need.household_id, within(Household.area_code, code), *_conditions(filters.of_home)))


def _in_counties(column: Any, code: str) -> ColumnElement[bool]:
    """SQL condition: a county is that of an area, or one of those below it; as equality, so that indexes serve."""
    if len(code) >= 6:
        return column == code[:6]  # type: ignore[no-any-return]
    return column.in_(select(Area.code).where(Area.level == "county", within(Area.code, code)))  # type: ignore[no-any-return]


def _by_place(code: str, filters: Filters, many: bool = True) -> Select[*tuple[Any, ...]]:
    return select(Household.id, Household.area_code.label("first"), Household.id.label("second"),
                  null().label("found")).where(
        within(Household.area_code, code), *_conditions(filters, many or len(code) > COUNTY))


def _by_newest(code: str, filters: Filters, many: bool) -> Select[*tuple[Any, ...]]:
    """A county's newest are found along its index; a town's or village's few are sorted."""
    here = _in_counties(Household.county_code, code) if len(code) <= COUNTY else within(Household.area_code, code)
    return select(Household.id, Household.created_at.label("first"), Household.id.label("second"),
                  null().label("found")).where(here, *_conditions(filters, many or len(code) > COUNTY))


def _by_waiting(code: str, filters: Filters, _many: bool = True) -> Select[*tuple[Any, ...]]:
    """Each household once, at its oldest need of those asked for, along the index of the needs."""
    older = exists().where(
        Older.household_id == Need.household_id, _really(_fits(filters, Older)),
        or_(Older.reported_on < Need.reported_on, and_(Older.reported_on == Need.reported_on, Older.id < Need.id)))
    return select(Need.household_id.label("id"), Need.reported_on.label("first"), Need.household_id.label("second"),
                  null().label("found")).where(
        _fits(filters), ~older,
        _is_one(Need.household_id, within(Household.area_code, code), *_conditions(filters.of_home)))


def _is_one(household_id: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """SQL condition: this household fulfils the conditions. No join: the database would turn the walk around."""
    return exists().where(Household.id == household_id, *conditions)


def _by_waiting_near(code: str, filters: Filters, _many: bool = True) -> Select[*tuple[Any, ...]]:
    """The same for a town or village, which is a small part of all needs: its households are looked at, and sorted."""
    since = select(func.min(case((_fits(filters), Need.reported_on)))).where(
        Need.household_id == Household.id).scalar_subquery()
    homes = select(Household.id.label("household_id"), since.label("since")).where(
        within(Household.area_code, code), *_conditions(filters.of_home)
    ).subquery()
    return select(homes.c.household_id.label("id"), homes.c.since.label("first"),
                  homes.c.household_id.label("second"), null().label("found")).where(homes.c.since.is_not(None))


def _by_name(code: str, filters: Filters, _many: bool = True) -> Select[*tuple[Any, ...]]:
    """Each household once, at the first of its words that begin with what is written: the exact one if it has it."""
    begins = folded(filters.written)
    ends = begins + LAST_LETTER
    earlier = exists().where(Earlier.household_id == NameKey.household_id, Earlier.term >= begins,
                             Earlier.term < NameKey.term)
    statement = select(NameKey.household_id.label("id"), NameKey.term.label("first"),
                       NameKey.household_id.label("second"), NameKey.name.label("found")).where(
        _in_counties(NameKey.county_code, code), NameKey.term >= begins, NameKey.term < ends,
        within(NameKey.area_code, code), ~earlier)
    if filters.asks_needs or filters.category or filters.status:
        statement = statement.where(_is_one(NameKey.household_id, *_conditions(filters)))
    return statement


_POSITIONS: dict[str, Callable[[str, Filters, bool], Any]] = {
    "place": _by_place, "newest": _by_newest, "waiting": _by_waiting, "waiting_near": _by_waiting_near,
    "name": _by_name}


def _name_position(asked: Asked, begins: str) -> Asked:
    """Where a file stands among those found by name: the address says the file, its word is looked up."""
    given = read_position(asked.before or asked.after)
    try:
        household_id = whole(given[0]) if len(given) == 1 else 0
    except ValueError:
        household_id = 0
    term = household_id and db.session.scalar(select(func.min(NameKey.term)).where(
        NameKey.household_id == household_id, NameKey.term >= begins, NameKey.term < begins + LAST_LETTER))
    if not term:
        return Asked()
    there = written_position([term, household_id])
    return Asked(before=there) if asked.before else Asked(after=there)


def _rows(positions: Any, *, falls: bool) -> Select[*tuple[Any, ...]]:
    """The SELECT of the chosen households with all that their lines show, in the order of their positions."""
    chosen = positions.subquery()
    people = select(func.count()).where(Member.household_id == Household.id).scalar_subquery()
    lacking = select(func.count()).where(Need.household_id == Household.id, still_open()).scalar_subquery()
    # Not a plain min(): SQLite would walk all needs by their day to find it.
    oldest = select(func.min(case((still_open(), Need.reported_on)))).where(
        Need.household_id == Household.id).scalar_subquery()
    ends = (chosen.c.first, chosen.c.second)
    return (
        select(Household.id, Household.number, Household.head_name, Household.area_code, Household.category,
               Household.status, people.label("members"), lacking.label("open_needs"), oldest.label("oldest"),
               chosen.c.first, chosen.c.second, chosen.c.found)
        .join(chosen, chosen.c.id == Household.id)
        .order_by(*(end.desc() if falls else end.asc() for end in ends)))


def _lines(rows: Sequence[Any], today: date) -> list[Line]:
    """Rows as a page shows them; names of official areas are remembered, others are one SELECT."""
    paths = places.area_paths({row.area_code for row in rows}, str(get_locale()))
    return [Line(row.id, row.number, row.head_name, row.area_code, paths[row.area_code], row.category, row.status,
                 row.members, row.open_needs, max((today - row.oldest).days, 0) if row.oldest else None,
                 row.found if row.found and row.found != row.head_name else "")
            for row in rows]

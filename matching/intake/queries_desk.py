"""The triage desk: reports in reach, the most urgent first, without a name, a number or a word of anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import get_locale
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import load_only

from matching.accounts.models import User
from matching.actor import Actor
from matching.clock import day_of
from matching.extensions import db
from matching.intake.models import OPEN, STATES, Report
from matching.keyset import Asked, Count, Key, Order, Page, count_to_cap, instant, whole
from matching.places.queries import area_paths, within

__all__ = ["GROUPS", "Filters", "Row", "counts_of", "desk"]

PAGE = 40
GROUPS = ("open", "late", "doubtful", *STATES)
"""What a list can show: all that is open, what is late, what waits for a look, or one state."""
URGENT_FIRST = Order(Key(Report.urgency, whole, falls=True), Key(Report.due_at, instant), Key(Report.id, whole))
NEWEST_FIRST = Order(Key(Report.closed_at, instant, falls=True), Key(Report.id, whole, falls=True))


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list shows: a group, one urgency (0: all), only the reader's own."""

    group: str = "open"
    urgency: int = 0
    is_mine: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One report as a list shows it. `days` since it was told; `step` is due by `due_at`; `joined`: told more often."""

    id: int
    kinds: list[str]
    place: str
    origin: str
    urgency: int
    state: str
    outcome: str
    step: str
    due_at: datetime | None
    days: int
    owner: str
    is_mine: bool
    is_late: bool
    is_doubtful: bool
    has_file: bool
    closed_at: datetime | None


def desk(actor: Actor, filters: Filters, asked: Asked, now: datetime) -> tuple[Page[Row], Count]:
    """A page of the reports in reach, and how many there are."""
    order = NEWEST_FIRST if filters.group == "closed" else URGENT_FIRST
    chosen = select(Report, User.name).join(User, User.id == Report.owner_id).options(load_only(
        Report.kinds, Report.area_code, Report.origin, Report.urgency, Report.state, Report.outcome, Report.step,
        Report.due_at, Report.created_at, Report.owner_id, Report.is_doubtful, Report.household_id, Report.closed_at)
    ).where(within(Report.area_code, actor.area_code), *_chosen(filters, actor, now))
    rows = db.session.execute(order.take(chosen, asked, PAGE)).all()
    places = area_paths({report.area_code for report, _owner in rows}, str(get_locale()))
    today = day_of(now)
    found = [Row(report.id, report.kinds, places[report.area_code], report.origin, report.urgency, report.state,
                 report.outcome, report.step, report.due_at, (today - day_of(report.created_at)).days, owner,
                 report.owner_id == actor.user_id, report.due_at is not None and report.due_at < now,
                 report.is_doubtful, report.household_id is not None, report.closed_at) for report, owner in rows]
    number = count_to_cap(select(Report.id).where(within(Report.area_code, actor.area_code),
                                                  *_chosen(filters, actor, now)))
    return order.page(found, asked, PAGE, lambda row: (
        (row.closed_at, row.id) if filters.group == "closed" else (row.urgency, row.due_at, row.id))), number


def counts_of(actor: Actor, now: datetime) -> Mapping[str, int]:
    """How many reports in reach are open, late, doubtful, and the reader's own: one SELECT."""
    groups = {name: and_(*_chosen(Filters(name), actor, now)) for name in ("open", "late", "doubtful")}
    groups["mine"] = and_(*_chosen(Filters("open", 0, True), actor, now))
    row = db.session.execute(select(*(func.count().filter(which).label(name) for name, which in groups.items()))
                             .select_from(Report).where(within(Report.area_code, actor.area_code),
                                                        Report.state.in_(OPEN))).one()
    return dict(zip(groups, row, strict=True))


def is_late(now: datetime) -> ColumnElement[bool]:
    """SQL condition: the day of what is due has passed."""
    return and_(Report.state.in_(OPEN), Report.due_at < now)


def _chosen(filters: Filters, actor: Actor, now: datetime) -> list[ColumnElement[bool]]:
    groups: dict[str, list[ColumnElement[bool]]] = {
        "open": [Report.state.in_(OPEN)], "late": [is_late(now)],
        "doubtful": [Report.state.in_(OPEN), Report.is_doubtful.is_(True)],
        "closed": [Report.state == "closed", Report.outcome != "joined"],
    }
    found = groups.get(filters.group, [Report.state == filters.group])
    if filters.urgency:
        found.append(Report.urgency == filters.urgency)
    if filters.is_mine:
        found.append(Report.owner_id == actor.user_id)
    return found

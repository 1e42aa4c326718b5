"""Reads of needs for their own page and for who confirms them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import Date, func, literal, or_, select

from matching import formatting
from matching.actor import Actor
from matching.extensions import db, read
from matching.households.models import Household, Need, TimelineEntry
from matching.households.queries_timeline import HELPED, Helper, event_words
from matching.households.service_details import details_of, rows
from matching.keyset import Asked, Count, Key, Order, Page, count_to_cap, whole
from matching.places import queries as places
from matching.places.queries import within
from matching.words import condition_word
from matching.words_needs import need_state_word

PAGE = 30
NEVER = date.max
URGENT_FIRST = Order(Key(Need.urgency, whole, falls=True),
                     Key(func.coalesce(Need.wanted_by, literal(NEVER, Date)), date.fromisoformat),
                     Key(Need.reported_on, date.fromisoformat), Key(Need.id, whole))
"""The most urgent needs first, of these the soonest wanted, of these the longest waiting."""
CHAIN = ("report", "confirm", "pair", "receive", "close")
"""The steps of a need's way, oldest first."""
NOW_AT = {"reported": 1, "verified": 2, "open": 2, "reopened": 2, "partly_paired": 2, "paired": 3, "fulfilled": 4,
          "closed": 5, "withdrawn": 0}
"""In each state, which step comes now."""
LATE = ("pairing.lapse", "pairing.dispute", "pairing.fail", "pairing.reopen")


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of a need: what, when, by whom, and the state it led to where it changed."""

    title: str
    at: datetime
    detail: str
    pairing_id: int | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Story:
    """What a need's page tells.

    `facts`: its details in words. `steps`: each step of the chain with done, now or next; none when it was
    withdrawn. `helpers`: who is on it. `events`: newest first. `waiting_days` since it was reported.
    """

    facts: Sequence[tuple[str, str]]
    steps: Sequence[tuple[str, str]]
    helpers: Sequence[Helper]
    events: Sequence[Happening]
    waiting_days: int


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """One need that waits for a second pair of eyes."""

    id: int
    help_type: str
    summary: str
    amount: str
    urgency: int
    wanted_by: date | None
    household: str
    place: str
    waited: str


def story(need: Need, today: date) -> Story:
    """All that the page of one need shows besides the need itself; one SELECT."""
    entries = db.session.scalars(select(TimelineEntry).where(
        TimelineEntry.household_id == need.household_id).order_by(TimelineEntry.id.desc())).all()
    mine = [entry for entry in entries
            if entry.data.get("need_id") == need.id or str(need.id) in (entry.data.get("needs") or {})]
    latest: dict[int, TimelineEntry] = {}
    for entry in mine:
        if entry.pairing_id is not None:
            latest.setdefault(entry.pairing_id, entry)
    helpers = [Helper(number, entry.data.get("organisation", ""), HELPED[entry.kind])
               for number, entry in sorted(latest.items()) if entry.kind in HELPED]
    facts = rows(need.help_type, details_of(need))
    about = [condition_word(code) for code in need.traits if code in ("over60", "under60", "female", "male")]
    if about:
        facts.append((_("是什么人"), ("、" if not formatting.english() else ", ").join(about)))
    states = [_state_after(need, entry) for entry in mine]
    events = [_happening(entry, state if state != before else "")
              for entry, state, before in zip(mine, states, [*states, ""][1:], strict=True)]
    return Story(facts, _steps(need), helpers, events, max((today - need.reported_on).days, 0))


def _steps(need: Need) -> list[tuple[str, str]]:
    at = NOW_AT[need.state]
    return [(step, "done" if place < at else "now" if place == at else "next")
            for place, step in enumerate(CHAIN)] if at else []


def _state_after(need: Need, entry: TimelineEntry) -> str:
    """In which state an event left the need; empty where it does not say (events of earlier days)."""
    data = entry.data
    state = data.get("state") if data.get("need_id") == need.id else (data.get("needs") or {}).get(str(need.id))
    return state or ""


def _happening(entry: TimelineEntry, state: str) -> Happening:
    data = entry.data
    said = [data.get("organisation", ""), data.get("reason", "") if entry.pairing_id else "",
            need_state_word(state) if state else "", entry.actor_name]
    return Happening(event_words(entry.kind, data), entry.at, " · ".join(filter(None, said)), entry.pairing_id,
                     entry.kind in LATE)


def to_confirm(actor: Actor, asked: Asked, today: date) -> tuple[Page[ToConfirm], Count]:
    """One page of the reported needs of verified households in reach that the actor may confirm, and how many."""
    wanted = [Need.status == "reported", Household.status == "verified", within(Household.area_code, actor.area_code),
              or_(Need.reported_by_id.is_(None), Need.reported_by_id != actor.user_id)]
    total = count_to_cap(select(Need.id).join(Need.household).where(*wanted))
    chosen = select(
        Need.id, Need.help_type, Need.summary, Need.quantity, Need.unit, Need.urgency, Need.wanted_by,
        Need.reported_on, Household.head_name, Household.area_code).join(Need.household).where(*wanted)
    page = URGENT_FIRST.page(read(URGENT_FIRST.take(chosen, asked, PAGE)), asked, PAGE, urgency_position)
    paths = places.area_paths({row.area_code for row in page.rows}, str(get_locale()))
    rows = [ToConfirm(row.id, row.help_type, row.summary, formatting.amount(row.quantity, row.unit), row.urgency,
                      row.wanted_by, _("%(name)s家", name=row.head_name), paths[row.area_code],
                      formatting.waited(max((today - row.reported_on).days, 0))) for row in page.rows]
    return Page(rows, page.before, page.after), total


def urgency_position(need: Any) -> tuple[int, date, date, int]:
    """Where a need stands in URGENT_FIRST."""
    return need.urgency, need.wanted_by or NEVER, need.reported_on, need.id

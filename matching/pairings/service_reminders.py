"""Reminding of follow-ups and of complaints, with the marks of `service_deadlines`: a word when one is due by tomorrow,
another when it is late, and after three more days one to the tier above.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from matching.accounts.models import User
from matching.actor import Role
from matching.clock import day_of
from matching.extensions import db
from matching.notices.queries import nearest_officers, officers_at
from matching.notices.service import tell_all
from matching.pairings.models_ledger import FollowUp
from matching.pairings.models_voice import Complaint
from matching.pairings.service_deadlines import mark

__all__ = ["UP_AFTER", "remind"]

UP_AFTER = timedelta(days=3)
"""So many days late, and the tier above hears."""
ABOVE: Mapping[str, tuple[Role, ...]] = {
    "community": (Role.TOWN, Role.COUNTY), "town": (Role.COUNTY,), "county": (Role.COUNTY,)}
PAGES = {"follow_ups": "/pairings/list-follow-ups", "complaints": "/pairings/list-complaints"}


def remind(now: datetime) -> int:
    """Remind of what is due by tomorrow, late, or late for long; each once. Returns how many rows were told of."""
    today, told = day_of(now), 0
    kinds: tuple[tuple[Any, ColumnElement[bool], Any, str], ...] = (
        (FollowUp, FollowUp.done_at.is_(None), FollowUp.assigned_id, "follow_ups"),
        (Complaint, Complaint.answered_at.is_(None), Complaint.answered_by_id, "complaints"))
    for model, open_ones, whose, name in kinds:
        levels: tuple[tuple[str, tuple[ColumnElement[bool], ...]], ...] = (
            ("up", (model.due_on < today - UP_AFTER, model.reminded != "up")),
            ("late", (model.due_on < today, model.reminded.in_(("", "soon")))),
            ("soon", (model.due_on.between(today, today + timedelta(days=1)), model.reminded == "")))
        for level, which in levels:
            rows = mark(model, level, open_ones, *which, tells=(model.area_code, whose))
            told += len(rows)
            _tell(f"{name}_{'due' if level == 'soon' else 'late'}", PAGES[name], level, rows, now)
    return told


def _tell(kind: str, path: str, level: str, rows: list[Any], now: datetime) -> None:
    """Each hears of all of a day's in one notice."""
    counts: Counter[int] = Counter()
    places: Counter[tuple[str, int | None]] = Counter((row[0], row[1]) for row in rows)
    for (area_code, assigned_id), many in sorted(places.items(), key=str):
        for user_id in _hearers(area_code, assigned_id, level):
            counts[user_id] += many
    for user_id, many in sorted(counts.items()):
        tell_all([user_id], kind, {"count": many, "path": path}, now, key=f"{level}:{day_of(now)}")


def _hearers(area_code: str, assigned_id: int | None, level: str) -> set[int]:
    """Who is to look, else the nearest officers; of what is late both, and when nothing happens who stands above."""
    nearest = set(nearest_officers(area_code))
    if level == "soon":
        return {assigned_id} if assigned_id is not None else nearest
    found = nearest | ({assigned_id} if assigned_id is not None else set())
    return found | _above(area_code, nearest) if level == "up" else found


def _above(area_code: str, nearest: set[int]) -> set[int]:
    """The officers of the first tier above the nearest that has any."""
    tiers = set(db.session.scalars(select(User.role).where(User.id.in_(nearest))))
    for role in ABOVE.get(next(iter(tiers), "county"), ()):
        if above := set(db.session.scalars(officers_at(area_code, role).where(User.is_enabled))):
            return above
    return set()

"""What became of the reports that somebody made: where each stands, and nothing of any file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import get_locale
from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from matching.actor import Actor
from matching.extensions import db
from matching.intake.models import Report
from matching.keyset import Asked, Key, Order, Page, whole
from matching.places.queries import area_paths

__all__ = ["Mine", "became", "my_reports"]

PAGE = 40
NEWEST_FIRST = Order(Key(Report.id, whole, falls=True))


@dataclass(frozen=True, slots=True)
class Mine:
    """One report of one's own: what and where it was, and where it (or the one it was joined to) stands."""

    id: int
    kinds: list[str]
    place: str
    created_at: datetime
    state: str
    outcome: str
    due_at: datetime | None


def my_reports(actor: Actor, asked: Asked) -> Page[Mine]:
    """A page of the actor's own reports, newest first."""
    first = aliased(Report)
    rows = db.session.execute(NEWEST_FIRST.take(
        select(Report, first.state, first.outcome, first.due_at).outerjoin(first, first.id == Report.joined_to_id)
        .where(Report.reporter_id == actor.user_id), asked, PAGE)).all()
    places = area_paths({report.area_code for report, *_rest in rows}, str(get_locale()))
    mine = [Mine(report.id, report.kinds, places[report.area_code], report.created_at, state or report.state,
                 outcome if state else report.outcome, due_at if state else report.due_at)
            for report, state, outcome, due_at in rows]
    return NEWEST_FIRST.page(mine, asked, PAGE, lambda row: (row.id,))


def became(actor: Actor) -> Mapping[str, int]:
    """How many of the actor's reports there are, have led to help, and wait for it; each joined one as its first."""
    first = aliased(Report)
    state, outcome = func.coalesce(first.state, Report.state), func.coalesce(first.outcome, Report.outcome)
    total, open_ones, helped = db.session.execute(
        select(func.count(), func.sum(case((state.in_(("closed", "helping")), 0), else_=1)),
               func.sum(case(((outcome == "helped") | (state == "helping"), 1), else_=0)))
        .select_from(Report).outerjoin(first, first.id == Report.joined_to_id)
        .where(Report.reporter_id == actor.user_id)).one()
    return {"total": total, "open": open_ones or 0, "helped": helped or 0}

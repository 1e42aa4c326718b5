"""Asking: the same trouble told twice is one case, with a code for each who told it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from matching.actor import Actor, Role
from matching.crypto import keyring
from matching.extensions import db
from matching.intake import service_news as news
from matching.intake.models import Report
from matching.intake.service import Facts, add_step, close, due_next_day, plan_visit, receive
from matching.intake.service_files import Kept, attach
from matching.places.queries import ancestors, hold_county

__all__ = ["SAME_WITHIN", "ask", "first_of", "origin_of"]

SAME_WITHIN = timedelta(days=7)
"""The same phone and place within so many days is the same trouble."""
_BY_ROLE = {Role.INFORMANT: "informant", Role.SOCIALWORKER: "socialworker", Role.DEPARTMENT: "department",
            Role.COUNTY: "officer", Role.TOWN: "officer", Role.COMMUNITY: "officer"}


def origin_of(actor: Actor | None, is_for_other: bool) -> str:
    """Which source a report counts for."""
    if actor is not None and actor.role in _BY_ROLE:
        return _BY_ROLE[actor.role]
    return "neighbour" if is_for_other else "self"


def ask(facts: Facts, files: Sequence[Kept], actor: Actor | None, now: datetime, *,
        is_doubtful: bool = False) -> Report:
    """Take what somebody asks; when the same phone asked from the same place before, join it to that report.

    The second teller has a code of its own, which follows the first report; what it adds stands there. Raises
    Invalid as `receive` and `attach` do; then nothing is written.
    """
    # Of two who tell the same at once the second waits here and then sees the first.
    hold_county(facts.area_code)
    first = _told_before(facts, now)
    if first is not None and not _held_open(first, now):
        first = None  # an officer closed it this very moment: what is told now must not end with it
    household = actor.household_id if actor is not None and facts.origin == "self" else None
    report = receive(facts, actor, now, household_id=household, is_doubtful=is_doubtful, sends_out=first is None)
    attach(report, files, now)
    if first is not None:
        if first.is_doubtful and not is_doubtful:
            _believe(first, actor, now)
        close(report, "joined", actor, now, joined_to_id=first.id)
        add_step(first, "add", None, now, note=facts.words, data={"report": report.id, "files": len(files)})
        first.kinds = [*first.kinds, *(kind for kind in report.kinds if kind not in first.kinds)]
        first.urgency = max(first.urgency, report.urgency)
        news.tell_joined(first, actor, now)
        news.tell_added(first, now)
    return report


def first_of(report: Report) -> Report:
    """The report that a joined one follows; else itself."""
    seen: set[int] = set()
    while report.joined_to_id is not None and report.id not in seen:
        seen.add(report.id)
        report = db.session.get_one(Report, report.joined_to_id)
    return report


def _held_open(first: Report, now: datetime) -> bool:
    """Whether a report is still open; who closes it from now on waits for this telling and sees it."""
    held = db.session.execute(update(Report).where(Report.id == first.id, Report.state != "closed")
                              .values(changed_at=now).execution_options(synchronize_session=False))
    db.session.refresh(first)
    return held.rowcount == 1  # type: ignore[attr-defined,no-any-return]


def _believe(first: Report, actor: Actor | None, now: datetime) -> None:
    """Somebody who is no machine tells what one told before under the same telephone: now somebody sets out."""
    first.is_doubtful, first.due_at, first.alarm = False, due_next_day(now), ""
    plan_visit(first, first.owner_id, now)
    news.received(first, actor, now)


def _told_before(facts: Facts, now: datetime) -> Report | None:
    """An open report of the same phone and place, not older than `SAME_WITHIN`."""
    if not facts.phone:
        return None
    here = facts.area_code
    same_place = or_(Report.area_code.startswith(here), Report.area_code.in_(ancestors(here)))
    return db.session.scalars(select(Report).where(
        Report.phone_blind.in_(keyring().blinds(facts.phone)), same_place, Report.state != "closed",
        Report.created_at > now - SAME_WITHIN).order_by(Report.id).limit(1)).one_or_none()

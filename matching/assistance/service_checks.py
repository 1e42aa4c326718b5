"""Checks of an area in the background: asked for, claimed, worked batch by batch, finished or stopped.

`jobs_gaps` works them. What a check has found shows only once it is done; a check that is stopped, or that fails,
leaves nothing behind and the last one stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, delete, insert, or_, select, update

from matching.actor import Actor
from matching.assistance.models import Gap, GapCheck
from matching.assistance.service_gaps import Finding, count_homes
from matching.audit.service import record
from matching.errors import Invalid
from matching.extensions import db
from matching.notices.service import tell
from matching.places.models import Area

__all__ = ["advance", "ask_check", "cancel", "claim", "finish", "mark_failed", "next_waiting"]

SILENCE = timedelta(minutes=2)
"""A check that has said nothing for so long was left behind by a process that died."""


def ask_check(area_code: str, on: date, actor: Actor | None, now: datetime,
              proposal: dict[str, Any] | None = None) -> GapCheck:
    """Ask for a check of a county or an area in it; the scheduler works it within seconds.

    A check of the same area and day that still waits is returned instead of a second one. Raises Invalid for an area
    that is wider than a county or not there.
    """
    if len(area_code) < 6 or db.session.get(Area, area_code) is None:
        raise Invalid(_("按县、镇或村来查，请给出区县以下的地区代码。"))
    waiting = db.session.scalar(select(GapCheck).where(
        GapCheck.area_code == area_code, GapCheck.state == "waiting", GapCheck.reckoned_on == on,
        GapCheck.asked_by_id == (actor.user_id if actor else None)).order_by(GapCheck.id))
    if waiting is not None and proposal is None and waiting.proposal is None:
        return waiting
    check = GapCheck(area_code=area_code, reckoned_on=on, asked_at=now, proposal=proposal,
                     asked_by_id=actor.user_id if actor else None)
    db.session.add(check)
    db.session.flush()
    record(actor, "gap_check.ask", now, object_type="gap_check", object_id=check.id, area_code=area_code,
           changes={"on": on.isoformat(), "policy": (proposal or {}).get("policy", "")})
    return check


def _free(now: datetime) -> ColumnElement[bool]:
    """SQL condition: a check that waits, or whose process has died."""
    return or_(GapCheck.state == "waiting", and_(GapCheck.state == "running", GapCheck.seen_at < now - SILENCE))


def next_waiting(now: datetime) -> int | None:
    """The oldest check that waits or was left behind; None when there is none."""
    return db.session.scalar(select(GapCheck.id).where(_free(now)).order_by(GapCheck.id).limit(1))


def claim(check_id: int, now: datetime) -> bool:
    """Claim a waiting or left-behind check; of several processes one gets True. What it had found is forgotten."""
    claimed = db.session.execute(
        update(GapCheck).where(GapCheck.id == check_id, _free(now))
        .values(state="running", started_at=now, seen_at=now, done=0).execution_options(synchronize_session=False))
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        return False
    area_code = db.session.scalars(select(GapCheck.area_code).where(GapCheck.id == check_id)).one()
    db.session.execute(update(GapCheck).where(GapCheck.id == check_id).values(total=count_homes(area_code)))
    db.session.execute(delete(Gap).where(Gap.gap_check_id == check_id))
    return True


def advance(check_id: int, found: Sequence[Finding], done: int, now: datetime) -> bool:
    """Keep what a batch brought and how far the check is; False when it was stopped meanwhile, nothing is kept then."""
    if not _still(check_id, done=done, seen_at=now):
        return False
    rows = [{"gap_check_id": check_id, "household_id": finding.household_id, "area_code": finding.area_code,
             "kind": finding.kind, "policy": finding.policy, "subject": finding.subject,
             "person_name": finding.person_name, "amount_fen": finding.amount_fen, "per": finding.per,
             "why": finding.why, "facts": dict(finding.facts)} for finding in found]
    if rows:
        db.session.execute(insert(Gap), rows)
    return True


def finish(check_id: int, report: dict[str, Any], now: datetime) -> bool:
    """Close a working check with its figures; False when it was stopped meanwhile."""
    if not _still(check_id, state="done", finished_at=now, seen_at=now, report=report):
        return False
    check = db.session.get_one(GapCheck, check_id)
    record(None, "gap_check.done", now, object_type="gap_check", object_id=check_id, area_code=check.area_code,
           changes={name: value for name, value in report.items() if isinstance(value, int)})
    _tell(check, "check_done", now)
    return True


def mark_failed(check_id: int, now: datetime, kind: str) -> None:
    """Give a check up after a fault of a kind; what it had found is forgotten."""
    if _still(check_id, state="failed", finished_at=now, report={"fault": kind}):
        db.session.execute(delete(Gap).where(Gap.gap_check_id == check_id))
        _tell(db.session.get_one(GapCheck, check_id), "check_failed", now)


def cancel(check: GapCheck, actor: Actor, now: datetime) -> bool:
    """Stop a check that waits or works; False when it had ended already."""
    stopped = db.session.execute(
        update(GapCheck).where(GapCheck.id == check.id, GapCheck.state.in_(("waiting", "running")))
        .values(state="cancelled", finished_at=now).execution_options(synchronize_session=False))
    if stopped.rowcount != 1:  # type: ignore[attr-defined]
        return False
    db.session.execute(delete(Gap).where(Gap.gap_check_id == check.id))
    db.session.refresh(check)
    record(actor, "gap_check.cancel", now, object_type="gap_check", object_id=check.id, area_code=check.area_code)
    return True


def _tell(check: GapCheck, kind: str, now: datetime) -> None:
    """Tell whoever asked for a check how it ended; the nightly ones were asked for by nobody."""
    if check.asked_by_id:
        tell(check.asked_by_id, kind, {"path": f"/assistance/{check.id}/show-gap-check"}, now, key=f"{check.id}")


def _still(check_id: int, **values: Any) -> bool:
    """Change a check if it is still being worked; of a worker and whoever stops it one is first."""
    changed = db.session.execute(update(GapCheck).where(GapCheck.id == check_id, GapCheck.state == "running")
                                 .values(**values).execution_options(synchronize_session=False))
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]

"""Who is the first asked: an officer of the lowest tier of a place, so that no report is ever without an owner."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select, update

from matching.accounts.models import User
from matching.actor import OFFICERS, Role
from matching.errors import Invalid
from matching.extensions import db
from matching.intake.models import OPEN, Report
from matching.intake.models_work import Task
from matching.places.queries import ancestors

__all__ = ["TIERS", "ensure_owner", "first_asked", "give", "heir", "served_counties", "stands",
           "wider"]

TIERS: dict[int, Role] = {12: Role.COMMUNITY, 9: Role.TOWN, 6: Role.COUNTY}
"""Which officers hold the reports of an area, by the length of its code; the lowest first."""


def first_asked(area_code: str, *, above: str = "", digits: int = 12) -> User:
    """The enabled officer of the lowest tier of a place with the fewest open reports; of equals the oldest account.

    `above`: only tiers wider than this area, for handing a report up; `digits`: none of a longer code. Raises
    Invalid (field `place`) when not even the county has an officer here.
    """
    tiers = [(code, TIERS[len(code)]) for code in ancestors(area_code)
             if len(code) in TIERS and len(code) <= digits and (not above or len(code) < len(above))]
    burden = (select(func.count()).select_from(Report).where(Report.owner_id == User.id, Report.state.in_(OPEN))
              .correlate(User).scalar_subquery())
    found = db.session.scalars(
        select(User).where(User.is_enabled, or_(*(
            and_(User.area_code == code, User.role == role) for code, role in tiers)))
        .order_by(func.length(User.area_code).desc(), burden, User.id).limit(1)).one_or_none() if tiers else None
    if found is None:
        raise Invalid(_("这个地方还没有用上这个网站。请打 12345，或者找当地的民政办。"), "place")
    return found


def served_counties() -> list[str]:
    """Codes of the counties that have an officer here: from elsewhere nobody could come."""
    return list(db.session.scalars(select(User.area_code).where(
        User.is_enabled, User.role == Role.COUNTY, User.area_code.is_not(None)).distinct().order_by(User.area_code)))


def give(report: Report, owner: User, now: datetime) -> bool:
    """An officer answers for a report from now on, with the visits of who did before; False when it was quicker given.

    The desk is the officer's own area.
    """
    before_id = report.owner_id
    changed = db.session.execute(
        update(Report).where(Report.id == report.id, Report.owner_id == before_id, Report.state != "closed")
        .values(owner_id=owner.id, desk_code=owner.area_code, changed_at=now)
        .execution_options(synchronize_session=False))
    db.session.refresh(report)
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        return False
    db.session.execute(update(Task).where(
        Task.report_id == report.id, Task.assigned_id == before_id, Task.done_at.is_(None))
        .values(assigned_id=owner.id, alarm=""))
    return True


def wider(report: Report) -> User | None:
    """Who of the tiers above would take a report that goes up; None at the top."""
    try:
        return first_asked(report.area_code, above=report.desk_code)
    except Invalid:
        return None


def heir(report: Report) -> User:
    """Who takes a report whose owner is gone: its own tier, else a wider one, else whoever is there.

    Raises Invalid when no officer is left.
    """
    try:
        return first_asked(report.area_code, digits=len(report.desk_code))
    except Invalid:
        return first_asked(report.area_code)


def stands(owner: User | None, report: Report) -> bool:
    """Whether somebody can answer for a report: an enabled officer whose area holds its place."""
    return bool(owner and owner.is_enabled and owner.role in OFFICERS and owner.area_code
                and report.area_code.startswith(owner.area_code))


def ensure_owner(report: Report, now: datetime) -> bool:
    """See to it that who answers for a report can; True when another has to. Raises Invalid when nobody is left."""
    if stands(db.session.get(User, report.owner_id), report):
        return False
    return give(report, heir(report), now)

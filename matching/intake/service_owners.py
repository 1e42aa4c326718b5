"""Who is the first asked: an officer of the lowest tier of a place, so that no report is ever without an owner."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select

from matching.accounts.models import User
from matching.actor import Role
from matching.errors import Invalid
from matching.extensions import db
from matching.intake.models import OPEN, Report
from matching.places.queries import ancestors

__all__ = ["TIERS", "first_asked", "served_counties"]

TIERS: dict[int, Role] = {12: Role.COMMUNITY, 9: Role.TOWN, 6: Role.COUNTY}
"""Which officers hold the reports of an area, by the length of its code; the lowest first."""


def first_asked(area_code: str, *, above: str = "") -> User:
    """The enabled officer of the lowest tier of a place with the fewest open reports; of equals the oldest account.

    `above`: only tiers wider than this area, for handing a report up. Raises Invalid (field `place`) when not
    even the county has an officer here.
    """
    tiers = [(code, TIERS[len(code)]) for code in ancestors(area_code)
             if len(code) in TIERS and (not above or len(code) < len(above))]
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

"""Reads of organisations, always within what the reader may know."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select

from matching.accounts.models import User
from matching.actor import Actor, Right
from matching.errors import NotThere
from matching.extensions import db
from matching.keyset import Asked, Key, Order, Page, plain, whole
from matching.organisations.models import Membership, Organisation
from matching.places.queries import county_of, within

PAGE = 40
MEMBERS_SHOWN = 20


ORDER = Order(Key(case((Organisation.status == "waiting", 0), else_=1), whole), Key(Organisation.name, plain),
              Key(Organisation.id, whole))
"""Those that wait for a yes first, then by name."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a county's organisations, how many there are, and how many of each status."""

    page: Page[Organisation]
    total: int
    counts: dict[str, int]


def organisation_or_404(organisation_id: int, actor: Actor) -> Organisation:
    """An organisation that the actor may know: its own, or one registered in the actor's area or county.

    NotThere when it is missing or out of reach: the same answer.
    """
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None or not _may_know(actor, organisation):
        raise NotThere
    return organisation


def list_organisations(actor: Actor, status: str, kind: str, asked: Asked) -> Listed:
    """A page of the organisations registered in the actor's area, those that wait for a yes first."""
    here = within(Organisation.area_code, actor.area_code)
    chosen = [here]
    if kind:
        chosen.append(Organisation.kind == kind)
    counts: dict[str, int] = dict(db.session.execute(
        select(Organisation.status, func.count()).where(*chosen).group_by(Organisation.status)).all())
    if status:
        chosen.append(Organisation.status == status)
    rows = db.session.scalars(ORDER.take(select(Organisation).where(*chosen), asked, PAGE)).all()
    page = ORDER.page(rows, asked, PAGE, lambda row: (int(row.status != "waiting"), row.name, row.id))
    return Listed(page, counts.get(status, 0) if status else sum(counts.values()), counts)


def members_of(organisation: Organisation) -> list[User]:
    """Who signs in for an organisation, the first twenty by name."""
    return list(db.session.scalars(
        select(User).join(Membership, Membership.user_id == User.id).order_by(User.name).limit(MEMBERS_SHOWN)
        .where(Membership.organisation_id == organisation.id, User.is_enabled)))


def _may_know(actor: Actor, organisation: Organisation) -> bool:
    if actor.organisation_id == organisation.id:
        return True
    if not (actor.may(Right.VET_ORGANISATIONS) or actor.may(Right.READ_OFFERS)):
        return False
    county = county_of(actor.area_code)
    return actor.reaches(organisation.area_code) or (bool(county) and organisation.area_code.startswith(county))

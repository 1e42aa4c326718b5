"""Who stands in for an absent officer, and who keeps away from a household that is its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from matching.accounts.models import User
from matching.actor import Actor, Role
from matching.assistance.models_approvals import TIES, Recusal, Substitute
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import Conflict, Invalid, NotAllowed
from matching.extensions import db
from matching.households.models import Household, HouseholdAccount
from matching.households.service import add_to_timeline
from matching.places.queries import within

__all__ = ["approvers", "declare_tie", "end_substitute", "in_force", "is_kin", "name_substitute", "reaches",
           "standing_in", "substitutes_of"]

LONGEST_DAYS = 366
SIGNERS = (Role.TOWN, Role.COUNTY)
SHOWN = 60


def approvers(county_code: str) -> Sequence[User]:
    """The officers of a county who sign, those of the county first."""
    return db.session.scalars(select(User).where(
        User.role.in_(SIGNERS), User.is_enabled, within(User.area_code, county_code))
        .order_by(func.length(User.area_code), User.area_code, User.id)).all()


def name_substitute(absent_id: int, substitute_id: int, starts_on: date, until: date, why: str, actor: Actor,
                    now: datetime) -> Substitute:
    """Let one officer sign for another from one day to another, both included.

    An officer names its own substitute; the county may also name one for a town that cannot. What the county signs is
    only passed on within the county's own officers. Raises Invalid (field named) for what cannot be, NotAllowed for
    somebody else's absence.
    """
    people = {user.id: user for user in approvers(actor.area_code[:6])}
    absent, other = people.get(absent_id), people.get(substitute_id)
    if absent is None or other is None:
        raise Invalid(_("请从列表里选一个。"), "absent_id" if absent is None else "substitute_id")
    if absent.id != actor.user_id and actor.role is not Role.COUNTY:
        raise NotAllowed(_("只能给自己找人代班。"))
    if absent.id == other.id:
        raise Invalid(_("要选另外一个人。"), "substitute_id")
    if absent.role == Role.COUNTY and other.role != Role.COUNTY:
        raise Invalid(_("区县的审批只能由区县的同事代。"), "substitute_id")
    if until < max(starts_on, day_of(now)):
        raise Invalid(_("结束的日子不能早于开始的日子，也不能是过去。"), "until")
    if (until - starts_on).days > LONGEST_DAYS:
        raise Invalid(_("一次最多代一年。"), "until")
    named = Substitute(
        absent_id=absent.id, absent_name=absent.name, substitute_id=other.id, substitute_name=other.name,
        area_code=absent.area_code, tier=absent.role, starts_on=starts_on, until=until, why=why,
        named_by_name=actor.name, named_at=now)
    db.session.add(named)
    db.session.flush()
    record(actor, "substitute.name", now, object_type="substitute", object_id=named.id, area_code=named.area_code,
           changes={"absent": absent.id, "substitute": other.id})
    return named


def end_substitute(named: Substitute, actor: Actor, now: datetime) -> None:
    """The absent officer is back before the day. Raises NotAllowed for somebody else's, Conflict when it has ended."""
    if named.absent_id != actor.user_id and actor.role is not Role.COUNTY:
        raise NotAllowed(_("只能给自己找人代班。"))
    ended = db.session.execute(update(Substitute).where(
        Substitute.id == named.id, Substitute.ended_on.is_(None), Substitute.until >= day_of(now))
        .values(ended_on=day_of(now)).execution_options(synchronize_session=False))
    db.session.refresh(named)
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这次代班已经结束了。"))
    record(actor, "substitute.end", now, object_type="substitute", object_id=named.id, area_code=named.area_code)


def in_force(today: date) -> ColumnElement[bool]:
    """SQL condition: somebody stands in for somebody on a day. Ended early, the day of the end no longer counts."""
    return and_(Substitute.starts_on <= today, Substitute.until >= today,
                or_(Substitute.ended_on.is_(None), Substitute.ended_on > today))


def standing_in(actor: Actor, today: date) -> Sequence[Substitute]:
    """For whom an officer signs on a day."""
    return db.session.scalars(select(Substitute).where(
        Substitute.substitute_id == actor.user_id, in_force(today)).order_by(Substitute.id)).all()


def reaches(actor: Actor, area_code: str, today: date) -> bool:
    """Whether an area lies in an officer's own reach, or in that of somebody for whom it signs on a day."""
    return actor.reaches(area_code) or any(area_code.startswith(one.area_code) for one in standing_in(actor, today))


def substitutes_of(actor: Actor) -> Sequence[Substitute]:
    """Who stood, stands or will stand in for whom in an officer's reach, or with it; the newest first."""
    return db.session.scalars(select(Substitute).where(or_(
        within(Substitute.area_code, actor.area_code), Substitute.substitute_id == actor.user_id,
        Substitute.absent_id == actor.user_id)).order_by(Substitute.starts_on.desc(), Substitute.id.desc())
        .limit(SHOWN)).all()


def declare_tie(household: Household, tie: str, actor: Actor, now: datetime) -> Recusal:
    """Keep away from a household, for one of the reasons `TIES`: from now on the actor decides nothing about it.

    Nobody takes that back for itself. Raises Conflict when it was said before.
    """
    if tie not in TIES:
        raise ValueError(f"no such tie: {tie!r}")
    if db.session.scalar(select(Recusal.id).where(
            Recusal.user_id == actor.user_id, Recusal.household_id == household.id)):
        raise Conflict(_("您已经说过要回避这一家。"))
    said = Recusal(user_id=actor.user_id, user_name=actor.name, household_id=household.id, tie=tie, declared_at=now)
    db.session.add(said)
    db.session.flush()
    add_to_timeline(household.id, "grant.recuse", actor, now)
    record(actor, "grant.recuse", now, object_type="household", object_id=household.id, household_id=household.id,
           area_code=household.area_code, changes={"tie": tie})
    return said


def is_kin(user_id: int, household_id: int) -> bool:
    """Whether a household is a person's own, by its account, or one that it keeps away from."""
    return bool(db.session.scalar(select(or_(
        exists().where(Recusal.user_id == user_id, Recusal.household_id == household_id),
        exists().where(HouseholdAccount.user_id == user_id, HouseholdAccount.household_id == household_id)))))

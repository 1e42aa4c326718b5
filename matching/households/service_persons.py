"""One person who stands in two files: the officer says to which household the person belongs."""

from __future__ import annotations

import secrets
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import update

from matching.actor import Actor
from matching.audit.service import record
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.households.models import Household, Member
from matching.households.models_doubles import HouseholdMerge
from matching.households.service import add_to_timeline
from matching.households.service_doubles import LEARNT_OF_PEOPLE, end, learn, unlearn
from matching.households.service_names import key_files

__all__ = ["settle_person", "undo_settling"]


def settle_person(stays: Member, goes: Member, actor: Actor, now: datetime) -> HouseholdMerge:
    """Take the entry `goes` out of its file, since the person lives where `stays` stands; nothing of it is lost.

    The entry is kept in an archived file of its own until the settling is undone. Raises Invalid for the head of a
    file, Conflict when somebody has moved the entry meanwhile.
    """
    home, left = stays.household, goes.household
    _check(home, left, goes)
    learnt = learn(stays, goes, LEARNT_OF_PEOPLE, actor, now)
    shelf = Household(number=f"ZC-{goes.id}-{secrets.token_hex(6)}", county_code=left.county_code,
                      area_code=left.area_code, head_name=goes.name, status="archived", created_at=now, updated_at=now)
    db.session.add(shelf)
    db.session.flush()
    _move(goes, left, shelf)
    merge = HouseholdMerge(kind="person", kept_id=home.id, dropped_id=shelf.id, from_id=left.id, person=goes.name,
                           area_code=home.area_code, made_at=now, made_by_id=actor.user_id, made_by_name=actor.name,
                           moved={"member": goes.id, "stays": stays.id, "learnt": learnt})
    db.session.add(merge)
    db.session.flush()
    _record("member.settle", home, left, actor, now)
    return merge


def undo_settling(merge: HouseholdMerge, actor: Actor, now: datetime) -> None:
    """Put the entry back into the file from which it came. Raises Conflict when that file or the entry is gone."""
    if merge.kind != "person":
        raise ValueError("not about a person")
    home, shelf = end(merge, actor, now)
    left, goes = db.session.get(Household, merge.from_id or 0), db.session.get(Member, merge.moved["member"])
    if left is None or goes is None or left.status == "archived":
        raise Conflict(_("原来的那份档案已经不在了，不能撤回。"))
    if (stays := db.session.get(Member, merge.moved["stays"])) is not None:
        unlearn(stays, goes, merge.moved["learnt"], actor, now)
        db.session.flush()
    _move(goes, shelf, left)
    db.session.delete(shelf)
    db.session.flush()
    _record("member.unsettle", home, left, actor, now)


def _check(home: Household, left: Household, goes: Member) -> None:
    if home.id == left.id or home.county_code != left.county_code or "archived" in (home.status, left.status):
        raise Invalid(_("这两份档案不能这样办。"))
    if len(left.members) == 1:
        raise Invalid(_("那一户只有这一个人，请把两份档案并成一份。"))
    if goes.name == left.head_name:
        raise Invalid(_("这个人是那一户的户主。请先把那一户的户主改成别人，再来说他属于哪一户。"))


def _move(member: Member, out: Household, into: Household) -> None:
    """Move one entry by a conditional UPDATE: of two officers who move it, one hears that it is gone."""
    moved = db.session.scalar(
        update(Member).where(Member.id == member.id, Member.household_id == out.id)
        .values(household_id=into.id).returning(Member.id), execution_options={"synchronize_session": False})
    if moved is None:
        raise Conflict(_("刚才有人已经动过这个人的登记。请回到名单，看看现在的样子。"))
    ids = (out.id, into.id)
    db.session.expire_all()
    key_files(ids)


def _record(action: str, home: Household, left: Household, actor: Actor, now: datetime) -> None:
    """One entry in each story and one in the log for each file."""
    for mine, theirs in ((home, left), (left, home)):
        add_to_timeline(mine.id, action, actor, now, number=theirs.number)
        record(actor, action, now, object_type="household", object_id=mine.id, household_id=mine.id,
               area_code=mine.area_code, changes={"with": theirs.id})

"""Archiving a file, and erasing one: all that is known of a household goes, the audit log keeps that it went.

`matching.pairings.service_erasure` asks first whether help is under way, and removes the pairings.
"""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import delete, select

from matching.accounts import service as accounts
from matching.actor import Actor, Role
from matching.audit import service as audit
from matching.clock import day_of
from matching.errors import Conflict
from matching.extensions import db
from matching.households.models import Household, HouseholdAccount
from matching.households.models_doubles import HouseholdMerge
from matching.households.models_erasure import Erasure
from matching.households.models_papers import Paper
from matching.households.service import add_to_timeline
from matching.households.service_changes import keep, state
from matching.households.service_names import key_files
from matching.notices.queries import officers_at
from matching.notices.service import tell_all

__all__ = ["archive", "ask_erasure", "due_for_erasure", "erase", "erasure_of", "file_ids", "keep_file",
           "unarchive"]


def archive(household: Household, actor: Actor, now: datetime) -> None:
    """Put a file away: it is no longer paired, and its retention begins. Raises Conflict when it is archived."""
    if household.status == "archived":
        raise Conflict(_("这份档案已经归档了。"))
    _move(household, "archived", day_of(now), "household.archived", actor, now)


def unarchive(household: Household, actor: Actor, now: datetime) -> None:
    """Take a file out again; it has to be verified anew. Raises Conflict when it is not archived."""
    if household.status != "archived":
        raise Conflict(_("这份档案没有归档。"))
    _move(household, "reported", None, "household.reopened", actor, now)


def ask_erasure(household: Household, reason: str, actor: Actor, now: datetime) -> Erasure:
    """Ask for a file to be erased; another person says yes or no. Raises Conflict when somebody has asked already."""
    if erasure_of(household.id) is not None:
        raise Conflict(_("已经有人提出删除这份档案，等另一个人同意。"))
    asked = Erasure(household_id=household.id, reason=reason, asked_at=now, asked_by_id=actor.user_id,
                    asked_by_name=actor.name)
    db.session.add(asked)
    db.session.flush()
    add_to_timeline(household.id, "household.erasure_asked", actor, now, reason=reason)
    _record(household, "household.ask_erasure", actor, now, {"reason": reason})
    tell_all(officers_at(household.area_code, Role.COUNTY, Role.TOWN), "erasure_asked",
             {"path": f"/pairings/{household.id}/erase-household"}, now, key=f"{asked.id}:{now.isoformat()}", by=actor)
    return asked


def keep_file(household: Household, actor: Actor, now: datetime) -> None:
    """Say no to the erasure that was asked for. Raises Conflict when none was."""
    if db.session.scalar(delete(Erasure).where(Erasure.household_id == household.id).returning(Erasure.id)) is None:
        raise Conflict(_("没有人提出删除这份档案。"))
    add_to_timeline(household.id, "household.kept", actor, now)
    _record(household, "household.keep", actor, now, {})


def erasure_of(household_id: int) -> Erasure | None:
    """The open request to erase a file, if there is one."""
    return db.session.scalar(select(Erasure).where(Erasure.household_id == household_id))


def erase(household: Household, reason: str, asked_by_id: int | None, actor: Actor | None, now: datetime) -> list[str]:
    """Erase a file with all that hangs on it; its pairings must be gone. Returns the keys of its papers.

    The caller commits and then removes these keys from the vault. The log keeps who, when, why and the file's
    row number and place; no name, no number, no value.
    """
    files = file_ids(household.id)
    keys = [key for key in db.session.scalars(select(Paper.vault_key).where(Paper.household_id.in_(files))) if key]
    users = list(db.session.scalars(select(HouseholdAccount.user_id).where(HouseholdAccount.household_id.in_(files))))
    _record(household, "household.erase", actor, now, {"reason": reason, "asked_by": asked_by_id})
    db.session.flush()
    db.session.expunge_all()
    accounts.erase_users(users)
    audit.forget_disclosures(files)
    db.session.execute(delete(Household).where(Household.id.in_(files)))
    return keys


def file_ids(household_id: int) -> list[int]:
    """A file and all that were merged into it, by whatever way: what is erased together."""
    found: list[int] = []
    following = [household_id]
    while following:
        found += following
        merged = db.session.scalars(select(HouseholdMerge.dropped_id).where(
            HouseholdMerge.kept_id.in_(following), HouseholdMerge.undone_at.is_(None))).all()
        following = [number for number in merged if number is not None and number not in found]
    return found


def due_for_erasure(before: date, limit: int) -> list[int]:
    """Files that were archived before a day, the oldest first: their retention has ended."""
    return list(db.session.scalars(select(Household.id).where(
        Household.status == "archived", Household.archived_on < before).order_by(Household.archived_on).limit(limit)))


def _move(household: Household, status: str, archived_on: date | None, told: str, actor: Actor, now: datetime) -> None:
    before = state(household)
    household.status, household.archived_on, household.updated_at = status, archived_on, now
    keep(household, before, actor, now)
    add_to_timeline(household.id, told, actor, now)
    _record(household, "household.archive", actor, now, {"status": status})
    db.session.flush()
    key_files([household.id])  # an archived file is not found by name


def _record(household: Household, action: str, actor: Actor | None, now: datetime,
            changes: dict[str, str | int | None]) -> None:
    audit.record(actor, action, now, object_type="household", object_id=household.id, household_id=household.id,
                 area_code=household.area_code, changes=changes)

"""Ending a file: archived or erased, never while help is under way."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import delete, select

from matching.actor import Actor
from matching.clock import day_of
from matching.errors import Conflict, NotThere
from matching.extensions import db
from matching.households import service_erasure as households
from matching.households.models import Household
from matching.intake import service_erasure as reports
from matching.pairings.models import Pairing

__all__ = ["archive", "ask_erasure", "erase", "erase_due", "retained_until", "under_way"]

UNDER_WAY = ("approved", "offered", "accepted", "consented", "under_way", "delivered", "confirmed")
"""Somebody has promised something and it is not closed yet."""
AT_ONCE = 200
"""How many files one night erases at most."""


def under_way(household_id: int) -> bool:
    """Whether a pairing of a household is promised and not closed yet."""
    return db.session.scalar(select(Pairing.id).where(
        Pairing.household_id == household_id, Pairing.state.in_(UNDER_WAY)).limit(1)) is not None


def archive(household: Household, actor: Actor, now: datetime) -> None:
    """Archive a file; its undecided proposals go. Raises Conflict while help is under way."""
    _lock(household)
    households.archive(household, actor, now)
    db.session.execute(delete(Pairing).where(Pairing.household_id == household.id, Pairing.state == "proposed"))


def ask_erasure(household: Household, reason: str, actor: Actor, now: datetime) -> None:
    """Ask for a file to be erased. Raises Conflict while help is under way, or when somebody asked before."""
    _lock(household)
    households.ask_erasure(household, reason, actor, now)


def erase(household: Household, actor: Actor, now: datetime) -> list[str]:
    """Say yes to an erasure and do it; returns keys of the vault, to be removed after the commit.

    Raises Conflict when nobody asked, when the actor itself asked, or while help is under way.
    """
    _lock(household)
    asked = households.erasure_of(household.id)
    if asked is None:
        raise Conflict(_("没有人提出删除这份档案。"))
    if asked.asked_by_id == actor.user_id:
        raise Conflict(_("是您提出的，要由另一个人同意。"))
    return _erase(household, asked.reason, asked.asked_by_id, actor, now)


def erase_due(years: int, now: datetime) -> list[str]:
    """Erase the files whose retention has ended, but those with help under way; returns keys of the vault."""
    keys: list[str] = []
    for number in households.due_for_erasure(retained_until(day_of(now), years), AT_ONCE):
        if not under_way(number):
            keys += _erase(db.session.get_one(Household, number), "retention", None, None, now)
    return keys


def retained_until(today: date, years: int) -> date:
    """Files that were archived before this day have been kept for so many years."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:  # 29 February
        return today.replace(year=today.year - years, day=28)


def _erase(household: Household, reason: str, asked_by_id: int | None, actor: Actor | None,
           now: datetime) -> list[str]:
    files = households.file_ids(household.id)
    db.session.execute(delete(Pairing).where(Pairing.household_id.in_(files)))
    return reports.erase_of_households(files) + households.erase(household, reason, asked_by_id, actor, now)


def _lock(household: Household) -> None:
    """Let nobody else end the file or approve a pairing meanwhile; refuse while help is under way.

    Raises NotThere when somebody has erased the file while we waited.
    """
    if db.session.scalar(select(Household.id).where(Household.id == household.id).with_for_update()) is None:
        raise NotThere
    db.session.scalars(select(Pairing.id).where(Pairing.household_id == household.id).with_for_update()).all()
    if under_way(household.id):
        raise Conflict(_("这户还有没办完的结对，先把结对办完或撤回。"))

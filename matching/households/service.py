"""What is done with household files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Update, case, update

from matching.actor import Actor
from matching.extensions import db
from matching.households.models import Need, TimelineEntry


def add_to_timeline(household_id: int, kind: str, actor: Actor | None, now: datetime, *,
                    pairing_id: int | None = None, **data: Any) -> None:
    """Add one event to a household's timeline in the present transaction.

    `kind` is a code such as `pairing.accepted` or `need.added`; `data` holds codes, numbers and names of
    organisations, nothing sensitive. The words live with the translations.
    """
    db.session.add(TimelineEntry(
        household_id=household_id, at=now, kind=kind, pairing_id=pairing_id,
        actor_name=actor.name if actor else "", actor_role=str(actor.role) if actor else "system", data=data))


def take_need(need_id: int, quantity: int) -> bool:
    """Hold `quantity` units of an open need; False when fewer are left, and then nothing is changed.

    One conditional UPDATE decides, so that a need is never given more than it wants, however many ask at once.
    """
    return _change_need(update(Need).where(
        Need.id == need_id, Need.status == "open", Need.given + quantity <= Need.quantity,
    ).values(given=Need.given + quantity))


def give_back_need(need_id: int, quantity: int) -> bool:
    """Let go of `quantity` held units of a need, which is then open again unless it was withdrawn.

    False when fewer are held, and then nothing is changed.
    """
    return _change_need(update(Need).where(Need.id == need_id, Need.given >= quantity).values(
        given=Need.given - quantity, status=case((Need.status == "met", "open"), else_=Need.status)))


def _change_need(statement: Update) -> bool:
    """Whether a conditional UPDATE changed its one row; a need in memory then shows the new values."""
    changed = db.session.scalars(statement.returning(Need), execution_options={
        "synchronize_session": False, "populate_existing": True})
    return changed.one_or_none() is not None

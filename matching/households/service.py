"""What is done with household files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Update, case, or_, update

from matching.actor import Actor
from matching.extensions import db
from matching.households.models import Household, Need, TimelineEntry


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


def receive_need(need_id: int, quantity: int) -> bool:
    """The household has received `quantity` of the held units; False when fewer are held and not yet received."""
    return _change_need(update(Need).where(Need.id == need_id, Need.received + quantity <= Need.given).values(
        received=Need.received + quantity))


def close_need(need_id: int, quantity: int) -> bool:
    """Sign `quantity` received units off; a need whose units all are is met. False when fewer were received."""
    return _change_need(update(Need).where(Need.id == need_id, Need.closed + quantity <= Need.received).values(
        closed=Need.closed + quantity,
        status=case((Need.closed + quantity == Need.quantity, "met"), else_=Need.status)))


def reopen_need(need_id: int, quantity: int, now: datetime) -> bool:
    """`quantity` signed-off units are lacking again, and the need is open; False when fewer are signed off."""
    return _change_need(update(Need).where(Need.id == need_id, Need.closed >= quantity).values(
        given=Need.given - quantity, received=Need.received - quantity, closed=Need.closed - quantity, status="open",
        reopened_at=now))


def advance_needs(household: Household, step: str, actor: Actor) -> dict[str, str]:
    """Let a step of a file's verification count for its needs too; returns need id → new status.

    Who surveys a household sees what it needs: reported needs are verified, but not by who reported them. With
    the last step verified needs open. docs/decisions/0015-needs-are-seen-by-two.md.
    """
    looked = or_(Need.reported_by_id.is_(None), Need.reported_by_id != actor.user_id)
    moves = {"surveyed": (Need.status == "reported") & looked,
             "verified": or_(Need.status == "verified", (Need.status == "reported") & looked)}
    if step not in moves:
        return {}
    target = {"surveyed": "verified", "verified": "open"}[step]
    changed = db.session.scalars(
        update(Need).where(Need.household_id == household.id, moves[step]).values(status=target).returning(Need.id),
        execution_options={"synchronize_session": False}).all()
    db.session.expire(household, ["needs"])
    return {str(need_id): target for need_id in sorted(changed)}


def _change_need(statement: Update) -> bool:
    """Whether a conditional UPDATE changed its one row; a need in memory then shows the new values."""
    changed = db.session.scalars(statement.returning(Need), execution_options={
        "synchronize_session": False, "populate_existing": True})
    return changed.one_or_none() is not None

"""Keeping what the engine proposed apart from what the officer chose, whenever the officer decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, select

from matching.actor import Actor
from matching.errors import Invalid
from matching.extensions import db
from matching.pairings.models import Pairing
from matching.pairings.models_decisions import WHYS, DeskDecision


def keep_followed(pairings: Sequence[Pairing], actor: Actor, now: datetime) -> None:
    """The engine's proposals among these were approved as they stood; in one statement."""
    rows = [_row(p, "followed", "", p, p, 0, actor, now) for p in pairings if p.proposed_by == "engine"]
    if rows:
        db.session.execute(insert(DeskDecision), rows)


def keep_refused(pairing: Pairing, why: str, actor: Actor, now: datetime) -> None:
    """A proposal was sent back. Raises Invalid for a reason that is none of WHYS."""
    _check(why)
    points = -pairing.quantity * pairing.score
    db.session.execute(insert(DeskDecision), [_row(pairing, "refused", why, pairing, None, points, actor, now)])


def keep_chosen(pairing: Pairing, proposed: Sequence[Pairing], why: str, actor: Actor, now: datetime) -> None:
    """A pairing was made by hand while the engine had `proposed` these for its need.

    It is compared with the proposal of the same offer, else with the best. Urgency and waiting are the need's own and
    weigh the same on both sides, however long the proposal has stood: what differs is closeness.
    Raises Invalid as `keep_refused`.
    """
    _check(why)
    same = [p for p in proposed if p.offer_id == pairing.offer_id]
    best = max(same or proposed, key=lambda p: (p.score, -p.id), default=None)
    if best is None:
        course, points = "own", pairing.quantity * pairing.score
    elif same and best.quantity == pairing.quantity:
        course, points, why = "followed", 0, ""
    else:
        course, points = "changed", pairing.quantity * (pairing.closeness_points - best.closeness_points)
    db.session.execute(insert(DeskDecision), [_row(pairing, course, why, best, pairing, points, actor, now)])


def proposed_for(need_id: int) -> list[Pairing]:
    """The engine's proposals for a need that nobody has decided."""
    return list(db.session.scalars(select(Pairing).where(
        Pairing.need_id == need_id, Pairing.state == "proposed", Pairing.proposed_by == "engine")
        .order_by(Pairing.id)))


def _check(why: str) -> None:
    if why not in WHYS:
        raise Invalid(_("请选一个原因。"), "why")


def _row(pairing: Pairing, course: str, why: str, engine: Pairing | None, chosen: Pairing | None, points: int,
         actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "pairing_id": pairing.id, "household_id": pairing.household_id, "area_code": pairing.area_code,
        "help_type": pairing.need.help_type, "course": course, "why": why, "points": points,
        "run_id": engine.run_id if engine else None, "decided_at": now, "decided_by_name": actor.name,
        **_side("engine", engine), **_side("chosen", chosen)}


def _side(name: str, pairing: Pairing | None) -> dict[str, int | None]:
    return {f"{name}_offer_id": pairing.offer_id if pairing else None,
            f"{name}_quantity": pairing.quantity if pairing else None,
            f"{name}_score": pairing.score if pairing else None}

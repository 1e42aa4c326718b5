"""Locks of officers: a locked proposal or pairing stays exactly as it is until a person decides.

A run counts its units as taken on both sides and leaves it where it is; the nightly job does not let it lapse. Who
locked it may differ from who unlocks or decides it: a lock holds back the system, no colleague.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update

from matching.actor import Actor
from matching.audit.service import record
from matching.extensions import db
from matching.pairings.models import Pairing

LOCKABLE = ("proposed", "offered", "accepted", "consented", "under_way", "delivered")
"""The states in which something is still to be decided or done."""


def lock(pairing_ids: Collection[int], actor: Actor, now: datetime) -> int:
    """Lock pairings in the actor's reach that are not locked yet; returns how many were."""
    return _turn(pairing_ids, True, actor, now)


def unlock(pairing_ids: Collection[int], actor: Actor, now: datetime) -> int:
    """Let go of locked pairings in the actor's reach; returns how many were locked."""
    return _turn(pairing_ids, False, actor, now)


def _turn(pairing_ids: Collection[int], to_lock: bool, actor: Actor, now: datetime) -> int:
    """One conditional UPDATE, so that of two who click at once one is recorded."""
    mine = [row.id for row in db.session.execute(
        select(Pairing.id, Pairing.area_code).where(Pairing.id.in_(sorted(set(pairing_ids)))).order_by(Pairing.id))
        if actor.reaches(row.area_code)]
    turned = db.session.execute(
        update(Pairing).where(Pairing.id.in_(mine), Pairing.state.in_(LOCKABLE),
                              Pairing.locked_at.is_(None) if to_lock else Pairing.locked_at.is_not(None))
        .values(locked_at=now if to_lock else None, locked_by_name=actor.name if to_lock else "")
        .returning(Pairing.id, Pairing.household_id, Pairing.organisation_id, Pairing.area_code)
        .execution_options(synchronize_session=False)).all() if mine else []
    for row in sorted(turned):
        record(actor, "pairing.lock" if to_lock else "pairing.unlock", now, object_type="pairing", object_id=row.id,
               household_id=row.household_id, organisation_id=row.organisation_id, area_code=row.area_code)
    return len(turned)

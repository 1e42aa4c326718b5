"""Another organisation takes a pairing over, and the story goes on: `follows_id` leads back to what was before."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matching.actor import Actor
from matching.errors import Conflict
from matching.extensions import db
from matching.pairings import service, service_duties, service_hand, service_handovers
from matching.pairings.models import Pairing

__all__ = ["CHANGEABLE", "change_provider", "story_of"]

CHANGEABLE = ("offered", "accepted", "consented", "under_way")
LONGEST_STORY = 20


def change_provider(pairing: Pairing, offer_id: int, reason: str, actor: Actor, now: datetime) -> Pairing:
    """End a pairing for this reason and pair what it still owed with another offer; duties go on with the new one.

    What was handed over stays with the first. All or nothing: raises Conflict or Invalid, and the caller rolls back,
    when the pairing has ended meanwhile or the other offer cannot.
    """
    if pairing.state not in CHANGEABLE:
        raise Conflict(_("这一对已经结束，不能换人。"))
    rest = pairing.quantity - pairing.delivered
    if pairing.delivered:
        service_handovers.settle(pairing, reason, actor, now)
    else:
        service.take_step(pairing, "withdraw", actor, now, reason=reason)
    db.session.refresh(pairing.need)
    new = service_hand.pair(pairing.need, offer_id, rest, actor, now)
    new.follows_id = pairing.id
    db.session.flush()
    service_duties.carry_over(pairing, new, actor, now)
    return new


def story_of(pairing: Pairing) -> tuple[list[Pairing], Pairing | None]:
    """The pairings that this one took the place of, the latest first, and the one that took its place."""
    before: list[Pairing] = []
    follows = pairing.follows_id
    while follows is not None and len(before) < LONGEST_STORY:
        earlier = db.session.get(Pairing, follows, options=[joinedload(Pairing.organisation)])
        if earlier is None:
            break
        before.append(earlier)
        follows = earlier.follows_id
    after = db.session.scalar(select(Pairing).where(Pairing.follows_id == pairing.id)
                              .options(joinedload(Pairing.organisation)))
    return before, after

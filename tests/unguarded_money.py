"""The site with its guards of money taken out, to prove that the race tests would notice: `tests.unguarded_money:app`.

Requests are signed without a look at how they stand.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update

from config import Config
from matching import create_app
from matching.actor import Actor
from matching.assistance import service_approvals
from matching.assistance.models_grants import Grant
from matching.extensions import db


def move_without_looking(grant: Grant, _number: tuple[int, int], **values: Any) -> bool:
    """Change a request, whatever has become of it."""
    db.session.execute(update(Grant).where(Grant.id == grant.id).values(**values))
    db.session.refresh(grant)
    return True


def decide_without_looking(grant: Grant, decision: str, words: str, actor: Actor, now: datetime, *_: Any) -> None:
    """Sign a request, whatever has become of it."""
    service_approvals._sign(grant, decision, words, service_approvals.Standing(), actor, now)
    service_approvals.tell(grant, decision, actor, now)


service_approvals._move = move_without_looking
service_approvals.decide_grant = decide_without_looking
app = create_app(Config())

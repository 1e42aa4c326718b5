"""The site with its guards of money taken out, to prove that the race tests would notice: `tests.unguarded_money:app`.

Requests are signed without a look at how they stand, lists frozen without a look at what is paid or claimed, lines
marked however they stand, and no claim is like another.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update

from config import Config
from matching import create_app
from matching.actor import Actor
from matching.assistance import service_approvals
from matching.assistance import service_grants as grants
from matching.assistance import service_lines as lines
from matching.assistance import service_lists as lists
from matching.assistance.models_grants import Grant
from matching.assistance.models_lists import PaymentLine, PaymentList
from matching.extensions import db
from matching.households.models import Household


def move_without_looking(grant: Grant, _number: tuple[int, int], **values: Any) -> bool:
    """Change a request, whatever has become of it."""
    db.session.execute(update(Grant).where(Grant.id == grant.id).values(**values))
    db.session.refresh(grant)
    return True


def decide_without_looking(grant: Grant, decision: str, words: str, actor: Actor, now: datetime, *_: Any) -> None:
    """Sign a request, whatever has become of it."""
    service_approvals._sign(grant, decision, words, service_approvals.Standing(), actor, now)
    service_approvals.tell(grant, decision, actor, now)


def freeze_without_looking(made: PaymentList, _actor: Actor, now: datetime) -> int:
    """Freeze a list with all that is on it."""
    db.session.execute(update(PaymentList).where(PaymentList.id == made.id).values(state="frozen", frozen_at=now))
    for number in db.session.scalars(select(PaymentLine.id).where(PaymentLine.payment_list_id == made.id)).all():
        db.session.execute(update(PaymentLine).where(PaymentLine.id == number).values(claim=secrets.token_hex(8)))
    return 0


def mark_without_looking(_made: PaymentList, chosen: ColumnElement[bool], state: str, **values: Any) -> list[Any]:
    """Mark lines, however they stood."""
    which = chosen.clauses[0]  # type: ignore[attr-defined]
    db.session.execute(update(PaymentLine).where(which).values(state=state, **values))
    return list(db.session.execute(
        select(PaymentLine, Grant, Household.area_code).join(Grant, Grant.id == PaymentLine.grant_id)
        .join(Household, Household.id == Grant.household_id).where(which)))


def claim_nothing(_grant: Grant, _period: str) -> str:
    """A claim that is like no other."""
    return secrets.token_hex(8)


lists.freeze_list = freeze_without_looking
lines._mark = mark_without_looking
grants._is_listed = lambda *_what: False
for room in (grants, lists, lines):
    room.claim_of = claim_nothing  # type: ignore[attr-defined]
service_approvals._move = move_without_looking
service_approvals.decide_grant = decide_without_looking
app = create_app(Config())

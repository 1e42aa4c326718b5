"""The site with its guards of money taken out, to prove that the race tests would notice: `tests.unguarded_money:app`.

Requests are signed without the condition on how they stand, and payments carry a period of their own.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from config import Config
from matching import create_app
from matching.assistance import service_approvals
from matching.assistance.models_grants import Grant
from matching.extensions import db


def sign_without_looking(grant: Grant, _number: tuple[int, int], **values: Any) -> bool:
    """Sign a request, whatever has become of it."""
    db.session.execute(update(Grant).where(Grant.id == grant.id).values(**values))
    db.session.refresh(grant)
    return True


service_approvals._move = sign_without_looking
app = create_app(Config())

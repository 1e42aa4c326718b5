"""What the demo's people have already read of what they were told."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update

from matching.extensions import db
from matching.notices.models import Notice

NEW_FOR = timedelta(days=3)


def read_older(now: datetime) -> None:
    """Everybody has read what is older than three days, on the day on which it came."""
    db.session.execute(update(Notice).where(Notice.read_at.is_(None), Notice.not_before < now - NEW_FOR)
                       .values(read_at=Notice.not_before))

"""The daily cleaning: what has served its time is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete

from matching.accounts.service import forget_old_sessions
from matching.accounts.service_attempts import forget_old_attempts
from matching.exchange.service_imports import forget_old
from matching.extensions import db
from matching.intake import service_erasure as reports
from matching.intake.service_limits import forget_old_tries
from matching.jobs_slots import JobSlot
from matching.notices import service_sending
from matching.once import Submission
from matching.pairings import service_erasure

__all__ = ["clean_up", "erase_due"]

KEEP_SLOTS = timedelta(days=90)
KEEP_SUBMISSIONS = timedelta(days=30)


def clean_up(now: datetime) -> None:
    """Forget old sessions, tries to sign in, keys of sent forms, old notices, slots. The caller commits."""
    service_sending.forget_old(now)
    forget_old_sessions(now)
    forget_old_attempts(now)
    forget_old(now)
    forget_old_tries(now)
    db.session.execute(delete(Submission).where(Submission.created_at < now - KEEP_SUBMISSIONS))
    db.session.execute(delete(JobSlot).where(JobSlot.finished_at < now - KEEP_SLOTS))


def erase_due(now: datetime) -> None:
    """Erase reports and archived files whose retention has ended. The caller commits."""
    reports.erase_due(now)
    service_erasure.erase_due(current_app.config["RETENTION_YEARS"], now)

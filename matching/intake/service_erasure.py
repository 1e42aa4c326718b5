"""The end of what was said in a report: with its file, or a year after it was closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from matching.extensions import db
from matching.intake.models import Report, ReportFile
from matching.notices.service import forget_recipient

__all__ = ["KEEP_CLOSED", "erase_due", "erase_of_households"]

KEEP_CLOSED = timedelta(days=365)
"""A report that was never linked with a file is kept so long after it was closed."""
AT_ONCE = 500


def erase_of_households(household_ids: Sequence[int]) -> list[str]:
    """Erase the reports linked with files, and what was joined to them; returns keys of the vault.

    The caller commits and then removes these keys.
    """
    return _erase(list(db.session.scalars(select(Report.id).where(Report.household_id.in_(household_ids)))))


def erase_due(now: datetime) -> list[str]:
    """Erase closed reports without a file whose time has come; returns keys of the vault. For the daily job."""
    return _erase(list(db.session.scalars(select(Report.id).where(
        Report.state == "closed", Report.household_id.is_(None), Report.joined_to_id.is_(None),
        Report.closed_at < now - KEEP_CLOSED).order_by(Report.closed_at).limit(AT_ONCE))))


def _erase(ids: list[int]) -> list[str]:
    """Erase reports and those joined to them; steps, tasks, referrals and meetings go by their foreign keys."""
    ids += db.session.scalars(select(Report.id).where(Report.joined_to_id.in_(ids))).all()
    keys = [key for key in db.session.scalars(select(ReportFile.vault_key).where(ReportFile.report_id.in_(ids))) if key]
    db.session.execute(delete(Report).where(Report.id.in_(ids)))
    for number in ids:
        forget_recipient(f"report:{number}")
    return keys

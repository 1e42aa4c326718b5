"""Requests to erase a file, which a second person has to agree to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from matching.extensions import Model

ERASURE_REASONS = ("asked", "mistake", "retention")


class Erasure(Model):
    """Somebody asks for a file to be erased; it goes with the file. `reason` is a code, since the log keeps it."""

    __tablename__ = "erasures"
    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), unique=True)
    reason: Mapped[str] = mapped_column(String(12))
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int]
    asked_by_name: Mapped[str] = mapped_column(String(60))

    __table_args__ = (CheckConstraint(f"reason IN {ERASURE_REASONS}", name="reason"),)

"""What is counted against guessing and flooding: one row a try, by bucket."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from matching.extensions import Model


class IntakeTry(Model):
    """One asking or one look with a code, counted against a bucket (a digest of an address, a phone or a code)."""

    __tablename__ = "intake_tries"
    id: Mapped[int] = mapped_column(primary_key=True)
    bucket: Mapped[str] = mapped_column(String(64))
    tried_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (Index("ix_intake_tries_bucket_tried_at", "bucket", "tried_at"),)

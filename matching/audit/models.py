"""Who looked at and changed what: entries are written, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from matching.extensions import Model


class AuditEntry(Model):
    """One look or change. Holds codes, numbers and names of fields, never a sensitive value.

    `action` is a word such as `household.open` or `pairing.accept`; `why` a code of `audit.service.WHYS`
    or empty; `area_code` the place of what was looked at, so that an auditor's reach applies. `county_code`
    repeats its first six digits (empty above a county): a county's log, newest first, is one indexed read.
    """

    __tablename__ = "audit_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)
    actor_name: Mapped[str] = mapped_column(String(60), default="")
    actor_role: Mapped[str] = mapped_column(String(16), default="")
    action: Mapped[str] = mapped_column(String(60))
    object_type: Mapped[str] = mapped_column(String(40), default="")
    object_id: Mapped[int | None]
    household_id: Mapped[int | None]
    organisation_id: Mapped[int | None]
    area_code: Mapped[str] = mapped_column(String(12), default="")
    county_code: Mapped[str] = mapped_column(String(6), default="")
    why: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    changes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    __table_args__ = (
        Index("ix_audit_entries_household_id_id", "household_id", "id"),
        Index("ix_audit_entries_county_code_id", "county_code", "id"),
    )


class AuditLink(Model):
    """One link of the chain over the log: `digest` covers the entry and the digest before it (`service_chain`)."""

    __tablename__ = "audit_links"
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))

    __table_args__ = (Index("ix_audit_links_entry_id", "entry_id", unique=True),)


class Disclosure(Model):
    """Somebody asked to see a household's sensitive fields in full, said why, and may until `ends_at`."""

    __tablename__ = "disclosures"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(index=True)
    household_id: Mapped[int]
    why: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(200), default="")
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime]

"""Hardship reports: what somebody said, where it stands, who answers for it, and its history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from matching.crypto import Sealed, SealedRow, blind_column, sealed_column
from matching.extensions import Model
from matching.vault import key_column

ORIGINS = ("self", "neighbour", "informant", "officer", "socialworker", "department")
"""Who reported: every report has one of these, so that the shares of the sources add up to 100 %."""
STATES = ("received", "visiting", "verified", "helping", "closed", "reopened")
OPEN = ("received", "visiting", "verified", "helping", "reopened")
OUTCOMES = ("helped", "not_qualified", "joined", "withdrawn", "unreachable", "mischief")
DUE_STEPS = ("", "visit", "assess", "help", "follow_up")
"""What is to be done next; empty once a report is closed."""
FILE_KINDS = ("photo", "voice")
ALARMS = ("", "soon", "due", "late")
"""How far the clock has spoken about what is due: not yet, the day before, on the day, afterwards."""


class Report(SealedRow, Model):
    """Somebody says that a household is in trouble.

    `code` is what the asker keeps (`service_codes`). `kinds` are help types and `other`; `area_code` is as
    precise as it is known, `lat` and `lon` (WGS-84 degrees) only when the phone or a picked place gave them.
    `urgency` 1–5 is a first guess that an officer may change. `desk_code` is the area whose officers hold it and
    `owner_id` who answers for it: neither is ever empty. `step` is what is to be done by `due_at`. `outcome` is
    set while the state is `closed` and empty otherwise. A report of the same trouble is closed as `joined` and
    follows `joined_to_id`. `alarm` is what the clock has said of this `due_at`. `is_doubtful` waits for an
    officer's look and is nobody's visit before.
    """

    __tablename__ = "hardship_reports"
    id: Mapped[int] = mapped_column(primary_key=True)
    code_sealed: Mapped[bytes | None] = sealed_column()
    code_blind: Mapped[str | None] = mapped_column(String(32), unique=True)
    code = Sealed(blind=True)
    origin: Mapped[str] = mapped_column(String(12))
    kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"))
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    precision: Mapped[str | None] = mapped_column(String(10))
    name_sealed: Mapped[bytes | None] = sealed_column()
    name = Sealed()
    phone_sealed: Mapped[bytes | None] = sealed_column()
    phone_blind: Mapped[str | None] = blind_column()
    phone = Sealed(blind=True)
    words_sealed: Mapped[bytes | None] = sealed_column()
    words = Sealed()
    address_sealed: Mapped[bytes | None] = sealed_column()
    address = Sealed()
    language: Mapped[str] = mapped_column(String(10), default="zh_Hans")
    urgency: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="received")
    outcome: Mapped[str] = mapped_column(String(14), default="")
    desk_code: Mapped[str] = mapped_column(ForeignKey("areas.code"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    step: Mapped[str] = mapped_column(String(10), default="visit")
    due_at: Mapped[datetime | None]
    alarm: Mapped[str] = mapped_column(String(4), default="", server_default="")
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), index=True)
    joined_to_id: Mapped[int | None] = mapped_column(
        ForeignKey("hardship_reports.id", ondelete="CASCADE"), index=True)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    is_doubtful: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(f"origin IN {ORIGINS}", name="origin"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint(f"outcome = '' OR outcome IN {OUTCOMES}", name="outcome"),
        CheckConstraint("(state = 'closed') = (outcome <> '')", name="closed"),
        CheckConstraint(f"step IN {DUE_STEPS}", name="step"),
        CheckConstraint(f"alarm IN {ALARMS}", name="alarm"),
        CheckConstraint("urgency BETWEEN 1 AND 5", name="urgency"),
        # The desk by urgency, the clocks by what is due, an owner's burden.
        Index("ix_hardship_reports_desk_code_state_urgency", "desk_code", "state", "urgency"),
        Index("ix_hardship_reports_state_due_at", "state", "due_at"),
        Index("ix_hardship_reports_owner_id_state", "owner_id", "state"),
        Index("ix_hardship_reports_area_code_created_at", "area_code", "created_at"),
    )


class ReportStep(SealedRow, Model):
    """One event in a report's history: a code, who and when, until when the next thing is due, small values.

    `note` holds words of a person; `data` codes and numbers only.
    """

    __tablename__ = "report_steps"
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("hardship_reports.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(60), default="")
    actor_role: Mapped[str] = mapped_column(String(16), default="")
    due_at: Mapped[datetime | None]
    note_sealed: Mapped[bytes | None] = sealed_column()
    note = Sealed()
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    __table_args__ = (Index("ix_report_steps_report_id_id", "report_id", "id"),)


class ReportFile(Model):
    """A photo or a spoken message that came with a report; its bytes lie in the vault under `vault_key`."""

    __tablename__ = "report_files"
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("hardship_reports.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(5))
    mime: Mapped[str] = mapped_column(String(20))
    size_bytes: Mapped[int]
    vault_key: Mapped[str | None] = key_column()
    added_at: Mapped[datetime]

    __table_args__ = (CheckConstraint(f"kind IN {FILE_KINDS}", name="kind"),)

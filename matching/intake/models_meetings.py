"""Joint meetings on hard cases: who was invited, what is known, what was decided, by whom until when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matching.accounts.models import User
from matching.crypto import Sealed, SealedRow, sealed_column
from matching.extensions import Model
from matching.intake.models import Report
from matching.organisations.models import Organisation

MEETING_STATES = ("called", "held", "closed", "cancelled")
INVITATION_STATES = ("waiting", "coming", "declined")


class Meeting(SealedRow, Model):
    """Several departments decide one hard case together; it is closed when every decision is carried out.

    `facts` is what those who are invited may know beforehand, `summary` what was said there, `why` the reason when
    it is cancelled.
    """

    __tablename__ = "meetings"
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("hardship_reports.id", ondelete="CASCADE"), index=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"))
    state: Mapped[str] = mapped_column(String(9), default="called")
    held_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(80), default="")
    facts_sealed: Mapped[bytes | None] = sealed_column()
    facts = Sealed()
    summary_sealed: Mapped[bytes | None] = sealed_column()
    summary = Sealed()
    why_sealed: Mapped[bytes | None] = sealed_column()
    why = Sealed()
    called_by_id: Mapped[int]
    called_by_name: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    report: Mapped[Report] = relationship(viewonly=True)
    invitations: Mapped[list[MeetingInvitation]] = relationship(viewonly=True, order_by="MeetingInvitation.id")
    decisions: Mapped[list[MeetingDecision]] = relationship(viewonly=True, order_by="MeetingDecision.id")

    __table_args__ = (
        CheckConstraint(f"state IN {MEETING_STATES}", name="state"),
        Index("ix_meetings_area_code_state_held_at", "area_code", "state", "held_at"),
    )


class MeetingInvitation(Model):
    """An organisation or department is invited; whether it came is noted afterwards."""

    __tablename__ = "meeting_invitations"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    answered_at: Mapped[datetime | None]
    answered_by_name: Mapped[str] = mapped_column(String(60), default="")
    has_come: Mapped[bool] = mapped_column(default=False)
    organisation: Mapped[Organisation] = relationship(viewonly=True)

    __table_args__ = (
        UniqueConstraint("meeting_id", "organisation_id"),
        CheckConstraint(f"state IN {INVITATION_STATES}", name="state"),
    )


class MeetingDecision(SealedRow, Model):
    """One decision: what, by whom (an organisation, or an officer), until when; done with how one can tell.

    `reminded` and `chaser_id` as in a referral.
    """

    __tablename__ = "meeting_decisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"), index=True)
    words_sealed: Mapped[bytes | None] = sealed_column()
    words = Sealed()
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    due_on: Mapped[date]
    done_at: Mapped[datetime | None]
    done_by_name: Mapped[str] = mapped_column(String(60), default="")
    done_note_sealed: Mapped[bytes | None] = sealed_column()
    done_note = Sealed()
    reminded: Mapped[int] = mapped_column(default=0, server_default="0")
    chaser_id: Mapped[int | None]
    meeting: Mapped[Meeting] = relationship(viewonly=True)
    organisation: Mapped[Organisation | None] = relationship(viewonly=True)
    owner: Mapped[User | None] = relationship(viewonly=True)

    __table_args__ = (
        CheckConstraint("(organisation_id IS NULL) <> (owner_id IS NULL)", name="owner"),
        Index("ix_meeting_decisions_organisation_id_done_at", "organisation_id", "done_at"),
        Index("ix_meeting_decisions_owner_id_done_at", "owner_id", "done_at"),
    )

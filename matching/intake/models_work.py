"""What is done about a report: visits, and referrals to those who must answer by a day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matching.crypto import Sealed, SealedRow, sealed_column
from matching.extensions import Model
from matching.intake.models import ALARMS, Report
from matching.organisations.models import Organisation

TASK_KINDS = ("visit", "revisit", "call")
TASK_RESULTS = ("hardship", "urgent", "managing", "declined", "settled", "still_hard", "not_home", "dropped")
"""What came of it; `dropped`: it was no longer needed. Older rows hold other codes."""
REFERRAL_STATES = ("waiting", "accepted", "refused", "answered", "withdrawn")
REFERRAL_OPEN = ("waiting", "accepted")
_OPEN = text("state IN ('waiting', 'accepted')")


class Task(SealedRow, Model):
    """Somebody goes and sees by a day. `result` is a code once it is done, `result_note` what was found.

    `alarm` is what the clock has said of this `due_on`.
    """

    __tablename__ = "visit_tasks"
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("hardship_reports.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(8), default="visit")
    assigned_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    due_on: Mapped[date]
    alarm: Mapped[str] = mapped_column(String(4), default="", server_default="")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_name: Mapped[str] = mapped_column(String(60), default="")
    result: Mapped[str] = mapped_column(String(20), default="")
    result_note_sealed: Mapped[bytes | None] = sealed_column()
    result_note = Sealed()

    __table_args__ = (
        CheckConstraint(f"kind IN {TASK_KINDS}", name="kind"),
        CheckConstraint("(done_at IS NULL) = (result = '')", name="done"),
        CheckConstraint(f"alarm IN {ALARMS}", name="alarm"),
        Index("ix_visit_tasks_done_at_due_on", "done_at", "due_on"),
        Index("ix_visit_tasks_assigned_id_done_at_due_on", "assigned_id", "done_at", "due_on"),
    )


class Referral(SealedRow, Model):
    """An organisation or department is asked to take something on, and must say yes or no by a day.

    `question` is what it is told, `answer` what it said, `reason` a code when it refuses. Having accepted it acts by
    `act_by_on`, and `did` says what it did. Name and telephone are open to it only while it is `accepted` and the
    person has agreed (`consented_at`, `consent_how`). `seen_at`: an officer has read its latest answer. `reminded`
    counts what the clock has said of the present day (0 nothing, 1 soon, 2 late), `chaser_id` to whom it went up.
    One organisation is asked for one kind of help once at a time.
    """

    __tablename__ = "referrals"
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("hardship_reports.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    help_type: Mapped[str] = mapped_column(String(12), default="")
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    reason: Mapped[str] = mapped_column(String(20), default="")
    question_sealed: Mapped[bytes | None] = sealed_column()
    question = Sealed()
    answer_sealed: Mapped[bytes | None] = sealed_column()
    answer = Sealed()
    did_sealed: Mapped[bytes | None] = sealed_column()
    did = Sealed()
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int]
    asked_by_name: Mapped[str] = mapped_column(String(60), default="")
    answer_due_on: Mapped[date]
    answered_at: Mapped[datetime | None]
    answered_by_name: Mapped[str] = mapped_column(String(60), default="")
    act_by_on: Mapped[date | None]
    done_at: Mapped[datetime | None]
    done_by_name: Mapped[str] = mapped_column(String(60), default="", server_default="")
    consented_at: Mapped[datetime | None]
    consent_how: Mapped[str] = mapped_column(String(10), default="", server_default="")
    seen_at: Mapped[datetime | None]
    reminded: Mapped[int] = mapped_column(default=0, server_default="0")
    chaser_id: Mapped[int | None]
    report: Mapped[Report] = relationship(viewonly=True)
    organisation: Mapped[Organisation] = relationship(viewonly=True)

    __table_args__ = (
        CheckConstraint(f"state IN {REFERRAL_STATES}", name="state"),
        Index("ix_referrals_organisation_id_state", "organisation_id", "state"),
        Index("ix_referrals_state_answer_due_on", "state", "answer_due_on"),
        Index("uq_referrals_open", "report_id", "organisation_id", "help_type", unique=True,
              sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    @property
    def due_on(self) -> date | None:
        """Until when the organisation is to answer, or to act; None when nothing is asked of it."""
        return {"waiting": self.answer_due_on, "accepted": self.act_by_on}.get(self.state)

    @property
    def opens_contact(self) -> bool:
        """Whether the organisation may see whom it is about."""
        return self.state == "accepted" and self.consented_at is not None

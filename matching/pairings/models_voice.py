"""What a household says of its help: how it helped, and what it is not content with, which a person answers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matching.crypto import Sealed, SealedRow, sealed_column
from matching.extensions import Model
from matching.pairings.models import Pairing

HELPED = ("yes", "partly", "no")
WORD_WAYS = ("account", "keypad", "phone", "met")
"""How it was said: signed in, with a code, on the telephone to an officer, face to face."""
COMPLAINT_KINDS = ("unhappy", "refusal", "objection", "finding")
"""It did not help, the proposal was refused, something about it is not right, a follow-up found it bad."""


class HouseholdWord(SealedRow, Model):
    """The household is asked how one pairing helped, once; `answered_at` None: it has not said.

    `code` is handed out to a household without an account: with it and the last four digits of its telephone it
    answers on the simple page. `score`: 1 (not content) to 5.
    """

    __tablename__ = "household_words"
    id: Mapped[int] = mapped_column(primary_key=True)
    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairings.id", ondelete="CASCADE"), unique=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), index=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"))
    code_sealed: Mapped[bytes | None] = sealed_column()
    code_blind: Mapped[str | None] = mapped_column(String(32), unique=True)
    code = Sealed(blind=True)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    helped: Mapped[str] = mapped_column(String(6), default="")
    score: Mapped[int | None]
    how: Mapped[str] = mapped_column(String(7), default="")
    said_to_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    said_to_name: Mapped[str] = mapped_column(String(60), default="")
    note_sealed: Mapped[bytes | None] = sealed_column()
    note = Sealed()
    pairing: Mapped[Pairing] = relationship(viewonly=True)

    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (helped = '')", name="answered"),
        CheckConstraint("score IS NULL OR score BETWEEN 1 AND 5", name="score"),
    )


class Complaint(SealedRow, Model):
    """Something that a person has to answer by a day. `words`: what was said, `answer`: what a person answered.

    `reminded` of its day: "", soon, late, up.
    """

    __tablename__ = "complaints"
    id: Mapped[int] = mapped_column(primary_key=True)
    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairings.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), index=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"))
    kind: Mapped[str] = mapped_column(String(9))
    words_sealed: Mapped[bytes | None] = sealed_column()
    words = Sealed()
    made_at: Mapped[datetime]
    due_on: Mapped[date]
    reminded: Mapped[str] = mapped_column(String(4), default="", server_default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answered_by_name: Mapped[str] = mapped_column(String(60), default="")
    answer_sealed: Mapped[bytes | None] = sealed_column()
    answer = Sealed()
    pairing: Mapped[Pairing] = relationship(viewonly=True)

    __table_args__ = (
        CheckConstraint(f"kind IN {COMPLAINT_KINDS}", name="kind"),
        Index("ix_complaints_answered_at_due_on", "answered_at", "due_on", "id", "area_code"),
    )

"""The closing ledger: each difficulty until it is solved, signed by a second person and watched; follow-up visits."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matching.crypto import Sealed, SealedRow, sealed_column
from matching.extensions import Model
from matching.households.models import Household, Need
from matching.pairings.models import Pairing

LINE_STATES = ("to_sign", "watched", "closed", "reopened")
FOLLOW_UP_KINDS = ("after", "watch")
"""`after`: the help arrived, does it work? `watch`: signed off, does it hold?"""
FOLLOW_UP_WAYS = ("visit", "call")
FOLLOW_UP_RESULTS = ("solved", "partly", "back", "other", "not_home", "dropped")
"""What was found; `dropped`: it was no longer needed."""


class LedgerLine(Model):
    """One difficulty (need) whose units are all signed off, from then on: one a need, says the database.

    A need without a line, and one whose line is `reopened`, stands open on the ledger. `recorded_by`: who said that
    it is solved; `signed_by`: another person, who looked at the evidence. `paper_id`: a receipt or photo brought for
    it, among the household's papers. It is watched until `watch_until`; `ended_at`: when it left the watch.
    """

    __tablename__ = "ledger_lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), unique=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), index=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"))
    help_type: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(8), default="to_sign")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recorded_by_name: Mapped[str] = mapped_column(String(60), default="")
    paper_id: Mapped[int | None]
    signed_at: Mapped[datetime | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    signed_by_name: Mapped[str] = mapped_column(String(60), default="")
    watch_until: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    times_reopened: Mapped[int] = mapped_column(default=0)
    reopened_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    changed_at: Mapped[datetime]
    need: Mapped[Need] = relationship(viewonly=True)
    household: Mapped[Household] = relationship(viewonly=True)

    __table_args__ = (
        CheckConstraint(f"state IN {LINE_STATES}", name="state"),
        CheckConstraint("signed_by_id IS NULL OR recorded_by_id IS NULL OR signed_by_id <> recorded_by_id",
                        name="signed_by_another"),
        Index("ix_ledger_lines_state_changed_at", "state", "changed_at", "id", "area_code"),
        Index("ix_ledger_lines_area_code_state", "area_code", "state", "changed_at", "id"),
        Index("ix_ledger_lines_state_watch_until", "state", "watch_until"),
        Index("ix_ledger_lines_times_reopened", "times_reopened", "area_code"),
    )


class FollowUp(SealedRow, Model):
    """Somebody goes or telephones by a day and sees whether the help works, or still holds.

    Without `assigned_id` any officer of the place does it. `reminded` of this day: "", soon, late, up. `note`: what
    was found, in words.
    """

    __tablename__ = "follow_ups"
    id: Mapped[int] = mapped_column(primary_key=True)
    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairings.id", ondelete="CASCADE"), index=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), index=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"))
    kind: Mapped[str] = mapped_column(String(5))
    how: Mapped[str] = mapped_column(String(5))
    due_on: Mapped[date]
    assigned_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reminded: Mapped[str] = mapped_column(String(4), default="", server_default="")
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    done_by_name: Mapped[str] = mapped_column(String(60), default="", server_default="")
    result: Mapped[str] = mapped_column(String(8), default="", server_default="")
    note_sealed: Mapped[bytes | None] = sealed_column()
    note = Sealed()
    pairing: Mapped[Pairing] = relationship(viewonly=True)
    need: Mapped[Need] = relationship(viewonly=True)
    household: Mapped[Household] = relationship(viewonly=True)

    __table_args__ = (
        CheckConstraint(f"kind IN {FOLLOW_UP_KINDS}", name="kind"),
        CheckConstraint(f"how IN {FOLLOW_UP_WAYS}", name="how"),
        CheckConstraint("(done_at IS NULL) = (result = '')", name="done"),
        Index("ix_follow_ups_done_at_due_on", "done_at", "due_on", "id", "area_code"),
        Index("ix_follow_ups_assigned_id", "assigned_id", "done_at", "due_on"),
    )

"""What the engine proposed and what the officer chose, side by side and for good: the next run replaces proposals."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matching.extensions import Model
from matching.households.models import Household
from matching.offers.models import Offer

COURSES = ("followed", "changed", "refused", "own")
"""Approved as proposed; paired otherwise than proposed; sent back; paired where nothing was proposed."""
WHYS = ("situation", "family", "provider", "distance", "known", "other")


class DeskDecision(Model):
    """One decision at the desk. `pairing_id`: the pairing that was approved, sent back or made by hand.

    The engine's side is empty where it proposed nothing, the chosen side where the proposal was sent back. Scores are
    those of one unit. `points`: what the decision gave up (below 0) or gained against the proposal, over all its units:
    none when it was followed; chosen units times the difference in closeness when it was changed (the rest of the score
    is the need's own); the worth of the whole proposal, lost, when it was refused; that of the pairing, gained, when
    nothing was proposed.
    """

    __tablename__ = "desk_decisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairings.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), index=True)
    area_code: Mapped[str] = mapped_column(String(12))
    help_type: Mapped[str] = mapped_column(String(20))
    course: Mapped[str] = mapped_column(String(8))
    why: Mapped[str] = mapped_column(String(10), default="")
    run_id: Mapped[int | None]
    engine_offer_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id"))
    engine_quantity: Mapped[int | None]
    engine_score: Mapped[int | None]
    chosen_offer_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id"))
    chosen_quantity: Mapped[int | None]
    chosen_score: Mapped[int | None]
    points: Mapped[int] = mapped_column(default=0)
    decided_at: Mapped[datetime]
    decided_by_name: Mapped[str] = mapped_column(String(60), default="")
    household: Mapped[Household] = relationship()
    engine_offer: Mapped[Offer | None] = relationship(foreign_keys=[engine_offer_id])
    chosen_offer: Mapped[Offer | None] = relationship(foreign_keys=[chosen_offer_id])

    __table_args__ = (CheckConstraint(f"course IN {COURSES}", name="course"),
                      Index("ix_desk_decisions_area_code", "area_code", "decided_at", "course", "why", "points"))

"""Who signs what: the chains of a county by kind and amount, who stands in for whom, and whose own household it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matching.extensions import Model

TIERS = ("town", "county")
CHAINS = ("town", "county", "town county", "county county")
"""Who signs, one after another: each signature by another person."""
TIES = ("own", "kin", "other")
"""Why somebody keeps away from a household: it is the own one, of a relative, or something else."""


class ApprovalRule(Model):
    """One word of a county about who signs for one kind of help (empty: for every kind that has no rule of its own).

    `rungs`: `[[up to fen or null, chain], …]`, rising, the last one without end; none: as for every kind. From
    `starts_on` the newest word counts; nothing is changed or deleted.
    """

    __tablename__ = "approval_rules"
    id: Mapped[int] = mapped_column(primary_key=True)
    county_code: Mapped[str] = mapped_column(ForeignKey("areas.code"), index=True)
    help_type: Mapped[str] = mapped_column(String(12), default="")
    starts_on: Mapped[date]
    rungs: Mapped[list[Any]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(String(200), default="")
    written_by_id: Mapped[int | None]
    written_by_name: Mapped[str] = mapped_column(String(60), default="")
    written_at: Mapped[datetime]


class Substitute(Model):
    """For some days one officer signs for another, in the other one's area and tier. Ended early: `ended_on`."""

    __tablename__ = "substitutes"
    id: Mapped[int] = mapped_column(primary_key=True)
    absent_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    absent_name: Mapped[str] = mapped_column(String(60))
    substitute_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    substitute_name: Mapped[str] = mapped_column(String(60))
    area_code: Mapped[str] = mapped_column(String(12))
    tier: Mapped[str] = mapped_column(String(6))
    starts_on: Mapped[date]
    until: Mapped[date]
    why: Mapped[str] = mapped_column(String(100), default="")
    named_by_name: Mapped[str] = mapped_column(String(60), default="")
    named_at: Mapped[datetime]
    ended_on: Mapped[date | None]

    __table_args__ = (
        CheckConstraint("until >= starts_on", name="until"),
        CheckConstraint("absent_id <> substitute_id", name="another"),
    )


class Recusal(Model):
    """An officer who keeps away from a household: it decides nothing about it, for itself or for others."""

    __tablename__ = "recusals"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    user_name: Mapped[str] = mapped_column(String(60))
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), index=True)
    tie: Mapped[str] = mapped_column(String(6))
    declared_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("user_id", "household_id"), CheckConstraint(f"tie IN {TIES}", name="tie"))

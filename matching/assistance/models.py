"""Standards that counties write, checks of who is entitled, what they found, and what became of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matching.extensions import Model
from matching.households.models import Household

CHECK_STATES = ("waiting", "running", "done", "failed", "cancelled")
KINDS = ("gap", "no_longer", "focus")
"""What a check finds: entitled and not receiving; receiving and not entitled; still below the line after it all."""
DECISIONS = ("passed_up", "settled", "explained", "reopened")


class PolicyVersion(Model):
    """One word of a county about one policy: from a day on, until a day or without end. Never changed or deleted.

    `amounts`: whole fen by the keys of `service_standards.AMOUNTS`. Of several that cover a day the newest counts.
    `gap_check_id`: the preview that showed whom it touches before it was saved.
    """

    __tablename__ = "policy_versions"
    id: Mapped[int] = mapped_column(primary_key=True)
    county_code: Mapped[str] = mapped_column(ForeignKey("areas.code"), index=True)
    policy: Mapped[str] = mapped_column(String(12))
    starts_on: Mapped[date]
    until: Mapped[date | None]
    amounts: Mapped[dict[str, int]] = mapped_column(JSON)
    categories: Mapped[list[str]] = mapped_column(JSON, default=list)
    names: Mapped[list[str]] = mapped_column(JSON, default=list)
    excluded_by: Mapped[list[str]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(String(200), default="")
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    written_by_name: Mapped[str] = mapped_column(String(60), default="")
    written_at: Mapped[datetime]
    gap_check_id: Mapped[int | None] = mapped_column(ForeignKey("gap_checks.id"), unique=True)

    __table_args__ = (CheckConstraint("until IS NULL OR until >= starts_on", name="until"),)


class GapCheck(Model):
    """One check of an area on one day: asked for, worked with progress, and kept with what it found.

    With a `proposal` (a version of a policy that is not saved yet) it finds whom that would touch instead, and keeps
    their number and the first of them in `report`.
    """

    __tablename__ = "gap_checks"
    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"), index=True)
    reckoned_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default="waiting", index=True)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    started_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    proposal: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    __table_args__ = (CheckConstraint(f"state IN {CHECK_STATES}", name="state"),)


class Gap(Model):
    """One finding of a check. `subject` names who and what it is about, the same in every check of the household.

    `why` and `facts` are the rule's own; `per` is month or year. A finding never changes; what people decide about
    its subject stands in `gap_decisions`.
    """

    __tablename__ = "gaps"
    id: Mapped[int] = mapped_column(primary_key=True)
    gap_check_id: Mapped[int] = mapped_column(ForeignKey("gap_checks.id", ondelete="CASCADE"))
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), index=True)
    area_code: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(10))
    policy: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(String(40))
    person_name: Mapped[str] = mapped_column(String(60))
    amount_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    per: Mapped[str] = mapped_column(String(6), default="month")
    why: Mapped[str] = mapped_column(String(24))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    household: Mapped[Household] = relationship()
    check: Mapped[GapCheck] = relationship()

    __table_args__ = (
        UniqueConstraint("gap_check_id", "household_id", "subject"),
        Index("ix_gaps_gap_check_id_kind_area_code", "gap_check_id", "kind", "area_code"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
    )


class GapDecision(Model):
    """What somebody decided about a finding: who, when and why. `number` counts per subject, so that two at once meet.
    """

    __tablename__ = "gap_decisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(300))
    gap_id: Mapped[int | None] = mapped_column(ForeignKey("gaps.id", ondelete="SET NULL"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_by_name: Mapped[str] = mapped_column(String(60))
    decided_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("household_id", "subject", "number"),
        CheckConstraint(f"state IN {DECISIONS}", name="state"),
    )

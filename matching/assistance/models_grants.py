"""Money and help that households get: what was promised by whom, and each time it was given."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matching.extensions import Model
from matching.households.models import Household

SOURCES = ("fiscal", "charity", "enterprise", "organisation", "person", "unknown")
RHYTHMS = ("once", "month", "year")
GRANT_STATES = ("asked", "returned", "refused", "approved", "ended")


class Grant(Model):
    """One promise of help to a household or to one of its people, from one giver for one purpose.

    `amount_fen` is what is given each time (`rhythm`); 0 for help that is no money. `person_name` is what the
    register or the form says; `member_id` is None when no such person stands in the file. Those from registers are
    approved; `origin_key` tells them apart, so that the same line never comes in twice.

    `tier` decides about what was asked. `is_green`: may be paid before that, papers are due by `papers_due_on`; refused
    after it was paid it is to be reclaimed (`reclaim` due, later done).
    """

    __tablename__ = "grants"
    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"), index=True)
    person_name: Mapped[str] = mapped_column(String(60), default="")
    help_type: Mapped[str] = mapped_column(String(12))
    policy: Mapped[str] = mapped_column(String(12), default="")
    purpose: Mapped[str] = mapped_column(String(80), default="")
    source: Mapped[str] = mapped_column(String(12))
    giver: Mapped[str] = mapped_column(String(80), default="")
    rhythm: Mapped[str] = mapped_column(String(5), default="once")
    amount_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    starts_on: Mapped[date | None]
    until: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(10), default="approved")
    tier: Mapped[str] = mapped_column(String(6), default="county")
    reason: Mapped[str] = mapped_column(String(300), default="")
    asked_by_id: Mapped[int | None]
    asked_by_name: Mapped[str] = mapped_column(String(60), default="")
    asked_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None]
    decided_by_name: Mapped[str] = mapped_column(String(60), default="")
    decided_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(String(300), default="")
    is_green: Mapped[bool] = mapped_column(default=False)
    papers_due_on: Mapped[date | None]
    papers_in_on: Mapped[date | None]
    reclaim: Mapped[str] = mapped_column(String(4), default="")
    origin_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    household: Mapped[Household] = relationship()
    payments: Mapped[list[Payment]] = relationship(
        back_populates="grant", cascade="all, delete-orphan", order_by="Payment.paid_on, Payment.id")

    __table_args__ = (
        CheckConstraint("amount_fen >= 0", name="amount"),
        CheckConstraint(f"source IN {SOURCES}", name="source"),
        CheckConstraint(f"rhythm IN {RHYTHMS}", name="rhythm"),
        CheckConstraint(f"state IN {GRANT_STATES}", name="state"),
        Index("ix_grants_household_id_state", "household_id", "state"),
        Index("ix_grants_state", "state"),
    )

    @property
    def stands(self) -> str:
        """Its state as people say it: what is to come back, or has, goes before the refusal."""
        return {"due": "reclaim", "done": "reclaimed"}.get(self.reclaim, self.state)


class Payment(Model):
    """One time that help was given: a person-time. `amount_fen` 0 for help that is no money.

    `period` is the month (2020-09) or year (2020) that it is for, or the day where it is for itself alone; a grant is
    paid once for a period, and the database refuses the second. So it does for a second grant of the same policy to
    the same person or household for that period: `policy_key` names these three.

    `progress` is how far the thing has come that it paid for (building, moved_in, looking, opened).
    """

    __tablename__ = "payments"
    id: Mapped[int] = mapped_column(primary_key=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("grants.id", ondelete="CASCADE"))
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"))
    amount_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    paid_on: Mapped[date | None]
    period: Mapped[str] = mapped_column(String(12))
    progress: Mapped[str] = mapped_column(String(20), default="")
    policy_key: Mapped[str | None] = mapped_column(String(60))
    paid_by_name: Mapped[str] = mapped_column(String(60), default="")
    recorded_at: Mapped[datetime]
    grant: Mapped[Grant] = relationship(back_populates="payments")

    __table_args__ = (
        UniqueConstraint("grant_id", "period"),
        CheckConstraint("amount_fen >= 0", name="amount"),
        Index("ix_payments_household_id_paid_on", "household_id", "paid_on"),
        Index("ix_payments_policy_key", "policy_key", unique=True),
    )

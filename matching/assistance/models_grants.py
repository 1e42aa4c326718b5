"""Money and help that households get: what was promised by whom, and each time it was given."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matching.assistance.models_reckonings import GrantReckoning
from matching.extensions import Model
from matching.households.models import Household

SOURCES = ("fiscal", "charity", "enterprise", "organisation", "person", "unknown")
RHYTHMS = ("once", "month", "year")
GRANT_STATES = ("asked", "returned", "refused", "approved", "ended")
DECISIONS = ("approve", "return", "refuse")


class Grant(Model):
    """One promise of help to a household or to one of its people, from one giver for one purpose.

    `amount_fen` is what is given each time (`rhythm`); 0 for help that is no money. `person_name` is what the
    register or the form says; `member_id` is None when no such person stands in the file. Those from registers are
    approved; `origin_key` tells them apart, so that the same line never comes in twice.

    `chain` names the tiers that sign one after another, `step` how many have signed in this `round` (asking again
    begins the next), `tier` who is to sign now. `is_green`: may be paid before that; its papers are debts (`papers`),
    of which `papers_due_on` is the next day and `papers_in_on` the day when all were in. `papers_tier` runs after them,
    `reminded` says how far that went. Refused after it was paid it is to be reclaimed (`reclaim` due, later done).
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
    chain: Mapped[str] = mapped_column(String(24), default="")
    step: Mapped[int] = mapped_column(default=0)
    round: Mapped[int] = mapped_column(default=1)
    cost_id: Mapped[int | None] = mapped_column(index=True)
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
    papers_tier: Mapped[str] = mapped_column(String(9), default="")
    reminded: Mapped[int] = mapped_column(default=0)
    reclaim: Mapped[str] = mapped_column(String(4), default="")
    origin_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    household: Mapped[Household] = relationship()
    payments: Mapped[list[Payment]] = relationship(
        back_populates="grant", cascade="all, delete-orphan", order_by="Payment.paid_on, Payment.id")
    decisions: Mapped[list[GrantDecision]] = relationship(cascade="all, delete-orphan", order_by="GrantDecision.id")
    papers: Mapped[list[GrantPaper]] = relationship(
        cascade="all, delete-orphan", order_by="GrantPaper.due_on, GrantPaper.id")
    repayments: Mapped[list[Repayment]] = relationship(cascade="all, delete-orphan", order_by="Repayment.id")
    reckonings: Mapped[list[GrantReckoning]] = relationship(
        cascade="all, delete-orphan", order_by=GrantReckoning.round)

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

    @property
    def stage(self) -> str:
        """Which signature is asked for: a form that was shown at another stage is out of date."""
        return f"{self.round}.{self.step}"

    @property
    def reckoned(self) -> GrantReckoning | None:
        """What its policy was last reckoned to pay to whom it is for; None when that was not reckoned."""
        return next((one for one in reversed(self.reckonings) if one.policy == self.policy
                     and one.member_id in (0, self.member_id)), None)

    @property
    def paid_fen(self) -> int:
        """What was given in all."""
        return sum(payment.amount_fen for payment in self.payments)

    @property
    def back_fen(self) -> int:
        """What came back, or was written off."""
        return sum(one.amount_fen for one in self.repayments)

    @property
    def owes_papers(self) -> bool:
        """Whether papers of the green channel are still out."""
        return self.is_green and self.papers_in_on is None and self.state in ("asked", "returned", "approved")


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


class GrantDecision(Model):
    """One signature under a request: at which step, by whom, for whom where somebody was absent, with which words."""

    __tablename__ = "grant_decisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("grants.id", ondelete="CASCADE"), index=True)
    round: Mapped[int] = mapped_column(default=1)
    tier: Mapped[str] = mapped_column(String(6))
    decision: Mapped[str] = mapped_column(String(8))
    words: Mapped[str] = mapped_column(String(300), default="")
    decided_by_id: Mapped[int | None]
    decided_by_name: Mapped[str] = mapped_column(String(60))
    acting_for_id: Mapped[int | None]
    acting_for_name: Mapped[str] = mapped_column(String(60), default="")
    decided_at: Mapped[datetime]

    __table_args__ = (CheckConstraint(f"decision IN {DECISIONS}", name="decision"),)


class GrantPaper(Model):
    """One paper that is owed for help in the green channel, due by a day."""

    __tablename__ = "grant_papers"
    id: Mapped[int] = mapped_column(primary_key=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("grants.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    due_on: Mapped[date]
    in_on: Mapped[date | None]
    taken_by_name: Mapped[str] = mapped_column(String(60), default="")


class Repayment(Model):
    """Money that came back after help was refused; `is_waived`: the rest, written off with a why."""

    __tablename__ = "grant_repayments"
    id: Mapped[int] = mapped_column(primary_key=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("grants.id", ondelete="CASCADE"), index=True)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    back_on: Mapped[date]
    is_waived: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(String(200), default="")
    recorded_by_name: Mapped[str] = mapped_column(String(60), default="")
    recorded_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount"),)


class Cost(Model):
    """What a household has to pay for one thing, such as a treatment: what all givers together are to cover."""

    __tablename__ = "costs"
    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), index=True)
    what: Mapped[str] = mapped_column(String(80))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    known_on: Mapped[date]
    recorded_by_name: Mapped[str] = mapped_column(String(60), default="")
    recorded_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount"),)

"""Payment lists: who is to be paid how much for a month, frozen before the money goes out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matching.assistance.models_grants import Grant
from matching.extensions import Model

LIST_STATES = ("open", "frozen")
LINE_STATES = ("due", "paid", "failed")


class PaymentList(Model):
    """What an area pays for one month (2026-11). One list an area and month; frozen it does not change any more."""

    __tablename__ = "payment_lists"
    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"))
    period: Mapped[str] = mapped_column(String(7))
    state: Mapped[str] = mapped_column(String(6), default="open")
    made_by_name: Mapped[str] = mapped_column(String(60), default="")
    made_at: Mapped[datetime]
    frozen_by_name: Mapped[str] = mapped_column(String(60), default="")
    frozen_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("area_code", "period"),
        CheckConstraint(f"state IN {LIST_STATES}", name="state"),
    )


class PaymentLine(Model):
    """One grant on a list, for a period. `amount_fen` is as it stood when the list was made.

    Frozen, a line claims what it pays (`claim`: the policy, person and period, or the grant and period): the database
    lets no other frozen list claim the same. A line that the bank sent back (`failed`, its `reason`) claims nothing.
    """

    __tablename__ = "payment_lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    payment_list_id: Mapped[int] = mapped_column(ForeignKey("payment_lists.id", ondelete="CASCADE"))
    grant_id: Mapped[int] = mapped_column(ForeignKey("grants.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), index=True)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    period: Mapped[str] = mapped_column(String(7), default="")
    state: Mapped[str] = mapped_column(String(6), default="due")
    reason: Mapped[str] = mapped_column(String(200), default="")
    claim: Mapped[str | None] = mapped_column(String(60))
    payment_list: Mapped[PaymentList] = relationship()
    grant: Mapped[Grant] = relationship()

    __table_args__ = (
        UniqueConstraint("payment_list_id", "grant_id", "period"),
        Index("ix_payment_lines_claim", "claim", unique=True),
        Index("ix_payment_lines_payment_list_id_id", "payment_list_id", "id"),
        CheckConstraint(f"state IN {LINE_STATES}", name="state"),
    )

"""What a policy was reckoned to pay before help was asked for, with the facts it was decided by."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matching.extensions import Model


class GrantReckoning(Model):
    """What a policy said of a request in one round, by the standards of `reckoned_on`. Never changed.

    `member_id` 0: it is about the whole household. `amount_fen`, `per`, `why` and `facts` are the rule's own answer;
    `asked` is what the officer told of the case (the bill, what a home costs, what has happened), as the address of
    the page that reckons carries it; empty when the file alone says it.
    """

    __tablename__ = "grant_reckonings"
    id: Mapped[int] = mapped_column(primary_key=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("grants.id", ondelete="CASCADE"))
    round: Mapped[int]
    policy: Mapped[str] = mapped_column(String(12))
    member_id: Mapped[int] = mapped_column(default=0)
    reckoned_on: Mapped[date]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    per: Mapped[str] = mapped_column(String(6))
    why: Mapped[str] = mapped_column(String(24))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    asked: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)

    __table_args__ = (UniqueConstraint("grant_id", "round"),)

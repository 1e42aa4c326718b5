"""Charities, enterprises, agencies, departments and volunteers: who gives."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matching.crypto import Sealed, SealedRow, sealed_column
from matching.extensions import Model

KINDS = ("charity", "enterprise", "agency", "department", "volunteer")
STATUSES = ("waiting", "vetted", "refused", "suspended")


class Organisation(SealedRow, Model):
    """One provider. A volunteer is an organisation of one (docs/decisions/0003-volunteers.md).

    `area_code` is where it is registered; that county vets it. Only a vetted one takes part in pairing.
    """

    __tablename__ = "organisations"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    credit_code: Mapped[str | None] = mapped_column(String(18), unique=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"), index=True)
    address: Mapped[str] = mapped_column(String(200), default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    precision: Mapped[str | None] = mapped_column(String(10))
    contact_name: Mapped[str] = mapped_column(String(60), default="")
    contact_phone_sealed: Mapped[bytes | None] = sealed_column()
    contact_phone = Sealed()
    status: Mapped[str] = mapped_column(String(10), default="waiting", index=True)
    vetted_on: Mapped[date | None]
    vetted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    refusal_reason: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"status IN {STATUSES}", name="status"),
    )


class Membership(Model):
    """A user who acts for an organisation."""

    __tablename__ = "memberships"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    created_at: Mapped[datetime]
    organisation: Mapped[Organisation] = relationship()

"""What providers give: an offer has a type, a capacity, a place and a reach, conditions and a period."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matching.extensions import Model
from matching.organisations.models import Organisation

HELP_TYPES = ("cash", "goods", "housing", "medical", "schooling", "tutoring", "job", "care", "counselling",
              "purchase")
REACHES = ("radius", "areas", "country")


class Offer(Model):
    """One offer. `taken` units of `capacity` are held by live pairings; the database refuses more.

    `reach`: `radius` (within `radius_km` of its point), `areas` (the areas in `areas`), or `country`.
    `provides`: condition codes it meets (e.g. `home_based`). `only_for`: codes it is limited to; within a
    group (stage, age, sex) any one suffices, every named group must be met.
    `register_key` finds the same row again when a register is imported anew.
    """

    __tablename__ = "offers"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    register_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    help_type: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    unit: Mapped[str] = mapped_column(String(20), default="")
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    reach: Mapped[str] = mapped_column(String(8))
    radius_km: Mapped[float | None]
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"))
    address: Mapped[str] = mapped_column(String(200), default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    precision: Mapped[str | None] = mapped_column(String(10))
    provides: Mapped[list[str]] = mapped_column(JSON, default=list)
    only_for: Mapped[list[str]] = mapped_column(JSON, default=list)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(8), default="open")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    organisation: Mapped[Organisation] = relationship()
    areas: Mapped[list[OfferArea]] = relationship(cascade="all, delete-orphan", order_by="OfferArea.area_code")
    clearances: Mapped[list[OfferClearance]] = relationship(cascade="all, delete-orphan")

    __table_args__ = (
        CheckConstraint("capacity >= 1 AND taken >= 0 AND taken <= capacity", name="capacity"),
        CheckConstraint(f"reach IN {REACHES}", name="reach"),
        CheckConstraint("reach <> 'radius' OR radius_km > 0", name="radius"),
        CheckConstraint("status IN ('open', 'paused', 'closed')", name="status"),
        Index("ix_offers_status_help_type", "status", "help_type"),
    )


class OfferArea(Model):
    """One named area that an offer with reach `areas` serves, with all below it."""

    __tablename__ = "offer_areas"
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"), primary_key=True)


class OfferClearance(Model):
    """Another county's yes or no to an offer that reaches into it; until the yes it is not paired there."""

    __tablename__ = "offer_clearances"
    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id", ondelete="CASCADE"))
    county_code: Mapped[str] = mapped_column(ForeignKey("areas.code"), index=True)
    status: Mapped[str] = mapped_column(String(8), default="waiting")
    reason: Mapped[str] = mapped_column(String(200), default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("offer_id", "county_code"),
        CheckConstraint("status IN ('waiting', 'allowed', 'refused')", name="status"),
    )

"""The household file: members, needs, its account and its timeline."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    case,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matching.crypto import Sealed, SealedRow, blind_column, sealed_column
from matching.extensions import Model

CATEGORIES = ("dibao_a", "dibao_b", "dibao_c", "tekun", "margin", "none")
STATUSES = ("reported", "screened", "surveyed", "verified", "archived")
NEED_STATUSES = ("reported", "verified", "open", "met", "withdrawn")
NEED_STATES = ("reported", "verified", "open", "partly_paired", "paired", "fulfilled", "closed", "reopened",
               "withdrawn")


class Household(SealedRow, Model):
    """One household, one file. Only a verified household's needs are paired.

    `number` is the register's own, unique in its county. `registered_on` is the first day of the month in
    which the file was opened there, `archived_on` the day on which its retention began. `precision` tells how well
    the point is known: exact, village, town, county.
    """

    __tablename__ = "households"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40))
    county_code: Mapped[str] = mapped_column(ForeignKey("areas.code"))
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"))
    head_name: Mapped[str] = mapped_column(String(60))
    address_sealed: Mapped[bytes | None] = sealed_column()
    address = Sealed()
    phone_sealed: Mapped[bytes | None] = sealed_column()
    phone_blind: Mapped[str | None] = blind_column()
    phone = Sealed(blind=True)
    bank_account_sealed: Mapped[bytes | None] = sealed_column()
    bank_account = Sealed()
    note_sealed: Mapped[bytes | None] = sealed_column()
    note = Sealed()
    category: Mapped[str] = mapped_column(String(8), default="none")
    residence: Mapped[str] = mapped_column(String(5), default="")
    cause: Mapped[str] = mapped_column(String(40), default="")
    housing: Mapped[str] = mapped_column(String(40), default="")
    support: Mapped[str] = mapped_column(String(20), default="")
    registered_on: Mapped[date | None]
    archived_on: Mapped[date | None]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    precision: Mapped[str | None] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(10), default="reported")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    members: Mapped[list[Member]] = relationship(
        back_populates="household", cascade="all, delete-orphan", order_by="Member.position")
    needs: Mapped[list[Need]] = relationship(
        back_populates="household", cascade="all, delete-orphan", order_by="Need.id")

    __table_args__ = (
        UniqueConstraint("county_code", "number"),
        # Each order and filter of the list walks one of these from where a page begins.
        Index("ix_households_area_code_id", "area_code", "id", "status", "lat", "lon"),
        Index("ix_households_status_area_code_id", "status", "area_code", "id", "category"),
        Index("ix_households_category_area_code_id", "category", "area_code", "id", "status"),
        Index("ix_households_county_code_created_at_id", "county_code", "created_at", "id"),
        Index("ix_households_area_code_created_at_id", "area_code", "created_at", "id", "status"),
        CheckConstraint(f"category IN {CATEGORIES}", name="category"),
        CheckConstraint(f"status IN {STATUSES}", name="status"),
    )


class Member(SealedRow, Model):
    """One person of a household. `monthly_income_fen` None means not known (counts as 0, with a warning)."""

    __tablename__ = "members"
    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(60))
    relation: Mapped[str] = mapped_column(String(20), default="")
    identity_number_sealed: Mapped[bytes | None] = sealed_column()
    identity_number_blind: Mapped[str | None] = blind_column()
    identity_number = Sealed(blind=True)
    certificate_sealed: Mapped[bytes | None] = sealed_column()
    certificate_blind: Mapped[str | None] = blind_column()
    certificate = Sealed(blind=True)
    phone_sealed: Mapped[bytes | None] = sealed_column()
    phone_blind: Mapped[str | None] = blind_column()
    phone = Sealed(blind=True)
    illness_sealed: Mapped[bytes | None] = sealed_column()
    illness = Sealed()
    born_on: Mapped[date | None]
    sex: Mapped[str] = mapped_column(String(6), default="")
    health: Mapped[str] = mapped_column(String(20), default="")
    disability_kind: Mapped[str] = mapped_column(String(20), default="")
    disability_grade: Mapped[int | None]
    work_ability: Mapped[str] = mapped_column(String(20), default="")
    employment: Mapped[str] = mapped_column(String(40), default="")
    school_stage: Mapped[str] = mapped_column(String(20), default="")
    child_kind: Mapped[str] = mapped_column(String(40), default="")
    monthly_income_fen: Mapped[int | None] = mapped_column(BigInteger)
    policies: Mapped[list[str]] = mapped_column(JSON, default=list)
    household: Mapped[Household] = relationship(back_populates="members")

    __table_args__ = (Index("ix_members_name_born_on", "name", "born_on"),)


class Need(Model):
    """One verified thing that a household lacks.

    `given` of `quantity` units are held by live pairings; the household has confirmed `received` of them, `closed`
    are signed off. `status` is what people decided: `reported` (nobody but its author has looked), `verified`
    (its file is not yet), `open` (takes part in pairing), `met` (all signed off), `withdrawn`. From these
    `state` follows. `reopened_at`: when a signed-off part came back, last.
    `asks`: condition codes an offer must provide. `traits`: what is known of the need and of the person to be
    helped, matched against an offer's `only_for` (`matching.conditions`). `details`: what the form of its help
    type asked (`service_details`). `summary` is what providers read: no name, no address, no number.
    `wanted_by`: the day until which it is needed. `sequence` tells needs of one type in one household apart.
    """

    __tablename__ = "needs"
    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"))
    help_type: Mapped[str] = mapped_column(String(12))
    sequence: Mapped[int] = mapped_column(default=1)
    quantity: Mapped[int]
    given: Mapped[int] = mapped_column(default=0)
    unit: Mapped[str] = mapped_column(String(20), default="")
    urgency: Mapped[int]
    reported_on: Mapped[date]
    asks: Mapped[list[str]] = mapped_column(JSON, default=list)
    traits: Mapped[list[str]] = mapped_column(JSON, default=list)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    summary: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[str] = mapped_column(String(10), default="open")
    wanted_by: Mapped[date | None]
    received: Mapped[int] = mapped_column(default=0)
    closed: Mapped[int] = mapped_column(default=0)
    reopened_at: Mapped[datetime | None]
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    household: Mapped[Household] = relationship(back_populates="needs")

    __table_args__ = (
        UniqueConstraint("household_id", "help_type", "sequence"),
        CheckConstraint("quantity >= 1 AND given >= 0 AND given <= quantity", name="quantity"),
        CheckConstraint("closed >= 0 AND closed <= received AND received <= given", name="units"),
        CheckConstraint("urgency BETWEEN 1 AND 5", name="urgency"),
        CheckConstraint(f"status IN {NEED_STATUSES}", name="status"),
        # Who waits longest, for any help and for one kind of it, without a look at the rows.
        Index("ix_needs_status_reported_on", "status", "reported_on", "household_id", "given", "quantity"),
        Index("ix_needs_status_help_type_reported_on", "status", "help_type", "reported_on", "household_id", "given",
              "quantity"),
        # Holds all that figures and the list of a town's needs ask, so that they need not look at the rows.
        Index("ix_needs_counts", "household_id", "status", "help_type", "given", "quantity", "reported_on", "urgency",
              "wanted_by", "id"),
        Index("ix_needs_status_wanted_by", "status", "wanted_by"),
        # The most urgent needs, each level and day of it in turn.
        Index("ix_needs_status_urgency", "status", "urgency", "wanted_by", "reported_on", "id", "household_id",
              "help_type", "given", "quantity"),
    )

    @hybrid_property
    def state(self) -> str:
        """Where the need stands, of `NEED_STATES`: the first of the rules that holds, read from top to bottom.

        1. What people decided: `withdrawn`, `reported`, `verified`; `met` reads as `closed`.
        2. `fulfilled`: the household has received every unit. 3. `paired`: every unit is held.
        4. `partly_paired`: some are. 5. `reopened`: a signed-off part came back. 6. `open`.
        """
        if self.status != "open":
            return "closed" if self.status == "met" else self.status
        if self.given:
            return ("fulfilled" if self.received == self.quantity else "paired" if self.given == self.quantity
                    else "partly_paired")
        return "open" if self.reopened_at is None else "reopened"

    @state.inplace.expression
    @classmethod
    def _state_expression(cls) -> ColumnElement[str]:
        return case(
            (cls.status == "met", "closed"), (cls.status != "open", cls.status),
            (cls.received == cls.quantity, "fulfilled"), (cls.given == cls.quantity, "paired"),
            (cls.given > 0, "partly_paired"), (cls.reopened_at.is_not(None), "reopened"), else_="open")


class HouseholdAccount(Model):
    """A user who signs in for a household and sees its own file."""

    __tablename__ = "household_accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]


class TimelineEntry(Model):
    """One event in a household's story, as code and values; the words come from the translations."""

    __tablename__ = "timeline_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    pairing_id: Mapped[int | None] = mapped_column(index=True)
    actor_name: Mapped[str] = mapped_column(String(60), default="")
    actor_role: Mapped[str] = mapped_column(String(16), default="")
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    __table_args__ = (Index("ix_timeline_entries_household_id_id", "household_id", "id"),)

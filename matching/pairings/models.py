"""Runs of the engine, and pairings from proposal to closing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matching.extensions import Model
from matching.households.models import Household, Need
from matching.offers.models import Offer
from matching.organisations.models import Organisation

STATES = ("proposed", "approved", "offered", "accepted", "consented", "under_way", "delivered", "confirmed",
          "closed", "declined", "lapsed", "withdrawn", "failed", "reopened")
HOLDING = ("offered", "accepted", "consented", "under_way", "delivered", "confirmed", "closed")
"""The states in which a pairing holds units of its need and of its offer."""


class Run(Model):
    """One run of the engine over an area: asked for, worked, and kept with its proof.

    `upper_bound` is proven by dual prices: no plan on the same facts is worth more.
    """

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting", index=True)
    stage: Mapped[str] = mapped_column(String(20), default="")
    progress: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    needs: Mapped[int] = mapped_column(default=0)
    offers: Mapped[int] = mapped_column(default=0)
    proposals: Mapped[int] = mapped_column(default=0)
    weight: Mapped[int] = mapped_column(BigInteger, default=0)
    upper_bound: Mapped[int] = mapped_column(BigInteger, default=0)
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    __table_args__ = (CheckConstraint(
        "state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="state"),)


class Pairing(Model):
    """A need and an offer joined for a quantity, from proposal to closing.

    The score is `urgency_points + waiting_points + closeness_points` a unit (contract.md). `distance_m` is
    None where a place is not known; `distance_is_about` when one is known only to the village or town.
    `options` is how many offers were possible for the need; `next_offer_id`, `next_score` the best of the
    others. `due_on`: the last day for the next step, `reminded` of it: "", soon, late. `delivered` of its units were
    handed over. `receipt_code`: the household's word that it got them, `code_tries` wrong ones so far. `follows_id`:
    the pairing whose provider this one took the place of. `locked_at`: since then no run changes it.
    `household_id`, `organisation_id`, `area_code` repeat what need and offer say, so that every list is one indexed
    read.
    """

    __tablename__ = "pairings"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"), index=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"), index=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"), index=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"))
    quantity: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    proposed_by: Mapped[str] = mapped_column(String(8), default="engine")
    score: Mapped[int]
    urgency_points: Mapped[int]
    waiting_points: Mapped[int]
    closeness_points: Mapped[int] = mapped_column(default=0)
    distance_m: Mapped[float | None]
    distance_is_about: Mapped[bool] = mapped_column(default=False)
    options: Mapped[int] = mapped_column(default=0)
    next_offer_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id"))
    next_score: Mapped[int | None]
    unchecked: Mapped[list[str]] = mapped_column(JSON, default=list)
    proposed_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    answer_by_on: Mapped[date | None]
    due_on: Mapped[date | None]
    reminded: Mapped[str] = mapped_column(String(4), default="", server_default="")
    delivered: Mapped[int] = mapped_column(default=0, server_default="0")
    receipt_code: Mapped[str] = mapped_column(String(6), default="", server_default="")
    code_tries: Mapped[int] = mapped_column(default=0, server_default="0")
    follows_id: Mapped[int | None] = mapped_column(index=True)
    locked_at: Mapped[datetime | None] = mapped_column(index=True)
    locked_by_name: Mapped[str] = mapped_column(String(60), default="", server_default="")
    consent_how: Mapped[str] = mapped_column(String(12), default="")
    consented_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    delivered_note: Mapped[str] = mapped_column(String(300), default="")
    outcome: Mapped[str] = mapped_column(String(20), default="")
    outcome_note: Mapped[str] = mapped_column(String(300), default="")
    closed_by_id: Mapped[int | None]
    changed_at: Mapped[datetime]
    need: Mapped[Need] = relationship()
    offer: Mapped[Offer] = relationship(foreign_keys=[offer_id])
    next_offer: Mapped[Offer | None] = relationship(foreign_keys=[next_offer_id])
    household: Mapped[Household] = relationship()
    organisation: Mapped[Organisation] = relationship()
    run: Mapped[Run | None] = relationship()

    __table_args__ = (
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_pairings_due_on_state", "due_on", "state"),
        Index("ix_pairings_state_area_code", "state", "area_code", "score", "id"),
        Index("ix_pairings_state_household_id", "state", "area_code", "household_id", "id"),
        Index("ix_pairings_state_offer_id", "state", "offer_id", "score", "id", "area_code"),
        Index("ix_pairings_state_urgency_points", "state", "urgency_points", "score", "id", "area_code"),
        Index("ix_pairings_state_changed_at", "state", "changed_at", "id", "area_code"),
        Index("ix_pairings_organisation_id_state", "organisation_id", "state"),
        # Proposals are deleted by the next run; a page that still shows one must never mean another.
        {"sqlite_autoincrement": True},
    )

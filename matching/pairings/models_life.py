"""What a pairing keeps of the way it goes: handovers with their proof, duties with their ticks and exemptions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matching.extensions import Model
from matching.pairings.models import Pairing

PROOFS = ("code", "photo", "signature", "words")
"""How a handover is proven: the household's code, a photo, its signature; with words alone the household is asked."""
RHYTHMS = ("once", "week", "month", "year")


class Handover(Model):
    """Some units of a pairing handed over. `paper_id`: the photo or signature among the household's papers.

    `disputed_at`: the household said that it did not get them; they do not count.
    """

    __tablename__ = "handovers"
    id: Mapped[int] = mapped_column(primary_key=True)
    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairings.id", ondelete="CASCADE"), index=True)
    quantity: Mapped[int]
    given_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(300), default="")
    proof: Mapped[str] = mapped_column(String(9))
    paper_id: Mapped[int | None]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None]
    recorded_by_name: Mapped[str] = mapped_column(String(60), default="")
    disputed_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("quantity >= 1", name="quantity"),
                      CheckConstraint(f"proof IN {PROOFS}", name="proof"))


class Duty(Model):
    """What a pairing asks of its organisation: once before it starts (`once`), or each week, month or year.

    The first period begins on `starts_on`; weeks and months are those of the calendar, years count from that day.
    `ends_on`: its last day; None while the pairing goes on. A `once` is due on `starts_on` and before the pairing
    starts. `missed_on`: the first day of the latest period that was found missed and is not made up for.
    """

    __tablename__ = "duties"
    id: Mapped[int] = mapped_column(primary_key=True)
    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairings.id", ondelete="CASCADE"), index=True)
    rhythm: Mapped[str] = mapped_column(String(5))
    what: Mapped[str] = mapped_column(String(120))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    missed_on: Mapped[date | None] = mapped_column(index=True)
    made_at: Mapped[datetime]
    made_by_name: Mapped[str] = mapped_column(String(60), default="")
    pairing: Mapped[Pairing] = relationship()
    ticks: Mapped[list[DutyTick]] = relationship(cascade="all, delete-orphan", order_by="DutyTick.period_on")
    exemptions: Mapped[list[DutyExemption]] = relationship(
        cascade="all, delete-orphan", order_by="DutyExemption.starts_on")

    __table_args__ = (CheckConstraint(f"rhythm IN {RHYTHMS}", name="rhythm"),)


class DutyTick(Model):
    """A duty done for one period; `period_on` is the period's first day. One a period, says the database."""

    __tablename__ = "duty_ticks"
    id: Mapped[int] = mapped_column(primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duties.id", ondelete="CASCADE"))
    period_on: Mapped[date]
    done_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(200), default="")
    ticked_at: Mapped[datetime]
    ticked_by_name: Mapped[str] = mapped_column(String(60), default="")

    __table_args__ = (UniqueConstraint("duty_id", "period_on"),)


class DutyExemption(Model):
    """A duty is not asked for until a day, with the why; afterwards it is again."""

    __tablename__ = "duty_exemptions"
    id: Mapped[int] = mapped_column(primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duties.id", ondelete="CASCADE"))
    starts_on: Mapped[date]
    until: Mapped[date]
    why: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    made_by_name: Mapped[str] = mapped_column(String(60), default="")

    __table_args__ = (Index("ix_duty_exemptions_duty_id", "duty_id"),
                      CheckConstraint("until >= starts_on", name="until"))

"""The two tables of scheduled work: who holds the scheduler, and which moments of which job are done."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import String, UniqueConstraint, Update, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from matching.extensions import Model, db, insert_if_absent, reading

LEASE = timedelta(seconds=15)
SILENCE = timedelta(seconds=30)
MAX_ATTEMPTS = 5
SCHEDULER = "scheduler"


class SchedulerLease(Model):
    """Who may run the scheduler, and until when unless renewed."""

    __tablename__ = "scheduler_leases"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(120))
    expires_at: Mapped[datetime]


class JobSlot(Model):
    """One moment at which a job was due, who works on it and when it was finished."""

    __tablename__ = "job_slots"
    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(60))
    slot_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=1)
    claimed_by: Mapped[str] = mapped_column(String(120))
    heartbeat_at: Mapped[datetime]
    finished_at: Mapped[datetime | None] = mapped_column(index=True)

    __table_args__ = (UniqueConstraint("job", "slot_at"),)


def hold_lease(holder: str, now: datetime) -> bool:
    """Take or renew the lease; True when `holder` has it until `now + LEASE`. Commits.

    Only reads while another process holds a lease that has not expired.
    """
    with reading():
        lease = db.session.get(SchedulerLease, SCHEDULER)
        taken = lease is not None and lease.holder != holder and lease.expires_at > now
    if taken:
        return False
    free = or_(SchedulerLease.holder == holder, SchedulerLease.expires_at <= now)
    statement = update(SchedulerLease).where(SchedulerLease.name == SCHEDULER, free)
    held = _rows(statement.values(holder=holder, expires_at=now + LEASE)) == 1
    held = held or insert_if_absent(SchedulerLease, name=SCHEDULER, holder=holder, expires_at=now + LEASE)
    db.session.commit()
    return held


def release_lease(holder: str) -> None:
    """Give the lease back, so that the next process need not wait for it to expire. Commits."""
    db.session.execute(delete(SchedulerLease).where(SchedulerLease.holder == holder))
    db.session.commit()


def claim_slot(name: str, slot_at: datetime, runner: str, now: datetime) -> bool:
    """Claim one slot: a new one, or one whose runner has been silent. True when it is ours. Commits."""
    values = {"job": name, "slot_at": slot_at, "claimed_by": runner, "heartbeat_at": now}
    ours = insert_if_absent(JobSlot, **values)
    if not ours:
        abandoned = (JobSlot.finished_at.is_(None), JobSlot.heartbeat_at < now - SILENCE,
                     JobSlot.attempts < MAX_ATTEMPTS)
        statement = update(JobSlot).where(JobSlot.job == name, JobSlot.slot_at == slot_at, *abandoned)
        ours = _rows(statement.values(claimed_by=runner, heartbeat_at=now, attempts=JobSlot.attempts + 1)) == 1
    db.session.commit()
    return ours


def beat(name: str, slot_at: datetime, runner: str, now: datetime) -> None:
    """Tell the others that the runner of this slot is alive. Commits."""
    _rows(_mine(name, slot_at, runner).values(heartbeat_at=now))
    db.session.commit()


def finish_slot(name: str, slot_at: datetime, runner: str, now: datetime) -> bool:
    """Mark the slot finished in the transaction of its work; False when it is no longer ours."""
    return _rows(_mine(name, slot_at, runner).values(finished_at=now, heartbeat_at=now)) == 1


def abandoned_slots(now: datetime) -> list[tuple[str, datetime]]:
    """Slots that were begun, are not finished and whose runner has been silent."""
    waiting = (JobSlot.finished_at.is_(None), JobSlot.heartbeat_at < now - SILENCE, JobSlot.attempts < MAX_ATTEMPTS)
    found = db.session.execute(select(JobSlot.job, JobSlot.slot_at).where(*waiting).order_by(JobSlot.slot_at))
    return [(name, slot_at) for name, slot_at in found]


def _mine(name: str, slot_at: datetime, runner: str) -> Update:
    return update(JobSlot).where(JobSlot.job == name, JobSlot.slot_at == slot_at, JobSlot.claimed_by == runner,
                                 JobSlot.finished_at.is_(None))


def _rows(statement: Update) -> int:
    changed = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(changed.rowcount)  # type: ignore[attr-defined]

"""Scheduled work: one scheduler however many processes serve, and each slot of a job done exactly once.

APScheduler fires in every process that runs it. So two rows decide instead:

1. The **lease** (`scheduler_leases`). Every process watches it; the one that holds it runs the scheduler and
   renews the lease. When it is gone, another takes the lease after `LEASE` and goes on.
2. The **slot** (`job_slots`), one row for each moment at which a job is due. A runner claims it by a conditional
   write; the work and the mark "finished" are one transaction, so whoever lost the slot meanwhile loses the
   work with it. A slot whose runner has been silent for `SILENCE` is taken over.

Jobs call services and commit once; services take the time as an argument.
"""

from __future__ import annotations

import atexit
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from matching import vault
from matching.clock import SHANGHAI, utc_now
from matching.extensions import db, reading, scrub
from matching.jobs_heart import RENEW_SECONDS, Heart
from matching.jobs_slots import (
    JobSlot,
    SchedulerLease,
    abandoned_slots,
    claim_slot,
    finish_slot,
    hold_lease,
    release_lease,
)

__all__ = ["JOBS", "Job", "JobSlot", "SchedulerLease", "Watcher", "due_slot", "job", "run_slot", "start"]

LOOK_BACK = timedelta(hours=25)

log = structlog.get_logger()
Work = Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of scheduled work.

    `cron` (five fields, Asia/Shanghai): done once for each slot. `every_seconds`: a sweep that looks for work
    whose rows are claimed one by one, so doing it twice does no harm and needs no slot.
    """

    name: str
    work: Work
    cron: str | None = None
    every_seconds: int | None = None

    @property
    def trigger(self) -> CronTrigger:
        """The calendar of a job with slots."""
        return CronTrigger.from_crontab(self.cron, timezone=SHANGHAI)


JOBS: dict[str, Job] = {}


def job(name: str, *, cron: str | None = None, every_seconds: int | None = None) -> Callable[[Work], Work]:
    """Register a function of the present time as scheduled work, by calendar or by interval."""
    if (cron is None) == (every_seconds is None):
        raise TypeError("a job has either a calendar or an interval")

    def register(work: Work) -> Work:
        JOBS[name] = Job(name, work, cron, every_seconds)
        return work

    return register


def runner_name() -> str:
    """A name for this process that no other process has or will have."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


def due_slot(work: Job, now: datetime) -> datetime | None:
    """The latest moment, at most `LOOK_BACK` ago, at which a job with a calendar was due."""
    trigger, found = work.trigger, None
    following = trigger.get_next_fire_time(None, now - LOOK_BACK)
    while following is not None and following <= now:
        found = following
        following = trigger.get_next_fire_time(following, following + timedelta(microseconds=1))
    return found


def run_slot(work: Job, slot_at: datetime, runner: str, app: Flask) -> bool:
    """Claim a slot, do its work and mark it finished, all or nothing. True when it was done here and now."""
    done = False
    with app.app_context(), _rolled_back_on_error(work.name):
        if claim_slot(work.name, slot_at, runner, utc_now()):
            with Heart(work.name, slot_at, runner, app):
                done = _work_slot(work, slot_at, runner)
            log.info("job_done" if done else "job_slot_lost", job=work.name)
    return done


def _work_slot(work: Job, slot_at: datetime, runner: str) -> bool:
    """The work of a claimed slot and its finishing mark in one transaction; False when another has the slot now."""
    work.work(utc_now())
    done = finish_slot(work.name, slot_at, runner, utc_now())
    if done:
        db.session.commit()
    else:
        db.session.rollback()
    return done


@contextmanager
def _rolled_back_on_error(name: str) -> Iterator[None]:
    """Undo what failed and log its kind only: a message may hold what nobody should read in a log."""
    try:
        yield
    except Exception as error:
        db.session.rollback()
        log.error("job_failed", job=name, error=type(error).__name__)


# --- the scheduler -----------------------------------------------------------------------------------------


class Watcher(threading.Thread):
    """Competes for the lease; runs the scheduler while it has it, and stops it when it has not."""

    def __init__(self, app: Flask, jobs: dict[str, Job] | None = None) -> None:
        super().__init__(name="job watcher", daemon=True)
        self.runner = runner_name()
        self._app = app
        self._jobs = JOBS if jobs is None else jobs
        self._scheduler: BackgroundScheduler | None = None
        self._stop_now = threading.Event()

    @property
    def holds(self) -> bool:
        """Whether the scheduler runs in this process."""
        return self._scheduler is not None

    def run(self) -> None:
        """Watch until told to stop."""
        while not self._stop_now.is_set():
            self._watch_once()
            self._stop_now.wait(RENEW_SECONDS)

    def stop(self) -> None:
        """Stop the scheduler and let another process go on at once."""
        self._stop_now.set()
        if self._scheduler is None:
            return
        self._end_scheduler()
        with self._app.app_context():
            try:
                release_lease(self.runner)
            except SQLAlchemyError:
                db.session.rollback()  # it expires by itself

    def _watch_once(self) -> None:
        with self._app.app_context():
            try:
                held = hold_lease(self.runner, utc_now())
            except SQLAlchemyError as error:
                db.session.rollback()
                held = False
                log.warning("lease_not_reached", error=type(error).__name__)
        if held and self._scheduler is None:
            self._begin_scheduler()
        elif not held and self._scheduler is not None:
            self._end_scheduler()

    def _begin_scheduler(self) -> None:
        scheduler = BackgroundScheduler(
            timezone=SHANGHAI, daemon=True, executors={"default": ThreadPoolExecutor(4)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
        for work in self._jobs.values():
            if work.cron is not None:
                scheduler.add_job(self._run_due, work.trigger, args=[work], id=work.name)
                scheduler.add_job(self._run_due, args=[work], id=f"{work.name}, missed")
            else:
                scheduler.add_job(self._sweep, "interval", seconds=work.every_seconds, args=[work], id=work.name)
        scheduler.add_job(self._take_over, "interval", seconds=RENEW_SECONDS, id="take over")
        self._scheduler = scheduler
        scheduler.start()
        log.info("scheduler_started", runner=self.runner)

    def _end_scheduler(self) -> None:
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            scheduler.shutdown(wait=False)
            log.info("scheduler_stopped", runner=self.runner)

    def _run_due(self, work: Job) -> None:
        slot_at = due_slot(work, utc_now())
        if slot_at is not None:
            run_slot(work, slot_at, self.runner, self._app)

    def _sweep(self, work: Job) -> None:
        with self._app.app_context(), _rolled_back_on_error(work.name):
            work.work(utc_now())
            db.session.commit()

    def _take_over(self) -> None:
        found: list[tuple[str, datetime]] = []
        with self._app.app_context(), _rolled_back_on_error("take over"), reading():
            found = abandoned_slots(utc_now())
        for name, slot_at in found:
            if name in self._jobs:
                run_slot(self._jobs[name], slot_at, self.runner, self._app)


def start(app: Flask) -> Watcher:
    """Let this process compete for the scheduler; it gives the lease back when the process ends in good order."""
    watcher = Watcher(app)
    watcher.start()
    atexit.register(watcher.stop)
    return watcher


# --- the work ----------------------------------------------------------------------------------------------


@job("back up", cron="0 1 * * *")
def back_up_nightly(now: datetime) -> None:
    """Write the day's backup into the folder of the settings, if they name one, and throw old ones away."""
    from matching import jobs_backup

    jobs_backup.back_up(now)


@job("nightly pairing", cron="0 2 * * *")
def ask_nightly_runs(now: datetime) -> None:
    """Ask for a run of every county with households; the next sweep works them."""
    from matching.pairings import service_runs

    service_runs.ask_all(now)


@job("work runs", every_seconds=2)
def work_waiting_runs(now: datetime) -> None:
    """Work the runs that wait, the oldest first. Each is claimed, worked and closed by commits of its own."""
    from matching import jobs_runs
    from matching.pairings import service_runs

    while True:
        with reading():
            run_id = service_runs.next_waiting(now)
        if run_id is None or not jobs_runs.claim(run_id, now):
            return
        try:
            jobs_runs.work(run_id, utc_now())
        except Exception as error:
            jobs_runs.fail(run_id, utc_now(), type(error).__name__)
            log.error("run_failed", run=run_id, error=type(error).__name__)


@job("check entitlements", every_seconds=2)
def work_waiting_checks(now: datetime) -> None:
    """Work the checks of entitlements that wait, the oldest first, each with commits of its own."""
    from matching import jobs_gaps
    from matching.assistance import service_checks

    while True:
        with reading():
            check_id = service_checks.next_waiting(now)
        if check_id is None or not jobs_gaps.claim(check_id, now):
            return
        try:
            jobs_gaps.work(check_id)
        except Exception as error:
            jobs_gaps.fail(check_id, utc_now(), type(error).__name__)
            log.error("gap_check_failed", check=check_id, error=type(error).__name__)


@job("work imports", every_seconds=2)
def work_waiting_imports(_now: datetime) -> None:
    """Read, apply or take back the registers that officers brought, the oldest first."""
    from matching import jobs_imports

    jobs_imports.work_waiting()


@job("keep counts", every_seconds=2)
def keep_counts(_now: datetime) -> None:
    """Count anew the villages in which something changed, and look what the changed files share with others."""
    from matching import jobs_counts

    jobs_counts.keep_all()


@job("chain the log", every_seconds=10)
def chain_the_log(now: datetime) -> None:
    """Link the audit log's new entries and anchor the head outside the database."""
    from matching import jobs_chain

    jobs_chain.link_and_anchor(now)


@job("send notices", every_seconds=5)
def send_notices(_now: datetime) -> None:
    """Send what waits in the outbox."""
    from matching import jobs_notices

    jobs_notices.send_waiting()


@job("run reports' clocks", every_seconds=60)
def run_clocks(now: datetime) -> None:
    """Warn of what is due in a report, hand up what is overdue, give an owner to what has lost its own."""
    from matching import jobs_clocks

    jobs_clocks.run(now)


@job("lapse offers", cron="10 0 * * *")
def lapse_offers(now: datetime) -> None:
    """Free what was offered and not answered in time."""
    from matching.pairings import service

    service.lapse_overdue(now)


@job("remind of pairings", cron="30 7 * * *")
def remind_of_pairings(now: datetime) -> None:
    """Remind of steps of pairings, follow-ups and complaints that are due by tomorrow or late, find what was agreed and
    missed, and let lines whose watch is over leave the closing ledger.
    """
    from matching.pairings import service_deadlines, service_duties, service_ledger, service_reminders

    service_deadlines.remind(now)
    service_reminders.remind(now)
    service_duties.find_missed(now)
    service_ledger.leave_watch(now)
    service_ledger.bring_missing(now)


@job("run after papers", cron="0 7 * * *")
def run_after_papers(now: datetime) -> None:
    """Remind of papers that the green channel owes, pass up what stays late; remind of lists that are still open."""
    from matching.assistance import service_green, service_lists

    service_green.run_after_papers(now)
    service_lists.run_after_lists(now)


@job("run after referrals", cron="20 7 * * *")
def run_after_referrals(now: datetime) -> None:
    """Remind of referrals and of meetings' decisions that are due, and pass up what is late."""
    from matching import jobs_clocks

    jobs_clocks.run_after_others(now)


@job("clean up", cron="30 3 * * *")
def clean_up(now: datetime) -> None:
    """Forget what has served its time: old sessions, tries to sign in, keys of sent forms, old notices, slots."""
    from matching import jobs_cleaning

    jobs_cleaning.clean_up(now)


@job("erase what is due", cron="50 3 * * *")
def erase_due(now: datetime) -> None:
    """Erase archived files and reports whose retention has ended; their papers go with the strays, below."""
    from matching import jobs_cleaning
    jobs_cleaning.erase_due(now)


@job("forget strays", cron="20 4 * * *")
def forget_strays(now: datetime) -> None:
    """Remove files of the vault that nobody names."""
    vault.forget_strays(vault.named(), now - vault.STRAY_AFTER)


@job("scrub", cron="40 4 * * *")
def scrub_database(_now: datetime) -> None:
    """Let nothing that was deleted linger in the database's files."""
    scrub()

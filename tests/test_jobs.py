"""Scheduled jobs: one scheduler however many processes, each slot done exactly once (promise 34)."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, scoped_session

from matching import jobs, jobs_cleaning, jobs_slots
from matching.accounts.models import SignInAttempt
from matching.clock import SHANGHAI, utc_now
from tests.databases import TestDatabase
from tests.job_worker import FIRST, SLOTS, leave_a_mark

ROOT = Path(__file__).resolve().parent.parent
NIGHT = jobs.Job("night", leave_a_mark, cron="0 2 * * *")
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TestSession = scoped_session[Session]


def effects(session: TestSession) -> int:
    """How often the work was done for good."""
    found = session.scalar(select(func.count()).select_from(SignInAttempt))
    session.rollback()
    return found or 0


# --- when a job is due


@pytest.mark.parametrize(("hour", "minute", "day"), [(1, 59, 21), (2, 0, 22), (2, 1, 22), (23, 59, 22)])
def test_the_due_slot_is_the_latest_two_oclock_in_shanghai(hour: int, minute: int, day: int) -> None:
    now = datetime(2026, 11, 22, hour, minute, tzinfo=SHANGHAI)
    assert jobs.due_slot(NIGHT, now) == datetime(2026, 11, day, 2, 0, tzinfo=SHANGHAI)


def test_a_slot_longer_ago_than_the_look_back_is_not_done_any_more() -> None:
    monthly = jobs.Job("month", leave_a_mark, cron="0 2 1 * *")
    assert jobs.due_slot(monthly, datetime(2026, 11, 22, 2, 0, tzinfo=SHANGHAI)) is None


def test_a_clock_set_back_names_the_same_slot_again() -> None:
    later = jobs.due_slot(NIGHT, datetime(2026, 11, 22, 2, 0, 5, tzinfo=SHANGHAI))
    again = jobs.due_slot(NIGHT, datetime(2026, 11, 22, 2, 0, 0, tzinfo=SHANGHAI))
    assert later == again


def test_a_job_has_a_calendar_or_an_interval_but_not_both() -> None:
    with pytest.raises(TypeError):
        jobs.job("both", cron="0 2 * * *", every_seconds=2)
    with pytest.raises(TypeError):
        jobs.job("neither")


def test_a_killed_runner_is_replaced_within_a_minute() -> None:
    renew = timedelta(seconds=jobs.RENEW_SECONDS)
    assert jobs_slots.LEASE + renew + jobs_slots.SILENCE + renew < timedelta(seconds=60)
    assert renew * 2 < jobs_slots.LEASE, "one late renewal must not lose the lease"
    assert renew * 2 < jobs_slots.SILENCE, "one late beat must not lose the slot"


# --- the lease


@pytest.mark.usefixtures("app")
class TestLease:
    def test_one_process_holds_it_and_may_renew_it(self) -> None:
        assert jobs_slots.hold_lease("a", NOW)
        assert not jobs_slots.hold_lease("b", NOW)
        assert jobs_slots.hold_lease("a", NOW + timedelta(seconds=10))
        assert not jobs_slots.hold_lease("b", NOW + timedelta(seconds=20))

    def test_it_passes_on_when_it_has_expired(self) -> None:
        jobs_slots.hold_lease("a", NOW)
        assert jobs_slots.hold_lease("b", NOW + jobs_slots.LEASE)
        assert not jobs_slots.hold_lease("a", NOW + jobs_slots.LEASE)

    def test_it_passes_on_at_once_when_given_back(self) -> None:
        jobs_slots.hold_lease("a", NOW)
        jobs_slots.release_lease("a")
        assert jobs_slots.hold_lease("b", NOW)

    def test_nobody_gives_back_what_another_holds(self) -> None:
        jobs_slots.hold_lease("a", NOW)
        jobs_slots.release_lease("b")
        assert not jobs_slots.hold_lease("b", NOW)


# --- the slots


class TestSlots:
    def test_a_slot_is_claimed_once(self, app: Flask) -> None:
        assert jobs_slots.claim_slot("night", FIRST, "a", NOW)
        assert not jobs_slots.claim_slot("night", FIRST, "b", NOW)
        assert not jobs_slots.claim_slot("night", FIRST, "a", NOW)

    def test_a_silent_runner_loses_its_slot(self, app: Flask) -> None:
        jobs_slots.claim_slot("night", FIRST, "a", NOW)
        late = NOW + jobs_slots.SILENCE + timedelta(seconds=1)
        assert jobs_slots.abandoned_slots(late) == [("night", FIRST)]
        assert jobs_slots.claim_slot("night", FIRST, "b", late)
        assert not jobs_slots.finish_slot("night", FIRST, "a", late)
        assert jobs_slots.finish_slot("night", FIRST, "b", late)

    def test_a_beating_runner_keeps_its_slot(self, app: Flask) -> None:
        jobs_slots.claim_slot("night", FIRST, "a", NOW)
        late = NOW + jobs_slots.SILENCE + timedelta(seconds=1)
        jobs_slots.beat("night", FIRST, "a", late)
        assert jobs_slots.abandoned_slots(late) == []
        assert not jobs_slots.claim_slot("night", FIRST, "b", late)

    def test_a_finished_slot_is_never_taken_over(self, app: Flask) -> None:
        assert jobs.run_slot(NIGHT, FIRST, "a", app)
        assert not jobs_slots.claim_slot("night", FIRST, "b", utc_now() + timedelta(days=1))
        assert not jobs.run_slot(NIGHT, FIRST, "b", app)

    def test_a_slot_that_always_fails_is_given_up(self, app: Flask) -> None:
        claims = [jobs_slots.claim_slot("night", FIRST, "a", NOW + day * timedelta(days=1)) for day in range(8)]
        assert claims == [True] * jobs_slots.MAX_ATTEMPTS + [False] * (8 - jobs_slots.MAX_ATTEMPTS)

    def test_failed_work_leaves_nothing_and_the_slot_open(self, app: Flask, session: TestSession) -> None:
        def fail(now: datetime) -> None:
            leave_a_mark(now)
            raise ValueError

        assert not jobs.run_slot(jobs.Job("night", fail, cron="0 2 * * *"), FIRST, "a", app)
        assert effects(session) == 0
        assert jobs_slots.abandoned_slots(utc_now() + jobs_slots.SILENCE + timedelta(seconds=1)) == [("night", FIRST)]

    def test_a_runner_that_wakes_up_too_late_loses_its_work(self, app: Flask, session: TestSession) -> None:
        def be_overtaken(now: datetime) -> None:
            session.execute(update(jobs_slots.JobSlot).values(claimed_by="b"))
            leave_a_mark(now)

        assert not jobs.run_slot(jobs.Job("night", be_overtaken, cron="0 2 * * *"), FIRST, "a", app)
        assert effects(session) == 0

    def test_old_finished_slots_are_forgotten(self, app: Flask, session: TestSession) -> None:
        jobs.run_slot(NIGHT, FIRST, "a", app)
        jobs.clean_up(utc_now())
        session.commit()
        assert session.scalar(select(func.count(jobs_slots.JobSlot.id))) == 1
        jobs.clean_up(utc_now() + jobs_cleaning.KEEP_SLOTS + timedelta(days=1))
        session.commit()
        assert session.scalar(select(func.count(jobs_slots.JobSlot.id))) == 0


# --- several processes


class Crew:
    """Processes of `tests.job_worker` on one database, started together."""

    def __init__(self, database: TestDatabase) -> None:
        self._database = database
        self._go = database.instance / "go"
        self._go.unlink(missing_ok=True)
        self.processes: list[subprocess.Popen[str]] = []

    def start(self, mode: str, count: int = 1) -> list[subprocess.Popen[str]]:
        """Start `count` processes and wait until all are ready; the file `go` lets them begin."""
        command = [sys.executable, "-m", "tests.job_worker", self._database.url, str(self._database.instance), mode]
        begun = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(count)]
        self.processes += begun
        for process in begun:
            assert line(process) == "ready"
        self._go.touch()
        return begun

    def end(self) -> None:
        """Kill whoever still runs."""
        for process in self.processes:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()


def line(process: subprocess.Popen[str]) -> str:
    """The next line that a process prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture
def crew(database: TestDatabase) -> Iterator[Crew]:
    found = Crew(database)
    yield found
    found.end()


@pytest.mark.slow
class TestProcesses:
    def test_four_processes_do_each_of_100_slots_once(self, crew: Crew, app: Flask, session: TestSession) -> None:
        done = [int(line(process)) for process in crew.start("race", 4)]
        assert sum(done) == len(SLOTS)
        assert effects(session) == len(SLOTS)
        assert session.scalar(select(func.count()).where(jobs_slots.JobSlot.finished_at.is_not(None))) == len(SLOTS)
        assert session.scalar(select(func.max(jobs_slots.JobSlot.attempts))) == 1

    def test_without_the_claim_slots_are_done_twice(self, crew: Crew, app: Flask, session: TestSession) -> None:
        for process in crew.start("race-unguarded", 4):
            line(process)
        assert effects(session) > len(SLOTS)

    def test_the_slot_of_a_killed_runner_is_done_once(self, crew: Crew, app: Flask, session: TestSession) -> None:
        (runner,) = crew.start("hang")
        assert line(runner) == "working"
        runner.kill()
        runner.wait()
        assert not jobs.run_slot(NIGHT, FIRST, "next", app), "it might still be alive"
        session.execute(update(jobs_slots.JobSlot).values(heartbeat_at=utc_now() - jobs_slots.SILENCE * 2))
        session.commit()
        assert jobs.run_slot(NIGHT, FIRST, "next", app)
        assert effects(session) == 1
        assert session.scalar(select(jobs_slots.JobSlot.attempts)) == 2

    @pytest.mark.promise
    def test_the_slot_of_a_killed_runner_is_taken_over_within_a_minute(self, crew: Crew, app: Flask,
                                                                       session: TestSession) -> None:
        (runner,) = crew.start("hang")
        assert line(runner) == "working"
        runner.kill()
        began = time.monotonic()
        while not jobs.run_slot(NIGHT, FIRST, "next", app):
            assert time.monotonic() - began < 60
            time.sleep(jobs.RENEW_SECONDS)
        assert effects(session) == 1

"""What the scheduler does, and which process does it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, scoped_session

from matching import jobs, jobs_cleaning, jobs_runs, jobs_slots
from matching.accounts.models import SignedInSession, SignInAttempt
from matching.clock import utc_now
from matching.once import Submission
from matching.pairings import service_runs
from matching.pairings.models import Pairing, Run
from tests import factories
from tests.job_worker import leave_a_mark
from tests.people import People
from tests.servers import RealServer

TestSession = scoped_session[Session]


# --- the work


def test_every_county_with_households_is_paired_at_night(people: People, session: TestSession) -> None:
    jobs.ask_nightly_runs(utc_now())
    session.commit()
    asked = list(session.scalars(select(Run.area_code).where(Run.state == "waiting").order_by(Run.area_code)))
    assert asked == service_runs.counties_with_households()
    assert asked == sorted({people.county.area_code, people.county2.area_code})


@pytest.mark.slow
def test_waiting_runs_are_worked_the_oldest_first(people: People, session: TestSession) -> None:
    organisation = factories.make_organisation()
    factories.make_offer(organisation, "care")
    factories.make_need(help_type="care")
    jobs.ask_nightly_runs(utc_now())
    session.commit()
    jobs.work_waiting_runs(utc_now())
    assert set(session.scalars(select(Run.state))) == {"done"}
    assert session.scalar(select(func.count(Pairing.id)).where(Pairing.state == "proposed")) == 1


def test_a_run_that_fails_is_closed_and_the_next_one_worked(
        people: People, session: TestSession, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.ask_nightly_runs(utc_now())
    session.commit()
    real, tried = jobs_runs.work, []

    def work(run_id: int, now: object) -> Run:
        tried.append(run_id)
        if len(tried) == 1:
            raise ZeroDivisionError("何秀英")
        return real(run_id, now)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs_runs, "work", work)
    jobs.work_waiting_runs(utc_now())
    states = session.execute(select(Run.state, Run.report).order_by(Run.id)).all()
    assert [state for state, _ in states] == ["failed", "done"]
    assert states[0][1] == {"fault": "ZeroDivisionError"}


def test_what_has_served_its_time_is_forgotten(people: People, session: TestSession) -> None:
    now = utc_now()
    session.add(SignInAttempt(bucket="old", tried_at=now - timedelta(days=2)))
    session.add(Submission(key="0:old", created_at=now - jobs_cleaning.KEEP_SUBMISSIONS - timedelta(days=1)))
    session.add(Submission(key="0:new", created_at=now))
    session.add(SignedInSession(token_hash="old", user_id=people.county.user_id, created_at=now - timedelta(days=90),
                                seen_at=now - timedelta(days=90)))
    session.commit()
    jobs.clean_up(now)
    session.commit()
    assert session.scalar(select(func.count(SignInAttempt.id))) == 0
    assert session.scalar(select(func.count(SignedInSession.id))) == 0
    assert list(session.scalars(select(Submission.key))) == ["0:new"]


# --- the watcher


@pytest.mark.one_database
class TestWatcher:
    def test_it_stops_the_scheduler_when_the_lease_is_lost(self, app: Flask) -> None:
        watcher = jobs.Watcher(app, {})
        watcher._watch_once()
        assert watcher.holds
        jobs_slots.hold_lease("another", utc_now() + jobs_slots.LEASE)
        watcher._watch_once()
        assert not watcher.holds
        watcher.stop()

    def test_it_stops_the_scheduler_when_the_database_is_gone(
            self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        watcher = jobs.Watcher(app, {})
        watcher._watch_once()

        def gone(*_: object) -> bool:
            raise OperationalError("", {}, Exception())

        monkeypatch.setattr(jobs, "hold_lease", gone)
        watcher._watch_once()
        assert not watcher.holds
        watcher.stop()

    def test_a_stopped_watcher_lets_the_next_go_on_at_once(self, app: Flask) -> None:
        first, second = jobs.Watcher(app, {}), jobs.Watcher(app, {})
        first._watch_once()
        second._watch_once()
        assert (first.holds, second.holds) == (True, False)
        first.stop()
        second._watch_once()
        assert second.holds
        second.stop()

    def test_a_slot_missed_while_nobody_ran_is_made_up_for(self, app: Flask, session: TestSession) -> None:
        missed = jobs.Job("night", leave_a_mark, cron="0 2 * * *")
        watcher = jobs.Watcher(app, {"night": missed})
        watcher._watch_once()
        until = time.monotonic() + 20
        finished = None
        while time.monotonic() < until and finished is None:
            finished = session.scalar(select(jobs.JobSlot.finished_at))
            session.rollback()  # before sleeping: an open transaction of ours would keep the job from writing
            time.sleep(0.05)
        watcher.stop()
        slot = session.scalars(select(jobs.JobSlot)).one()
        assert slot.slot_at == jobs.due_slot(missed, utc_now())
        assert slot.finished_at is not None


@pytest.mark.slow
@pytest.mark.one_database
def test_one_of_four_web_processes_runs_the_scheduler_and_is_replaced_when_killed(
        real_server: Callable[..., RealServer]) -> None:
    server = real_server(workers=4, JIEDUI_SCHEDULER="1")
    (first,) = _await_runners(server, 1, seconds=30)
    killed = time.monotonic()
    os.kill(int(first.split(":")[1]), signal.SIGKILL)
    runners = _await_runners(server, 2, seconds=59)
    assert runners[1].split(":")[1] != first.split(":")[1]
    assert time.monotonic() - killed < 60
    assert len(_runners(server)) == 2


def _await_runners(server: RealServer, count: int, seconds: float) -> list[str]:
    until = time.monotonic() + seconds
    while time.monotonic() < until and len(_runners(server)) < count:
        time.sleep(0.2)
    found = _runners(server)
    assert len(found) == count, server.log
    return found


def _runners(server: RealServer) -> list[str]:
    lines = [line for line in server.log.splitlines() if '"scheduler_started"' in line]
    return [json.loads(line)["runner"] for line in lines]

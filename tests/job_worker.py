"""One process of the tests of scheduled jobs: `python -m tests.job_worker URL INSTANCE MODE`.

Modes: `race` does 100 slots as fast as it can once the file `go` is there; `race-unguarded` does the same with
the claim and the finishing mark switched off (the control); `hang` claims one slot, does its work and hangs
before the end; `scheduler` competes for the lease with a job each second.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from config import TestConfig
from matching import create_app, jobs
from matching.accounts.models import SignInAttempt
from matching.extensions import db

FIRST = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
SLOTS = [FIRST + timedelta(days=day) for day in range(100)]
"""A hundred nights at two o'clock in Shanghai."""


def leave_a_mark(now: datetime) -> None:
    """A work whose effect can be counted: rows that nothing makes unique."""
    db.session.execute(insert(SignInAttempt).values(bucket="effect", tried_at=now))


def hang(now: datetime) -> None:
    """Work that never comes to its end."""
    leave_a_mark(now)
    print("working", flush=True)
    time.sleep(600)


def main(url: str, instance: str, mode: str) -> None:
    """Do what the mode says."""
    app = create_app(TestConfig(url, Path(instance)))
    if mode == "race-unguarded":
        jobs.claim_slot = lambda *_: True
        jobs.finish_slot = lambda *_: True
    runner = jobs.runner_name()
    print("ready", flush=True)
    while not (Path(instance) / "go").exists():
        time.sleep(0.005)
    if mode == "hang":
        jobs.run_slot(jobs.Job("night", hang, cron="0 2 * * *"), FIRST, runner, app)
    elif mode == "scheduler":
        jobs.Watcher(app, {"second": jobs.Job("second", leave_a_mark, every_seconds=1)}).run()
    else:
        work = jobs.Job("night", leave_a_mark, cron="0 2 * * *")
        print(sum(jobs.run_slot(work, slot_at, runner, app) for slot_at in SLOTS), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

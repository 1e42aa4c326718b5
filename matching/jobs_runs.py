"""Working the runs that officers and the night have asked for, with progress that their pages can show."""

from __future__ import annotations

import time
from datetime import date, datetime

from matching.clock import day_of, utc_now
from matching.extensions import db, reading
from matching.pairings import bridge
from matching.pairings import service_runs as runs
from matching.pairings.models import Run


def claim(run_id: int, now: datetime) -> bool:
    """Claim a run for this process; commits, so that of several exactly one works it."""
    mine = runs.claim(run_id, now)
    db.session.commit()
    return mine


def work(run_id: int, now: datetime, today: date | None = None, fairness: float | None = None,
         reserve_days: int = 0) -> Run:
    """Work a claimed run to its end; commits. `fairness`, `reserve_days`: as `flask match run` explains them.

    1. Read needs and offers in a transaction that only reads.
    2. Solve; nothing is locked meanwhile.
    3. Save proposals and proof in one transaction. When the run was cancelled meanwhile, or anything fails,
       the old proposals stay as they are.
    """
    started, day = time.perf_counter(), today or day_of(now)
    area_code = db.session.get_one(Run, run_id).area_code
    db.session.rollback()
    with reading():
        market, worth = loaded(area_code, day, reserve_days)
    _show(run_id, "solve", 30)
    solution = bridge.solve(market, fairness, worth)
    _show(run_id, "save", 80)
    runs.finish(run_id, market, solution, utc_now(), {
        **asked(fairness, reserve_days), "on": day.isoformat(), "seconds": round(time.perf_counter() - started, 3)})
    db.session.commit()
    return db.session.get_one(Run, run_id)


def loaded(area_code: str, day: date, reserve_days: int) -> tuple[bridge.Market, bridge.Floats | None]:
    """The market of an area, and what its units are worth to who comes in so many days, where some are held back."""
    market = bridge.load_market(area_code, day)
    return market, bridge.likely_worth(market, area_code, day, reserve_days) if reserve_days else None


def asked(fairness: float | None, reserve_days: int) -> dict[str, object]:
    """What a run's report says of what it gave up on purpose: the share for fairness, the days to come."""
    given_up: dict[str, object] = {} if fairness is None else {"fairness": fairness}
    return given_up | ({"reserve_days": reserve_days} if reserve_days else {})


def fail(run_id: int, now: datetime, kind: str) -> None:
    """Give a run up after a fault; commits."""
    db.session.rollback()
    runs.mark_failed(run_id, now, kind)
    db.session.commit()


def _show(run_id: int, stage: str, progress: int) -> None:
    """Let the run's page see how far it has come."""
    runs.advance(run_id, stage, progress)
    db.session.commit()

"""Working a check as the scheduler would."""

from __future__ import annotations

from datetime import date
from typing import Any

from matching import jobs_gaps
from matching.actor import Actor
from matching.assistance import service_checks as checks
from matching.assistance.models import GapCheck
from matching.clock import day_of, utc_now
from matching.extensions import db
from tests.people import COUNTY_A


def ask(area_code: str = COUNTY_A, on: date | None = None, actor: Actor | None = None,
        proposal: dict[str, Any] | None = None) -> GapCheck:
    """A check that waits."""
    check = checks.ask_check(area_code, on or day_of(utc_now()), actor, utc_now(), proposal)
    db.session.commit()
    return check


def work(check: GapCheck) -> GapCheck:
    """Claim a check and work it to its end."""
    number = check.id
    assert jobs_gaps.claim(number, utc_now())
    return jobs_gaps.work(number)


def check_now(area_code: str = COUNTY_A, on: date | None = None) -> GapCheck:
    """Ask for a check and work it."""
    return work(ask(area_code, on))

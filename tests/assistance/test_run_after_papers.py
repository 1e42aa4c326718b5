"""Papers that are owed: reminders and going up, each step told once, whichever way the clock is set (promise 35)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from matching import jobs
from matching.assistance import service_green as green
from matching.assistance.models_grants import Grant
from matching.audit.models import AuditEntry
from matching.clock import SHANGHAI
from matching.extensions import db
from matching.jobs import JobSlot
from tests.assistance.breaking import told
from tests.factories import make_grant

STEPS = ("grant.papers_soon", "grant.papers_late", "grant.papers_up")


def at(day: date, hour: int = 7) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)


def counts() -> list[int]:
    return [told(step) for step in STEPS]


@pytest.mark.slow
@pytest.mark.parametrize("due_on", [date(2026, 11, 30), date(2028, 2, 29), date(2026, 12, 31), date(2027, 2, 28)])
def test_day_by_day_each_step_is_told_once_and_goes_up_a_tier(people, due_on):
    grant, seen = make_grant(is_green=True, papers_due_on=due_on), []
    for days in range(-6, 12):
        green.run_after_papers(at(due_on + timedelta(days=days)))
        green.run_after_papers(at(due_on + timedelta(days=days), 8))
        db.session.refresh(grant)
        seen.append((days, sum(counts()), grant.papers_tier))
    assert counts() == [1, 1, 1]
    steps = [next(step for step in seen if step[1] == number) for number in (1, 2, 3)]
    assert steps == [(-3, 1, "community"), (1, 2, "town"), (6, 3, "county")]


def test_what_the_town_asked_for_goes_to_the_county_at_once(people):
    grant = make_grant(is_green=True, papers_tier="town", papers_due_on=date(2026, 11, 30))
    green.run_after_papers(at(date(2026, 12, 1)))
    db.session.refresh(grant)
    assert grant.papers_tier == "county"


def test_papers_that_are_in_and_help_that_was_refused_remind_nobody(people):
    day = date(2026, 11, 30)
    make_grant(is_green=True, papers_due_on=day, papers_in_on=day)
    make_grant(is_green=True, papers_due_on=day, state="refused")
    make_grant(papers_due_on=day)
    assert green.run_after_papers(at(day + timedelta(days=9))) == 0


def run(app, monkeypatch, now: datetime) -> bool:
    """The scheduler looks at its clock and works the slot that is due."""
    monkeypatch.setattr(jobs, "utc_now", lambda: now)
    job = jobs.JOBS["run after papers"]
    return jobs.run_slot(job, jobs.due_slot(job, now), "here", app)


@pytest.mark.slow
@pytest.mark.parametrize("day", [date(2026, 11, 25), date(2028, 2, 28), date(2026, 12, 31), date(2026, 2, 28)])
def test_with_the_clock_moved_no_slot_runs_twice_and_no_step_is_told_twice(app, people, monkeypatch, day):
    """A day on, a day back, over leap days and the end of a year: by the real slots of the scheduler."""
    number = make_grant(is_green=True, papers_due_on=day).id
    db.session.commit()
    moves = [0, 1, 0, -1, 0, 1, 2, 1, 2, 7, 6, 7]
    ran = [run(app, monkeypatch, at(day + timedelta(days=move))) for move in moves]
    assert ran == [True, True, False, True, False, False, True, False, False, True, True, False]
    slots = db.session.scalars(select(JobSlot.slot_at).where(JobSlot.job == "run after papers")).all()
    assert len(slots) == len(set(slots)) == len(set(moves))
    assert counts() == [1, 1, 1]
    assert db.session.get_one(Grant, number).papers_tier == "county"
    written = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert tuple(written) == STEPS, "in this order, whatever the clock said"


def test_set_forward_at_once_it_goes_to_the_level_of_that_day(people):
    grant = make_grant(is_green=True, papers_due_on=date(2026, 11, 30))
    assert green.run_after_papers(at(date(2027, 1, 30))) == 1
    db.session.refresh(grant)
    assert (grant.papers_tier, counts()) == ("county", [0, 0, 1])

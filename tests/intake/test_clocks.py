"""The clocks, with the time moved: a word the day before, on the day, then tier by tier; each said once."""

from __future__ import annotations

import contextvars
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from matching import jobs_clocks
from matching.extensions import db
from matching.intake import service, service_clocks, service_tasks
from matching.intake.models import Report
from matching.intake.models_work import Task
from matching.notices.models import Notice
from tests import factories
from tests.intake.desk import kinds
from tests.intake.test_service import NOW, facts
from tests.people import COMMUNITY_A1A, COUNTY_A, TOWN_A1, People

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An hour of Shanghai in November 2026; reports are told on the 2nd at 14:05."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - 8 * HOUR


def told(kind: str) -> list[int | None]:
    """Whom a kind of notice reached, in order."""
    db.session.rollback()
    return list(db.session.scalars(select(Notice.user_id).where(Notice.kind == kind).order_by(Notice.id)))


def run(*moments: datetime) -> Counter[str]:
    """Let the clocks run, twice at each moment: the second time nothing is left to say."""
    said: Counter[str] = Counter()
    for moment in moments:
        db.session.commit()
        said += jobs_clocks.run(moment)
        assert jobs_clocks.run(moment) == Counter()
    db.session.expire_all()
    return said


def test_a_visit_is_reminded_of_in_the_morning_of_its_day_and_not_before(people: People) -> None:
    service.receive(facts(), None, NOW)
    assert run(at(2, 20), at(3, 7, 59)) == Counter()
    assert run(at(3, 8)) == Counter(due=1, task_due=1)
    assert told("task_due") == [people.community.user_id]
    assert told("report_due") == [], "one word about one visit"
    assert run(at(3, 17, 59)) == Counter()


def test_a_step_of_several_days_is_reminded_of_the_day_before_and_on_the_day(people: People) -> None:
    report = factories.make_report(state="verified", step="assess", due_at=at(5, 18), changed_at=NOW)
    assert run(at(3, 23)) == Counter()
    assert run(at(4, 8), at(4, 19)) == Counter(soon=1)
    assert run(at(5, 8), at(5, 12)) == Counter(due=1)
    assert told("report_due") == [report.owner_id] * 2


def test_what_is_overdue_walks_up_once_a_tier_and_waits_a_day_at_each(people: People) -> None:
    report = service.receive(facts(), None, NOW)
    assert run(at(3, 18, 1)) == Counter(late=1)
    assert (report.desk_code, report.owner_id, report.due_at) == (TOWN_A1, people.town.user_id, at(4, 18))
    assert run(at(4, 17, 59)) == Counter(due=1, task_due=1)
    assert run(at(4, 18, 1)) == Counter(late=1)
    assert (report.desk_code, report.owner_id) == (COUNTY_A, people.county.user_id)
    assert run(at(5, 9)) == Counter(due=1, task_due=1)
    assert run(at(5, 18, 1), at(6, 18, 1), at(9, 18, 1)) == Counter(late=1), "at the top it is said once"
    assert (report.owner_id, report.due_at, report.alarm) == (people.county.user_id, at(5, 18), "late")
    assert kinds(report) == ["receive", "hand_up", "hand_up", "late"]
    assert told("escalated") == [people.town.user_id, people.county.user_id]
    assert told("report_overdue") == [people.community.user_id, people.town.user_id, people.county.user_id]
    assert db.session.scalars(select(Task.assigned_id)).one() == people.county.user_id


@pytest.mark.slow
@pytest.mark.parametrize(("told_on", "due_on"), [
    ("2026-11-02", "2026-11-03"), ("2026-11-30", "2026-12-01"), ("2026-12-31", "2027-01-01"),
    ("2027-02-28", "2027-03-01"), ("2028-02-28", "2028-02-29")])
def test_whichever_way_the_clock_is_set_each_thing_is_said_once(people: People, told_on: str, due_on: str) -> None:
    """Month ends, a year's end, a leap day; a day back and a day on again between the tiers (promise 35)."""
    received = datetime.fromisoformat(f"{told_on}T14:05+08:00").astimezone(UTC)
    report = service.receive(facts(), None, received)
    due = datetime.fromisoformat(f"{due_on}T18:00+08:00").astimezone(UTC)
    assert report.due_at == due
    assert run(due - 10 * HOUR) == Counter(due=1, task_due=1)
    assert run(due - 10 * HOUR - DAY, due - 10 * HOUR) == Counter(), "a day back, and again that day"
    assert run(due + HOUR) == Counter(late=1)
    assert (report.desk_code, report.due_at) == (TOWN_A1, due + DAY)
    assert run(due - DAY, due + HOUR) == Counter(), "a day back: it does not come down again, nor up twice"
    assert run(due + DAY + HOUR) == Counter(late=1), "a day on without the morning between"
    assert run(due - DAY, due + 40 * DAY) == Counter(late=1)
    assert told("escalated") == [people.town.user_id, people.county.user_id]
    assert kinds(report) == ["receive", "hand_up", "hand_up", "late"]


def test_who_was_to_go_hears_that_the_visit_is_overdue(people: People) -> None:
    report = factories.make_report(state="verified", step="assess", due_at=at(9, 18), changed_at=NOW)
    task = factories.make_task(report, kind="call", assigned_id=people.socialworker.user_id, due_on=at(3, 0).date())
    task.due_on = at(3, 12).date()
    assert run(at(4, 0, 1)) == Counter(late=1)
    assert told("task_overdue") == [people.socialworker.user_id]
    assert report.owner_id == people.town.user_id, "a visit that nobody makes goes up with its report"


def test_a_step_that_is_taken_in_time_is_quiet(people: People) -> None:
    report = service.receive(facts(), None, NOW)
    task = db.session.scalars(select(Task)).one()
    service_tasks.finish_task(task, report, "hardship", "", people.community, at(3, 10))
    assert run(at(3, 18, 1), at(5, 7)) == Counter()
    assert report.owner_id == people.community.user_id


def test_a_doubtful_report_that_nobody_looks_at_goes_up_too(people: People) -> None:
    report = service.receive(facts(), None, NOW, is_doubtful=True)
    assert run(at(3, 18, 1)) == Counter(late=1)
    assert report.owner_id == people.town.user_id
    assert db.session.scalars(select(Notice.kind).where(Notice.user_id.is_(None))).all() == []


def test_closed_reports_have_no_clock(people: People) -> None:
    report = service.receive(facts(), None, NOW)
    service.close(report, "withdrawn", people.community, at(2, 15))
    assert run(at(3, 9), at(4, 9), at(30, 9)) == Counter()


# --- at once ---------------------------------------------------------------------------------------------------

def both_at_once(app: Flask, act: Callable[[], Any]) -> list[Any]:
    """What two runs came to that had found the same thing before either of them wrote."""
    db.session.commit()

    def one() -> Any:
        with app.app_context():
            try:
                return act()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        return [future.result() for future in [pool.submit(contextvars.Context().run, one) for _ in range(2)]]


def race(app: Flask, monkeypatch: pytest.MonkeyPatch, moment: datetime) -> list[Counter[str]]:
    """Two runs of the job at one moment, both past finding before either hands up."""
    ready, found = Barrier(2, timeout=20), service_clocks.what_is_due

    def found_together(now: datetime) -> list[service_clocks.Found]:
        seen = found(now)
        db.session.rollback()
        ready.wait()
        return seen

    monkeypatch.setattr(service_clocks, "what_is_due", found_together)
    return both_at_once(app, lambda: jobs_clocks.run(moment))


@pytest.mark.slow
@pytest.mark.parametrize("desk", [COMMUNITY_A1A, COUNTY_A])
def test_two_runs_at_once_hand_up_once(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch, desk: str) -> None:
    owner = people.community if desk == COMMUNITY_A1A else people.county
    report = factories.make_report(owner=factories.owner_of(owner), due_at=at(3, 18), changed_at=NOW)
    said = race(app, monkeypatch, at(3, 19))
    assert sum(said, Counter()) == Counter(late=1)
    assert kinds(report) == (["hand_up"] if desk == COMMUNITY_A1A else ["late"])


@pytest.mark.slow
def test_control_without_the_condition_it_goes_up_twice(app: Flask, people: People,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    report = factories.make_report(due_at=at(3, 18), changed_at=NOW)

    def whatever_was_seen(found: service_clocks.Found, now: datetime) -> bool:
        row = db.session.get_one(Report, found.id, populate_existing=True)
        for _try in range(3):  # on whatever it finds, as if nothing had been seen before
            try:
                service.hand_up(row, None, now, "late")
            except service.Conflict:
                db.session.rollback()
                row = db.session.get_one(Report, found.id, populate_existing=True)
            else:
                return True
        return False

    monkeypatch.setattr(service_clocks, "late", whatever_was_seen)
    race(app, monkeypatch, at(3, 19))
    assert kinds(report) == ["hand_up", "hand_up"]


@pytest.mark.slow
def test_a_run_that_died_halfway_says_the_rest_and_nothing_twice(app: Flask, people: People,
                                                                monkeypatch: pytest.MonkeyPatch) -> None:
    reports = [service.receive(facts(phone=f"1390000000{n}"), None, NOW) for n in range(3)]
    db.session.commit()
    real, times = service_clocks.late, Counter[str]()

    def dies(found: service_clocks.Found, now: datetime) -> bool:
        times["late"] += 1
        if times["late"] == 2:
            raise SystemExit
        return real(found, now)

    monkeypatch.setattr(service_clocks, "late", dies)
    with pytest.raises(SystemExit):
        jobs_clocks.run(at(3, 19))
    db.session.rollback()
    monkeypatch.setattr(service_clocks, "late", real)
    assert run(at(3, 20)) == Counter(late=2)
    assert [kinds(report) for report in reports] == [["receive", "hand_up"]] * 3

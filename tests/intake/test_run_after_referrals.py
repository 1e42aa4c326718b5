"""Answers that are due: reminded once, passed up once, whichever way the clock is set; the report keeps its owner."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from matching import jobs
from matching.clock import SHANGHAI, utc_now
from matching.extensions import db
from matching.intake import service_referrals as service
from matching.intake.models import Report
from matching.intake.models_work import Referral
from matching.jobs import JobSlot
from tests import factories
from tests.days import today
from tests.intake.referring import newest, referral_for, steps, told
from tests.people import COMMUNITY_A1B


def at(day: date, hour: int = 8) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)


@pytest.mark.slow
@pytest.mark.parametrize("due_on", [date(2026, 12, 31), date(2028, 2, 29), date(2027, 2, 28)])
def test_day_by_day_each_step_is_told_once_and_goes_up_one_tier(people, due_on):
    referral, seen = referral_for(people, answer_due_on=due_on), []
    owner = referral.report.owner_id
    for days in range(-3, 9):
        for hour in (8, 9):
            service.run_after_referrals(at(due_on + timedelta(days=days), hour))
        seen.append((days, len(told("referral_due")), len(told("escalated"))))
    assert [row for row in seen if row[1:] == (1, 0)] == [(-1, 1, 0), (0, 1, 0)]
    assert seen[-1] == (8, 1, 1)
    assert told("referral_overdue") == [people.department.user_id]
    assert told("escalated") == [people.town.user_id], "the next tier of who asked"
    assert told("referral_late") == [people.community.user_id]
    assert steps(referral.report_id) == ["refer_late"]
    assert db.session.get_one(Report, referral.report_id).owner_id == owner
    assert newest().chaser_id == people.town.user_id


def test_what_was_accepted_is_run_after_by_its_own_day(people):
    referral = referral_for(people, reminded=2)
    service.take_on(referral, today(4), "", people.department, utc_now())
    service.run_after_referrals(at(today(3)))
    service.run_after_referrals(at(today(6)))
    assert (len(told("referral_due")), told("escalated")) == (1, [people.town.user_id])


def test_what_the_county_asked_goes_to_nobody_above_but_is_said(people):
    referral_for(people, asked_by_id=people.county.user_id, answer_due_on=date(2026, 11, 1))
    service.run_after_referrals(at(date(2026, 11, 9)))
    assert told("escalated") == []
    assert people.county.user_id in told("referral_late")


def test_of_a_closed_report_nobody_is_asked_any_more(people):
    referral_for(people, report=factories.make_report(state="closed", outcome="helped", step="", closed_at=utc_now()))
    service.run_after_referrals(utc_now())
    assert newest().state == "withdrawn"
    assert told("referral_withdrawn") == [people.department.user_id]


def test_ended_ones_remind_nobody(people):
    for state in ("refused", "answered", "withdrawn"):
        referral_for(people, state=state, answer_due_on=date(2026, 11, 1), act_by_on=date(2026, 11, 1))
    assert service.run_after_referrals(at(date(2027, 1, 1))) == 0


def run(app, monkeypatch, now: datetime) -> bool:
    monkeypatch.setattr(jobs, "utc_now", lambda: now)
    job = jobs.JOBS["run after referrals"]
    return jobs.run_slot(job, jobs.due_slot(job, now), "here", app)


@pytest.mark.slow
def test_with_the_clock_moved_no_slot_runs_twice_and_nothing_is_told_twice(app, people, monkeypatch):
    day = date(2028, 2, 28)
    number = referral_for(people, answer_due_on=day).id
    db.session.commit()
    moves = [0, 1, 0, -1, 0, 1, 2, 1, 7, 6]
    ran = [run(app, monkeypatch, at(day + timedelta(days=move))) for move in moves]
    assert sum(ran) == len(set(moves))
    slots = db.session.scalars(select(JobSlot.slot_at).where(JobSlot.job == "run after referrals")).all()
    assert len(slots) == len(set(slots))
    assert [len(told(kind)) for kind in ("referral_due", "referral_overdue", "escalated", "referral_late")] == [1] * 4
    assert db.session.get_one(Referral, number).state == "waiting"


def test_the_late_ones_stand_on_the_lists_of_who_asked_and_of_the_next_tier(client_of, people):
    referral = referral_for(people, report=factories.make_report(COMMUNITY_A1B), answer_due_on=today(-2))
    assert "催 1 件转出去的事" in client_of("community").page("/todo").text
    assert "催" not in client_of("town").page("/todo").text
    service.run_after_referrals(utc_now())
    todo = client_of("town").page("/todo")
    assert (f"/intake/{referral.id}/show-referral", "催 1 件转出去的事") in todo.links
    assert "超期 2 天" in todo.text

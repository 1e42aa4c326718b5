"""Of two who act at one moment one counts and the other hears why; each race again with its guard taken out.

Both have read the same state before either of them writes (on PostgreSQL in an open transaction; SQLite lets one
writer in at a time). Who answers a referral at once: `test_referral_races.py`; the clocks: `test_clocks.py`.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from matching.clock import utc_now
from matching.errors import Conflict
from matching.extensions import db
from matching.intake import (
    service,
    service_asking,
    service_desk,
    service_meetings,
    service_owners,
    service_tasks,
)
from matching.intake.models import Report, ReportStep
from matching.intake.models_meetings import Meeting, MeetingDecision
from matching.intake.models_work import Task
from tests import factories
from tests.days import today
from tests.intake.meeting import held, meeting_of
from tests.intake.test_service import facts
from tests.people import People

Act = tuple[type, int, Callable[[Any], object]]
"""What is read first, and what is then done with it."""
ROUNDS = 3


def at_once(app: Flask, *acts: Act) -> list[str]:
    """What each came to when all have read before one writes: done, or Conflict."""
    db.session.commit()
    ready = Barrier(len(acts), timeout=20)

    def one(model: type, number: int, act: Callable[[Any], object]) -> str:
        with app.app_context():
            try:
                row = db.session.get_one(model, number) if number else None
                if db.engine.dialect.name == "sqlite":
                    db.session.rollback()
                ready.wait()
                act(row)
                db.session.commit()
            except Conflict:
                db.session.rollback()
                return "Conflict"
            finally:
                db.session.remove()
            return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        came = [pool.submit(contextvars.Context().run, one, *act) for act in acts]
        said = [future.result() for future in came]
    db.session.rollback()
    db.session.expire_all()
    return said


def steps(report: Report, *kinds: str) -> int:
    """How often these stand in a report's history."""
    return db.session.scalar(select(func.count()).where(
        ReportStep.report_id == report.id, ReportStep.kind.in_(kinds))) or 0


# --- The races: each makes its rows, lets two act at once and says what is wrong --------------------------------

def deciding_against_closing(app: Flask, people: People) -> object:
    """A meeting is closed while somebody writes down one decision more: no decision of a closed meeting is open."""
    meeting = held(people)
    factories.make_decision(meeting, owner_id=people.town.user_id, done_at=utc_now(), done_by_name="x")
    said = at_once(
        app, (Meeting, meeting.id, lambda row: service_meetings.decide(
            row, "再垫一次", today(3), people.county, utc_now(), owner_id=people.town.user_id)),
        (Meeting, meeting.id, lambda row: service_meetings.close(row, people.county, utc_now())))
    undone = db.session.scalar(select(func.count()).where(
        MeetingDecision.meeting_id == meeting.id, MeetingDecision.done_at.is_(None)))
    return sorted(said) != ["Conflict", "done"] or (meeting.state == "closed" and undone)


def holding_against_cancelling(app: Flask, people: People) -> object:
    """A meeting is called off while its result is written down: one of them is what happened."""
    meeting = meeting_of(people, held_at=utc_now() - timedelta(hours=1))
    said = at_once(
        app, (Meeting, meeting.id, lambda row: service_meetings.hold(row, [], "说好了", people.county, utc_now())),
        (Meeting, meeting.id, lambda row: service_meetings.cancel(row, "下雨", people.county, utc_now())))
    return sorted(said) != ["Conflict", "done"] or (meeting.state == "held") != (said[0] == "done")


def carrying_out_twice(app: Flask, people: People) -> object:
    """Two say that a decision is carried out: once."""
    decision = factories.make_decision(held(people), owner_id=people.county.user_id)
    act = (MeetingDecision, decision.id,
           lambda row: service_meetings.carry_out(row, "垫了", people.county, utc_now()))
    return sorted(at_once(app, act, act)) != ["Conflict", "done"] or steps(decision.meeting.report, "meet_done") != 1


def two_officers_taking_one(app: Flask, people: People) -> object:
    """Two officers give one report to two others: it has one owner, who was told, and one handing over."""
    report = factories.make_report()
    factories.make_task(report)
    before = report.owner_id
    said = at_once(
        app, (Report, report.id, lambda row: service_desk.hand_over(
            row, people.town.user_id, "我来", people.county, utc_now(), from_id=before)),
        (Report, report.id, lambda row: service_desk.hand_over(
            row, people.county.user_id, "我来", people.town, utc_now(), from_id=before)))
    taker = people.town if said[0] == "done" else people.county
    goes = db.session.scalars(select(Task.assigned_id).where(Task.report_id == report.id)).one()
    return sorted(said) != ["Conflict", "done"] or steps(report, "hand_over") != 1 or (
        report.owner_id, goes) != (taker.user_id, taker.user_id)


def setting_out_twice(app: Flask, people: People) -> object:
    """Two officers set out for one report: one does."""
    report = factories.make_report()
    act = (Report, report.id, lambda row: service_desk.advance(row, "set_out", None, "", people.town, utc_now()))
    return sorted(at_once(app, act, act)) != ["Conflict", "done"] or steps(report, "set_out") != 1


def trusting_twice(app: Flask, people: People) -> object:
    """Two officers have called about a doubtful report: one visit is due."""
    report = factories.make_report(is_doubtful=True)
    act = (Report, report.id, lambda row: service_desk.trust(row, "问过了", people.town, utc_now()))
    said = at_once(app, act, act)
    visits = db.session.scalar(select(func.count()).where(Task.report_id == report.id))
    return sorted(said) != ["Conflict", "done"] or visits != 1


def planning_against_closing(app: Flask, people: People) -> object:
    """A visit is planned while the report is closed: nobody is sent to what is closed."""
    report = factories.make_report()
    said = at_once(
        app, (Report, report.id, lambda row: service_tasks.plan_task(
            row, "visit", people.town.user_id, today(1), people.town, utc_now())),
        (Report, report.id, lambda row: service_desk.close_report(row, "unreachable", "x", people.county, utc_now())))
    left = db.session.scalar(select(func.count()).where(Task.report_id == report.id, Task.done_at.is_(None)))
    return said[1] != "done" or report.state != "closed" or left


def finishing_twice(app: Flask, people: People) -> object:
    """Two say what came of one visit: one result counts."""
    report = factories.make_report()
    task = factories.make_task(report)

    def finish(result: str) -> Act:
        return (Task, task.id, lambda row: service_tasks.finish_task(
            row, db.session.get_one(Report, row.report_id), result, "", people.town, utc_now()))

    return sorted(at_once(app, finish("hardship"), finish("managing"))) != ["Conflict", "done"] or steps(
        report, "visited") != 1


def joining_each_to_the_other(app: Flask, people: People) -> object:
    """Two officers join two reports, each the other way round: one case stays open."""
    one, other = factories.make_report(), factories.make_report()

    def join(report: Report, first: Report) -> Act:
        numbers = report.id, first.id
        return (Report, numbers[0], lambda row: service_desk.join(
            row, db.session.get_one(Report, numbers[1]), people.town, utc_now()))

    said = at_once(app, join(one, other), join(other, one))
    return sorted(said) != ["Conflict", "done"] or {one.state, other.state} != {"received", "closed"}


def asking_twice(app: Flask, people: People) -> object:
    """The same telephone asks twice at one moment, from two browsers: one case, the other telling is joined."""
    told = facts(phone=factories.make_report(state="closed", outcome="helped", step="").phone or "")
    act = (Report, 0, lambda _row: service_asking.ask(told, [], None, utc_now()))
    said = at_once(app, act, act)
    new = [report for report in db.session.scalars(select(Report)) if report.phone == told.phone
           and report.outcome != "helped"]
    return said != ["done", "done"] or sorted(report.state for report in new) != ["closed", "received"]


RACES = (deciding_against_closing, holding_against_cancelling, carrying_out_twice, two_officers_taking_one,
         setting_out_twice, trusting_twice, planning_against_closing, finishing_twice, joining_each_to_the_other,
         asking_twice)


@pytest.mark.slow
@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_one_counts_and_the_other_hears_why(app: Flask, people: People, race: Callable[[Flask, People], object]
                                            ) -> None:
    assert not any(race(app, people) for _round in range(ROUNDS))


# --- Controls: the guards taken out -----------------------------------------------------------------------------

def move_without_looking(model: type) -> Callable[..., None]:
    """Change a row whatever has become of it: meetings as `_move` does, reports as `_change`, tasks as `_claim`."""
    def move(row: Any, *given: Any, **values: Any) -> None:
        if model is Meeting:
            values |= {"state": given[1], "changed_at": given[2]}
        db.session.execute(update(model).where(model.id == row.id).values(**values)  # type: ignore[attr-defined]
                           .execution_options(synchronize_session=False))
        db.session.refresh(row)

    return move


def carry_out_without_looking(decision: MeetingDecision, note: str, actor: Any, now: Any) -> None:
    """Say that a decision is done, said before or not."""
    decision.done_at, decision.done_by_name = now, actor.name
    service_meetings._tell(decision.meeting, "meet_done", actor, now)


def give_without_looking(report: Report, owner: Any, now: Any) -> bool:
    """Give a report away, whoever has it by now."""
    db.session.execute(update(Report).where(Report.id == report.id).values(
        owner_id=owner.id, desk_code=owner.area_code))
    return True


def take_step_without_looking(report: Report, action: str, actor: Any, now: Any, **given: Any) -> None:
    """Take a step from any state."""
    step = service.STEPS[action]
    values = {name: value for name, value in given.items() if name not in ("note", "due_at")}
    db.session.execute(update(Report).where(Report.id == report.id).values(state=step.target, **values))
    service.add_step(report, action, actor, now)


def plan_without_looking(report: Report, kind: str, assigned_id: int, on: Any, actor: Any, now: Any, *_: Any) -> None:
    """Plan a visit of a report, closed or not, a moment later than the other acts."""
    db.session.rollback()
    while db.session.scalar(select(Report.state).where(Report.id == report.id)) != "closed":
        db.session.rollback()
    service.plan_visit(report, assigned_id, now, kind, on=on, by=actor)


@pytest.mark.slow
@pytest.mark.one_database
def test_control_without_its_guard_each_race_is_noticed(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
                                                        ) -> None:
    monkeypatch.setattr(service_meetings, "_move", move_without_looking(Meeting))
    monkeypatch.setattr(service_meetings, "carry_out", carry_out_without_looking)
    monkeypatch.setattr(service_owners, "give", give_without_looking)
    monkeypatch.setattr(service_desk, "take_step", take_step_without_looking)
    monkeypatch.setattr(service, "take_step", take_step_without_looking)
    monkeypatch.setattr(service_desk, "_change", move_without_looking(Report))
    monkeypatch.setattr(service_tasks, "_claim", move_without_looking(Task))
    monkeypatch.setattr(service_tasks, "plan_task", plan_without_looking)
    monkeypatch.setattr(service_asking, "_told_before", lambda *_asked: None)
    guarded = [race for race in RACES if race is not joining_each_to_the_other]
    assert [race.__name__ for race in guarded if not any(race(app, people) for _round in range(ROUNDS))] == []


@pytest.mark.slow
def test_control_joins_that_do_not_hold_both_wait_for_each_other_for_ever(
        app: Flask, people: People, database_kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if database_kind == "sqlite":
        pytest.skip("SQLite lets one writer in at a time")
    closed, close = Barrier(2, timeout=10), service.close

    def close_together(*given: Any, **more: Any) -> None:
        close(*given, **more)
        closed.wait()

    monkeypatch.setattr(service_desk, "_hold_both", lambda _one, _other: None)
    monkeypatch.setattr(service, "close", close_together)
    with pytest.raises(OperationalError, match="deadlock"):
        joining_each_to_the_other(app, people)

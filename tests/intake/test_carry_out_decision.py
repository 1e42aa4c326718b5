"""A decision is carried out by its owner; what is late is passed up once, whichever way the clock is set."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from matching.clock import SHANGHAI
from matching.intake import service_meetings as service
from tests import factories
from tests.intake.meeting import decision, held
from tests.intake.referring import steps, told


def given(people, who="department", **fields):
    owner = {"organisation_id": people[who].organisation_id} if people[who].organisation_id else {
        "owner_id": people[who].user_id}
    return factories.make_decision(held(people), **owner, **fields)


@pytest.mark.slow
@pytest.mark.parametrize(("who", "back"), [("department", "our-meeting"), ("town", "show-meeting"),
                                           ("county", "show-meeting")])
def test_its_owner_or_who_called_the_meeting_says_how_it_was_done(client_of, people, who, back):
    row = given(people, "town" if who == "town" else "department")
    answer = client_of(who).send(f"/intake/{row.id}/carry-out-decision", note="押金垫好了")
    assert answer.location == f"/intake/{row.meeting_id}/{back}"
    done = decision()
    assert (done.done_note, done.done_by_name) == ("押金垫好了", people[who].name)
    assert told("decision_done") == ([] if who == "county" else [people.county.user_id])
    assert steps(done.meeting.report_id) == ["meet_done"]


def test_others_cannot_and_nobody_twice(client_of, people):
    row = given(people)
    path = f"/intake/{row.id}/carry-out-decision"
    assert client_of("charity").get(path).status_code == 404
    assert client_of("community").send(path, note="x").status_code == 409
    assert client_of("department").send(path, note="").status_code == 422
    assert client_of("department").send(path, note="好了").status_code == 302
    assert client_of("county").send(path, note="又好了").status_code == 409
    assert decision().done_note == "好了"


def at(day: date, hour: int = 8) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)


@pytest.mark.parametrize(("who", "above"), [("department", None), ("community", "town")])
def test_day_by_day_each_step_is_told_once_and_goes_up_one_tier(people, who, above):
    due_on = date(2028, 2, 29)
    row = given(people, who, due_on=due_on)
    for days in (-3, -1, 0, -1, 1, 0, 2, 9):
        for hour in (8, 9):
            service.run_after_decisions(at(due_on + timedelta(days=days), hour))
    assert told("decision_due") == [people[who].user_id]
    assert told("decision_overdue") == sorted([people[who].user_id, people.county.user_id])
    assert told("escalated") == ([people[above].user_id] if above else []), "above the county there is nobody"
    assert steps(row.meeting.report_id) == ["meet_late"]
    assert decision().chaser_id == (people[above].user_id if above else None)


def test_what_is_done_reminds_nobody(people):
    row = given(people, due_on=date(2026, 11, 1))
    service.carry_out(row, "好了", people.department, at(date(2026, 11, 1)))
    assert service.run_after_decisions(at(date(2026, 12, 1))) == 0

"""Each decision has one owner, an invited organisation or an officer of the place, who hears of it."""

from __future__ import annotations

import pytest

from tests.days import today
from tests.intake.meeting import decision, held, meeting_of
from tests.intake.referring import steps, told


def decide(client, meeting, owner, **answers):
    return client.send(f"/intake/{meeting.id}/decide-meeting", **{
        "words": "先垫住院押金", "owner": owner, "due_on": today(4).isoformat(), **answers})


@pytest.mark.slow
@pytest.mark.parametrize("who", ["department", "town"])
def test_a_decision_goes_to_its_owner(client_of, people, who):
    meeting = held(people)
    mine = f"o{people[who].organisation_id}" if people[who].organisation_id else f"u{people[who].user_id}"
    assert decide(client_of("county"), meeting, mine).status_code == 302
    row = decision()
    assert (row.words, row.due_on) == ("先垫住院押金", today(4))
    assert (row.organisation_id, row.owner_id) == (
        people[who].organisation_id, None if people[who].organisation_id else people[who].user_id)
    assert told("decision_given") == [people[who].user_id]
    assert steps(meeting.report_id) == ["meet_decide"]
    todo = client_of(who).page("/todo").text
    assert ("办会商定下的一件事" if people[who].organisation_id else "办 1 件会商定下的事") in todo


@pytest.mark.slow
@pytest.mark.parametrize("owner", ["", "o987654", "u987654", "x1", "county2", "agency", "nonsense"])
def test_nobody_else_can_be_made_to_do_it(client_of, people, owner):
    known = {"county2": f"u{people.county2.user_id}", "agency": f"o{people.agency.organisation_id}"}
    answer = decide(client_of("county"), held(people), known.get(owner, owner))
    assert answer.status_code == 422
    assert "请选一个单位或者一位干部" in answer.get_data(as_text=True)


def test_a_day_that_is_past_is_refused_and_so_is_a_meeting_that_was_not_held(client_of, people):
    mine = f"u{people.town.user_id}"
    client = client_of("county")
    assert decide(client, held(people), mine, due_on=today(-1).isoformat()).status_code == 422
    assert decide(client, meeting_of(people), mine).status_code == 409
    assert decide(client, held(people, state="closed"), mine).status_code == 409

"""A meeting was held: who came, what was said."""

from __future__ import annotations

from datetime import timedelta

from matching.clock import utc_now
from tests.intake.meeting import meeting_of, newest
from tests.intake.referring import steps


def test_who_came_and_what_was_said_is_noted(client_of, people):
    meeting = meeting_of(people, held_at=utc_now() - timedelta(hours=1))
    client = client_of("county")
    assert (f"/intake/{meeting.id}/hold-meeting", "记下 1 次会商的结果") in [
        (href, words) for href, words in client.page("/todo").links]
    answer = client.send(f"/intake/{meeting.id}/hold-meeting", came=[people.department.organisation_id],
                         summary="都同意分头办")
    assert answer.location == f"/intake/{meeting.id}/decide-meeting"
    row = newest()
    assert (row.state, row.summary) == ("held", "都同意分头办")
    assert [one.has_come for one in row.invitations] == [True, False]
    assert steps(row.report_id) == ["meet_hold"]


def test_not_before_its_day_and_not_twice(client_of, people):
    meeting, client = meeting_of(people), client_of("county")
    answer = client.send(f"/intake/{meeting.id}/hold-meeting", summary="x")
    assert (answer.status_code, newest().state) == (409, "called")
    over = meeting_of(people, state="held", held_at=utc_now())
    assert client.send(f"/intake/{over.id}/hold-meeting", summary="x").status_code == 409
    assert client.send(f"/intake/{over.id}/hold-meeting", summary="").status_code == 422

"""A meeting is called off before it is held, with a reason that those invited read."""

from __future__ import annotations

from tests.intake.meeting import held, meeting_of, newest
from tests.intake.referring import steps, told


def test_called_off_with_a_reason(client_of, people):
    meeting = meeting_of(people)
    client = client_of("county")
    assert client.send(f"/intake/{meeting.id}/cancel-meeting", why="").status_code == 422
    client.send(f"/intake/{meeting.id}/cancel-meeting", why="医院已经全免了")
    row = newest()
    assert (row.state, row.why) == ("cancelled", "医院已经全免了")
    assert told("meeting_cancelled") == sorted([people.department.user_id, people.charity.user_id])
    assert steps(row.report_id) == ["meet_cancel"]
    assert "医院已经全免了" in client_of("department").page(f"/intake/{meeting.id}/our-meeting").text


def test_what_was_held_is_not_called_off(client_of, people):
    assert client_of("county").send(f"/intake/{held(people).id}/cancel-meeting", why="x").status_code == 409

"""An organisation says whether it comes; it may change its mind until the meeting is held."""

from __future__ import annotations

from tests.intake.meeting import held, meeting_of, newest
from tests.intake.referring import told


def answer(client, meeting, comes):
    page = client.page(f"/intake/{meeting.id}/our-meeting")
    form = next(form for form in page.forms if form.values.get("comes") == comes)
    return client.post(form.action, data=form.values)


def test_yes_and_then_no(client_of, people):
    meeting, client = meeting_of(people), client_of("department")
    answer(client, meeting, "1")
    mine = newest().invitations[0]
    assert (mine.state, mine.answered_by_name) == ("coming", people.department.name)
    assert told("meeting_answered") == [people.county.user_id]
    answer(client, meeting, "0")
    assert newest().invitations[0].state == "declined"
    assert newest().invitations[1].state == "waiting", "the other's answer is its own"


def test_when_it_was_held_there_is_nothing_to_answer(client_of, people):
    meeting, client = meeting_of(people), client_of("department")
    page = client.page(f"/intake/{meeting.id}/our-meeting")
    values = next(form for form in page.forms if form.values.get("comes") == "1").values
    over = held(people)
    assert client.post(f"/intake/{over.id}/answer-meeting", data=values).status_code == 409

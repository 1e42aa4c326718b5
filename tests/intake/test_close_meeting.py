"""A meeting closes only when every decision is carried out."""

from __future__ import annotations

from matching.clock import utc_now
from matching.intake import service_meetings as service
from tests import factories
from tests.intake.meeting import decision, held, newest
from tests.intake.referring import steps


def close(client, meeting):
    values = next(form.values for form in client.page("/todo").forms if "csrf_token" in form.values)
    return client.post(f"/intake/{meeting.id}/close-meeting", data={**values, "submission_key": f"c{utc_now()}"})


def test_with_a_decision_open_or_none_at_all_it_stays(client_of, people):
    meeting, client = held(people), client_of("county")
    assert close(client, meeting).status_code == 409
    factories.make_decision(meeting, owner_id=people.town.user_id)
    assert close(client, meeting).status_code == 409
    assert newest().state == "held"


def test_when_all_is_done_it_is_closed_and_takes_no_further_decision(client_of, people):
    meeting, client = held(people), client_of("county")
    factories.make_decision(meeting, owner_id=people.town.user_id)
    service.carry_out(decision(), "好了", people.town, utc_now())
    page = client.page(f"/intake/{meeting.id}/show-meeting")
    assert page.headings[0] == (1, "会商定的事都办好了，可以办结")
    client.send(f"/intake/{meeting.id}/show-meeting", f"/intake/{meeting.id}/close-meeting")
    assert newest().state == "closed"
    assert steps(meeting.report_id) == ["meet_done", "meet_close"]
    assert close(client, meeting).status_code == 409

"""Saying why before opening a file."""

from __future__ import annotations

from datetime import timedelta

from matching.clock import utc_now
from tests.factories import make_household
from tests.people import COMMUNITY_B1A


def test_a_reason_lasts_half_an_hour(client_of, time_machine):
    household, client = make_household(), client_of("auditor")
    path = f"/households/{household.id}/show-household"
    client.send(f"/households/{household.id}/open-household", why="audit")
    now = utc_now()
    assert client.get(path).status_code == 200
    time_machine.move_to(now + timedelta(minutes=20), tick=False)
    assert client.get(path).status_code == 200
    time_machine.move_to(now + timedelta(minutes=40), tick=False)
    assert client.get(path).status_code == 302


def test_a_reason_for_one_file_opens_no_other(client_of):
    one, other, client = make_household(), make_household(), client_of("auditor")
    client.send(f"/households/{one.id}/open-household", why="audit")
    assert client.get(f"/households/{other.id}/show-household").status_code == 302


def test_no_reason_no_file(client_of):
    household, client = make_household(), client_of("auditor")
    answer = client.send(f"/households/{household.id}/open-household", why="")
    assert answer.status_code == 422
    assert "请选一个原因" in answer.get_data(as_text=True)
    assert client.get(f"/households/{household.id}/show-household").status_code == 302


def test_out_of_reach_is_not_there(client_of):
    assert client_of("auditor").get(f"/households/{make_household(COMMUNITY_B1A).id}/open-household").status_code == 404

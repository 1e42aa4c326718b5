"""Papers of the green channel: owed until they are in, once."""

from __future__ import annotations

from matching.clock import day_of, utc_now
from tests.assistance.asking import newest
from tests.factories import make_grant


def test_papers_come_in_once(client_of):
    grant, client = make_grant(is_green=True), client_of("town")
    path = f"/assistance/{grant.id}/take-papers"
    token = client.page(f"/assistance/{grant.id}/show-grant").form(path).values
    assert client.post(path, data=token).status_code == 302
    assert newest().papers_in_on == day_of(utc_now())
    assert client.post(path, data=token).status_code == 409
    assert "材料已补齐" not in client.page(f"/assistance/{grant.id}/show-grant").text.replace("材料已补齐。", "")

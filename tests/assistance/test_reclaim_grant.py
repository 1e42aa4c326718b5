"""Money that was paid first and refused later comes back, once."""

from __future__ import annotations

from tests.assistance.asking import newest
from tests.factories import make_grant


def test_it_comes_back_once(client_of):
    grant, client = make_grant(state="refused", reclaim="due", is_green=True), client_of("county")
    path = f"/assistance/{grant.id}/reclaim-grant"
    token = client.page(f"/assistance/{grant.id}/show-grant").form(path).values
    assert client.post(path, data=token).status_code == 302
    assert newest().stands == "reclaimed"
    assert client.post(path, data=token).status_code == 409

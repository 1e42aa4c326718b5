"""Keeping away from a household: said once, and not taken back by oneself."""

from __future__ import annotations

from tests.assistance.breaking import told
from tests.factories import make_household


def test_it_is_said_once_and_stands_on_the_page(client_of):
    home, client = make_household(), client_of("town")
    path = f"/assistance/{home.id}/declare-tie"
    assert client.send(path).status_code == 422
    assert client.send(path, tie="kin").status_code == 302
    assert "town 的姓名回避这一家（是我的亲属）" in client.page(f"/assistance/{home.id}/show-entitlements").text
    assert client.send(path, tie="own").status_code == 409
    assert told("grant.recuse") == 1

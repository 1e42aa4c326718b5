"""The dark theme is remembered."""

from __future__ import annotations

import pytest

from tests.conftest import CheckedClient

pytestmark = pytest.mark.one_database


def test_the_dark_theme_is_remembered_and_can_be_undone(client: CheckedClient) -> None:
    assert b"data-bs-theme" not in client.get("/about").data
    token = client.page("/about").form("/choose-language").values
    assert client.post("/choose-theme", data={**token, "theme": "dark"}).location == "/about"
    assert b'data-bs-theme="dark"' in client.get("/privacy").data
    client.post("/choose-theme", data={**token, "theme": "light"})
    assert b"data-bs-theme" not in client.get("/privacy").data

"""大字 enlarges every page, and is remembered."""

from __future__ import annotations

import pytest

from tests.conftest import CheckedClient

pytestmark = pytest.mark.one_database


def test_large_type_is_remembered_and_can_be_undone(client: CheckedClient) -> None:
    assert b"data-jd-size" not in client.get("/about").data
    client.send("/about", action="/choose-language", language="zh_Hans")
    token = client.page("/about").form("/choose-language").values
    assert client.post("/choose-size", data={**token, "size": "large"}).location == "/about"
    assert b'data-jd-size="large"' in client.get("/privacy").data
    client.post("/choose-size", data={**token, "size": "normal"})
    assert b"data-jd-size" not in client.get("/privacy").data


def test_a_size_we_do_not_have_is_the_normal_one(client: CheckedClient) -> None:
    token = client.page("/about").form("/choose-language").values
    client.post("/choose-size", data={**token, "size": '"><script>'})
    assert b"data-jd-size" not in client.get("/about").data

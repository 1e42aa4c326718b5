"""Who sees what of a household, open to everybody."""

from __future__ import annotations

import pytest

from tests.conftest import CheckedClient

pytestmark = pytest.mark.one_database


def test_it_says_what_is_kept_who_sees_it_and_what_one_may_ask(client: CheckedClient) -> None:
    headings = client.page("/privacy").headings
    assert headings[0] == (1, "谁看得到您家的事")
    assert {"记些什么", "谁看得到", "谁看过", "您可以要求什么"} <= {words for _level, words in headings}


def test_the_cookies_are_those_it_names(client: CheckedClient) -> None:
    assert "您选的语言、字号和深浅" in client.page("/privacy").text
    form = client.page("/privacy").form("/choose-language")
    client.post("/choose-size", data={**form.values, "size": "large"})
    client.post("/choose-theme", data={**form.values, "theme": "dark"})
    client.post("/choose-language", data={**form.values, "language": "en"})
    known = {cookie.key for cookie in client._cookies.values()}
    assert known == {"session", "size", "theme", "language"}

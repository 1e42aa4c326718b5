"""What search engines may read: the public pages, nothing of anybody's case."""

from __future__ import annotations

from urllib.robotparser import RobotFileParser

import pytest

from tests.conftest import CheckedClient

pytestmark = pytest.mark.one_database


def test_only_public_pages_are_open_to_robots(client: CheckedClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    rules = RobotFileParser()
    rules.parse(answer.get_data(as_text=True).splitlines())
    assert rules.can_fetch("*", "/offers")
    assert not rules.can_fetch("*", "/households/1")
    assert not rules.can_fetch("*", "/sign-in")

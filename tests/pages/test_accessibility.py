"""What the site does for eyes and hands, open to everybody."""

from __future__ import annotations

import pytest

from tests.conftest import CheckedClient

pytestmark = pytest.mark.one_database


def test_it_says_what_to_expect_and_what_is_not_yet_good(client: CheckedClient) -> None:
    page = client.page("/accessibility")
    assert "WCAG 2.2" in page.text
    assert (2, "还不够好的地方") in page.headings

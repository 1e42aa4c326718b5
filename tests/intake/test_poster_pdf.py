"""The poster is one A4 page with its QR code; nothing of it is markup."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from matching.printing import pdf
from tests.conftest import CheckedClient
from tests.people import COMMUNITY_A1A, COMMUNITY_A2A, People

Client = Callable[[str], CheckedClient]


def pages(content: bytes) -> int:
    """How many pages a PDF says it has."""
    found = re.search(rb"/Type/Pages/Count (\d+)", content)
    assert found
    return int(found.group(1))


@pytest.mark.slow
def test_it_is_one_page_named_after_the_place(client_of: Client, people: People) -> None:
    answer = client_of("town").get(f"/intake/poster-pdf?place={COMMUNITY_A1A}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert pages(answer.data) == 1
    assert client_of("town").get(f"/intake/poster-pdf?place={COMMUNITY_A2A}").status_code == 404


@pytest.mark.one_database
@pytest.mark.slow
def test_a_long_name_still_fits_on_one_page() -> None:
    data = {"title": "有难处，扫这里", "lead": "说一说" * 12, "place": "积石山保安族东乡族撒拉族自治县 " * 2,
            "steps": ["点哪里有难处"] * 4,
            "svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h1v1h-1z"/></svg>',
            "danger": ["#panic() *x*", "找村里的干部" * 6], "other": {"title": "In trouble?", "lead": "y " * 60},
            "address": "https://x/ask?place=1", "who": "先接的人负责到底。"}
    assert pages(pdf("poster", data)) == 1

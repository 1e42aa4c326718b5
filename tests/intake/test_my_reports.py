"""What became of each report, for who made it; nothing of any file."""

from __future__ import annotations

import pytest

from matching.clock import utc_now
from tests import factories
from tests.people import People


def test_each_report_says_where_it_stands(client_of: object, people: People) -> None:
    mine = {"reporter_id": people.informant.user_id, "origin": "informant", "name": "罗秘密", "words": "秘密的话"}
    factories.make_report(**mine)
    first = factories.make_report(state="helping")
    factories.make_report(**mine, state="closed", outcome="joined", step="", joined_to_id=first.id, closed_at=utc_now())
    factories.make_report(**mine, state="closed", outcome="not_qualified", step="", closed_at=utc_now())
    factories.make_report(words="别人的")
    page = client_of("informant").page("/intake/my-reports")  # type: ignore[operator]
    assert page.headings[0] == (1, "报了 3 件，帮上 1 件，还在办 1 件")
    for words in ("刚收到", "在帮", "这次不符合"):
        assert words in page.text
    for secret in ("罗秘密", "秘密的话", "别人的", "1390"):
        assert secret not in page.text


def test_nothing_yet_says_what_to_do(client_of: object, people: People) -> None:
    page = client_of("informant2").page("/intake/my-reports")  # type: ignore[operator]
    assert page.headings[0] == (1, "还没有报过")


@pytest.mark.slow
def test_three_hundred_rows_turn_their_pages(client_of: object, people: People) -> None:
    for _ in range(95):
        factories.make_report(reporter_id=people.informant.user_id)
    pages = list(client_of("informant").pages("/intake/my-reports"))  # type: ignore[operator]
    assert len(pages) == 3

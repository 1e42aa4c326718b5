"""All are marked as seen at once; nonsense marks nothing."""

from __future__ import annotations

from collections.abc import Callable

from matching.extensions import db
from matching.notices.models import Notice
from tests import factories
from tests.conftest import CheckedClient
from tests.people import People


def test_all_are_seen_and_their_number_is_said(client_of: Callable[[str], CheckedClient], people: People) -> None:
    client = client_of("town")
    for _ in range(2):
        factories.make_notice(people.town.user_id)
    client.send("/notices/list-notices", "/notices/mark-notices")
    page = client.page("/notices/list-notices")
    assert "2 条消息标为看过了。" in page.text
    assert page.headings[0][1] == "消息都看过了"


def test_a_number_that_is_none_marks_nothing(client_of: Callable[[str], CheckedClient], people: People) -> None:
    client = client_of("town")
    notice = factories.make_notice(people.town.user_id)
    for newest in ("", "x", "-5", str(10**30)):
        answer = client.send("/notices/list-notices", "/notices/mark-notices", newest=newest)
        assert answer.status_code == 303
        if newest != str(10**30):
            assert db.session.get_one(Notice, notice.id).read_at is None

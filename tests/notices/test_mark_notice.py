"""One notice is marked as seen without being opened."""

from __future__ import annotations

from collections.abc import Callable

from matching.extensions import db
from matching.notices.models import Notice
from tests import factories
from tests.conftest import CheckedClient
from tests.people import People


def test_it_is_seen_and_the_next_stays_new(client_of: Callable[[str], CheckedClient], people: People) -> None:
    one, two = factories.make_notice(people.town.user_id), factories.make_notice(people.town.user_id)
    answer = client_of("town").send("/notices/list-notices", f"/notices/{one.id}/mark-notice")
    assert answer.location == "/notices/list-notices"
    assert db.session.get_one(Notice, one.id).read_at is not None
    assert db.session.get_one(Notice, two.id).read_at is None

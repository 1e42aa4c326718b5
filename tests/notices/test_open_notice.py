"""Opening a notice leads to where one acts, and marks it as seen; nobody opens another's."""

from __future__ import annotations

from collections.abc import Callable

from matching.extensions import db
from matching.notices.models import Notice
from tests import factories
from tests.conftest import CheckedClient
from tests.people import People

ClientOf = Callable[[str], CheckedClient]


def test_it_leads_to_its_page_and_is_seen(client_of: ClientOf, people: People) -> None:
    client = client_of("town")
    notice = factories.make_notice(people.town.user_id, details={"path": "/households/list-households"})
    answer = client.send("/notices/list-notices", f"/notices/{notice.id}/open-notice")
    assert (answer.status_code, answer.location) == (303, "/households/list-households")
    first = db.session.get_one(Notice, notice.id).read_at
    assert first is not None
    client.send("/notices/list-notices", f"/notices/{notice.id}/open-notice")
    assert db.session.get_one(Notice, notice.id).read_at == first


def test_anothers_is_not_there(client_of: ClientOf, people: People) -> None:
    notice = factories.make_notice(people.county.user_id)
    mine = factories.make_notice(people.town.user_id)
    client = client_of("town")
    token = client.page("/notices/list-notices").form(f"/notices/{mine.id}/open-notice").values
    assert client.post(f"/notices/{notice.id}/open-notice", data=token).status_code == 404
    assert db.session.get_one(Notice, notice.id).read_at is None


def test_a_page_elsewhere_is_never_opened(client_of: ClientOf, people: People) -> None:
    """Nothing writes such a path; were there one, it would lead home."""
    notice = factories.make_notice(people.town.user_id, details={"path": "//elsewhere.example"})
    assert client_of("town").send("/notices/list-notices", f"/notices/{notice.id}/open-notice").location == "/"

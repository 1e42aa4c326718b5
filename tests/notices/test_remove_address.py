"""An address is forgotten; another's is not touched."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from matching.extensions import db
from matching.notices.models import NoticeAddress
from tests.conftest import CheckedClient
from tests.notices.conftest import Switch
from tests.people import People


def test_it_is_gone_and_others_stay(client_of: Callable[[str], CheckedClient], people: People, switch: Switch,
                                    proven: Callable[[int, str, str], NoticeAddress]) -> None:
    switch(MAIL_HOST="mail.example")
    proven(people.town.user_id, "email", "town@example.org")
    proven(people.county.user_id, "email", "county@example.org")
    client = client_of("town")
    assert client.send("/notices/choose-notices", "/notices/remove-address").location == "/notices/choose-notices"
    assert db.session.scalars(select(NoticeAddress.user_id)).all() == [people.county.user_id]
    assert "town@example.org" not in client.page("/notices/choose-notices").text


def test_nonsense_removes_nothing(client_of: Callable[[str], CheckedClient], people: People, switch: Switch,
                                  proven: Callable[[int, str, str], NoticeAddress]) -> None:
    switch(MAIL_HOST="mail.example")
    proven(people.town.user_id, "email", "town@example.org")
    client_of("town").send("/notices/choose-notices", "/notices/remove-address", channel="pigeon")
    assert len(db.session.scalars(select(NoticeAddress)).all()) == 1

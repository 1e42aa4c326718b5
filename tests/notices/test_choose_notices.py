"""How one wants to be told: channels by group, quiet hours; what waits for an answer is never silent in the site."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from matching.actor import Role
from matching.extensions import db
from matching.notices.models import NoticeAddress, NoticePreference
from tests.conftest import CheckedClient
from tests.notices.conftest import Switch
from tests.people import People

PATH = "/notices/choose-notices"
ClientOf = Callable[[str], CheckedClient]
Proven = Callable[[int, str, str], NoticeAddress]


def wish(people: People, name: str) -> NoticePreference:
    """What a person has chosen, as the database holds it."""
    db.session.rollback()
    return db.session.scalars(select(NoticePreference).where(
        NoticePreference.user_id == people[name].user_id).execution_options(populate_existing=True)).one()


@pytest.mark.slow
@pytest.mark.parametrize("role", list(Role))
def test_everybody_chooses_for_the_own_groups(client_of: ClientOf, role: Role) -> None:
    page = client_of(str(role)).page(PATH)
    assert ("结对和资源" in page.text) == (role not in (Role.ADMIN, Role.PROVINCE, Role.INFORMANT, Role.AUDITOR))
    assert "现在只在网站里通知" in page.text


def test_what_is_left_out_is_silenced_and_stays_so(client_of: ClientOf, people: People, switch: Switch,
                                                   proven: Proven) -> None:
    switch(MAIL_HOST="mail.example")
    proven(people.charity.user_id, "email", "charity@example.org")
    client = client_of("charity")
    client.send(PATH, pairing=["site"], asking=["site", "email"], account=[])
    assert wish(people, "charity").silenced == {"account": ["email", "site"], "pairing": ["email"]}
    assert "记下了，以后照这样通知您。" in client.page(PATH).text
    shown = client.get(PATH).get_data(as_text=True)
    assert shown.count(" checked") == 3, "the page shows what was chosen"


def test_a_channel_that_is_not_shown_keeps_its_wish(client_of: ClientOf, people: People, switch: Switch,
                                                    proven: Proven) -> None:
    proven(people.charity.user_id, "email", "charity@example.org")
    client = client_of("charity")
    switch(MAIL_HOST="mail.example")
    client.send(PATH, pairing=["site"], asking=["site", "email"], account=["site", "email"])
    switch(MAIL_HOST="")
    client.send(PATH, pairing=["site"], asking=["site"], account=["site"])
    assert wish(people, "charity").silenced == {"pairing": ["email"]}


def test_quiet_hours_are_kept_and_nonsense_is_refused(client_of: ClientOf, people: People, switch: Switch) -> None:
    switch(SMS_URL="https://sms.example/")
    client = client_of("town")
    client.send(PATH, quiet_from="22", quiet_until="7")
    assert (wish(people, "town").quiet_from, wish(people, "town").quiet_until) == (22, 7)
    assert client.send(PATH, quiet_from="24").status_code == 422
    assert client.send(PATH, quiet_from="x").status_code == 422
    assert wish(people, "town").quiet_from == 22

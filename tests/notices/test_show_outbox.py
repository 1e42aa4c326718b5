"""The administrator sees how each channel does, in figures, and lets what failed be tried again."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import update

from matching import jobs_notices
from matching.clock import utc_now
from matching.extensions import db
from matching.notices.models import Delivery, NoticeAddress
from matching.notices.service import tell
from tests.conftest import CheckedClient
from tests.notices.gateways import Mailbox
from tests.people import People

PATH = "/notices/show-outbox"
ClientOf = Callable[[str], CheckedClient]


def fail_some(people: People, mailbox: Mailbox, proven: Callable[[int, str, str], NoticeAddress]) -> None:
    """One mail is sent, two are refused, one waits."""
    proven(people.charity.user_id, "email", "canary@example.org")
    for number in range(3):
        mailbox.to_recipient = "550 unknown" if number else ""
        tell(people.charity.user_id, "pairing_confirmed", {}, utc_now(), key=str(number))
        db.session.commit()
        jobs_notices.send_waiting()
    tell(people.charity.user_id, "pairing_confirmed", {}, utc_now(), key="waits")
    db.session.commit()


def test_it_counts_and_names_nobody(client_of: ClientOf, people: People, mailbox: Mailbox,
                                    proven: Callable[[int, str, str], NoticeAddress]) -> None:
    fail_some(people, mailbox, proven)
    page = client_of("admin").page(PATH)
    assert page.headings[0][1] == "2 条消息没有发出去"
    assert "2 条：smtp_550" in page.text
    assert "canary" not in page.text
    assert people.charity.name not in page.text


def test_when_all_is_well_it_says_so(client_of: ClientOf) -> None:
    page = client_of("admin").page(PATH)
    assert page.headings[0][1] == "消息都发得出去"
    assert page.text.count("没有开通") == 3


def test_the_failures_stand_on_the_administrators_to_do_list(
        client_of: ClientOf, people: People, mailbox: Mailbox,
        proven: Callable[[int, str, str], NoticeAddress]) -> None:
    client = client_of("admin")
    assert "没有发出去" not in client.page("/todo").text
    fail_some(people, mailbox, proven)
    page = client.page("/todo")
    assert "2 条消息没有发出去" in page.text
    assert (PATH, "2 条消息没有发出去") in page.links
    db.session.execute(update(Delivery).values(state="sent"))
    assert "没有发出去" not in client.page("/todo").text

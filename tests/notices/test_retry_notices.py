"""What failed is tried again from the beginning, once somebody has put right why it failed."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from matching import jobs_notices
from matching.audit.models import AuditEntry
from matching.extensions import db
from matching.notices.models import NoticeAddress
from tests.conftest import CheckedClient
from tests.notices.gateways import Mailbox
from tests.notices.test_show_outbox import fail_some
from tests.people import People


def test_all_that_failed_goes_out(client_of: Callable[[str], CheckedClient], people: People, mailbox: Mailbox,
                                  proven: Callable[[int, str, str], NoticeAddress]) -> None:
    fail_some(people, mailbox, proven)
    client = client_of("admin")
    assert client.send("/notices/show-outbox", "/notices/retry-notices").location == "/notices/show-outbox"
    assert "2 条会再试。" in client.page("/notices/show-outbox").text
    mailbox.to_recipient = ""
    assert jobs_notices.send_waiting()["sent"] == 3
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "account.retry_notices")).one()
    assert entry.changes == {"count": 2}

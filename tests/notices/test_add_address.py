"""An address is given, a code goes there, and nothing else until the code has come back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from matching import jobs_notices
from matching.audit.models import AuditEntry
from matching.errors import Invalid
from matching.extensions import db
from matching.notices.models import Notice, NoticeAddress
from matching.notices.service_addresses import CODES_A_DAY, normal_address
from tests.conftest import CheckedClient
from tests.notices.gateways import Mailbox
from tests.people import People

PATH = "/notices/add-address?channel=email"
ClientOf = Callable[[str], CheckedClient]


def test_the_code_goes_out_by_the_outbox_and_proves_the_address(client_of: ClientOf, people: People,
                                                               mailbox: Mailbox) -> None:
    client = client_of("town")
    answer = client.send(PATH, address=" Officer@Example.org ")
    assert answer.location == "/notices/prove-address?channel=email"
    assert mailbox.mails == [], "nothing is sent inside a request"
    assert jobs_notices.send_waiting()["sent"] == 1
    (mail,) = mailbox.mails
    assert mail["To"] == "Officer@Example.org"
    body = mail.get_body(("plain",))
    assert body is not None
    code = re.search(r"确认码是 (\d{6})，15 分钟内有效", body.get_content())
    assert code is not None
    assert code[1] not in str(mail["Subject"])
    assert client.send(answer.location, code=code[1]).location == "/notices/choose-notices"
    assert "Officer@Example.org 已确认" in client.page("/notices/choose-notices").text
    actions = list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("account.%addr%"))))
    assert actions == ["account.prove_address"]


def test_the_code_lies_sealed_and_in_no_notice(client_of: ClientOf, people: People, mailbox: Mailbox) -> None:
    client_of("town").send(PATH, address="officer@example.org")
    row = db.session.scalars(select(NoticeAddress)).one()
    notice = db.session.scalars(select(Notice)).one()
    assert row.code is not None
    assert row.code not in repr(notice.details)
    assert row.code.encode() not in bytes(row.code_sealed or b"")
    assert b"officer" not in bytes(row.address_sealed or b"")


def test_codes_are_few_a_day(client_of: ClientOf, people: People, mailbox: Mailbox) -> None:
    client = client_of("town")
    for _ in range(CODES_A_DAY):
        assert client.send(PATH, address="officer@example.org").status_code == 303
    answer = client.send(PATH, address="officer@example.org")
    assert answer.status_code == 422
    assert "请明天再试" in answer.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(Notice)) == CODES_A_DAY


def test_sent_twice_it_asks_for_one_code(client_of: ClientOf, people: People, mailbox: Mailbox) -> None:
    client = client_of("town")
    form = client.page(PATH).form("/notices/add-address")
    answers = [client.post(PATH, data={**form.values, "address": "officer@example.org"}) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 1


def test_a_new_address_is_not_used_before_its_own_proof(client_of: ClientOf, people: People, mailbox: Mailbox,
                                                       proven: Callable[[int, str, str], NoticeAddress]) -> None:
    proven(people.town.user_id, "email", "old@example.org")
    client_of("town").send(PATH, address="new@example.org")
    assert db.session.scalars(select(NoticeAddress)).one().confirmed_at is None


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_a_channel_that_is_off_takes_no_address(client_of: ClientOf, channel: str) -> None:
    answer = client_of("town").send(f"/notices/add-address?channel={channel}", address={
        "email": "officer@example.org", "sms": "13900000001"}[channel])
    assert answer.status_code == 422
    assert "现在不能用这种方式通知。" in answer.get_data(as_text=True)


@pytest.mark.parametrize(("channel", "written", "kept"), [
    ("email", "ａ@example.org", "a@example.org"), ("sms", "+86 139-0000-0001", "13900000001"),
    ("sms", "０１３９".replace("０", "", 1) + "00000001", "13900000001"), ("sms", "008613900000001", "13900000001")])
@pytest.mark.one_database
def test_addresses_are_read_as_they_are_written(app: object, channel: str, written: str, kept: str) -> None:
    assert normal_address(channel, written) == kept


@pytest.mark.parametrize(("channel", "written"), [
    ("email", "nobody"), ("email", "a@b"), ("email", "a@example.org\r\nBcc: x@y.zz"), ("email", "a@b.org,c@d.ee"),
    ("email", "a@" + "x" * 200 + ".org"), ("sms", "12345678901"), ("sms", "1390000000"), ("sms", "13900000001;1"),
    ("sms", "a@example.org"), ("wechat", "oAbc")])
@pytest.mark.one_database
def test_what_is_no_address_is_refused(app: object, channel: str, written: str) -> None:
    with pytest.raises(Invalid):
        normal_address(channel, written)

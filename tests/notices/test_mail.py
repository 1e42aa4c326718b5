"""E-mail to a real SMTP server: what arrives, encryption, refusals, a server that is down, senders that die."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from matching import jobs_notices
from matching.accounts.models import User
from matching.clock import utc_now
from matching.extensions import db
from matching.notices import service_sending as sending
from matching.notices.models import Delivery, Notice, NoticeAddress
from matching.notices.service import Stranger, tell
from matching.notices.service_channels import Message, Permanent
from matching.notices.service_mail import Mail
from tests.databases import TestDatabase
from tests.notices.conftest import Switch
from tests.notices.gateways import Mailbox, free_port, mail_server
from tests.people import People

ROOT = Path(__file__).resolve().parents[2]
Proven = Callable[[int, str, str], NoticeAddress]
OFFERED: dict[str, Any] = {"by": date(2026, 11, 30), "path": "/pairings/7/our-pairing"}


def offer(people: People, key: str = "7") -> None:
    """Tell the charity of a pairing."""
    tell(people.charity.user_id, "pairing_offered", OFFERED, utc_now(), key=key)
    db.session.commit()


def stands() -> Delivery:
    """The one delivery as the database holds it."""
    db.session.rollback()
    return db.session.scalars(select(Delivery).execution_options(populate_existing=True)).one()


def pass_time() -> None:
    """Let every waiting delivery be due."""
    db.session.execute(update(Delivery).values(next_try_at=utc_now() - timedelta(seconds=1)))
    db.session.commit()


def test_a_mail_arrives_in_the_readers_language_and_gives_nobody_away(
        mailbox: Mailbox, people: People, proven: Proven) -> None:
    proven(people.charity.user_id, "email", "charity@example.org")
    offer(people)
    assert jobs_notices.send_waiting()["sent"] == 1
    (mail,) = mailbox.mails
    assert (mail["To"], mail["From"]) == ("charity@example.org", "Jiedui <notices@jiedui.example>")
    assert mail["Subject"] == "有一个需求等您答复"
    assert "subject: =?utf-8?" in mailbox.raw[0].decode("ascii").lower()
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    for part in (plain.get_content(), html.get_content()):
        assert "请在 11 月 30 日前答复接不接。" in part
        assert "https://jiedui.example/pairings/7/our-pairing" in part
        assert "https://jiedui.example/notices/choose-notices" in part
    assert mail["List-Unsubscribe"] == "<https://jiedui.example/notices/choose-notices>"
    assert mail["Auto-Submitted"] == "auto-generated"
    delivery = stands()
    assert (delivery.state, delivery.attempts) == ("sent", 1)
    assert delivery.provider_id == mail["Message-ID"]


def test_in_english_for_whoever_reads_english(mailbox: Mailbox, people: People, proven: Proven) -> None:
    db.session.get_one(User, people.charity.user_id).locale = "en"
    proven(people.charity.user_id, "email", "charity@example.org")
    offer(people)
    jobs_notices.send_waiting()
    (mail,) = mailbox.mails
    assert (mail["Subject"], mail["Content-Language"]) == ("A need waits for your answer", "en")
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().isascii()


@pytest.mark.slow
def test_several_mails_go_over_one_connection_and_each_once(mailbox: Mailbox, people: People, proven: Proven) -> None:
    proven(people.charity.user_id, "email", "charity@example.org")
    for number in range(60):
        offer(people, str(number))
    assert jobs_notices.send_waiting()["sent"] == 60
    assert jobs_notices.send_waiting()["sent"] == 0
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == len(mailbox.mails) == 60


def test_a_stranger_gets_a_mail_without_a_way_to_preferences(mailbox: Mailbox, people: People) -> None:
    values = {"case": "A1B2-C3D4", "by": date(2026, 11, 30), "path": "/case"}
    tell(Stranger("report:7", email="asker@example.org"), "report_received", values, utc_now(), key="7")
    db.session.commit()
    jobs_notices.send_waiting()
    (mail,) = mailbox.mails
    assert mail["To"] == "asker@example.org"
    assert "编号 A1B2-C3D4" in mail["Subject"]
    assert mail["List-Unsubscribe"] is None


def test_starttls_is_used_and_the_certificate_checked(
        certificate: Path, switch: Switch, mailbox: Mailbox, people: People, proven: Proven) -> None:
    proven(people.charity.user_id, "email", "charity@example.org")
    offer(people)
    with mail_server(certificate) as box:
        switch(MAIL_PORT=box.port, MAIL_SECURITY="starttls")
        assert jobs_notices.send_waiting()["later"] == 1
        assert (stands().reason, box.mails) == ("certificate", [])
        pass_time()
        switch(MAIL_CA_FILE=str(certificate))
        assert jobs_notices.send_waiting()["sent"] == 1
        assert box.encrypted == [True]


def test_without_encryption_at_the_server_nothing_is_sent(
        switch: Switch, mailbox: Mailbox, people: People, proven: Proven) -> None:
    proven(people.charity.user_id, "email", "charity@example.org")
    offer(people)
    switch(MAIL_SECURITY="starttls")
    assert jobs_notices.send_waiting()["later"] == 1
    assert (stands().reason, mailbox.mails) == ("no_encryption", [])


def test_a_server_that_is_down_is_tried_again_later_and_later_and_at_last_given_up(
        switch: Switch, mailbox: Mailbox, people: People, proven: Proven) -> None:
    proven(people.charity.user_id, "email", "charity@example.org")
    offer(people)
    switch(MAIL_PORT=free_port())
    waits = []
    for attempt in range(1, sending.TRIES):
        before = utc_now()
        assert jobs_notices.send_waiting()["later"] == 1
        delivery = stands()
        assert (delivery.state, delivery.attempts, delivery.reason) == ("waiting", attempt, "connection")
        waits.append(round((delivery.next_try_at - before).total_seconds() / 60))
        assert jobs_notices.send_waiting() == {"sent": 0, "later": 0, "failed": 0, "dropped": 0}
        pass_time()
    assert waits == [1, 5, 15, 60, 180, 480, 1440]
    jobs_notices.send_waiting()
    assert (stands().state, stands().reason) == ("failed", "connection")


def test_a_server_that_comes_back_gets_what_waited(
        switch: Switch, mailbox: Mailbox, people: People, proven: Proven) -> None:
    proven(people.charity.user_id, "email", "charity@example.org")
    for number in range(3):
        offer(people, str(number))
    port = mailbox.port
    switch(MAIL_PORT=free_port())
    assert jobs_notices.send_waiting()["later"] == 1, "a channel out of reach is left alone for this sweep"
    switch(MAIL_PORT=port)
    pass_time()
    assert jobs_notices.send_waiting()["sent"] == 3


@pytest.mark.slow
@pytest.mark.parametrize(("where", "answer", "state", "reason"), [
    ("to_recipient", "451 busy", "waiting", "smtp_451"), ("to_data", "452 full", "waiting", "smtp_452"),
    ("to_recipient", "550 unknown", "failed", "smtp_550"), ("to_data", "554 refused", "failed", "smtp_554")])
def test_what_the_server_answers_decides(mailbox: Mailbox, people: People, proven: Proven, where: str, answer: str,
                                         state: str, reason: str) -> None:
    proven(people.charity.user_id, "email", "charity@example.org")
    offer(people)
    setattr(mailbox, where, answer)
    jobs_notices.send_waiting()
    assert (stands().state, stands().reason) == (state, reason)
    setattr(mailbox, where, "")
    pass_time()
    jobs_notices.send_waiting()
    assert len(mailbox.mails) == (1 if state == "waiting" else 0)


def test_one_refused_mail_does_not_hold_up_the_next(mailbox: Mailbox, people: People, proven: Proven) -> None:
    proven(people.charity.user_id, "email", "charity@example.org")
    proven(people.agency.user_id, "email", "agency@example.org")
    offer(people)
    mailbox.to_recipient = "550 unknown"
    tell(people.agency.user_id, "pairing_offered", OFFERED, utc_now(), key="8")
    db.session.commit()
    real = Mail.send

    def send(self: Mail, address: str, message: Message) -> str:
        mailbox.to_recipient = "550 unknown" if address.startswith("charity") else ""
        return real(self, address, message)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Mail, "send", send)
        counts = jobs_notices.send_waiting()
    assert (counts["failed"], counts["sent"]) == (1, 1)


def test_a_sender_that_dies_after_sending_sends_the_same_mail_again(
        mailbox: Mailbox, people: People, proven: Proven, monkeypatch: pytest.MonkeyPatch) -> None:
    proven(people.charity.user_id, "email", "charity@example.org")
    offer(people)

    def die(*_: object) -> bool:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "sent", die)
        with pytest.raises(KeyboardInterrupt):
            jobs_notices.send_waiting()
    assert (stands().state, stands().attempts) == ("waiting", 1)
    assert jobs_notices.send_waiting()["sent"] == 0, "the dead sender's claim holds for a while"
    pass_time()
    assert jobs_notices.send_waiting()["sent"] == 1
    first, second = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_what_kills_every_sender_is_given_up(mailbox: Mailbox, people: People, proven: Proven) -> None:
    proven(people.charity.user_id, "email", "charity@example.org")
    offer(people)
    db.session.execute(update(Delivery).values(attempts=sending.TRIES))
    db.session.commit()
    jobs_notices.send_waiting()
    assert (stands().state, stands().reason, mailbox.mails) == ("failed", "gave_up", [])


def test_of_two_senders_one_claims(mailbox: Mailbox, people: People, proven: Proven) -> None:
    proven(people.charity.user_id, "email", "charity@example.org")
    offer(people)
    number, now = stands().id, utc_now()
    first = sending.claim(number, now)
    db.session.commit()
    assert first is not None
    assert sending.claim(number, now) is None
    db.session.commit()
    assert sending.claim(number, now + sending.LEASE) is not None
    assert not sending.sent(first, "late", now), "the first claim is lost"


def test_control_a_claim_without_its_condition_would_send_twice(
        mailbox: Mailbox, people: People, proven: Proven, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy import true

    proven(people.charity.user_id, "email", "charity@example.org")
    offer(people)
    number, now = stands().id, utc_now()
    monkeypatch.setattr(sending, "_is_due", lambda _now: true())
    assert sending.claim(number, now) is not None
    assert sending.claim(number, now) is not None


@pytest.mark.parametrize("address", ["two@example.org\r\nBcc: all@example.org", "nobody", ""])
def test_an_address_that_is_none_never_reaches_the_server(app: Flask, mailbox: Mailbox, address: str) -> None:
    message = Message("k", "主题", "正文", "", "zh_Hans", utc_now(), "<p>正文</p>")
    with pytest.raises(Permanent, match="address"):
        Mail(app.config).send(address, message)


@pytest.mark.parametrize("change", ["remove", "disable", "unproven"])
def test_who_is_not_to_be_reached_there_any_more_is_not(
        mailbox: Mailbox, people: People, proven: Proven, change: str) -> None:
    row = proven(people.charity.user_id, "email", "charity@example.org")
    offer(people)
    if change == "remove":
        db.session.delete(row)
    elif change == "disable":
        db.session.get_one(User, people.charity.user_id).is_enabled = False
    else:
        row.confirmed_at = None
    db.session.commit()
    assert jobs_notices.send_waiting()["dropped"] == 1
    assert (stands().state, mailbox.mails) == ("dropped", [])


def test_what_has_served_its_time_is_forgotten(mailbox: Mailbox, people: People) -> None:
    now = utc_now()
    for days, key in ((200, "old"), (10, "newer"), (1, "new")):
        then = now - timedelta(days=days)
        values = {"case": "A1B2", "by": date(2026, 11, 30), "path": "/case"}
        tell(Stranger(f"report:{key}", email="asker@example.org"), "report_received", values, then, key=key)
    db.session.commit()
    jobs_notices.send_waiting()
    sending.forget_old(now)
    db.session.commit()
    kept = {notice.recipient: notice.email for notice in db.session.scalars(select(Notice))}
    assert kept == {"report:newer": None, "report:new": "asker@example.org"}


def test_a_message_that_cannot_be_made_does_not_hold_up_the_next(mailbox: Mailbox, people: People,
                                                               proven: Proven) -> None:
    broken = proven(people.agency.user_id, "email", "agency@example.org")
    proven(people.charity.user_id, "email", "charity@example.org")
    tell(people.agency.user_id, "pairing_confirmed", {}, utc_now() - timedelta(minutes=1), key="1")
    broken.address_sealed = b"sealed with a key that is lost"
    offer(people)
    notice = db.session.scalars(select(Notice).where(Notice.user_id == people.agency.user_id)).one()
    notice.details = {}
    db.session.commit()
    counts = jobs_notices.send_waiting()
    assert (counts["sent"], [mail["To"] for mail in mailbox.mails]) == (1, ["charity@example.org"])


def test_nothing_is_held_open_in_the_database_while_a_message_leaves(
        mailbox: Mailbox, people: People, proven: Proven, monkeypatch: pytest.MonkeyPatch) -> None:
    proven(people.charity.user_id, "email", "charity@example.org")
    offer(people)
    open_while_sending = []
    real = Mail.send

    def send(self: Mail, address: str, message: Message) -> str:
        open_while_sending.append(db.session().in_transaction())
        return real(self, address, message)

    monkeypatch.setattr(Mail, "send", send)
    jobs_notices.send_waiting()
    assert open_while_sending == [False]


@pytest.mark.slow
def test_a_sender_killed_between_sending_and_writing_it_down_loses_nothing(
        database: TestDatabase, mailbox: Mailbox, people: People, proven: Proven) -> None:
    proven(people.charity.user_id, "email", "charity@example.org")
    offer(people)
    killed = subprocess.run([sys.executable, "-m", "tests.notices.dying_sender", database.url, str(database.instance),
                             str(mailbox.port)], timeout=60, check=False, cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    assert (len(mailbox.mails), stands().state, stands().attempts) == (1, "waiting", 1)
    assert jobs_notices.send_waiting()["sent"] == 0
    pass_time()
    assert jobs_notices.send_waiting()["sent"] == 1
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1 < len(mailbox.mails)

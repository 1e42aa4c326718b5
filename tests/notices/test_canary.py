"""A household full of canaries is led through every step: none is in the outbox, a mail, a text message or a log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy import select

from matching import jobs_notices
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.households.models import Household
from matching.notices.models import Delivery, Notice, NoticeAddress, NoticePreference
from matching.notices.service import Stranger, tell
from matching.notices.service_kinds import KINDS
from matching.offers.models import Offer
from matching.pairings import service
from matching.pairings.models import Pairing
from tests import canaries, factories
from tests.conftest import CheckedClient
from tests.notices.conftest import Switch
from tests.notices.gateways import Mailbox, gateway
from tests.notices.test_kinds import SAMPLES
from tests.people import People

MAIL, PHONE, ASKER = "canary-7361@example.org", "13900007362", "13900007363"


def lead(people: People, aviary: canaries.Aviary) -> None:
    """Lead one pairing of the canary household, with the charity, through every step by real services."""
    now = utc_now() - timedelta(hours=1)
    home = db.session.get_one(Household, aviary.household_id)
    offer = db.session.scalars(select(Offer).where(Offer.organisation_id == aviary.organisation_id)).first()
    pairing: Pairing = factories.make_pairing(factories.make_need(home, summary="要人陪护"), offer)
    service.approve([pairing.id], people.town, now)
    for action, actor in (("accept", people.charity), ("consent", people.household), ("start", people.charity),
                          ("deliver", people.charity), ("dispute", people.household), ("deliver", people.charity),
                          ("confirm", people.household), ("close", people.town), ("reopen", people.county)):
        now += timedelta(minutes=1)
        service.take_step(pairing, action, actor, now, **({"delivered_note": canaries.HOUSEHOLD["note"]}
                                                          if action == "deliver" else {}))


@pytest.mark.slow
def test_no_canary_leaves_the_house(app: Flask, people: People, mailbox: Mailbox, switch: Switch,
                                    proven: Callable[[int, str, str], NoticeAddress],
                                    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    written = StringIO()
    monkeypatch.setattr(jobs_notices, "log", structlog.wrap_logger(structlog.PrintLogger(written)))
    aviary = canaries.hatch(people)
    for name in ("charity", "household", "community", "town", "county"):
        proven(people[name].user_id, "email", MAIL)
        proven(people[name].user_id, "sms", PHONE)
        db.session.add(NoticePreference(user_id=people[name].user_id, silenced={}, quiet_from=0, quiet_until=0))
    with gateway(lambda _request: (200, {"id": "1"}, {})) as texts:
        switch(SMS_URL=texts.url, SMS_SECRET="a secret between two machines")
        lead(people, aviary)
        for kind in KINDS:
            values: dict[str, Any] = {name: SAMPLES[name] for name in KINDS[kind].values}
            if kind != "address_code":
                tell(people.county.user_id, kind, values, utc_now(), key="every kind")
                tell(Stranger("report:7", phone=ASKER, email=MAIL), kind, values, utc_now(), key="every kind")
        db.session.commit()
        counts = jobs_notices.send_waiting()
        texts_said = " ".join(request.json["text"] for request in texts.requests)
    assert counts["sent"] == len(mailbox.mails) + len(texts.requests)
    assert counts["sent"] > 150
    assert counts["failed"] == counts["later"] == 0
    mails_said = " ".join(str(part.get_content()) + str(mail["Subject"]) for mail in mailbox.mails
                          for part in mail.iter_parts())
    rows = repr([db.session.execute(select(model.__table__)).all() for model in (Notice, Delivery, NoticeAddress)])
    log = written.getvalue() + "".join(capfd.readouterr())
    for where, said in (("mails", mails_said), ("texts", texts_said), ("rows", rows), ("log", log)):
        assert canaries.found_in(said) | canaries.names_in(said) == set(), where
        assert not any(address in said for address in (MAIL, PHONE, ASKER)), where
    assert "notices_sent" in log
    assert "有一个需求等您答复" in mails_said
    assert "有一个需求等您答复" in texts_said


def test_control_a_kind_with_room_for_a_name_would_be_found(app: Flask, people: People, mailbox: Mailbox,
                                                           proven: Callable[[int, str, str], NoticeAddress],
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    from matching.notices import service_kinds

    monkeypatch.setitem(service_kinds.VALUES, "case", (lambda _value: True, str, str))  # type: ignore[arg-type]
    proven(people.household.user_id, "email", MAIL)
    tell(people.household.user_id, "report_received", {"case": canaries.NAMES[0], "by": day_of(utc_now())}, utc_now(),
         key="1")
    db.session.commit()
    jobs_notices.send_waiting()
    (mail,) = mailbox.mails
    assert canaries.names_in(str(mail["Subject"])) == {canaries.NAMES[0]}


def test_the_list_in_the_site_names_nobody_either(client_of: Callable[[str], CheckedClient], people: People) -> None:
    aviary = canaries.hatch(people)
    lead(people, aviary)
    for name in ("charity", "household", "community", "town"):
        text = client_of(name).page("/notices/list-notices").text
        assert "新" in text
        assert canaries.found_in(text) == set()
        assert canaries.NAMES[1] not in text

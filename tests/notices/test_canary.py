"""A household full of canaries is led through every step: none is in the outbox, a mail, a text message or a log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy import select

from matching import jobs_clocks, jobs_notices
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.households.models import Household
from matching.intake import service_desk, service_tasks
from matching.intake.models_work import Task
from matching.intake.service import Facts
from matching.intake.service_asking import ask
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
from tests.people import COMMUNITY_A1B, People

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


def lead_report(people: People) -> None:
    """Lead a report whose every word is a canary through every step, late and gone up, joined and doubtful."""
    now, words = (utc_now() - timedelta(days=9)).replace(hour=2, minute=0), canaries.REPORT  # ten in the morning
    facts = Facts("self", ["medical", "cash"], COMMUNITY_A1B, words["phone"], words["name"], words["words"],
                  words["address"])
    report, again = ask(facts, [], None, now), ask(facts, [], people.informant, now + timedelta(minutes=5))
    ask(replace(facts, phone=ASKER), [], None, now, is_doubtful=True)
    task = db.session.scalars(select(Task).where(Task.report_id == report.id)).one()
    service_tasks.reassign_task(task, report, people.socialworker.user_id, day_of(now) + timedelta(days=2),
                                people.community, now)
    db.session.commit()
    for hours in (20, 42, 60, 90, 120):
        jobs_clocks.run(now + timedelta(hours=hours))
    db.session.refresh(report)
    task = db.session.scalars(select(Task).where(Task.report_id == report.id)).one()
    now += timedelta(hours=121)
    service_tasks.finish_task(task, report, "hardship", words["words"], people.county, now)
    service_desk.hand_over(report, people.town.user_id, words["words"], people.county, now, from_id=report.owner_id)
    service_desk.advance(report, "help", None, words["words"], people.town, now)
    service_desk.hand_up(report, words["words"], people.town, now + timedelta(minutes=1))
    service_desk.close_report(report, "not_qualified", words["words"], people.county, now + timedelta(minutes=2))
    service_desk.reopen(report, words["words"], people.county, now + timedelta(minutes=3))
    assert again.joined_to_id == report.id


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
        lead_report(people)
        told = set(db.session.scalars(select(Notice.kind)))
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
    assert told >= {"report_received", "report_step", "report_given", "report_due", "report_overdue", "report_moved",
                    "escalated", "task_given", "task_due", "task_done",
                    "task_overdue"}, "every step of a report was told"
    assert "您的求助收到了" in texts_said


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


@pytest.mark.slow
def test_the_list_in_the_site_names_nobody_either(client_of: Callable[[str], CheckedClient], people: People) -> None:
    aviary = canaries.hatch(people)
    lead(people, aviary)
    for name in ("charity", "household", "community", "town"):
        text = client_of(name).page("/notices/list-notices").text
        assert "新" in text
        assert canaries.found_in(text) == set()
        assert canaries.NAMES[1] not in text

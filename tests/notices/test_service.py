"""Telling: in the step's own transaction, once, to those who may hear it, and never a word that gives somebody away."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from matching.accounts.models import User
from matching.actor import Role
from matching.clock import utc_now
from matching.extensions import db
from matching.notices import queries, service
from matching.notices.models import Delivery, Notice, NoticeAddress, NoticePreference
from matching.notices.service import Stranger, tell, tell_all
from tests import factories
from tests.people import COMMUNITY_A1A, COUNTY_A, TOWN_A1, People

OFFERED: dict[str, Any] = {"by": date(2026, 11, 30), "path": "/pairings/7/our-pairing"}


@pytest.fixture
def mail_on(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """E-mail and text messages are switched on."""
    monkeypatch.setitem(app.config, "MAIL_HOST", "mail.example")
    monkeypatch.setitem(app.config, "SMS_URL", "https://sms.example/send")


def channels_of(user_id: int) -> list[str]:
    """The channels by which an account's notices go out."""
    return list(db.session.scalars(select(Delivery.channel).join(Notice).where(Notice.user_id == user_id)
                                   .order_by(Delivery.channel)))


def confirmed(user_id: int, *channels: str) -> None:
    """Give an account confirmed addresses."""
    for channel in channels:
        row = NoticeAddress(user_id=user_id, channel=channel, confirmed_at=utc_now())
        row.address = "someone@example.org" if channel == "email" else "13900000001"
        db.session.add(row)
    db.session.flush()


def test_a_step_is_told_once_however_often_it_is_told(people: People) -> None:
    told = [tell(people.charity.user_id, "pairing_offered", OFFERED, utc_now(), key="7") for _ in range(3)]
    assert told == [True, False, False]
    assert tell(people.charity.user_id, "pairing_offered", OFFERED, utc_now(), key="8")
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 2


def test_what_is_rolled_back_tells_nobody(people: People) -> None:
    tell(people.charity.user_id, "pairing_offered", OFFERED, utc_now(), key="7")
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 0


def test_many_who_tell_the_same_step_at_once_tell_it_once(app: Flask, people: People) -> None:
    start, told = threading.Barrier(6), []

    def step() -> None:
        with app.app_context():
            start.wait()
            told.append(tell(people.town.user_id, "check_done", {}, utc_now(), key="1"))
            db.session.commit()

    threads = [threading.Thread(target=step) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [False] * 5 + [True]
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 1


def test_control_without_the_constraint_being_minded_a_second_telling_fails(people: People) -> None:
    factories.make_notice(people.town.user_id, "check_done", key="1")
    with pytest.raises(IntegrityError), db.session.begin_nested():
        factories.make_notice(people.town.user_id, "check_done", key="1")


def test_the_language_is_the_readers_own(people: People) -> None:
    db.session.get_one(User, people.charity.user_id).locale = "en"
    tell_all([people.charity.user_id, people.agency.user_id], "check_done", {}, utc_now(), key="1")
    assert dict(db.session.execute(select(Notice.user_id, Notice.language)).all()) == {
        people.charity.user_id: "en", people.agency.user_id: "zh_Hans"}


def test_disabled_accounts_and_the_one_who_acts_hear_nothing(people: People) -> None:
    db.session.get_one(User, people.agency.user_id).is_enabled = False
    everybody = select(User.id).where(User.id.in_(
        [people.charity.user_id, people.agency.user_id, people.county.user_id]))
    assert tell_all(everybody, "check_done", {}, utc_now(), key="1", by=people.county) == 1
    assert db.session.scalars(select(Notice.user_id)).all() == [people.charity.user_id]


def test_nothing_leaves_the_house_unless_it_is_switched_on_and_the_address_confirmed(
        app: Flask, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    confirmed(people.charity.user_id, "email", "sms")
    tell(people.charity.user_id, "pairing_offered", OFFERED, utc_now(), key="1")
    assert channels_of(people.charity.user_id) == []
    monkeypatch.setitem(app.config, "MAIL_HOST", "mail.example")
    tell_all([people.charity.user_id, people.agency.user_id], "pairing_offered", OFFERED, utc_now(), key="2")
    assert channels_of(people.charity.user_id) == ["email"]
    assert channels_of(people.agency.user_id) == []


def test_a_text_message_is_only_for_what_is_urgent(people: People, mail_on: None) -> None:
    confirmed(people.charity.user_id, "email", "sms")
    tell(people.charity.user_id, "pairing_confirmed", {}, utc_now(), key="1")
    assert channels_of(people.charity.user_id) == ["email"]
    tell(people.charity.user_id, "pairing_offered", OFFERED, utc_now(), key="1")
    assert channels_of(people.charity.user_id) == ["email", "email", "sms"]


def test_wishes_are_kept_but_duties_stay_new_in_the_site(people: People, mail_on: None) -> None:
    confirmed(people.charity.user_id, "email", "sms")
    db.session.add(NoticePreference(user_id=people.charity.user_id, silenced={"pairing": ["site", "email"]},
                                    quiet_from=21, quiet_until=8))
    tell(people.charity.user_id, "pairing_confirmed", {}, utc_now(), key="1")
    tell(people.charity.user_id, "pairing_offered", OFFERED, utc_now(), key="1")
    assert channels_of(people.charity.user_id) == ["sms"]
    seen = dict(db.session.execute(select(Notice.kind, Notice.read_at.is_not(None))).all())
    assert seen == {"pairing_confirmed": True, "pairing_offered": False}


def test_a_stranger_is_told_by_the_addresses_it_gave_and_they_are_sealed(people: People, mail_on: None) -> None:
    asker = Stranger("report:7", phone="13900007351", language="en")
    values = {"case": "A1B2-C3D4", "by": date(2026, 11, 30), "path": "/case"}
    assert tell(asker, "report_received", values, utc_now(), key="7")
    assert not tell(asker, "report_received", values, utc_now(), key="7")
    notice = db.session.scalars(select(Notice)).one()
    assert (notice.user_id, notice.language, notice.phone, notice.email) == (None, "en", "13900007351", None)
    assert b"13900007351" not in bytes(notice.phone_sealed or b"")
    assert db.session.scalars(select(Delivery.channel)).all() == ["sms"]
    assert [line.kind for line in queries.told_to("report:7", utc_now())] == ["report_received"]
    service.forget_recipient("report:7")
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_what_lies_ahead_is_neither_shown_nor_counted(people: People) -> None:
    now = utc_now()
    tell(people.town.user_id, "papers_due", {"by": date(2026, 12, 9)}, now, key="1",
         not_before=now + timedelta(days=1))
    assert queries.list_notices(people.town, False, queries.Asked(), now).rows == []
    assert len(queries.list_notices(people.town, False, queries.Asked(), now + timedelta(days=2)).rows) == 1


def test_officers_of_a_place_are_those_whose_area_holds_it(people: People) -> None:
    def at(code: str, *roles: Role) -> set[int]:
        return set(db.session.scalars(queries.officers_at(code, *roles)))

    every = (Role.COUNTY, Role.TOWN, Role.COMMUNITY)
    assert at(COMMUNITY_A1A, *every) == {people.county.user_id, people.town.user_id, people.community.user_id}
    assert at(TOWN_A1, *every) == {people.county.user_id, people.town.user_id}
    assert at(COUNTY_A, Role.COMMUNITY) == set()
    assert queries.nearest_officers(COMMUNITY_A1A) == [people.community.user_id]
    db.session.get_one(User, people.community.user_id).is_enabled = False
    assert queries.nearest_officers(COMMUNITY_A1A) == [people.town.user_id]

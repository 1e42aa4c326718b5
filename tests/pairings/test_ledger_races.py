"""Two at once on one line of the ledger: one signature, and what was reopened stays open (promises 3 and 9)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from matching.clock import utc_now
from matching.errors import JieduiError
from matching.extensions import db, write_intended
from matching.households.models import Need
from matching.pairings import service_followups, service_ledger, service_voice
from matching.pairings.models_ledger import FollowUp, LedgerLine
from matching.pairings.models_voice import HouseholdWord
from matching.pairings.service_voice import Answer
from matching.pairings.service_watch import line_of
from tests.assistance.breaking import told
from tests.pairings.closing import closed, helped, line_for
from tests.people import People

Act = Callable[[], Any]


def at_once(app: Flask, acts: list[Act]) -> list[bool]:
    """All of these at the same moment, each in a transaction of its own; which went through."""
    gate = Barrier(len(acts))

    def one(act: Act) -> bool:
        with app.app_context():
            write_intended.set(True)
            gate.wait()
            try:
                act()
                db.session.commit()
                return True
            except JieduiError:
                db.session.rollback()
                return False

    with ThreadPoolExecutor(len(acts)) as team:
        return list(team.map(one, acts))


def signing(need_id: int, actor: Any) -> Act:
    def act() -> None:
        line = line_of(need_id)
        assert line is not None
        service_ledger.sign(line, actor, utc_now())
    return act


def reopening(need_id: int, actor: Any) -> Act:
    return lambda: service_followups.reopen_line(db.session.get_one(Need, need_id), "又来了", actor, utc_now())


@pytest.mark.slow
def test_of_many_who_sign_at_once_one_does(app: Flask, people: People) -> None:
    need_id = closed(people).need_id
    db.session.commit()
    went = at_once(app, [signing(need_id, actor) for actor in (people.town, people.county) for _ in range(3)])
    db.session.expire_all()
    assert (sum(went), told("ledger.sign")) == (1, 1)
    assert len(db.session.scalars(select(FollowUp).where(FollowUp.kind == "watch")).all()) == 1


@pytest.mark.slow
def test_signed_against_reopened_ends_open_and_counts_once(app: Flask, people: People) -> None:
    pairings = [closed(people) for _ in range(4)]
    numbers = [pairing.need_id for pairing in pairings]
    db.session.commit()
    for number in numbers:
        at_once(app, [signing(number, people.town), reopening(number, people.county), signing(number, people.county),
                      reopening(number, people.town)])
    for pairing in pairings:
        line = line_for(pairing)
        assert (line.state, line.times_reopened, pairing.need.status) == ("reopened", 1, "open")
    assert not db.session.scalars(select(FollowUp).where(FollowUp.done_at.is_(None))).all()


@pytest.mark.slow
def test_a_household_s_word_said_twice_at_once_counts_once(app: Flask, people: People) -> None:
    helped(people)
    number = db.session.scalars(select(HouseholdWord.id)).one()
    db.session.commit()

    def say() -> None:
        service_voice.say(db.session.get_one(HouseholdWord, number), Answer("no", 1, "keypad"), None, utc_now())

    assert sum(at_once(app, [say] * 4)) == 1
    db.session.expire_all()
    assert (told("voice.say"), told("complaint.make")) == (1, 1)


def test_control_without_the_condition_it_is_signed_twice_and_after_it_was_reopened(
        people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    def turn_without_looking(need_id: int, _sources: tuple[str, ...], **values: Any) -> bool:
        db.session.execute(update(LedgerLine).where(LedgerLine.need_id == need_id).values(**values))
        return True

    monkeypatch.setattr(service_ledger, "_turn", turn_without_looking)
    pairing = closed(people)
    for actor in (people.town, people.county):
        service_ledger.sign(line_for(pairing), actor, utc_now())
    assert told("ledger.sign") == 2

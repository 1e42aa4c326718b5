"""A form's key is good for one act: of the same person, and only once the act is committed."""

from __future__ import annotations

import contextvars
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import func, select

import matching.once
from matching.actor import Actor
from matching.clock import utc_now
from matching.extensions import db
from matching.once import Submission, once
from tests.people import People

KEY = "the same form"
PAUSE_SECONDS = 0.3


class Act:
    """An act that leads to a page of its own each time it is done."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> str:
        self.times += 1
        return f"/made/{self.times}"


@pytest.fixture
def act() -> Act:
    """An act that counts how often it was done."""
    return Act()


def send(actor: Actor | None, act: Callable[[], str], leads_to: str = "") -> str:
    """Send the form once and commit."""
    led = once(KEY, actor, utc_now(), act, leads_to)
    db.session.commit()
    return led


@pytest.mark.parametrize("leads_to", ["", "/made/1", "/expected"])
def test_a_second_sending_does_nothing_and_leads_to_the_same_place(people: People, act: Act, leads_to: str) -> None:
    assert [send(people.county, act, leads_to) for _ in range(3)] == ["/made/1"] * 3
    assert act.times == 1
    assert db.session.scalars(select(Submission.location)).all() == ["/made/1"]


def test_a_key_counts_for_one_person_only(people: People, act: Act) -> None:
    assert [send(actor, act) for actor in (people.county, people.town, None)] == ["/made/1", "/made/2", "/made/3"]


def test_an_act_that_fails_frees_the_key(people: People, act: Act) -> None:
    def fail() -> str:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        send(people.county, fail)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Submission)) == 0
    db.session.rollback()
    assert send(people.county, act) == "/made/1"


def together(app: Flask, actor: Actor, *, first_commits: bool) -> tuple[list[str], int]:
    """Two sendings, the second one while the first is at work: where they led, and how often the act was done."""
    act, at_work = Act(), Event()
    db.session.rollback()

    def slow() -> str:
        led = act()
        at_work.set()
        time.sleep(PAUSE_SECONDS)
        return led

    def first() -> str:
        with app.app_context():
            led = once(KEY, actor, utc_now(), slow)
            db.session.commit() if first_commits else db.session.rollback()
            return led

    def second() -> str:
        at_work.wait(10)
        with app.app_context():
            return send(actor, act)

    with ThreadPoolExecutor(2) as team:
        both = [team.submit(contextvars.Context().run, sending) for sending in (first, second)]
        return [sending.result() for sending in both], act.times


@pytest.mark.slow
def test_a_second_sending_meanwhile_waits_for_the_first(app: Flask, people: People) -> None:
    assert together(app, people.county, first_commits=True) == (["/made/1", "/made/1"], 1)


@pytest.mark.slow
def test_and_acts_itself_when_the_first_comes_to_nothing(app: Flask, people: People) -> None:
    assert together(app, people.county, first_commits=False) == (["/made/1", "/made/2"], 2)


@pytest.mark.slow
def test_control_without_the_claim_both_act(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching.once, "insert_if_absent", lambda *_args, **_values: True)
    assert together(app, people.county, first_commits=True)[1] == 2

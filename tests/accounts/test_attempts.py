"""How tries to sign in are counted, many at once included."""

from __future__ import annotations

import random
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import func, select

from matching.accounts import service_attempts as attempts
from matching.accounts import service_passwords as passwords
from matching.accounts.models import SignInAttempt, User
from matching.accounts.service import normal_username
from matching.buckets import network
from matching.extensions import db
from tests.people import LONG_AGO, PASSWORD, People

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
HERE = "192.0.2.1"


def try_once(username: str, password: str = "wrong", address: str = HERE, device: str | None = None) -> bool | None:
    """Whether the try succeeded; None when it was not even tested."""
    db.session.commit()
    try:
        return attempts.verify_sign_in(username, password, address, device, NOW) is not None
    except attempts.TooManyTries:
        return None


def test_what_is_kept_of_a_try_names_nobody(people: People) -> None:
    try_once("county", address="192.0.2.55")
    kept = db.session.scalars(select(SignInAttempt.bucket)).all()
    assert len(kept) == 2
    assert all(re.fullmatch(r"[0-9a-f]{64}", bucket) for bucket in kept)


def test_a_refused_try_does_not_prolong_the_wait(people: People) -> None:
    for _try in range(attempts.TESTED_PER_NAME + 20):
        try_once("county")
    assert db.session.scalar(select(func.count()).select_from(SignInAttempt)) == 2 * attempts.TESTED_PER_NAME


def test_tries_that_no_longer_count_are_forgotten(people: People) -> None:
    try_once("county")
    assert attempts.forget_old_attempts(NOW) == 0
    assert attempts.forget_old_attempts(NOW + attempts.WINDOW) == 2


@pytest.mark.parametrize(("one", "other", "same"), [
    ("192.0.2.1", "192.0.2.2", False), ("192.0.2.1", "::ffff:192.0.2.1", True),
    ("2001:db8::1", "2001:db8::2", True), ("2001:db8:0:1::1", "2001:db8:0:2::1", False), ("", "unknown", False),
])
def test_what_counts_as_one_address(one: str, other: str, same: bool) -> None:
    assert (network(one) == network(other)) == same


@pytest.mark.parametrize("written", ["county", "COUNTY", " county ", "ｃｏｕｎｔｙ"])
def test_another_spelling_is_no_other_name(people: People, written: str) -> None:
    for _try in range(attempts.TESTED_PER_NAME):
        try_once("county")
    assert try_once(written, PASSWORD) is None
    assert normal_username(written) == "county"


def test_a_device_remembers_several_people_and_expires(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    county, town = (db.session.get_one(User, people[name].user_id) for name in ("county", "town"))
    cookie = attempts.remember_device(town, attempts.remember_device(county, None))
    for _try in range(attempts.TESTED_PER_NAME):
        try_once("county")
        try_once("town")
    assert try_once("county", PASSWORD) is None
    assert try_once("county", PASSWORD, device=cookie) is True
    assert try_once("town", PASSWORD, device=cookie) is True
    monkeypatch.setattr(attempts, "DEVICE_AGE", timedelta(seconds=-1))
    assert try_once("county", PASSWORD, device=cookie) is None


def test_an_outdated_hash_is_made_anew_when_its_owner_signs_in(app: Flask, people: People,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "PASSWORD_COST", (2, 16, 1))
    assert try_once("county", PASSWORD)
    db.session.commit()
    kept = db.session.get_one(User, people.county.user_id).password_hash
    assert "m=16,t=2" in kept
    assert passwords.matches(kept, PASSWORD)


def guesses_tested(app: Flask, monkeypatch: pytest.MonkeyPatch, guesses: int) -> int:
    """How many of so many guesses at once reach the hash."""
    tested: list[str] = []

    def slow(_hash: str | None, password: str) -> bool:
        tested.append(password)
        time.sleep(0.2)
        return False

    def guess(number: int) -> None:
        with app.app_context():
            try_once("county", f"guess {number}")

    monkeypatch.setattr(attempts, "matches", slow)
    db.session.commit()
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(guess, range(guesses)))
    return len(tested)


@pytest.mark.slow
def test_of_forty_guesses_at_once_at_most_ten_are_tested(app: Flask, people: People,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    assert 1 <= guesses_tested(app, monkeypatch, 40) <= attempts.TESTED_PER_NAME


@pytest.mark.slow
def test_control_counting_after_the_test_lets_more_through(app: Flask, people: People,
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "_count_try", lambda buckets, now: attempts._refuse_beyond(buckets, now, -1))
    assert guesses_tested(app, monkeypatch, 40) == 40


# --- Long and timed (make promises) ------------------------------------------------------------------------------

@pytest.mark.promise
@pytest.mark.one_database
def test_a_thousand_guesses_from_fifty_addresses_test_ten(app: Flask, people: People,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    tested: list[str] = []
    monkeypatch.setattr(attempts, "matches", lambda _hash, password: bool(tested.append(password)))
    for number in range(1000):
        try_once("county", f"guess {number}", address=f"198.51.100.{number % 50}")
    assert len(tested) == attempts.TESTED_PER_NAME


@pytest.mark.promise
@pytest.mark.one_database
def test_one_guess_on_each_of_a_thousand_names_tests_sixty(app: Flask, people: People,
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    tested: list[str] = []
    monkeypatch.setattr(attempts, "matches", lambda _hash, password: bool(tested.append(password)))
    for number in range(1000):
        try_once(f"guess{number}")
    assert len(tested) == attempts.TESTED_PER_ADDRESS


@pytest.mark.promise
@pytest.mark.one_database
def test_the_time_of_an_answer_does_not_tell_whether_a_name_exists(app: Flask, people: People,
                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 19: 500 pairs, the area under the ROC curve of their times within 0.45 and 0.55."""
    monkeypatch.setitem(app.config, "PASSWORD_COST", (2, 19_456, 1))
    real = passwords.hashed(PASSWORD)
    db.session.add_all(User(username=f"known{number}", name="某人", role="county", password_hash=real,
                            password_changed_at=LONG_AGO, created_at=LONG_AGO) for number in range(500))
    db.session.commit()
    client = app.test_client()
    token = re.search(r'csrf_token" value="([^"]+)"', client.get("/sign-in").get_data(as_text=True))
    assert token is not None
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    order = list(product(times, range(500)))
    random.Random(19).shuffle(order)
    for kind, number in order:
        sent = {"username": f"{kind}{number}", "password": "wrong password", "csrf_token": token[1]}
        begun = time.perf_counter()
        answer = client.post("/sign-in", data=sent, environ_overrides={"REMOTE_ADDR": f"10.0.{number}.1"})
        times[kind].append(time.perf_counter() - begun)
        assert answer.status_code == 422
    assert 0.45 <= area_under_curve(times["known"], times["unknown"]) <= 0.55


@pytest.mark.promise
@pytest.mark.one_database
def test_control_a_name_that_costs_no_hash_would_be_told_by_its_time(app: Flask, people: People,
                                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "PASSWORD_COST", (2, 19_456, 1))
    real = passwords.hashed(PASSWORD)
    careful = passwords.matches
    monkeypatch.setattr(attempts, "matches", lambda kept, password: careful(kept, password) if kept else False)
    db.session.add_all(User(username=f"known{number}", name="某人", role="county", password_hash=real,
                            password_changed_at=LONG_AGO, created_at=LONG_AGO) for number in range(30))
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    for kind, number in product(times, range(30)):
        db.session.commit()
        begun = time.perf_counter()
        try_once(f"{kind}{number}", address=f"10.0.{number}.1")
        times[kind].append(time.perf_counter() - begun)
    assert area_under_curve(times["known"], times["unknown"]) > 0.9


def area_under_curve(some: list[float], others: list[float]) -> float:
    """The chance that one of `some` is greater than one of `others`: 0.5 when they cannot be told apart."""
    wins = sum((one > other) + 0.5 * (one == other) for one, other in product(some, others))
    return wins / (len(some) * len(others))


def test_the_curve_is_measured_rightly() -> None:
    assert area_under_curve([2.0, 3.0], [0.0, 1.0]) == 1
    assert area_under_curve([1.0, 2.0], [1.0, 2.0]) == 0.5

"""Sessions live in the database: they end by time, by sign-out, by a new password, by losing the account."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import TimestampSigner
from sqlalchemy import select, update

from matching.accounts import service
from matching.accounts.models import SignedInSession, User
from matching.accounts.service import SEEN_EVERY
from matching.actor import Role
from matching.clock import utc_now
from matching.extensions import SQLITE_BUSY_MS, db, write_intended
from tests.conftest import CheckedClient
from tests.people import People, sign_in
from tests.statements import selects

IDLE, HARD = timedelta(minutes=30), timedelta(hours=12)
NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NewClient = Callable[[], CheckedClient]


def start(people: People, username: str = "county", now: datetime = NOW) -> str:
    token = service.start_session(db.session.get_one(User, people[username].user_id), now)
    db.session.commit()
    return token


def holder(token: str, now: datetime = NOW) -> str | None:
    """Who holds a token at an instant, as a new request would find out."""
    db.session.rollback()
    actor = service.find_session(token, now, IDLE, HARD)
    return actor.username if actor else None


def test_a_session_brings_the_whole_actor_with_it_in_one_select(people: People) -> None:
    tokens = {username: start(people, username) for username in ("county", "charity", "household")}
    for username, token in tokens.items():
        with selects() as asked:
            assert service.find_session(token, NOW, IDLE, HARD) == people[username]
        assert len(asked) == 1


@pytest.mark.parametrize("token", ["", "x", "é", "a" * 10_000])
def test_an_unknown_token_is_nobody(people: People, token: str) -> None:
    assert holder(token) is None


def test_idle_for_half_an_hour_it_ends(people: People) -> None:
    token = start(people)
    assert holder(token, NOW + IDLE - timedelta(seconds=1)) == "county"
    token = start(people)
    assert holder(token, NOW + IDLE) is None


def test_used_all_the_time_it_ends_after_twelve_hours(people: People) -> None:
    token = start(people)
    for twenty_minutes in range(1, 36):
        assert holder(token, NOW + twenty_minutes * 20 * MINUTE) == "county"
    assert holder(token, NOW + HARD) is None


def test_turning_the_clock_back_revives_nothing(people: People) -> None:
    token = start(people)
    assert holder(token, NOW + timedelta(days=1)) is None
    assert holder(token, NOW) is None


def test_being_seen_is_written_once_a_minute(people: People) -> None:
    token = start(people)
    for later, seen in ((SEEN_EVERY / 2, NOW), (SEEN_EVERY, NOW + SEEN_EVERY), (1.5 * SEEN_EVERY, NOW + SEEN_EVERY)):
        holder(token, NOW + later)
        assert db.session.scalar(select(SignedInSession.seen_at)) == seen


def test_a_request_that_already_writes_does_not_wait_for_itself(people: People) -> None:
    token = start(people)
    db.session.rollback()
    write_intended.set(True)
    db.session.execute(update(User).values(locale="zh_Hans"))
    before = utc_now()
    assert service.find_session(token, NOW + SEEN_EVERY, IDLE, HARD) is not None
    assert utc_now() - before < timedelta(seconds=2)


@pytest.mark.one_database
def test_a_long_write_of_another_does_not_keep_a_reader_out(app: Flask, people: People) -> None:
    token = start(people)
    db.session.rollback()
    with service.own_transaction(writes=True) as busy:
        busy.execute(update(User).values(locale="zh_Hans"))
        before = utc_now()
        assert service.find_session(token, NOW + SEEN_EVERY, IDLE, HARD) is not None
        assert utc_now() - before < timedelta(seconds=2)


@pytest.mark.one_database
def test_a_brief_write_leaves_the_connection_as_patient_as_it_was(app: Flask) -> None:
    with service.own_transaction(writes=True, wait_ms=1) as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 1
    with service.own_transaction(writes=True) as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == SQLITE_BUSY_MS


def test_an_ended_session_is_nobody(people: People) -> None:
    token = start(people)
    service.end_session(token, NOW)
    db.session.commit()
    assert holder(token) is None


def test_all_sessions_of_one_person_end_but_the_present_one(people: People) -> None:
    mine, other, foreign = start(people), start(people), start(people, "town")
    service.end_sessions(people.county.user_id, NOW, except_token=mine)
    db.session.commit()
    assert (holder(mine), holder(other), holder(foreign)) == ("county", None, "town")


def test_old_sessions_are_forgotten(people: People) -> None:
    start(people, now=NOW - timedelta(days=31))
    start(people)
    assert service.forget_old_sessions(NOW) == 1


# --- Through the site --------------------------------------------------------------------------------------------

def open_twice(client: CheckedClient, new_client: NewClient, people: People, username: str) -> list[CheckedClient]:
    clients = [client, new_client(), new_client()]
    for each in clients:
        sign_in(each, people[username])
        assert each.get("/todo").status_code == 200
    return clients


@pytest.mark.slow
@pytest.mark.parametrize("change", [
    lambda user, admin: service.set_enabled(user, False, admin, NOW),
    lambda user, admin: service.change_role(user, Role.COMMUNITY, admin, NOW, area_code="970101001001"),
    lambda user, admin: service.change_password(user, "another horse battery", NOW),
    lambda user, admin: service.reset_password(user, "key", admin, NOW),
], ids=["disabled", "role changed", "password changed", "password reset"])
def test_rights_die_at_once_in_every_open_browser(client: CheckedClient, new_client: NewClient, people: People,
                                                  change: Callable[..., object]) -> None:
    clients = open_twice(client, new_client, people, "town")
    change(db.session.get_one(User, people.town.user_id), people.admin)
    for each in clients:
        assert each.get("/todo").location == "/sign-in?next=/todo"
        assert each.post("/accounts/change-password").status_code in (400, 401)


def test_a_disabled_account_is_out_even_where_its_session_was_not_ended(client: CheckedClient,
                                                                        people: People) -> None:
    sign_in(client, people.county)
    db.session.execute(update(User).where(User.id == people.county.user_id).values(is_enabled=False))
    assert client.get("/todo").status_code == 302


def test_an_idle_browser_is_asked_to_sign_in_again(client: CheckedClient, people: People) -> None:
    sign_in(client, people.county)
    db.session.execute(update(SignedInSession).values(seen_at=utc_now() - IDLE))
    assert client.get("/todo").location == "/sign-in?next=/todo"


def cookie_of(client: CheckedClient) -> str:
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value


def test_a_replayed_cookie_is_refused_after_sign_out(client: CheckedClient, people: People) -> None:
    sign_in(client, people.county)
    kept = cookie_of(client)
    form = next(form for form in client.page("/todo").forms if form.action == "/sign-out")
    client.post("/sign-out", data=form.values)
    client.set_cookie("session", kept)
    assert client.get("/todo").location == "/sign-in?next=/todo"


def test_a_cookie_that_was_changed_is_refused(client: CheckedClient, people: People) -> None:
    sign_in(client, people.county)
    good = cookie_of(client)
    for place in (0, len(good) // 2, len(good) - 1):
        letter = "A" if good[place] != "A" else "Q"
        client.set_cookie("session", good[:place] + letter + good[place + 1:])
        assert client.get("/todo").status_code == 302, place
    client.set_cookie("session", good)
    assert client.get("/todo").status_code == 200


def test_a_cookie_signed_with_another_key_is_refused(app: Flask, client: CheckedClient, people: People) -> None:
    token = start(people)
    stranger = Flask("stranger")
    stranger.secret_key = "another key that is long enough too"
    serializer = SecureCookieSessionInterface().get_signing_serializer(stranger)
    assert serializer is not None
    client.set_cookie("session", serializer.dumps({"_user_id": token, "_fresh": True}))
    assert client.get("/todo").status_code == 302


def test_a_cookie_of_ten_years_ago_is_refused(app: Flask, client: CheckedClient, people: People,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    now = utc_now()
    token = start(people, now=now)
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    client.set_cookie("session", serializer.dumps({"_user_id": token, "_fresh": True}))
    assert client.get("/todo").status_code == 200  # the control: made today it is good
    ten_years_ago = int(now.timestamp()) - 10 * 365 * 86_400
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _self: ten_years_ago)
    old = serializer.dumps({"_user_id": token, "_fresh": True})
    monkeypatch.undo()
    client.set_cookie("session", old)
    assert client.get("/todo").status_code == 302


def test_a_number_of_a_user_in_the_cookie_opens_nothing(client: CheckedClient, people: People) -> None:
    with client.session_transaction() as session:
        session["_user_id"] = str(people.admin.user_id)
    assert client.get("/todo").status_code == 302


def test_the_cookie_can_be_read_by_nobody_into_more_than_the_token(client: CheckedClient, people: People) -> None:
    sign_in(client, people.county)
    client.get("/todo")
    payload = cookie_of(client).split(".")[0]
    kept = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert kept.keys() <= {"_user_id", "_fresh", "_id", "csrf_token", "_flashes"}

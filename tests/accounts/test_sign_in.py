"""Signing in: the right password opens a new session; nothing a stranger is told depends on whether a name exists."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from matching.accounts import service_passwords
from matching.accounts.models import SignedInSession, SignInAttempt, User
from matching.accounts.service_attempts import TESTED_PER_ADDRESS, TESTED_PER_NAME, WINDOW
from matching.audit.models import AuditEntry
from matching.extensions import db
from tests.conftest import CheckedClient
from tests.people import PASSWORD, People, sign_in

NewClient = Callable[[], CheckedClient]


def guess(client: CheckedClient, username: str, password: str = "not the password", **kwargs: object) -> int:
    """One try to sign in; answers with the status."""
    token = client.page("/sign-in").form("/sign-in").values["csrf_token"]
    sent = {"username": username, "password": password, "csrf_token": token}
    return client.post("/sign-in", data=sent, **kwargs).status_code


def is_signed_in(client: CheckedClient) -> bool:
    return client.get("/todo").status_code == 200


def test_the_right_password_opens_the_to_do_list(client: CheckedClient, people: People) -> None:
    answer = client.send("/sign-in", username="county", password=PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/todo")
    assert is_signed_in(client)


def test_the_user_name_is_found_however_it_is_typed(client: CheckedClient, people: People) -> None:
    assert client.send("/sign-in", username=" ＣＯＵＮＴＹ ", password=PASSWORD).status_code == 302


@pytest.mark.parametrize(("username", "password"), [("county", "wrong horse battery"), ("nobody", PASSWORD),
                                                    ("county", ""), ("", PASSWORD), ("county", "x" * 5000)])
def test_a_wrong_name_or_password_opens_nothing(client: CheckedClient, people: People, username: str,
                                                password: str) -> None:
    assert client.send("/sign-in", username=username, password=password).status_code == 422
    assert not is_signed_in(client)


def test_the_password_is_never_sent_back(client: CheckedClient, people: People) -> None:
    answer = client.send("/sign-in", username="county", password="wrong horse battery")
    assert "wrong horse battery" not in answer.get_data(as_text=True)


def test_a_disabled_account_is_told_no_more_than_a_wrong_password(client: CheckedClient, people: People) -> None:
    db.session.execute(update(User).where(User.username == "county").values(is_enabled=False))
    answer = client.send("/sign-in", username="county", password=PASSWORD)
    wrong = client.send("/sign-in", username="county", password="wrong horse battery")
    assert answer.status_code == wrong.status_code == 422
    assert same_words(answer.get_data(as_text=True)) == same_words(wrong.get_data(as_text=True))
    assert not is_signed_in(client)


def same_words(body: str) -> str:
    """A page without what differs on every page: the token and the nonce."""
    return re.sub(r'(csrf_token" value|nonce)="[^"]*"', r'\1=""', body)


def test_known_and_unknown_names_get_the_same_bytes(client: CheckedClient, people: People) -> None:
    known = client.send("/sign-in", username="county", password="wrong horse battery").get_data(as_text=True)
    unknown = client.send("/sign-in", username="nobody", password="wrong horse battery").get_data(as_text=True)
    assert same_words(known).replace("county", "nobody") == same_words(unknown).replace("county", "nobody")


def test_an_unknown_name_costs_one_reckoning_of_the_hash_too(client: CheckedClient, people: People,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    reckoned: list[str] = []
    hasher = service_passwords._hasher()

    class Counting:
        def verify(self, password_hash: str, password: str) -> bool:
            reckoned.append(password_hash[:9])
            return hasher.verify(password_hash, password)

    monkeypatch.setattr(service_passwords, "_hasher", Counting)
    for username in ("county", "nobody"):
        assert client.send("/sign-in", username=username, password="wrong horse battery").status_code == 422
    assert reckoned == ["$argon2id", "$argon2id"]


@pytest.mark.slow
@pytest.mark.parametrize("target", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)",
                                    "/sign-out", "/sign-in", "\n//example.org", "/\t/example.org"])
def test_it_leads_nowhere_else(client: CheckedClient, people: People, target: str) -> None:
    token = client.page("/sign-in").form("/sign-in").values["csrf_token"]
    answer = client.post("/sign-in", query_string={"next": target},
                         data={"username": "county", "password": PASSWORD, "csrf_token": token})
    assert (answer.status_code, answer.location) == (302, "/todo")


def test_it_leads_to_the_page_that_was_asked_for(client: CheckedClient, people: People) -> None:
    asked = client.get("/households/list-households")
    assert asked.location == "/sign-in?next=/households/list-households"
    answer = client.send(asked.location, action="/sign-in", username="county", password=PASSWORD)
    assert answer.location == "/households/list-households"


def test_who_is_signed_in_need_not_do_it_again(client: CheckedClient, people: People) -> None:
    answer = sign_in(client, people.county).get("/sign-in")
    assert (answer.status_code, answer.location) == (302, "/todo")


def test_signing_in_again_ends_the_session_before(client: CheckedClient, new_client: NewClient,
                                                  people: People) -> None:
    other = new_client()
    token = other.page("/sign-in").form("/sign-in").values["csrf_token"]
    sign_in(client, people.county)
    with client.session_transaction() as session, other.session_transaction() as strange:
        session["csrf_token"] = strange["csrf_token"]
    answer = client.post("/sign-in", data={"username": "town", "password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 302
    open_now = db.session.scalars(select(User.username).join(SignedInSession.user).where(
        SignedInSession.ended_at.is_(None))).all()
    assert open_now == ["town"]


def test_without_the_token_of_the_form_nothing_is_tested(client: CheckedClient, people: People) -> None:
    assert client.post("/sign-in", data={"username": "county", "password": PASSWORD}).status_code == 400
    assert db.session.scalar(select(func.count()).select_from(SignInAttempt)) == 0


def test_signing_in_is_written_down_without_the_password(client: CheckedClient, people: People) -> None:
    client.send("/sign-in", username="county", password=PASSWORD)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor_id, entry.changes) == (
        "account.sign_in", people.county.user_id, {"username": "county"})


# --- The session that signing in opens (promise 17) --------------------------------------------------------------

def test_a_planted_session_is_not_taken_over(client: CheckedClient, new_client: NewClient, people: People) -> None:
    attacker = new_client()
    attacker.get("/sign-in")
    planted = attacker.get_cookie("session")
    assert planted is not None
    client.set_cookie("session", planted.value)
    client.send("/sign-in", username="county", password=PASSWORD)
    opened = client.get_cookie("session")
    assert opened is not None
    assert opened.value != planted.value
    assert is_signed_in(client)
    assert not is_signed_in(attacker)


def test_nothing_that_the_browser_brought_along_is_kept(client: CheckedClient, people: People) -> None:
    client.get("/sign-in")
    with client.session_transaction() as session:
        session["planted"] = "before"
        before = session["csrf_token"]
    client.send("/sign-in", username="county", password=PASSWORD)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != before


def test_each_signing_in_opens_another_session(client: CheckedClient, people: People) -> None:
    tokens = set()
    for _time in range(2):
        client.send("/sign-in", username="county", password=PASSWORD)
        with client.session_transaction() as session:
            tokens.add(session["_user_id"])
        client.delete_cookie("session")
    assert len(tokens) == 2


def test_the_cookie_holds_no_number_of_a_user_and_the_database_no_token(client: CheckedClient,
                                                                       people: People) -> None:
    client.send("/sign-in", username="county", password=PASSWORD)
    with client.session_transaction() as session:
        token = session["_user_id"]
    assert token != str(people.county.user_id)
    assert token not in db.session.scalars(select(SignedInSession.token_hash)).all()


@pytest.mark.one_database
def test_in_production_the_cookies_are_bound_to_host_https_and_http(app: Flask, people: People,
                                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
    monkeypatch.setitem(app.config, "SESSION_COOKIE_NAME", "__Host-session")
    db.session.commit()
    client = app.test_client()
    page = client.get("/sign-in", base_url="https://jiedui.test")
    token = re.search(r'csrf_token" value="([^"]+)"', page.get_data(as_text=True))
    assert token is not None
    answer = client.post("/sign-in", base_url="https://jiedui.test", headers={"Referer": "https://jiedui.test/sign-in"},
                         data={"username": "county", "password": PASSWORD, "csrf_token": token[1]})
    assert answer.status_code == 302
    cookies = {header.split("=")[0]: header for header in answer.headers.getlist("Set-Cookie")}
    assert cookies.keys() == {"__Host-session", "__Host-device"}
    for header in cookies.values():
        assert all(part in header for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
        assert "Domain" not in header


# --- How often one may try (promise 18) --------------------------------------------------------------------------

def test_ten_wrong_passwords_and_the_eleventh_is_not_tested(client: CheckedClient, people: People) -> None:
    for _try in range(TESTED_PER_NAME):
        assert guess(client, "county") == 422
    assert guess(client, "county", PASSWORD) == 429
    assert not is_signed_in(client)


@pytest.mark.slow
def test_being_limited_looks_the_same_for_known_and_unknown_names(client: CheckedClient, people: People) -> None:
    said = {}
    for username in ("county", "nobody"):
        for _try in range(TESTED_PER_NAME):
            guess(client, username)
        answer = client.send("/sign-in", username=username, password="not the password")
        said[username] = answer.status_code, same_words(answer.get_data(as_text=True)).replace("county", "nobody")
    assert said["county"] == said["nobody"]
    assert said["county"][0] == 429


def test_other_names_are_not_held_up(client: CheckedClient, people: People) -> None:
    for _try in range(TESTED_PER_NAME + 1):
        guess(client, "county")
    assert client.send("/sign-in", username="town", password=PASSWORD).status_code == 302


def test_after_a_quarter_of_an_hour_one_may_try_again(client: CheckedClient, people: People) -> None:
    for _try in range(TESTED_PER_NAME + 1):
        guess(client, "county")
    for attempt in db.session.scalars(select(SignInAttempt)):
        attempt.tried_at -= WINDOW + timedelta(seconds=1)
    assert client.send("/sign-in", username="county", password=PASSWORD).status_code == 302


def test_success_is_not_counted(client: CheckedClient, people: People) -> None:
    for _time in range(TESTED_PER_NAME + 2):
        assert guess(client, "county", PASSWORD) == 302
        client.delete_cookie("session")
        client.delete_cookie("device")
    assert db.session.scalar(select(func.count()).select_from(SignInAttempt)) == 0


@pytest.mark.slow
def test_the_owner_gets_in_from_the_usual_browser_while_strangers_guess(client: CheckedClient,
                                                                        new_client: NewClient,
                                                                        people: People) -> None:
    client.send("/sign-in", username="county", password=PASSWORD)
    client.delete_cookie("session")
    stranger = new_client()
    for _try in range(TESTED_PER_NAME + 5):
        guess(stranger, "county")
    assert guess(stranger, "county", PASSWORD) == 429
    assert guess(client, "county", PASSWORD) == 302


def test_the_usual_browser_has_ten_tries_of_its_own_and_no_more(client: CheckedClient, people: People) -> None:
    client.send("/sign-in", username="county", password=PASSWORD)
    client.delete_cookie("session")
    assert [guess(client, "county") for _try in range(TESTED_PER_NAME + 1)] == [422] * TESTED_PER_NAME + [429]


def test_a_browser_of_another_person_is_nobodys_usual_browser(client: CheckedClient, new_client: NewClient,
                                                              people: People) -> None:
    for _try in range(TESTED_PER_NAME):
        guess(client, "county")
    other = new_client()
    other.send("/sign-in", username="charity", password=PASSWORD)
    other.delete_cookie("session")
    assert guess(other, "county", PASSWORD) == 429


@pytest.mark.slow
@pytest.mark.parametrize("cookie", ["", "x", "W10.x.y", "WyJhIiwgWyJiIl1d"])
def test_an_invented_device_changes_nothing(client: CheckedClient, people: People, cookie: str) -> None:
    for _try in range(TESTED_PER_NAME):
        guess(client, "county")
    client.set_cookie("device", cookie)
    assert guess(client, "county", PASSWORD) == 429


def test_forwarded_addresses_are_not_believed(client: CheckedClient, people: People) -> None:
    for number in range(TESTED_PER_NAME):
        guess(client, "county", headers={"X-Forwarded-For": f"192.0.2.{number}"})
    assert guess(client, "county", PASSWORD, headers={"X-Forwarded-For": "192.0.2.200"}) == 429


@pytest.mark.slow
def test_one_address_cannot_try_every_name_once(client: CheckedClient, people: People) -> None:
    statuses = [guess(client, f"guess{number}") for number in range(TESTED_PER_ADDRESS + 2)]
    assert statuses == [422] * TESTED_PER_ADDRESS + [429] * 2
    assert guess(client, "county", PASSWORD, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}) == 302

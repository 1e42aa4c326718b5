"""Signing out ends the session in the database, not only in the browser."""

from __future__ import annotations

from sqlalchemy import select
from werkzeug.test import TestResponse

from matching.accounts.models import SignedInSession
from matching.audit.models import AuditEntry
from matching.extensions import db
from tests.conftest import CheckedClient
from tests.people import People, sign_in


def press_sign_out(client: CheckedClient) -> TestResponse:
    """Press the button in the frame of a page."""
    form = next(form for form in client.page("/todo").forms if form.action == "/sign-out")
    return client.post("/sign-out", data=form.values)


def test_signing_out_ends_the_session_and_is_written_down(client: CheckedClient, people: People) -> None:
    sign_in(client, people.county)
    answer = press_sign_out(client)
    assert (answer.status_code, answer.location) == (302, "/sign-in")
    assert db.session.scalars(select(SignedInSession.ended_at)).one() is not None
    assert "account.sign_out" in db.session.scalars(select(AuditEntry.action)).all()
    assert client.get("/todo").status_code == 302


def test_nothing_of_the_session_stays_in_the_browser(client: CheckedClient, people: People) -> None:
    sign_in(client, people.county)
    press_sign_out(client)
    with client.session_transaction() as session:
        assert "_user_id" not in session


def test_a_link_cannot_sign_anybody_out(client: CheckedClient, people: People) -> None:
    sign_in(client, people.county)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").status_code == 400
    assert client.get("/todo").status_code == 200


def test_signing_out_twice_is_harmless(client: CheckedClient, people: People) -> None:
    token = client.page("/sign-in").form("/sign-in").values["csrf_token"]
    answer = client.post("/sign-out", data={"csrf_token": token})
    assert (answer.status_code, answer.location) == (302, "/sign-in")

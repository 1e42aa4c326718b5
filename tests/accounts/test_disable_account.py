"""Disabling an account."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select

from matching.accounts.models import User
from matching.audit.models import AuditEntry
from matching.extensions import db
from tests.conftest import CheckedClient
from tests.people import PASSWORD, People, sign_in


def press(client: CheckedClient, user_id: int, verb: str) -> int:
    """Press a button on an account's page; answers with the status."""
    return client.send(f"/accounts/{user_id}/show-account", action=f"/accounts/{user_id}/{verb}").status_code


def test_it_is_out_at_once_and_cannot_come_back(client: CheckedClient, people: People,
                                                new_client: Callable[[], CheckedClient]) -> None:
    other = sign_in(new_client(), people.town)
    assert press(sign_in(client, people.admin), people.town.user_id, "disable-account") == 302
    assert other.get("/todo").status_code == 302
    assert other.send("/sign-in", username="town", password=PASSWORD).status_code == 422


def test_disabled_twice_is_written_down_once(client: CheckedClient, people: People) -> None:
    sign_in(client, people.admin)
    path = f"/accounts/{people.town.user_id}/disable-account"
    token = client.page(f"/accounts/{people.town.user_id}/show-account").form(path).values["csrf_token"]
    for _time in range(2):
        assert client.post(path, data={"csrf_token": token}).status_code == 302
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "account.disable")) == 1


def test_nobody_disables_the_own_account(client: CheckedClient, people: People) -> None:
    sign_in(client, people.admin)
    token = client.page("/accounts/list-accounts").forms[0].values["csrf_token"]
    answer = client.post(f"/accounts/{people.admin.user_id}/disable-account", data={"csrf_token": token})
    assert answer.status_code == 409
    assert db.session.get_one(User, people.admin.user_id).is_enabled

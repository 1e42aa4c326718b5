"""A new password for somebody who has lost the old one."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import func, select

from matching.audit.models import AuditEntry
from matching.extensions import db
from tests.conftest import CheckedClient
from tests.people import PASSWORD, People, sign_in


def shown(body: str) -> str:
    found = re.search(r"<dd>((?:[a-z2-9]{4}-){3}[a-z2-9]{4})</dd>", body)
    assert found is not None
    return found[1]


def test_only_the_new_password_opens_and_open_sessions_end(client: CheckedClient, people: People,
                                                           new_client: Callable[[], CheckedClient]) -> None:
    other, user_id = sign_in(new_client(), people.town), people.town.user_id
    answer = sign_in(client, people.admin).send(f"/accounts/{user_id}/show-account",
                                                action=f"/accounts/{user_id}/reset-password")
    assert other.get("/todo").status_code == 302
    assert other.send("/sign-in", username="town", password=PASSWORD).status_code == 422
    password = shown(answer.get_data(as_text=True))
    assert other.send("/sign-in", username="town", password=password).status_code == 302


def test_sent_twice_it_resets_once(client: CheckedClient, people: People) -> None:
    user_id = people.town.user_id
    sign_in(client, people.admin)
    path = f"/accounts/{user_id}/reset-password"
    sent = client.page(f"/accounts/{user_id}/show-account").form(path).values
    first, second = (shown(client.post(path, data=sent).get_data(as_text=True)) for _time in range(2))
    assert first == second
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "account.reset_password")) == 1


def test_the_own_password_is_changed_elsewhere(client: CheckedClient, people: People) -> None:
    sign_in(client, people.admin)
    token = client.page("/accounts/list-accounts").forms[0].values["csrf_token"]
    answer = client.post(f"/accounts/{people.admin.user_id}/reset-password", data={"csrf_token": token})
    assert answer.status_code == 409

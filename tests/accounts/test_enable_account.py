"""Letting a disabled account sign in again."""

from __future__ import annotations

from sqlalchemy import update

from matching.accounts.models import User
from matching.extensions import db
from tests.conftest import CheckedClient
from tests.people import PASSWORD, People, sign_in


def test_it_can_sign_in_again(client: CheckedClient, people: People) -> None:
    user_id = people.town.user_id
    db.session.execute(update(User).where(User.id == user_id).values(is_enabled=False))
    sign_in(client, people.admin)
    answer = client.send(f"/accounts/{user_id}/show-account", action=f"/accounts/{user_id}/enable-account")
    assert answer.location == f"/accounts/{user_id}/show-account"
    client.delete_cookie("session")
    assert client.send("/sign-in", username="town", password=PASSWORD).status_code == 302

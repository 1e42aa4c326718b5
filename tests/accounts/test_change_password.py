"""One's own password: the old one is asked for, weak ones are refused, other sessions end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matching.accounts.service_attempts import TESTED_PER_NAME
from tests.conftest import CheckedClient
from tests.people import PASSWORD, People, sign_in

PATH = "/accounts/change-password"
NEW = "a brand new battery"


def change(client: CheckedClient, current: str = PASSWORD, password: str = NEW, again: str | None = None) -> int:
    sent = {"current": current, "password": password, "again": password if again is None else again}
    return client.send(PATH, **sent).status_code


def test_the_new_password_opens_and_the_old_one_does_not(client: CheckedClient, people: People) -> None:
    sign_in(client, people.county)
    assert change(client) == 302
    client.delete_cookie("session")
    assert client.send("/sign-in", username="county", password=PASSWORD).status_code == 422
    assert client.send("/sign-in", username="county", password=NEW).status_code == 302


@pytest.mark.slow
def test_this_browser_stays_signed_in_and_all_others_do_not(client: CheckedClient, people: People,
                                                           new_client: Callable[[], CheckedClient]) -> None:
    other = sign_in(new_client(), people.county)
    sign_in(client, people.county)
    change(client)
    assert client.get("/todo").status_code == 200
    assert other.get("/todo").status_code == 302


@pytest.mark.slow
@pytest.mark.parametrize(("current", "password", "again", "said"), [
    ("wrong horse battery", NEW, NEW, "现在的密码不对"),
    (PASSWORD, NEW, NEW + "x", "两遍填的不一样"),
    (PASSWORD, "short", "short", "至少 10 个字"),
    (PASSWORD, "aaaaaaaaaaaa", "aaaaaaaaaaaa", "太容易猜"),
    (PASSWORD, "my county 2026", "my county 2026", "太容易猜"),
    (PASSWORD, "", "", "请填写新密码"),
    (PASSWORD, "x1y2z" * 41, "x1y2z" * 41, "最多 200 个字"),
])
def test_it_is_refused_in_words(client: CheckedClient, people: People, current: str, password: str, again: str,
                                said: str) -> None:
    sign_in(client, people.county)
    answer = client.send(PATH, current=current, password=password, again=again)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    client.delete_cookie("session")
    assert client.send("/sign-in", username="county", password=PASSWORD).status_code == 302


@pytest.mark.slow
def test_the_present_password_cannot_be_guessed_here_either(client: CheckedClient, people: People) -> None:
    sign_in(client, people.county)
    for _try in range(TESTED_PER_NAME):
        change(client, current="wrong horse battery")
    answer = client.send(PATH, current=PASSWORD, password=NEW, again=NEW)
    assert answer.status_code == 422
    assert "试的次数太多了" in answer.get_data(as_text=True)


def test_a_stranger_has_no_password_to_change(client: CheckedClient, people: People) -> None:
    assert client.get(PATH).status_code == 302

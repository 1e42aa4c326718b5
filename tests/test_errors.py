"""Trouble is told in the reader's language, and the page that tells it does not need what is in trouble."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from matching.accounts import service as accounts
from matching.errors import Conflict

Client = Callable[[str], FlaskClient]


def test_database_that_does_not_answer_gives_503_and_when_to_come_back(
        client_of: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of("county")

    def down(*_arguments: Any, **_named: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    monkeypatch.setattr(accounts, "find_session", down)
    answer = client.get("/todo")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "正忙" in answer.get_data(as_text=True)
    assert "connection refused" not in answer.get_data(as_text=True)


@pytest.mark.one_database
def test_conflict_says_what_happened_and_changes_nothing(
        client_of: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of("county")

    def taken(*_arguments: Any, **_named: Any) -> None:
        raise Conflict("别人先办了。")

    monkeypatch.setattr("matching.todo.routes.render_template", taken)
    answer = client.get("/todo")
    assert answer.status_code == 409
    assert "别人先办了。" in answer.get_data(as_text=True)


@pytest.mark.one_database
@pytest.mark.parametrize(("language", "words"), [("zh_Hans", "没有这一页"), ("en", "No such page")])
def test_missing_page_in_the_reader_s_language(client: FlaskClient, language: str, words: str) -> None:
    client.set_cookie("language", language)
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert words in answer.get_data(as_text=True)

"""Every error says whose fault it is and what to do next, in both languages, and repeats nothing that was asked."""

from __future__ import annotations

import pytest
from flask import Flask

from matching.errors import error_page
from tests import html
from tests.conftest import CheckedClient

STATUSES = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503)


@pytest.fixture
def show(app: Flask) -> object:
    """Renders the error page of a status in a language."""
    def render(status: int, message: str = "", language: str = "zh_Hans") -> html.Page:
        with app.test_request_context("/somewhere?secret=canary-4711", headers={"Cookie": f"language={language}"}):
            app.preprocess_request()
            body, code = error_page(status, message)  # type: ignore[misc]
        assert code == status
        assert html.faults(body) == []
        assert "canary-4711" not in body
        return html.read(body)

    return render


@pytest.mark.one_database
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_each_error_has_a_page(show: object, status: int, language: str) -> None:
    assert callable(show)
    page = show(status, language=language)
    assert page.lang == ("en" if language == "en" else "zh-Hans")
    assert len(page.headings) == 1
    assert any(href in ("/", "/sign-in") for href, _words in page.links)


@pytest.mark.one_database
def test_no_two_errors_read_alike(show: object) -> None:
    assert callable(show)
    assert len({show(status).headings[0] for status in STATUSES}) == len(STATUSES)


@pytest.mark.one_database
@pytest.mark.parametrize(("status", "like"), [(418, 400), (502, 500)])
def test_a_rare_error_reads_like_its_family(show: object, status: int, like: int) -> None:
    assert callable(show)
    assert show(status).headings == show(like).headings


@pytest.mark.one_database
def test_the_sentence_of_the_error_is_shown_and_escaped(show: object) -> None:
    assert callable(show)
    assert "名额刚被别人接走 <b>" in show(409, "名额刚被别人接走 <b>").text


@pytest.mark.one_database
def test_our_faults_say_so(show: object) -> None:
    assert callable(show)
    for status in (500, 503):
        assert "是我们的问题" in show(status).headings[0][1]


@pytest.mark.one_database
def test_two_missing_pages_are_the_same_but_for_nonce_and_token(client: CheckedClient) -> None:
    import re

    def stripped(path: str) -> str:
        text = client.get(path).get_data(as_text=True)
        return re.sub(r'(nonce|value)="[^"]*"', "", text)

    assert client.get("/nowhere/1?x=1").status_code == 404
    assert stripped("/nowhere/1?x=1") == stripped("/elsewhere/2")

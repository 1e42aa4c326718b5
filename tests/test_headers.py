"""Every answer carries the security headers, errors and files included, and the policy has no holes."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from config import TestConfig
from matching import create_app
from matching.access import public
from tests.databases import TestDatabase
from tests.matrix import Visitor
from tests.people import People, sign_in

ALWAYS = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
          "Referrer-Policy": "same-origin",
          "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"}


def directives(policy: str) -> dict[str, list[str]]:
    """A content security policy as directive → sources."""
    parts = (part.split() for part in policy.split(";") if part.strip())
    return {name: sources for name, *sources in parts}


def check(headers: dict[str, str]) -> None:
    """All promised headers are there, and the policy forbids what it must."""
    for name, value in ALWAYS.items():
        assert headers.get(name) == value
    policy = directives(headers["Content-Security-Policy"])
    for name in ("default-src", "object-src", "base-uri", "frame-ancestors"):
        assert policy[name] == ["'none'"]
    text = headers["Content-Security-Policy"]
    assert "unsafe" not in text
    assert "*" not in text
    assert "http" not in text
    assert len(policy["script-src"]) == 1
    assert re.fullmatch(r"'nonce-[\w-]{16,}'", policy["script-src"][0])


@pytest.fixture
def broken(database: TestDatabase) -> Flask:
    """The site with one view that fails, served as in production: errors become pages."""
    app = create_app(TestConfig(database.url, database.instance, TESTING=False, SCHEDULER=False))

    @app.get("/broken")
    @public
    def broken_view() -> str:
        raise ZeroDivisionError("with a secret inside")

    return app


@pytest.mark.one_database
@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/", 200), ("GET", "/about", 200), ("GET", "/sign-in", 200), ("GET", "/healthz", 200),
    ("GET", "/robots.txt", 200), ("GET", "/offers", 200), ("GET", "/static/css/tokens.css", 200),
    ("GET", "/static/none.css", 404), ("GET", "/no-such-page", 404), ("POST", "/about", 405),
    ("POST", "/sign-in", 400), ("GET", "/todo", 302), ("HEAD", "/", 200), ("OPTIONS", "/", 200)])
def test_every_answer_carries_the_headers(app: Flask, method: str, path: str, status: int) -> None:
    answer = Visitor(app).send(method, path)
    assert answer.status_code == status
    check(dict(answer.headers))


@pytest.mark.one_database
def test_a_fault_carries_the_headers_and_tells_nothing(broken: Flask) -> None:
    answer = broken.test_client().get("/broken")
    assert answer.status_code == 500
    check(dict(answer.headers))
    assert b"secret" not in answer.data
    assert b"Traceback" not in answer.data
    assert b"ZeroDivision" not in answer.data


@pytest.mark.one_database
def test_a_refusal_carries_the_headers(app: Flask, people: People) -> None:
    visitor = Visitor(app)
    sign_in(visitor.client, people.informant)
    answer = visitor.send("GET", "/households/list-households")
    assert answer.status_code == 403
    check(dict(answer.headers))


@pytest.mark.one_database
def test_the_nonce_of_the_policy_is_the_pages_own_and_new_each_time(app: Flask) -> None:
    seen = set()
    for _ in range(5):
        answer = Visitor(app).send("GET", "/sign-in")
        nonce = directives(answer.headers["Content-Security-Policy"])["script-src"][0][7:-1]
        scripts = re.findall(r"<script\b[^>]*>", answer.get_data(as_text=True))
        assert scripts
        assert all(f'nonce="{nonce}"' in script for script in scripts)
        seen.add(nonce)
    assert len(seen) == 5


@pytest.mark.one_database
def test_pages_are_kept_by_no_cache_and_files_are(app: Flask) -> None:
    assert Visitor(app).send("GET", "/sign-in").headers["Cache-Control"] == "no-store"
    assert "no-store" not in Visitor(app).send("GET", "/static/css/tokens.css").headers["Cache-Control"]


@pytest.mark.one_database
def test_over_https_browsers_are_told_to_stay_there(database: TestDatabase, app: Flask) -> None:
    assert "Strict-Transport-Security" not in Visitor(app).send("GET", "/").headers
    safe = create_app(TestConfig(database.url, database.instance, SESSION_COOKIE_SECURE=True))
    assert "max-age=31536000" in safe.test_client().get("/").headers["Strict-Transport-Security"]

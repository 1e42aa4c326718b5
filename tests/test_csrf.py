"""Every unsafe route refuses a request without a token, with another session's token, or from another site."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from matching.actor import Role
from matching.extensions import csrf
from tests.matrix import ROUTES, Thing, Visitor, make_things
from tests.people import People, sign_in
from tests.test_access import digest, methods, path_of, rules

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="csrf_token"')


def token_of(visitor: Visitor) -> str:
    """A token that belongs to this visitor's session, from a page with a form."""
    found = TOKEN.search(visitor.send("GET", "/accounts/change-password").get_data(as_text=True))
    assert found
    return found[1] or found[2]


@pytest.fixture
def visitors(app: Flask, people: People) -> dict[Role, Visitor]:
    """One signed-in browser of each role."""
    made = {}
    for role in Role:
        made[role] = Visitor(app)
        sign_in(made[role].client, people[str(role)])
    return made


@pytest.fixture
def things(people: People) -> dict[str, list[Thing]]:
    """An own object of each kind comes first."""
    return make_things(people)


def unsafe_paths(app: Flask, things: dict[str, list[Thing]]) -> list[tuple[str, str, str]]:
    """(endpoint, method, path) of every unsafe route, objects being the first of their kind."""
    return [(rule.endpoint, method, path_of(app, rule, things[next(iter(rule.arguments))][0].id
                                            if rule.arguments else None))
            for rule in rules(app) for method in methods(rule) if method != "GET"]


def refused(app: Flask, visitors: dict[Role, Visitor], things: dict[str, list[Thing]],
            data: dict[str, str], **rest: object) -> None:
    """Send every unsafe route as each role that may use it; all must be refused and change nothing."""
    paths = unsafe_paths(app, things)
    assert len(paths) > 30
    before = digest()
    for endpoint, method, path in paths:
        for role in sorted(ROUTES[endpoint].roles)[:3]:
            answer = visitors[role].send(method, path, data=data, **rest)
            assert answer.status_code == 400, (endpoint, role, answer.status_code)
    assert digest() == before


@pytest.mark.slow
def test_without_a_token_everything_is_refused(
        app: Flask, visitors: dict[Role, Visitor], things: dict[str, list[Thing]]) -> None:
    refused(app, visitors, things, {})


@pytest.mark.slow
def test_another_sessions_token_is_refused(
        app: Flask, visitors: dict[Role, Visitor], things: dict[str, list[Thing]], people: People) -> None:
    other = Visitor(app)
    sign_in(other.client, people.county2)
    refused(app, visitors, things, {"csrf_token": token_of(other)})


@pytest.mark.slow
def test_a_strangers_token_is_refused_after_signing_in(
        app: Flask, visitors: dict[Role, Visitor], things: dict[str, list[Thing]]) -> None:
    stranger = Visitor(app)
    found = TOKEN.search(stranger.send("GET", "/sign-in").get_data(as_text=True))
    assert found
    refused(app, visitors, things, {"csrf_token": found[1] or found[2]})


@pytest.mark.one_database
def test_over_https_a_request_from_another_site_is_refused_even_with_its_token(
        app: Flask, visitors: dict[Role, Visitor], people: People) -> None:
    visitor = visitors[Role.COUNTY]
    data = {"csrf_token": token_of(visitor)}
    for referrer in ({}, {"Referer": "https://elsewhere.example/"}):
        answer = visitor.send("POST", "/sign-out", data=data, base_url="https://localhost", headers=referrer)
        assert answer.status_code == 400
    assert visitor.send("GET", "/todo").status_code == 200  # still signed in


@pytest.mark.one_database
def test_no_route_is_exempt(app: Flask) -> None:
    assert csrf._exempt_views == set()
    assert csrf._exempt_blueprints == set()


@pytest.mark.one_database
def test_control_the_right_token_is_let_through(app: Flask, visitors: dict[Role, Visitor]) -> None:
    visitor = visitors[Role.COUNTY]
    answer = visitor.send("POST", "/sign-out", data={"csrf_token": token_of(visitor)})
    assert answer.status_code == 302


@pytest.mark.slow
def test_reading_changes_nothing(app: Flask, visitors: dict[Role, Visitor],
                                 things: dict[str, list[Thing]]) -> None:
    """Crawl every GET route as each role that may use it: the database is equal before and after."""
    before = digest()
    seen = 0
    for rule in rules(app):
        if "GET" not in methods(rule):
            continue
        number = things[next(iter(rule.arguments))][0].id if rule.arguments else None
        for role in ROUTES[rule.endpoint].roles:
            seen += visitors[role].send("GET", path_of(app, rule, number)).status_code == 200
    assert seen > 60
    assert digest() == before

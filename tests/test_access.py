"""Every route × every role and a stranger × own, near, far and missing objects, walked from the URL map.

`tests/matrix.py` says what is expected. Nothing is skipped: a route without a line there fails.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from config import TestConfig
from matching import create_app
from matching.access import access_of
from matching.actor import Actor, Role
from matching.extensions import db
from tests import matrix
from tests.databases import TestDatabase
from tests.matrix import MISSING, ROUTES, Thing, Visitor, make_things, same_bytes, sees
from tests.people import People, sign_in

UNTOUCHED_TABLES = {"audit_entries", "signed_in_sessions", "sign_in_attempts", "submissions"}
REFUSED = (401, 403, 404)


def rules(app: Flask) -> list[Rule]:
    """All routes but the static files, those that only read first."""
    found = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    return sorted(found, key=lambda rule: rule.rule)


def methods(rule: Rule) -> list[str]:
    """Methods that a person can send."""
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def path_of(app: Flask, rule: Rule, number: int | None = None) -> str:
    """The path of a route, its one parameter filled."""
    return app.url_map.bind("localhost").build(rule.endpoint, dict.fromkeys(rule.arguments, number))


def digest() -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables but those that every request may write."""
    db.session.commit()
    found = {table.name: [tuple(row) for row in db.session.execute(select(table).order_by(*table.primary_key))]
             for table in db.metadata.sorted_tables if table.name not in UNTOUCHED_TABLES}
    db.session.rollback()
    return found


@pytest.fixture
def things(people: People, monkeypatch: pytest.MonkeyPatch, app: Flask) -> dict[str, list[Thing]]:
    """Objects near and far. Tokens are left out here: `tests/test_csrf.py` is about them."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    return make_things(people)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """A stranger's browser."""
    return Visitor(app)


@pytest.mark.one_database
def test_every_route_has_an_access_line_and_a_row_of_expectations(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in rules(app)}
    assert {name for name in endpoints if access_of(app, name) is None} == set()
    assert endpoints == set(ROUTES), "every route has its line in tests/matrix.py, and no line is left over"


@pytest.mark.one_database
def test_every_parameter_numbers_one_kind_of_object(app: Flask, things: dict[str, list[Thing]]) -> None:
    assert {frozenset(rule.arguments) for rule in rules(app)} <= {frozenset({name}) for name in things} | {
        frozenset()}


@pytest.mark.one_database
def test_a_view_without_an_access_line_is_refused(database: TestDatabase) -> None:
    app = create_app(TestConfig(database.url, database.instance))
    app.add_url_rule("/open-by-mistake", "open_by_mistake", lambda: "secret")
    answer = app.test_client().get("/open-by-mistake")
    assert answer.status_code == 403
    assert b"secret" not in answer.data


def test_a_stranger_gets_in_nowhere_but_where_everybody_may(
        app: Flask, visitor: Visitor, things: dict[str, list[Thing]]) -> None:
    before = digest()
    for rule in rules(app):
        expected = ROUTES[rule.endpoint].strangers
        for method in methods(rule):
            if expected:
                continue
            for number in _numbers(rule, things):
                answer = visitor.send(method, path_of(app, rule, number))
                if method == "GET":
                    assert answer.status_code == 302, (rule.endpoint, answer.status_code)
                    assert answer.location.startswith("/sign-in"), rule.endpoint
                else:
                    assert answer.status_code == 401, (rule.endpoint, method, answer.status_code)
    assert digest() == before


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.slow
@pytest.mark.one_database
def test_a_role_opens_its_routes_and_sees_its_objects_only(
        app: Flask, visitor: Visitor, people: People, things: dict[str, list[Thing]], role: Role) -> None:
    actor = people[str(role)]
    sign_in(visitor.client, actor)
    before = digest()
    mine = []
    missing: dict[tuple[str, str], tuple[int, bytes]] = {}
    for rule, method, number, seen in _visits(app, actor, things):
        if seen:
            mine.append((rule, method, number))
            continue
        path = path_of(app, rule, number)
        answer = visitor.send(method, path)
        if role not in ROUTES[rule.endpoint].roles:
            assert answer.status_code == 403, (rule.endpoint, method, number, answer.status_code)
            continue
        if (rule.endpoint, method) not in missing:
            nowhere = path_of(app, rule, MISSING)
            none = visitor.send(method, nowhere)
            missing[rule.endpoint, method] = none.status_code, same_bytes(none, nowhere)
        assert answer.status_code == 404, (rule.endpoint, method, number)
        assert (404, same_bytes(answer, path)) == missing[rule.endpoint, method], (rule.endpoint, method)
    assert digest() == before, "a refused request changed something"
    for rule, method, number in sorted(mine, key=lambda visit: visit[1]):
        answer = visitor.send(method, path_of(app, rule, number))
        if rule.endpoint == "accounts.sign_out":
            sign_in(visitor.client, actor)
        assert answer.status_code < 500, (rule.endpoint, method, answer.status_code)
        assert answer.status_code not in REFUSED, (rule.endpoint, method, number, answer.status_code)


def _visits(app: Flask, actor: Actor, things: dict[str, list[Thing]]) -> Iterator[tuple[Rule, str, int | None, bool]]:
    """Each route × method × object, and whether the person sees it."""
    for rule in rules(app):
        expected = ROUTES[rule.endpoint]
        opens = actor.role in expected.roles
        for method in methods(rule):
            if not rule.arguments:
                yield rule, method, None, opens
                continue
            (parameter,) = rule.arguments
            for thing in things[parameter] if opens else things[parameter][::len(things[parameter]) - 1]:
                yield rule, method, thing.id, opens and sees(actor, rule.endpoint, parameter, thing)


def _numbers(rule: Rule, things: dict[str, list[Thing]]) -> list[int | None]:
    if not rule.arguments:
        return [None]
    (parameter,) = rule.arguments
    return [things[parameter][0].id, MISSING]


@pytest.mark.one_database
def test_every_role_has_own_near_and_far_objects(people: People, things: dict[str, list[Thing]]) -> None:
    """The matrix proves nothing for a role to which all objects look alike."""
    for role in matrix.READERS | matrix.HELPERS | matrix.HOUSEHOLD:
        seen = [sees(people[str(role)], "pairings.show_pairing", "pairing_id", thing)
                for thing in things["pairing_id"]]
        assert True in seen
        assert False in seen


@pytest.mark.one_database
@pytest.mark.parametrize("guard", ["reaches", "may"])
def test_control_without_a_guard_the_walk_fails(
        app: Flask, visitor: Visitor, people: People, things: dict[str, list[Thing]],
        monkeypatch: pytest.MonkeyPatch, guard: str) -> None:
    """With the reach, or the rights, switched off the walk must find an open door, else it proves nothing."""
    monkeypatch.setattr(Actor, guard, lambda _self, _what: True)
    with pytest.raises(AssertionError, match=r"GET|POST"):
        test_a_role_opens_its_routes_and_sees_its_objects_only(app, visitor, people, things, Role.COMMUNITY)

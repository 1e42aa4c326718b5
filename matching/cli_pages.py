"""The command `pages ROLE`: one address for every page that answers a demo role, for checkers to walk."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator
from itertools import product

import click
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import ColumnElement, Table, false, func, or_, select, true
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from matching.accounts import service as accounts
from matching.accounts.models import User
from matching.actor import Actor, Role
from matching.cli import database_command
from matching.clock import utc_now
from matching.extensions import db
from matching.places.queries import within

STRANGER = "stranger"
NEWEST = 300
Search = Callable[[Table, Actor | None], list[int]]


@click.command()
@click.argument("role", type=click.Choice([*map(str, Role), STRANGER]))
@click.option("--each-state", is_flag=True, help="一种状态一个地址 · one address for each state of an object")
@database_command
def pages(role: str, each_state: bool) -> None:
    """Print one concrete GET path a line: every HTML page that answers this demo role with 200."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    now = utc_now()
    client = app.test_client()
    if role == STRANGER:
        _print(app, client, None, each_state)
        return
    user = db.session.scalar(select(User).where(User.username == role))
    if user is None:
        raise click.ClickException("没有这个演示账号，先运行 demo load · no such demo account, run demo load first")
    token = accounts.start_session(user, now)
    db.session.commit()
    sign_in(client, token)
    try:
        _print(app, client, actor_of(app, token), each_state)
    finally:
        accounts.end_session(token, utc_now())
        db.session.commit()


def _print(app: Flask, client: FlaskClient, actor: Actor | None, each_state: bool) -> None:
    for path in answering(app, client, actor, each_state=each_state):
        click.echo(path)


def sign_in(client: FlaskClient, token: str) -> None:
    """Give a client the cookie of a session."""
    with client.session_transaction(base_url=_base(client.application)) as session:
        session["_user_id"] = token
        session["_fresh"] = True


def actor_of(app: Flask, token: str) -> Actor | None:
    """Who holds a session's token."""
    return accounts.find_session(token, utc_now(), app.config["SESSION_IDLE"],
                                 app.config["PERMANENT_SESSION_LIFETIME"])


def answering(app: Flask, client: FlaskClient, actor: Actor | None, *, each_state: bool = False) -> Iterator[str]:
    """Paths of all HTML pages that answer the client with 200, by route.

    The first fitting object is taken for each route, or one of each of its states.
    """
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint == "static" or "GET" not in (rule.methods or ()):
            continue
        for paths in (concrete_paths(app, rule, actor, search) for search in (likely, newest)):
            found = list(_answering(app, client, paths, each_state))
            yield from found
            if found:
                break


def _answering(app: Flask, client: FlaskClient, paths: Iterator[str], each: bool) -> Iterator[str]:
    for path in paths:
        answer = fetch(app, client, path)
        if answer.status_code == 403 or (answer.location or "").startswith("/sign-in"):
            return  # no object opens a route that this visitor may not use
        if answer.status_code == 200 and answer.mimetype == "text/html":
            yield path
            if not each:
                return


def concrete_paths(app: Flask, rule: Rule, actor: Actor | None, search: Search) -> Iterator[str]:
    """A route's paths, its parameters filled with ids of rows that the actor may be able to see."""
    names = sorted(rule.arguments)
    choices = [search(table_of(name), actor) for name in names]
    db.session.rollback()  # nothing may wait for this reader
    build = app.url_map.bind("localhost").build
    for ids in product(*choices):
        yield build(rule.endpoint, dict(zip(names, ids, strict=True)))


def fetch(app: Flask, client: FlaskClient, path: str) -> TestResponse:
    """GET a path in a context of its own, as a server would."""
    return contextvars.Context().run(client.get, path, base_url=_base(app))


def table_of(parameter: str) -> Table:
    """The table that a parameter such as `household_id` numbers; LookupError when there is none."""
    noun = parameter.removesuffix("_id")
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    for name, table in db.metadata.tables.items():
        if name == plural or name.endswith(f"_{plural}"):
            return table
    raise LookupError(f"no table for the parameter {parameter}")


def likely(table: Table, actor: Actor | None) -> list[int]:
    """Ids of rows: the first and the last of each state near the actor, then anywhere; rare states first."""
    number, columns = table.c.id, table.c
    state = next((columns[name] for name in ("state", "status", "role") if name in columns), None)
    found: list[int] = []
    for where in (_near(table, actor), true()):
        ends = select(func.min(number), func.max(number)).where(where)
        if state is not None:
            ends = ends.group_by(state).order_by(func.count(), state)
        found += [number for row in db.session.execute(ends) for number in row if number is not None]
    return list(dict.fromkeys(found))


def newest(table: Table, _actor: Actor | None) -> list[int]:
    """Ids of the newest rows, whosever they are."""
    return list(db.session.scalars(select(table.c.id).order_by(table.c.id.desc()).limit(NEWEST)))


def _near(table: Table, actor: Actor | None) -> ColumnElement[bool]:
    """Rows of the actor's own organisation or household, else of its area; all rows where none of it applies."""
    if actor is None:
        return true()
    columns, near = table.c, []
    for name, mine in (("organisation", actor.organisation_id), ("household", actor.household_id)):
        if mine is not None and f"{name}_id" in columns:
            near.append(columns[f"{name}_id"] == mine)
        if mine is not None and table.name == f"{name}s":
            near.append(columns.id == mine)
    if near:
        return or_(false(), *near)
    households = db.metadata.tables["households"]
    if actor.area_code and "area_code" in columns:
        return within(columns.area_code, actor.area_code)
    if actor.area_code and "household_id" in columns:
        return columns.household_id.in_(
            select(households.c.id).where(within(households.c.area_code, actor.area_code)))
    return true()


def _base(app: Flask) -> str:
    return "https://localhost" if app.config["SESSION_COOKIE_SECURE"] else "http://localhost"

"""`pages ROLE` names one address for every page that answers the role, and each of them does."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from matching.accounts.models import SignedInSession
from matching.actor import Role
from matching.cli_pages import STRANGER, table_of
from matching.extensions import db
from tests import canaries
from tests.matrix import ROUTES, Visitor
from tests.people import People, sign_in
from tests.test_access import rules
from tests.test_names import NO_PAGE

pytestmark = pytest.mark.one_database
NO_PAGES = NO_PAGE | {"pages.home", "accounts.sign_in", "intake.asked"}
"""Routes that do not answer a signed-in person with an HTML page of its own."""
DISCLOSED = {Role.COUNTY: {"households.show_paper"}}
"""Pages that open to an officer only after saying why, for ten minutes."""


def listed(app: Flask, *arguments: str) -> list[str]:
    """The lines that the command prints."""
    db.session.commit()
    told = app.test_cli_runner().invoke(args=["pages", *arguments])
    assert told.exit_code == 0, told.output
    return told.output.splitlines()


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.slow
def test_every_line_answers_the_role_with_a_page(app: Flask, people: People, role: Role) -> None:
    canaries.hatch(people)
    lines = listed(app, str(role))
    assert "/todo" in lines
    assert len(lines) == len(set(lines))
    visitor = Visitor(app)
    sign_in(visitor.client, people[str(role)])
    for path in lines:
        answer = visitor.send("GET", path)
        assert (answer.status_code, answer.mimetype) == (200, "text/html"), path


@pytest.mark.parametrize("role", [Role.COUNTY, Role.CHARITY, Role.HOUSEHOLD, Role.ADMIN])
@pytest.mark.slow
def test_no_page_that_the_role_may_open_is_left_out(app: Flask, people: People, role: Role) -> None:
    from tests.matrix import make_things

    make_things(people)
    wanted = {rule.endpoint for rule in rules(app) if "GET" in (rule.methods or ())
              and role in ROUTES[rule.endpoint].roles} - NO_PAGES - DISCLOSED.get(role, set())
    match = app.url_map.bind("localhost").match
    assert {match(path)[0] for path in listed(app, str(role))} == wanted


@pytest.mark.parametrize("role", [Role.COUNTY, Role.CHARITY, Role.ADMIN])
@pytest.mark.slow
def test_large_type_is_kept_on_every_page(app: Flask, people: People, role: Role) -> None:
    """A page that hands its template a value of the frame's own name would lose the reader's choice."""
    canaries.hatch(people)
    visitor = Visitor(app)
    sign_in(visitor.client, people[str(role)])
    visitor.client.set_cookie("size", "large")
    visitor.client.set_cookie("theme", "dark")
    for path in listed(app, str(role)):
        page = visitor.send("GET", path).get_data(as_text=True)
        assert 'data-jd-size="large"' in page, path
        assert 'data-bs-theme="dark"' in page, path


@pytest.mark.slow
def test_each_state_adds_the_pages_of_the_other_states(app: Flask, people: People) -> None:
    canaries.hatch(people)
    short, long = listed(app, "county"), listed(app, "county", "--each-state")
    assert set(short) < set(long)
    assert sum(path.endswith("/show-pairing") for path in long) >= 14


@pytest.mark.slow
def test_a_stranger_is_shown_what_is_public(app: Flask, people: People) -> None:
    lines = listed(app, STRANGER)
    assert "/sign-in" in lines
    assert "/offers" in lines
    assert "/todo" not in lines


@pytest.mark.slow
def test_the_session_of_the_walk_ends_with_it(app: Flask, people: People) -> None:
    listed(app, "county")
    still_open = db.session.scalar(
        select(func.count()).select_from(SignedInSession).where(SignedInSession.ended_at.is_(None)))
    assert still_open == 0


def test_without_the_demo_the_command_says_so(app: Flask) -> None:
    told = app.test_cli_runner().invoke(args=["pages", "county"])
    assert told.exit_code == 1
    assert "demo load" in told.output


def test_a_parameter_that_numbers_nothing_is_no_silent_gap() -> None:
    with pytest.raises(LookupError):
        table_of("unicorn_id")

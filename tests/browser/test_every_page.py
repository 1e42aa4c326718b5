"""Every page of every role in a real browser: axe finds nothing, nothing overflows, wide or narrow.

What the window notes (console errors, breaches of the content policy, requests elsewhere, answers of 500 and
above) fails the test too, by the fixture `watch`.
"""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page

from matching.actor import Role
from matching.cli_pages import STRANGER, answering
from matching.extensions import db
from tests import canaries, factories
from tests.browser.conftest import axe, sideways, sign_in
from tests.matrix import Visitor
from tests.people import COUNTY_B, People
from tests.people import sign_in as sign_in_visitor
from tests.servers import RealServer

pytestmark = [pytest.mark.one_database, pytest.mark.slow]
WIDTHS = (1280, 360)
DIFFERENT = (Role.COUNTY, Role.CHARITY, Role.SOCIALWORKER, Role.HOUSEHOLD, Role.ADMIN, Role.PROVINCE,
             Role.AUDITOR, Role.INFORMANT)
"""Roles whose pages differ; the others (towns, enterprises, …) see the same ones and come with `make promises`."""
AT_LEAST = {Role.COUNTY: 35, Role.CHARITY: 14}


def paths_of(app: Flask, people: People, name: str) -> list[str]:
    """Every page that answers this person, with something on it."""
    canaries.hatch(people)
    factories.make_run()
    factories.make_organisation(status="waiting")
    factories.make_offer(factories.make_organisation(COUNTY_B), reach="country")
    db.session.commit()
    visitor = Visitor(app)
    actor = None if name == STRANGER else people[name]
    if actor is not None:
        sign_in_visitor(visitor.client, actor)
    return list(answering(app, visitor.client, actor))


def walk(app: Flask, people: People, page: Page, name: str, *, by_turns: bool) -> None:
    """Open all pages of one person, wide and narrow; `by_turns`: axe looks at each in one of the widths only."""
    paths = paths_of(app, people, name)
    assert len(paths) >= AT_LEAST.get(name, 7)  # type: ignore[call-overload]
    if name != STRANGER:
        sign_in(page, name)
    for number, path in enumerate(paths):
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            answer = page.goto(path) if width == WIDTHS[0] else None
            assert answer is None or answer.status == 200, path
            if not by_turns or width == WIDTHS[number % 2]:
                assert axe(page) == [], f"{path} at {width}"
            assert sideways(page) == 0, f"{path} at {width}"


@pytest.mark.parametrize("name", [*map(str, DIFFERENT), STRANGER])
def test_every_page_is_for_all(app: Flask, people: People, site: RealServer, page: Page, name: str) -> None:
    walk(app, people, page, name, by_turns=True)


@pytest.mark.promise
@pytest.mark.parametrize("name", [*map(str, Role), STRANGER])
def test_every_page_at_both_widths(app: Flask, people: People, site: RealServer, page: Page, name: str) -> None:
    walk(app, people, page, name, by_turns=False)


def test_control_a_fault_is_found(page: Page) -> None:
    page.goto("/about")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"\"><button></button>')")
    assert axe(page) != []
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend',"
                  " '<svg width=\"3000\" height=\"1\"></svg>')")
    assert sideways(page) > 0

"""One name finds all: view, endpoint, address, template and test file carry the same words."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.test_access import rules

pytestmark = pytest.mark.one_database
ROOT = Path(__file__).resolve().parent.parent

CONTRACT = {"todo.todo": "/todo", "offers.list_offers": "/offers", "accounts.sign_in": "/sign-in",
            "accounts.sign_out": "/sign-out", "pages.home": "/", "pages.robots": "/robots.txt",
            "intake.ask": "/ask", "intake.case": "/case"}
"""Addresses that others fixed: the contract's, and those that browsers and crawlers ask for."""
NO_PREFIX = {"pages", "todo"}
NO_PAGE = {"pages.healthz", "pages.robots", "pairings.run_progress", "assistance.gap_check_progress",
           "assistance.export_payment_list", "pairings.menu_pdf", "figures.download_yearly_report",
           "figures.download_yearly_rows", "households.paper_content", "households.household_pdf",
           "exchange.import_progress", "exchange.download_import_faults", "intake.report_file",
            "intake.minutes_pdf", "figures.download_sources", "intake.poster_pdf",
            "pairings.export_ledger"}
"""They answer machines, or with a file."""


def words(rule: Rule) -> list[str]:
    """The parts of an address that are words, not parameters."""
    return [part for part in rule.rule.split("/") if part and not part.startswith("<")]


def views(app: Flask) -> list[Rule]:
    """Every route."""
    return rules(app)


def test_the_endpoint_is_the_views_own_name_in_its_slice(app: Flask) -> None:
    for rule in views(app):
        room, name = rule.endpoint.split(".")
        view = inspect.unwrap(app.view_functions[rule.endpoint])
        assert view.__name__ == name
        assert view.__module__.split(".")[:2] == ["matching", room], rule.endpoint


def test_the_address_is_the_name_in_kebab_case_under_its_slice(app: Flask) -> None:
    for rule in views(app):
        room, name = rule.endpoint.split(".")
        if rule.endpoint in CONTRACT:
            assert rule.rule == CONTRACT[rule.endpoint]
            continue
        expected = [name.replace("_", "-")]
        assert words(rule) == (expected if room in NO_PREFIX else [room, *expected]), rule.rule


def test_objects_are_named_by_number_between_slice_and_verb(app: Flask) -> None:
    for rule in views(app):
        assert all(f"<int:{name}>" in rule.rule and name.endswith("_id") for name in rule.arguments), rule.rule


def test_no_view_has_two_addresses(app: Flask) -> None:
    endpoints = [rule.endpoint for rule in views(app)]
    assert sorted(endpoints) == sorted(set(endpoints))


def test_the_template_of_a_page_has_its_views_name(app: Flask) -> None:
    lacking = [rule.endpoint for rule in views(app)
               if "GET" in (rule.methods or ()) and rule.endpoint not in NO_PAGE
               and not (ROOT / "templates" / rule.endpoint.replace(".", "/")).with_suffix(".html").exists()]
    assert lacking == []


def test_every_template_belongs_to_a_view(app: Flask) -> None:
    """Parts of pages begin with an underscore; a page that no view shows is dead."""
    endpoints = {rule.endpoint for rule in views(app)}
    rooms = {endpoint.split(".")[0] for endpoint in endpoints}
    dead = [f"{room}.{page.stem}" for room in sorted(rooms) for page in (ROOT / "templates" / room).glob("*.html")
            if not page.stem.startswith("_") and f"{room}.{page.stem}" not in endpoints]
    assert dead == []


def test_every_view_has_a_test_file_of_its_name(app: Flask) -> None:
    lacking = [rule.endpoint for rule in views(app)
               if not (ROOT / "tests" / rule.endpoint.split(".")[0]
                       / f"test_{rule.endpoint.split('.')[1]}.py").exists()]
    assert lacking == []

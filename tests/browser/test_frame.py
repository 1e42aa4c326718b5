"""The frame of every page: skip link, choices, menus, in both languages, narrow and wide, light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOOKS, Look, axe, follow, sideways, sign_in
from tests.servers import RealServer

pytestmark = pytest.mark.one_database
PUBLIC = ("/", "/about", "/privacy", "/accessibility", "/sign-in", "/offers")


def choose(page: Page, site: RealServer, look: Look, **choices: str) -> None:
    """Read on in another language, width, theme or size."""
    page.set_viewport_size({"width": look.width, "height": 800})
    chosen = {"language": look.language, **choices}
    page.context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in chosen.items()])


def test_public_pages_are_open_to_everybody(page: Page, site: RealServer) -> None:
    plain, strong = {"theme": "light", "size": "normal"}, {"theme": "dark", "size": "large"}
    for look, choices in [*((look, plain) for look in LOOKS), (LOOKS[0], strong), (LOOKS[-1], strong)]:
        choose(page, site, look, **choices)
        for path in PUBLIC:
            page.goto(path)
            assert axe(page) == [], f"{path} {look} {choices}"
            assert sideways(page) == 0, f"{path} {look} {choices}"


def test_choices_come_back_to_the_same_page_and_stay(page: Page) -> None:
    page.goto("/offers?help_type=care")
    for name, attribute, value in (("theme", "data-bs-theme", "dark"), ("size", "data-jd-size", "large"),
                                   ("language", "lang", "en")):
        follow(page.locator(f"button[name={name}]"))
        assert page.url.endswith("/offers?help_type=care")
        assert page.locator("html").get_attribute(attribute) == value
    page.goto("/about")
    assert page.locator("html").get_attribute("lang") == "en"


def test_menus_skip_link_and_signing_out_are_in_reach_on_every_width(page: Page) -> None:
    sign_in(page, "county")
    page.goto("/todo")
    page.keyboard.press("Tab")
    expect(page.locator(".jd-skip")).to_be_focused()
    expect(page.locator(".jd-skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    expect(page.locator(".jd-bottombar")).to_be_hidden()
    in_rail = page.locator(".jd-rail nav a").evaluate_all("links => links.map(link => link.pathname)")
    for width in (360, 320):
        page.set_viewport_size({"width": width, "height": 740})
        page.reload()
        the_bar_has_every_place(page, in_rail)
    follow(page.locator("form[action='/sign-out'] button").locator("visible=true"))
    page.goto("/todo")
    assert "/sign-in" in page.url


def the_bar_has_every_place(page: Page, places: list[str]) -> None:
    """On a phone the bar at the bottom stands for the rail, in targets for a thumb."""
    bar = page.locator(".jd-bottombar")
    expect(page.locator(".jd-rail")).to_be_hidden()
    expect(bar).to_be_in_viewport()
    bar.locator("summary").click()
    assert bar.locator("a").evaluate_all("links => links.map(link => link.pathname)") == places
    for target in bar.locator("a, summary").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 48
    assert sideways(page) == 0
    bar.locator("summary").click()

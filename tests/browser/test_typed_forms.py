"""The form of every help type, for needs and offers: nothing overflows, axe finds nothing, no script is needed."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from matching.extensions import db
from matching.households.models import Need
from matching.offers.models import HELP_TYPES
from tests.browser.conftest import LOOKS, Look, axe, follow, sideways, sign_in
from tests.factories import make_household, make_member
from tests.people import People
from tests.servers import RealServer

pytestmark = [pytest.mark.one_database, pytest.mark.slow]


def choose(page: Page, site: RealServer, look: Look) -> None:
    """Read on in another language and width."""
    page.set_viewport_size({"width": look.width, "height": 800})
    page.context.add_cookies([{"name": "language", "value": look.language, "url": site.url}])


@pytest.mark.parametrize(("username", "path"), [
    ("community", "/households/{number}/add-need"), ("charity", "/offers/add-offer")])
def test_every_form_fits_and_can_be_used_by_all(app: Flask, people: People, page: Page, site: RealServer,
                                               username: str, path: str) -> None:
    household = make_household(head_name="欧阳买买提江古丽")
    make_member(household, name="罗小燕")
    path = path.format(number=household.id)
    db.session.commit()
    sign_in(page, username)
    for look in LOOKS:
        choose(page, site, look)
        for address in (path, *(f"{path}?help_type={help_type}" for help_type in HELP_TYPES)):
            page.goto(address)
            assert axe(page) == [], f"{address} {look}"
            assert sideways(page) == 0, f"{address} {look}"


def test_without_any_script_a_need_is_written_in_a_few_touches(app: Flask, people: People, browser: Browser,
                                                               site: RealServer) -> None:
    household = make_household()
    number = household.id
    db.session.commit()
    context = browser.new_context(base_url=site.url, java_script_enabled=False,
                                  viewport={"width": 360, "height": 740})
    page = sign_in(context.new_page(), "community")
    page.goto(f"/households/{number}/add-need")
    follow(page.locator("a[href$='help_type=tutoring']"))
    page.get_by_text("数学", exact=True).click()
    page.get_by_text("周六", exact=True).click()
    follow(page.get_by_role("button", name="登记这项需求"))
    assert "/show-need" in page.url
    context.close()
    need = db.session.scalars(select(Need).where(Need.household_id == number)).one()
    assert need.summary == "数学，周六，1 课时"

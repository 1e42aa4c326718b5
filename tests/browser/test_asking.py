"""Asking for help on a phone, by reading nothing but labels; and finding the case again with the code."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Look, axe, sideways

pytestmark = pytest.mark.one_database
SCREEN = {"width": 360, "height": 740}
MOST_SECONDS = 60
PHONE = "13900004471"


@pytest.mark.parametrize("look", [Look("zh_Hans", 360)], ids=str)
def test_help_is_asked_for_within_a_minute_and_the_code_finds_the_case(page: Page, look: Look) -> None:
    began = time.monotonic()
    page.set_viewport_size(SCREEN)  # type: ignore[arg-type]
    page.goto("/ask")
    assert sideways(page) == 0
    page.get_by_label("看病", exact=False).first.check(force=True)
    page.get_by_label("2. 您住哪个村？").fill("坳下村")
    page.get_by_label("3. 打哪个电话找您？").fill(PHONE)
    page.get_by_role("button", name="请来帮忙").click()
    page.wait_for_url("**/intake/asked")
    code = page.locator(".jd-code").inner_text()
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", code)
    page.get_by_role("link", name="看办到哪一步了").click()
    page.get_by_label("凭码", exact=True).fill(code)
    page.get_by_label("留的电话，后四位").fill(PHONE[-4:])
    page.get_by_role("button", name="看进度").click()
    expect(page.get_by_text(f"凭码 {code}")).to_be_visible()
    expect(page.get_by_role("heading", name="有人上门看看")).to_be_visible()
    assert time.monotonic() - began < MOST_SECONDS
    assert axe(page) == []

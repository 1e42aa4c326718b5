"""Asking for help on a phone, by reading nothing but labels; and finding the case again with the code."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from matching.extensions import db
from matching.intake.models import Report, ReportFile
from tests.browser.conftest import Look, axe, follow, sideways
from tests.people import COMMUNITY_A1B

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
    page.get_by_label("2. 您住哪个村？").fill("坳下")
    expect(page.get_by_role("button", name="坳下村")).to_be_visible()
    page.get_by_label("3. 打哪个电话找您？").fill(PHONE)
    expect(page.get_by_label("2. 您住哪个村？")).to_have_value("双溪镇 坳下村")  # the only one there is, without a tap
    expect(page.get_by_role("button", name="坳下村")).to_be_hidden()
    follow(page.get_by_role("button", name="请来帮忙"))
    page.wait_for_url("**/intake/asked")
    code = page.locator(".jd-code").inner_text()
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", code)
    follow(page.get_by_role("link", name="看办到哪一步了"))
    page.get_by_label("凭码", exact=True).fill(code)
    page.get_by_label("留的电话，后四位").fill(PHONE[-4:])
    follow(page.get_by_role("button", name="看进度"))
    expect(page.get_by_text(f"凭码 {code}")).to_be_visible()
    expect(page.get_by_role("heading", name="有人上门看看")).to_be_visible()
    assert time.monotonic() - began < MOST_SECONDS
    assert axe(page) == []


@pytest.mark.parametrize("look", [Look("zh_Hans", 360)], ids=str)
def test_whoever_cannot_write_lets_the_phone_say_where_and_speaks_into_it(page: Page, look: Look) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 27.6185, "longitude": 113.9213, "accuracy": 20})
    page.goto("/ask")
    page.get_by_label("看病", exact=False).first.check(force=True)
    page.locator("[data-jd-locate]").click()
    expect(page.get_by_label("2. 您住哪个村？")).to_have_value(re.compile("上湾"))
    page.get_by_label("3. 打哪个电话找您？").fill(PHONE)
    hold_to_talk(page)
    follow(page.get_by_role("button", name="请来帮忙"))
    page.wait_for_url("**/intake/asked")
    report = db.session.scalars(select(Report)).one()
    assert (report.area_code, report.lat, report.lon) == (COMMUNITY_A1B, 27.6185, 113.9213)
    message = db.session.scalars(select(ReportFile).where(ReportFile.report_id == report.id)).one()
    assert message.kind == "voice"
    assert message.size_bytes > 1_000


def hold_to_talk(page: Page) -> None:
    """Hold the button for two seconds, as a thumb does."""
    button = page.locator("[data-jd-recorder] button")
    button.hover()
    page.mouse.down()
    expect(button).to_contain_text("正在录")
    page.wait_for_timeout(2_000)
    page.mouse.up()
    expect(button).to_contain_text("录好了")


@pytest.mark.parametrize("look", [Look("zh_Hans", 360)], ids=str)
def test_the_elder_mode_is_one_tap_away_remembered_and_reads_aloud(page: Page, look: Look) -> None:
    page.add_init_script("""window.said = []; speechSynthesis.speak = (one) => said.push([one.lang, one.text]);""")
    page.goto("/ask")
    follow(page.get_by_role("button", name="长辈版"))
    letters = "parseFloat(getComputedStyle(document.querySelector('main label')).fontSize)"
    assert page.evaluate(letters) >= 22
    assert sideways(page) == 0
    page.goto("/case")
    page.get_by_role("button", name="念给我听").click()
    said = page.evaluate("said")
    assert {language for language, _text in said} == {"zh-CN"}
    assert any("凭码" in text for _language, text in said)
    expect(page.get_by_role("button", name="不念了")).to_be_visible()
    assert axe(page) == []

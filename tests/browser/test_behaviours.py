"""The small scripts: each makes a page easier, and the page works without it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from matching.extensions import db
from tests import factories
from tests.browser.conftest import Watch, sign_in
from tests.people import COMMUNITY_A2A
from tests.servers import RealServer

pytestmark = pytest.mark.one_database
DESK = "/pairings/desk"


@pytest.fixture
def desk(site: RealServer, page: Page) -> Page:
    """A county officer's desk with two proposals in one town and one in another."""
    for _ in range(2):
        factories.make_pairing()
    factories.make_pairing(factories.make_need(factories.make_household(COMMUNITY_A2A)))
    db.session.commit()
    sign_in(page, "county")
    page.goto(DESK)
    return page


def ticked(page: Page) -> int:
    """How many rows are ticked."""
    return page.locator(".jd-pair input:checked").count()


def test_the_bar_counts_what_is_ticked_and_keys_walk_the_list(desk: Page) -> None:
    boxes_tick_groups_and_are_counted(desk)
    desk.reload()
    keys_walk_and_tick(desk)
    desk.reload()
    the_approve_key_takes_the_row_and_sends_nothing(desk)
    the_reason_key_opens_the_reason(desk)
    desk.goto(DESK)
    the_row_one_stands_on_is_explained_beside_the_list(desk)
    keys_can_be_switched_off_and_stay_off(desk)


def boxes_tick_groups_and_are_counted(desk: Page) -> None:
    """Boxes of groups, of the page and of rows agree with each other and with the count."""
    count = desk.locator("[data-jd-count]")
    expect(count).to_have_text("已选 0 条")
    groups = desk.locator("[data-jd-group]")
    expect(groups).to_have_count(1)  # the other town has one row, which its own box ticks
    groups.check()
    expect(count).to_have_text("已选 2 条")
    desk.locator("[data-jd-all] input").check()
    expect(count).to_have_text("已选 3 条")
    desk.locator(".jd-pair input").first.uncheck()
    expect(count).to_have_text("已选 2 条")
    assert desk.locator("[data-jd-all] input").evaluate("box => box.indeterminate")


def the_row_one_stands_on_is_explained_beside_the_list(desk: Page) -> None:
    """Title, score, parts and the way to the whole reason follow the row; the first one is there from the start."""
    rows, card = desk.locator(".jd-pair"), desk.locator("[data-jd-chosen]")
    for row in (rows.first, rows.nth(2)):
        row.locator("input").focus()
        expect(card.locator("h2")).to_contain_text(row.locator(".side b").inner_text())
        expect(card.locator("[data-jd-say=url]")).to_have_attribute(
            "href", row.locator(".jd-score a").get_attribute("href") or "")
        parts = [int(part) for part in card.locator("[data-jd-say=part]").all_inner_texts()]
        assert sum(parts) == int(row.locator(".jd-score a").inner_text())
        assert [int(part.get_attribute("width") or 0) for part in card.locator("rect").all()] == parts


def keys_walk_and_tick(desk: Page) -> None:
    """J, K and X, only while the list has the focus."""
    boxes = desk.locator(".jd-pair input")
    for row in boxes.all():
        row.uncheck()
    desk.locator("#main").focus()
    desk.keyboard.press("x")
    assert ticked(desk) == 0, "a key outside the list does nothing"
    boxes.first.focus()
    desk.keyboard.press("j")
    expect(boxes.nth(1)).to_be_focused()
    desk.keyboard.press("x")
    expect(boxes.nth(1)).to_be_checked()
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    expect(boxes.nth(2)).to_be_focused()
    desk.keyboard.press("k")
    expect(boxes.nth(1)).to_be_focused()
    desk.keyboard.press("x")
    assert ticked(desk) == 0


def the_approve_key_takes_the_row_and_sends_nothing(desk: Page) -> None:
    """A leads to the button; Enter is what approves."""
    last = desk.locator(".jd-pair input").nth(2)
    last.focus()
    desk.keyboard.press("a")
    expect(last).to_be_checked()
    expect(desk.locator(".jd-bulk .btn-primary")).to_be_focused()
    assert desk.url.endswith(DESK)


def the_reason_key_opens_the_reason(desk: Page) -> None:
    """R opens the page that says why."""
    desk.locator(".jd-pair input").first.focus()
    desk.keyboard.press("r")
    desk.wait_for_url("**/show-pairing")


def keys_can_be_switched_off_and_stay_off(desk: Page) -> None:
    """WCAG 2.1.4: single keys can be turned off."""
    desk.locator("[data-jd-keys] summary").click()
    desk.locator("[data-jd-keys] input").uncheck()
    desk.reload()
    before = ticked(desk)
    boxes = desk.locator(".jd-pair input")
    boxes.first.focus()
    desk.keyboard.press("j")
    expect(boxes.first).to_be_focused()
    desk.keyboard.press("x")
    assert ticked(desk) == before


def test_a_form_is_sent_once_however_often_it_is_tapped_and_its_toast_can_be_closed(desk: Page) -> None:
    sent: list[str] = []
    desk.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    desk.locator(".jd-pair input").first.check()
    desk.evaluate("""() => {
        const button = document.querySelector('.jd-bulk .btn-primary');
        button.click();
        button.click();
        button.click();
    }""")
    toast = desk.locator(".jd-toast")
    expect(toast).to_have_count(1)
    assert len(sent) == 1
    toast.get_by_role("button", name="知道了").click()
    expect(toast).to_have_count(0)
    expect(desk.locator("#main")).to_be_focused()


def test_without_scripts_the_desk_approves_all_the_same(browser: Browser, site: RealServer) -> None:
    factories.make_pairing()
    db.session.commit()
    narrow = {"width": 360, "height": 800}
    context = browser.new_context(base_url=site.url, java_script_enabled=False, viewport=narrow)  # type: ignore[arg-type]
    page = context.new_page()
    sign_in(page, "county")
    page.goto(DESK)
    for helper in ("[data-jd-group]", "[data-jd-all]", "[data-jd-keys]"):
        assert page.locator(helper).first.is_hidden()
    page.locator(".jd-pair input").check()
    page.locator(".jd-bulk .btn-primary").click()
    expect(page.locator(".jd-toast")).to_have_count(1)
    expect(page.locator(".jd-toast [data-jd-close]")).to_be_hidden()
    context.close()


def test_an_error_leads_back_and_progress_leads_on(page: Page, watch: Watch) -> None:
    watch.allowed.add(404)
    page.goto("/about")
    page.goto("/nowhere")
    page.locator("[data-jd-back]").click()
    page.wait_for_url("**/about")
    progress_follows_the_work_and_opens_the_result(page)


def progress_follows_the_work_and_opens_the_result(page: Page) -> None:
    """Against answers of our own, one per question."""
    answers = iter([{"done": 3, "total": 10, "text": "正在算", "finished": False},
                    {"done": 10, "total": 10, "text": "算好了", "finished": True}])
    page.route("**/work", lambda route: route.fulfill(json=next(answers)))
    script = page.request.get("/static/js/progress.js").text()
    page.evaluate("""() => {
        const card = document.createElement('div');
        card.dataset.jdProgress = '/work';
        card.dataset.jdResult = '/privacy';
        const text = document.createElement('p');
        text.dataset.jdText = '';
        card.append(text, document.createElement('progress'));
        document.getElementById('main').append(card);
    }""")
    page.evaluate(script)
    expect(page.locator("[data-jd-text]")).to_have_text("正在算")
    assert page.locator("progress").evaluate("bar => [bar.value, bar.max]") == [3, 10]
    page.wait_for_url("**/privacy")

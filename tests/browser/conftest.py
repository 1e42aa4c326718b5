"""A real browser for the journeys: system Chromium, both languages, 360 and 1280 px, and no silent faults.

`page` is a fresh browser window on the running site. When its test ends, the window must have seen no console
error, no breach of the content policy, no request to another site and no answer of 500 or above. A test that
asks for `every_look` runs in Chinese and English, narrow and wide.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.people import PASSWORD, People
from tests.servers import RealServer

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
HEIGHT = 800
MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
"""A microphone that hums, and nobody asked whether it may."""


@dataclass(frozen=True, slots=True)
class Look:
    """A language and a width in CSS pixels."""

    language: str = "zh_Hans"
    width: int = 1280

    def __str__(self) -> str:
        return f"{self.language}-{self.width}"


LOOKS = [Look(language, width) for language in ("zh_Hans", "en") for width in (360, 1280)]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`every_look` runs a test four times."""
    if "every_look" in metafunc.fixturenames:
        metafunc.parametrize("look", LOOKS, ids=str)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this worker."""
    path = os.environ.get("JIEDUI_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *MICROPHONE])
        yield found
        found.close()


@pytest.fixture
def look() -> Look:
    """The language and width of the page: Chinese and wide, unless the test asks for `every_look`."""
    return Look()


@pytest.fixture
def every_look(look: Look) -> Look:
    """The look of this round."""
    return look


@pytest.fixture
def site(people: People, real_server: Callable[..., RealServer]) -> RealServer:
    """The site in two processes, on a database with the known persons."""
    return real_server(workers=2)


class Watch:
    """Notes what a reader would not see but must not happen."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.faults: list[str] = []
        self.allowed: set[int] = set()

    def attach(self, page: Page) -> None:
        """Listen to one window."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("request", lambda request: self._request(request.url))
        page.on("response", lambda response: self._response(response.status, response.url))

    def _console(self, message: Any) -> None:
        expected = any(f"status of {status}" in message.text for status in self.allowed)
        if message.type in ("error", "warning") and not expected:
            self.faults.append(f"console: {message.text}")

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob", "about") and f"{parts.scheme}://{parts.netloc}" != self.site:
            self.faults.append(f"request to another site: {parts.netloc}")

    def _response(self, status: int, url: str) -> None:
        if status >= 500 and status not in self.allowed:
            self.faults.append(f"answer {status}: {urlsplit(url).path}")


@pytest.fixture
def watch(site: RealServer) -> Iterator[Watch]:
    """What the windows of this test noted; `watch.allowed.add(404)` when a test goes astray on purpose."""
    found = Watch(site.url)
    yield found
    assert not found.faults, "\n".join(found.faults)


@pytest.fixture
def new_page(browser: Browser, site: RealServer, look: Look, watch: Watch) -> Iterator[Callable[[], Page]]:
    """Opens further windows, each a person of its own (no shared cookies)."""
    contexts = []

    def make() -> Page:
        context = browser.new_context(
            base_url=site.url, viewport={"width": look.width, "height": HEIGHT}, has_touch=look.width < 600,
            locale="en-GB" if look.language == "en" else "zh-CN", timezone_id="Asia/Shanghai",
        )  # fmt: skip
        context.add_cookies([{"name": "language", "value": look.language, "url": site.url}])
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        watch.attach(page)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[[], Page]) -> Page:
    """One window."""
    return new_page()


def sign_in(page: Page, username: str, password: str = PASSWORD) -> Page:
    """Sign in through the form, as a person does."""
    page.goto("/sign-in")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: urlsplit(url).path != "/sign-in")
    return page


def follow(target: Locator) -> None:
    """Press what leads to another page, and be there: a click alone may return before the answer has come."""
    with target.page.expect_navigation():
        target.click()


def axe(page: Page) -> list[str]:
    """Every accessibility fault of the present page, one line each (axe-core: all its rules)."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{fault['impact']} {fault['id']}: {', '.join(node['target'][0] for node in fault['nodes'][:3])}"
        for fault in result["violations"]
    ]


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window; 0 when it fits."""
    return int(page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"))

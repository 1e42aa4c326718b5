"""The pages of the first pairing as people use them: one class for each person, one method for each step."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import follow, sign_in


class Person:
    """Somebody at a browser, signed in."""

    username: str

    def __init__(self, page: Page, width: int = 1280) -> None:
        self.page = page
        page.set_viewport_size({"width": width, "height": 800})
        sign_in(page, self.username)

    def sees(self, words: str) -> None:
        """The present page says so."""
        expect(self.page.locator("#main").get_by_text(words).first).to_be_visible()

    def does_not_see(self, *words: str) -> None:
        """None of these words stands anywhere in the present page's source."""
        source = self.page.content()
        assert [word for word in words if word in source] == []

    def press(self, words: str) -> None:
        """Press the button or follow the link of exactly these words."""
        main = self.page.locator("main, .jd-head")
        target = main.get_by_role("button", name=words, exact=True).or_(
            main.get_by_role("link", name=words, exact=True))
        follow(target.first)


class Officer(Person):
    """The county's officer."""

    username = "county"

    def opens_desk(self) -> None:
        """From the to-do list to the desk."""
        self.page.goto("/todo")
        follow(self.page.get_by_role("link", name="批准 1 条结对建议").first)
        self.sees("1 条结对建议等您点头")

    def reads_the_reason(self) -> None:
        """The score leads to its parts."""
        follow(self.page.locator(".jd-score a").first)
        self.sees("还有别的可能吗")
        self.page.go_back()

    def approves_everything(self) -> None:
        """Tick the rows and approve them."""
        for box in self.page.locator(".jd-pair input[type=checkbox]").all():
            box.check()
        self.press("批准选中的")

    def closes(self, number: int, why: str) -> None:
        """Sign the difficulty off with an outcome and its evidence."""
        self.page.goto("/todo")
        follow(self.page.get_by_role("link", name="复核后销号").first)
        assert f"/pairings/{number}/" in self.page.url
        self.press("去销号")
        self.page.locator("input[name=outcome]").first.check()
        self.page.fill("textarea[name=note]", why)
        self.press("确认销号")

    def opens(self, number: int) -> None:
        """The page of one pairing."""
        self.page.goto(f"/pairings/{number}/show-pairing")


class Charity(Person):
    """The organisation."""

    username = "charity"

    def opens_what_waits(self) -> None:
        """From the to-do list to the card of the need."""
        self.page.goto("/todo")
        follow(self.page.get_by_role("link", name="答复一个需求").first)

    def accepts(self) -> None:
        """This one is ours."""
        self.press("这个我们来")

    def opens(self, number: int) -> None:
        """The page of one pairing as its provider sees it."""
        self.page.goto(f"/pairings/{number}/our-pairing")

    def delivers(self, what: str) -> None:
        """Begin, give, and write down what was given."""
        self.press("已经联系上，开始了")
        self.press("已经给到，记一笔")
        self.page.fill("textarea[name=note]", what)
        self.press("记下")


class Home(Person):
    """The household, on its phone."""

    username = "household"

    def opens_its_page(self) -> None:
        """What it is asked, from the to-do list."""
        self.page.goto("/todo")
        follow(self.page.locator(".jd-todo a").first)

    def says_yes(self) -> None:
        """Let them come."""
        self.press("同意，让他们来联系")

    def has_received_it(self) -> None:
        """It came."""
        self.press("收到了")

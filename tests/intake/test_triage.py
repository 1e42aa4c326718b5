"""The desk lists what is open in reach, the most urgent first, without anybody's name; filters stay in the address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from matching.clock import utc_now
from tests import canaries, factories
from tests.conftest import CheckedClient
from tests.intake.desk import page_of
from tests.people import COMMUNITY_A1B, COMMUNITY_A2A, COMMUNITY_B1A, People
from tests.statements import selects

Client = Callable[[str], CheckedClient]
PATH = "/intake/triage"


def test_the_most_urgent_comes_first_and_of_equals_the_earliest_due(client_of: Client, people: People) -> None:
    now = utc_now()
    later = factories.make_report(urgency=4, due_at=now + timedelta(days=3))
    slow = factories.make_report(urgency=2, due_at=now - timedelta(days=2))
    sooner = factories.make_report(urgency=4, due_at=now + timedelta(days=1))
    urgent = factories.make_report(urgency=5, due_at=now + timedelta(days=9))
    page = client_of("community").page(PATH)
    found = [href for href, _words in page.links if href.endswith("/show-report")]
    assert found == [page_of(one) for one in (urgent, sooner, later, slow)]
    assert page.headings[0] == (1, "4 件求助没办完，1 件过了日子")
    for words in ("看病", "坳下村", "上门看", "危急"):
        assert words in page.text


def test_nobody_is_named_and_nothing_said_is_shown(client_of: Client, people: People) -> None:
    factories.make_report(**canaries.REPORT)
    text = client_of("county").page(PATH).text
    assert "坳下村" in text
    assert canaries.found_in(text) == set()


@pytest.mark.parametrize(("who", "seen"), [("community", 1), ("town", 2), ("county", 3), ("auditor", 3),
                                            ("county2", 1)])
@pytest.mark.slow
def test_each_sees_the_reports_of_its_area(client_of: Client, people: People, who: str, seen: int) -> None:
    factories.make_report()
    for area in (COMMUNITY_A1B, COMMUNITY_A2A, COMMUNITY_B1A):
        factories.make_report(area)
    page = client_of(who).page(PATH)
    assert len([href for href, _words in page.links if href.endswith("/show-report")]) == seen


@pytest.mark.parametrize(("asked", "seen"), [
    ("state=late", {"late"}), ("state=doubtful", {"doubtful"}), ("state=closed", {"closed"}),
    ("state=helping", {"mine"}),
    ("urgency=5", {"urgent"}), ("mine=1", {"mine"}), ("state=nonsense&urgency=x&after=y", {"late", "doubtful", "mine",
                                                                                        "urgent"})])
@pytest.mark.slow
def test_filters_choose_and_stay_in_the_address(client_of: Client, people: People, asked: str, seen: set[str]) -> None:
    now = utc_now()
    made = {"late": factories.make_report(due_at=now - timedelta(hours=1)),
            "doubtful": factories.make_report(is_doubtful=True),
            "mine": factories.make_report(state="helping", owner=factories.owner_of(people.town)),
            "urgent": factories.make_report(urgency=5),
            "closed": factories.make_report(state="closed", outcome="helped", step="", closed_at=now)}
    first = factories.make_report(state="closed", outcome="joined", step="", closed_at=now,
                                 joined_to_id=made["late"].id)
    page = client_of("town").page(f"{PATH}?{asked}")
    found = {href for href, _words in page.links if href.endswith("/show-report")}
    assert found == {page_of(made[name]) for name in seen}
    assert page_of(first) not in found


@pytest.mark.slow
def test_three_hundred_reports_turn_their_pages_with_six_selects(client_of: Client, people: People) -> None:
    for number in range(300):
        factories.make_report(urgency=1 + number % 5, due_at=utc_now() + timedelta(hours=number % 7))
    client, found = client_of("county"), []
    for page in client.pages(f"{PATH}?urgency=3"):
        found += [href for href, _words in page.links if href.endswith("/show-report")]
    assert len(found) == len(set(found)) == 60
    with selects() as asked:
        client.page(PATH)
    assert len(asked) <= 6
    client.page(PATH)
    assert len(client.get(PATH).data) < 40_960


def test_an_empty_desk_says_what_comes_here(client_of: Client, people: People) -> None:
    page = client_of("county").page(PATH)
    assert page.headings[0] == (1, "0 件求助没办完")
    assert "没有没办完的求助" in page.text

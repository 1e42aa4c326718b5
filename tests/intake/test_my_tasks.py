"""A worker's own visits by day; nothing of any person."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matching.clock import utc_now
from tests import canaries, factories
from tests.conftest import CheckedClient
from tests.days import today
from tests.people import People
from tests.statements import selects

Client = Callable[[str], CheckedClient]
PATH = "/intake/my-tasks"


def test_they_stand_by_day_and_only_ones_own(client_of: Client, people: People) -> None:
    report, mine = factories.make_report(**canaries.REPORT), people.socialworker.user_id
    later = factories.make_task(report, assigned_id=mine, due_on=today(3))
    late = factories.make_task(report, assigned_id=mine, due_on=today(-1))
    factories.make_task(report)
    factories.make_task(report, assigned_id=mine, done_at=utc_now(), result="hardship")
    page = client_of("socialworker").page(PATH)
    assert page.headings[0] == (1, "要去 2 家，1 家过了日子")
    links = [href for href, words in page.links if href.endswith("show-task") and words != "打开"]
    assert links == [f"/intake/{task.id}/show-task" for task in (late, later)]
    assert canaries.found_in(page.text) == set()
    assert "确实有难处" in client_of("socialworker").page(f"{PATH}?done=1").text


def test_nothing_to_do_says_what_comes(client_of: Client, people: People) -> None:
    assert client_of("community").page(PATH).headings[0] == (1, "现在没有要去的")


@pytest.mark.slow
def test_many_visits_turn_their_pages(client_of: Client, people: People) -> None:
    report = factories.make_report()
    for number in range(90):
        factories.make_task(report, due_on=today(number % 4))
    assert len(list(client_of("community").pages(PATH))) == 3
    with selects() as asked:
        client_of("community").page(PATH)
    assert len(asked) <= 6

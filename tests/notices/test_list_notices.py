"""One's own notices: newest first, new ones counted in the menu, pages that stay small however many there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from matching.clock import utc_now
from matching.extensions import db
from matching.notices.models import Notice
from tests import factories
from tests.conftest import CheckedClient
from tests.people import People
from tests.statements import selects

PATH = "/notices/list-notices"
LIST_SELECTS, LIST_BYTES = 6, 40_960
ClientOf = Callable[[str], CheckedClient]


def test_an_empty_list_says_what_will_come(client_of: ClientOf) -> None:
    page = client_of("town").page(PATH)
    assert page.headings[0][1] == "还没有消息"
    assert "您经手的事有了下一步，会在这里告诉您。" in page.text
    assert "要您办的事都在“待办”里，不会算两遍。" in page.text


def test_new_notices_are_counted_in_the_menu_of_every_page(client_of: ClientOf, people: People) -> None:
    client = client_of("town")
    for _ in range(3):
        factories.make_notice(people.town.user_id)
    factories.make_notice(people.town.user_id, read_at=utc_now())
    factories.make_notice(people.county.user_id)
    assert "消息3" in client.page("/todo").text.replace(" ", "").replace("\n", "")
    assert client.page(PATH).headings[0][1] == "3 条消息还没看"


def test_the_newest_is_first_and_words_are_in_the_readers_language(client_of: ClientOf, people: People) -> None:
    now = utc_now()
    factories.make_notice(people.town.user_id, "import_done", not_before=now - timedelta(days=2))
    factories.make_notice(people.town.user_id, "check_done", not_before=now - timedelta(days=1), read_at=now)
    client = client_of("town")
    text = client.page(PATH).text
    assert text.index("政策核对好了") < text.index("台账导入好了")
    client.set_cookie("language", "en")
    page = client.page(PATH)
    assert page.headings[0][1] == "1 notice not seen yet"
    assert "The register is imported" in page.text


def test_only_those_not_seen(client_of: ClientOf, people: People) -> None:
    factories.make_notice(people.town.user_id, "import_done")
    factories.make_notice(people.town.user_id, "check_done", read_at=utc_now())
    text = client_of("town").page(f"{PATH}?which=new").text
    assert "台账导入好了" in text
    assert "政策核对好了" not in text


def test_a_code_for_an_address_stands_in_no_list(client_of: ClientOf, people: People) -> None:
    factories.make_notice(people.town.user_id, "address_code", read_at=utc_now())
    assert "确认码" not in client_of("town").page(PATH).text


@pytest.mark.slow
def test_three_hundred_notices_turn_over_in_small_pages(client_of: ClientOf, people: People) -> None:
    for _ in range(300):
        factories.make_notice(people.household.user_id, "case_closed")
    client = client_of("household")
    with selects() as asked:
        answer = client.get(PATH)
    assert len(asked) <= LIST_SELECTS
    assert len(answer.data) < LIST_BYTES
    titles = [page.text.count("您家的一件事办好了") for page in client.pages(PATH)]
    assert sum(titles) == 300
    assert len(titles) == 8


def test_marking_all_leaves_what_came_meanwhile(client_of: ClientOf, people: People) -> None:
    client = client_of("town")
    for _ in range(3):
        factories.make_notice(people.town.user_id)
    form = client.page(PATH).form("/notices/mark-notices")
    late = factories.make_notice(people.town.user_id)
    other = factories.make_notice(people.county.user_id)
    assert client.post("/notices/mark-notices", data=form.values).location == PATH
    assert [db.session.get_one(Notice, notice.id).read_at for notice in (late, other)] == [None, None]
    assert client.page(PATH).headings[0][1] == "1 条消息还没看"

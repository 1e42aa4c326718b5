"""A household's menus: empty, discussed, in force, and those before."""

from __future__ import annotations

from datetime import timedelta

from matching.clock import day_of, utc_now
from tests.factories import make_household, make_menu
from tests.statements import selects


def test_without_one_the_page_says_what_it_is(client_of):
    page = client_of("community").page(f"/pairings/{make_household().id}/show-menu")
    assert "还没有方案" in page.text


def test_the_newest_stands_first_and_a_late_review_is_seen(client_of):
    home = make_household()
    make_menu(home, state="replaced", review_on=None)
    make_menu(home, review_on=day_of(utc_now()) - timedelta(days=1))
    client = client_of("community")
    with selects() as asked:
        text = client.page(f"/pairings/{home.id}/show-menu").text
    assert len(asked) <= 12, asked
    assert text.index("签了，在用") < text.index("以前的")
    assert f"{day_of(utc_now()) - timedelta(days=1)} 再看" in text

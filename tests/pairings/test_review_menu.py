"""A menu in force is looked at again on its day: what has come of it, and when next."""

from __future__ import annotations

from tests.days import today
from tests.factories import make_household, make_menu
from tests.pairings.menus import menus
from tests.pairings.test_add_menu_item import discussed


def test_it_is_on_the_list_until_it_was_looked_at(client_of):
    menu = make_menu(make_household(), review_on=today(-2))
    client, path = client_of("community"), f"/pairings/{menu.id}/review-menu"
    todo = client.page("/todo")
    assert "看 1 份帮扶方案落实得怎么样" in todo.text
    assert "超期 2 天" in todo.text
    assert "帮扶方案" not in client_of("other_community").page("/todo").text
    client.send(path, words="低保已发，活还没找到", next_on=today(30).isoformat())
    assert menus()[0].review_on == today(30)
    assert "帮扶方案" not in client.page("/todo").text
    assert "活还没找到" in client.page(f"/pairings/{menu.household_id}/show-menu").text


def test_when_all_is_done_there_is_no_next_look(client_of):
    menu = make_menu(make_household())
    client_of("community").send(f"/pairings/{menu.id}/review-menu", words="都落实了", next_on="")
    assert menus()[0].review_on is None


def test_what_cannot_be_is_refused(client_of):
    client, menu = client_of("community"), make_menu(make_household())
    path = f"/pairings/{menu.id}/review-menu"
    ahead = today(1).isoformat()
    for wrong in ({"words": ""}, {"reviewed_on": ahead}, {"next_on": today().isoformat()}):
        assert client.send(path, **{"words": "x"} | wrong).status_code == 422
    assert client.send(f"/pairings/{discussed().id}/review-menu", words="x").status_code == 409

"""A household agrees to its menu with its own account: to what it was shown, once, and only to its own."""

from __future__ import annotations

from tests.assistance.breaking import told
from tests.pairings.menus import menus
from tests.pairings.test_add_menu_item import discussed
from tests.pairings.test_my_menu import waiting


def test_it_agrees_once_to_what_it_was_shown(client_of, people):
    menu = waiting(people)
    client, path = client_of("household"), f"/pairings/{menu.id}/sign-my-menu"
    form = client.page("/pairings/my-menu").form(path).values
    client_of("community").send(f"/pairings/{menu.id}/add-menu-item", what="新加的")
    assert client.post(path, data=form).status_code == 409
    form = client.page("/pairings/my-menu").form(path).values
    assert client.post(path, data=form).location == client.post(path, data=form).location
    assert (menus()[0].state, menus()[0].signed_way, menus()[0].witness_name, told("menu.agree")) == (
        "agreed", "account", "", 1)


def test_anothers_is_not_there(client_of, people):
    waiting(people)
    client, path = client_of("household"), f"/pairings/{discussed().id}/sign-my-menu"
    form = client.page("/pairings/my-menu").forms
    values = next(one.values for one in form if "sign-my-menu" in one.action)
    assert client.post(path, data=values).status_code == 404
    assert {menu.state for menu in menus()} == {"discussed"}

"""Items are changed, or declined with a why, while the menu is discussed."""

from __future__ import annotations

import pytest

from tests.factories import make_household, make_menu
from tests.pairings.menus import menus
from tests.pairings.test_add_menu_item import discussed


def test_an_item_is_changed(client_of):
    path = f"/pairings/{discussed().items[0].id}/change-menu-item"
    client_of("community").send(path, what="每周上门两次", giver="镇社工站")
    (item,) = menus()[0].items
    assert (item.what, item.giver, item.changed_by_name) == ("每周上门两次", "镇社工站", "community 的姓名")
    assert menus()[0].version == 2


@pytest.mark.slow
def test_an_item_is_declined_with_a_why_and_stays_to_be_seen(client_of):
    menu = discussed()
    path, client = f"/pairings/{menu.items[0].id}/change-menu-item", client_of("community")
    assert client.send(path, is_declined="y").status_code == 422
    client.send(path, is_declined="y", reason="路太远")
    assert menus()[0].kept == []
    text = client.page(f"/pairings/{menu.household_id}/show-menu").text
    assert "这家不要的" in text
    assert "每周上门一次 路太远" in text
    assert client.get(f"/pairings/{menu.id}/sign-menu").status_code == 200


def test_what_is_signed_does_not_change(client_of):
    path = f"/pairings/{make_menu(make_household()).items[0].id}/change-menu-item"
    assert client_of("community").send(path, what="晚了").status_code == 409
    assert menus()[0].items[0].what == "每周上门一次"

"""Something that was not drawn is put on a menu while it is discussed."""

from __future__ import annotations

import pytest

from tests.factories import make_household, make_menu
from tests.pairings.menus import menus


def discussed():
    home = make_household()
    return make_menu(home, state="discussed", discussing=home.id, agreed_at=None, review_on=None)


def test_it_is_put_on_and_counts_as_a_change(client_of):
    path = f"/pairings/{discussed().id}/add-menu-item"
    client = client_of("community")
    form = client.page(path).form(path).values | {"help_type": "tutoring", "what": "每周补课", "amount": "50.5"}
    assert client.post(path, data=form).location == client.post(path, data=form).location
    (menu,) = menus()
    assert [(item.what, item.amount_fen) for item in menu.items] == [("每周上门一次", 0), ("每周补课", 5_050)]
    assert menu.version == 2


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [{"what": ""}, {"amount": "1.001"}, {"amount": "-1"}, {"help_type": "x"}])
def test_what_cannot_be_is_refused(client_of, wrong):
    path = f"/pairings/{discussed().id}/add-menu-item"
    assert client_of("community").send(path, **{"what": "x"} | wrong).status_code == 422


def test_what_is_signed_does_not_change(client_of):
    path = f"/pairings/{make_menu(make_household()).id}/add-menu-item"
    assert client_of("community").send(path, what="晚了").status_code == 409
    assert len(menus()[0].items) == 1

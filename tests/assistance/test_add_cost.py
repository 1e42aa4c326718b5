"""What a household has to pay for, and what every giver leaves open of it."""

from __future__ import annotations

import pytest

from tests.assistance.asking import ask, newest
from tests.factories import make_household


@pytest.mark.slow
def test_it_stands_on_the_page_and_can_be_chosen_when_asking(client_of):
    home, client = make_household(), client_of("community")
    path = f"/assistance/{home.id}/add-cost"
    form = client.page(path).form(path).values | {"what": "住院治疗", "amount": "100000"}
    assert client.post(path, data=form).location == client.post(path, data=form).location
    text = client.page(f"/assistance/{home.id}/show-entitlements").text
    assert text.count("住院治疗，一共要 100,000 元") == 1
    assert "还差 100,000 元" in text
    ask(client, home.id)
    assert newest().cost_id is not None, "the only one is chosen"


@pytest.mark.parametrize("wrong", [{"what": ""}, {"amount": "0"}, {"amount": "x"}, {"known_on": ""}])
def test_what_cannot_be_is_refused(client_of, wrong):
    path = f"/assistance/{make_household().id}/add-cost"
    assert client_of("community").send(path, **{"what": "x", "amount": "1"} | wrong).status_code == 422

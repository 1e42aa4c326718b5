"""The payment lists in reach."""

from __future__ import annotations

from tests.factories import make_payment_list
from tests.people import COUNTY_B, TOWN_A1


def test_it_names_the_lists_in_reach(client_of):
    assert "还没有做过名单" in client_of("town").page("/assistance/list-payment-lists").text
    near, far = make_payment_list(TOWN_A1), make_payment_list(COUNTY_B)
    text = client_of("county").page("/assistance/list-payment-lists").text
    assert near.period in text
    assert "双溪镇" in text
    assert far.period not in text
    assert client_of("community").get("/assistance/list-payment-lists").status_code == 403

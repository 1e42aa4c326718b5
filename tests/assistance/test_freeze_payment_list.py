"""Freezing a list: once, and only one that has lines."""

from __future__ import annotations

from matching.assistance import service_lists as lists
from matching.clock import utc_now
from tests.assistance.test_make_payment_list import made, monthly
from tests.factories import make_payment_list
from tests.people import TOWN_A1


def test_it_freezes_once(client_of, people):
    monthly()
    found = lists.make_list("2026-02", people.town, utc_now())
    client, path = client_of("town"), f"/assistance/{found.id}/freeze-payment-list"
    token = client.page(f"/assistance/{found.id}/show-payment-list").form(path).values
    assert client.post(path, data=token).status_code == 302
    assert (made()[0].state, made()[0].frozen_by_name) == ("frozen", "town 的姓名")
    assert client.post(path, data=token | {"submission_key": "again"}).status_code == 409


def test_an_empty_list_is_not_frozen(client_of):
    empty, client = make_payment_list(TOWN_A1), client_of("town")
    token = client.page("/assistance/list-payment-lists").form("/assistance/make-payment-list").values
    assert client.post(f"/assistance/{empty.id}/freeze-payment-list", data=token).status_code == 422
    assert made()[0].state == "open"

"""A household reads its own menu."""

from __future__ import annotations

from matching.extensions import db
from matching.households.models import Household
from tests.factories import make_household, make_menu


def mine(people, **fields):
    home = db.session.get_one(Household, people.household.household_id)
    return make_menu(home, **fields)


def waiting(people):
    return mine(people, state="discussed", discussing=people.household.household_id, agreed_at=None, review_on=None)


def test_it_reads_what_it_is_to_get_and_what_it_is_asked(client_of, people):
    client = client_of("household")
    assert "还没有方案" in client.page("/pairings/my-menu").text
    make_menu(make_household(), state="agreed")
    waiting(people)
    page = client.page("/pairings/my-menu")
    assert "有一份方案等您看" in page.text
    assert "每周上门一次" in page.text
    assert "有一份帮扶方案等您看" in client.page("/todo").text


def test_one_that_was_replaced_is_not_shown(client_of, people):
    mine(people, state="replaced", review_on=None)
    assert "还没有方案" in client_of("household").page("/pairings/my-menu").text

"""Searching by a number: found by blind index, recorded, and never in an address."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.extensions import db
from tests.factories import make_household, make_member
from tests.households.numbers import identity
from tests.people import COMMUNITY_A2A, COMMUNITY_B1A

LIST, SEARCH = "/households/list-households", "/households/search-households"
NUMBER = identity(sequence="992")


def looks():
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == "household.search")).all()


@pytest.mark.slow
@pytest.mark.parametrize("asked", [NUMBER, NUMBER.lower(), f" {NUMBER[:6]} {NUMBER[6:]} ", f"{NUMBER}43", "13700008123",
                                   "137 0000 8123", "0795-3561234", "360302-00417"])
def test_any_number_finds_its_household_and_is_recorded_without_itself(client_of, people, asked):
    household = make_household(head_name="蓝有号", number="360302-00417", phone="13700008123")
    make_member(household, identity_number=NUMBER, certificate=f"{NUMBER}43", phone="07953561234")
    make_household(head_name="蓝别家")
    answer = client_of("town").send(LIST, action=SEARCH, asked=asked)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "蓝有号" in text
    assert "蓝别家" not in text
    assert NUMBER not in text
    assert "13700008123" not in text
    [entry] = looks()
    assert (entry.actor_id, entry.changes, entry.note) == (people.town.user_id, {"found": 1}, "")


def test_out_of_reach_finds_nothing_and_is_recorded_all_the_same(client_of):
    for area in (COMMUNITY_B1A, COMMUNITY_A2A):
        make_member(make_household(area, head_name="蓝远"), identity_number=NUMBER)
    answer = client_of("town").send(LIST, action=SEARCH, asked=NUMBER)
    assert "没有这个号码" in answer.get_data(as_text=True)
    assert [entry.changes for entry in looks()] == [{"found": 0}]


@pytest.mark.parametrize("asked", [NUMBER, NUMBER[:17], "1370000812", "3563561"])
def test_a_number_never_gets_into_an_address_however_short(client_of, asked):
    answer = client_of("town").send(LIST, action=SEARCH, asked=asked)
    assert answer.status_code == 200
    assert answer.location is None


def test_a_name_leads_to_the_list(client_of):
    answer = client_of("town").send(LIST, action=SEARCH, asked="何秀英")
    assert answer.status_code == 302
    page = client_of("town").page(answer.location)
    assert "“何秀英”找到 1 户" in page.text
    assert looks() == []


def test_an_empty_search_shows_everything(client_of):
    assert client_of("town").send(LIST, action=SEARCH, asked=" ").location == LIST

"""Asking for help: what it comes to decides who decides; the green channel has its cap; sent twice it is one."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from matching.assistance.models_grants import Grant
from matching.extensions import db
from tests.assistance.asking import ask, newest
from tests.factories import make_household
from tests.people import COMMUNITY_A2A


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Grant)) or 0


@pytest.mark.slow
@pytest.mark.parametrize(("values", "tier"), [
    ({"amount": "5000"}, "town"), ({"amount": "5000.01"}, "county"), ({"amount": "0"}, "town"),
    ({"amount": "416", "rhythm": "month"}, "town"), ({"amount": "417", "rhythm": "month"}, "county"),
    ({"amount": "2500", "rhythm": "year", "starts_on": "2026-09-01", "until": "2027-06-30"}, "town"),
    ({"amount": "2500", "rhythm": "year", "starts_on": "2026-09-01", "until": "2029-06-30"}, "county"),
    ({"amount": "2500", "rhythm": "month", "starts_on": "2026-11-30", "until": "2026-12-01"}, "town"),
    ({"amount": "2500", "rhythm": "month", "starts_on": "2026-11-30", "until": "2027-01-01"}, "county")])
def test_scenario_7c_the_limit_goes_to_the_town_and_one_fen_more_to_the_county(client_of, values, tier):
    answer = ask(client_of("community"), make_household().id, **values)
    assert answer.location == f"/assistance/{newest().id}/show-grant"
    assert (newest().tier, newest().state) == (tier, "asked")


def test_the_form_says_who_decides_and_what_was_written_is_kept(client_of, people):
    home = make_household()
    ask(client_of("community"), home.id, member_id=str(home.members[0].id), policy="living", amount="70")
    grant = newest()
    assert (grant.person_name, grant.policy, grant.amount_fen) == (home.members[0].name, "living", 7_000)
    assert (grant.asked_by_id, grant.giver, grant.reason) == (people.community.user_id, "双溪镇政府", "住院押金")


def test_the_green_channel_has_a_cap_and_a_day_for_the_papers(client_of):
    home = make_household()
    answer = ask(client_of("community"), home.id, amount="5000.01", is_green="y")
    assert answer.status_code == 422
    assert "先行救助最多 5,000 元" in answer.get_data(as_text=True)
    ask(client_of("community"), home.id, amount="5000", is_green="y")
    grant = newest()
    assert grant.is_green
    assert (grant.papers_due_on - grant.asked_at.date()).days in (10, 11)


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [
    {"amount": "-1"}, {"amount": "1.005"}, {"amount": ""}, {"purpose": ""}, {"giver": ""}, {"rhythm": "never"},
    {"starts_on": "2026-12-01", "until": "2026-11-01"}, {"member_id": "999999"}, {"source": "unknown"}])
def test_what_cannot_be_is_refused(client_of, wrong):
    assert ask(client_of("community"), make_household().id, **wrong).status_code == 422
    assert count() == 0


def test_sent_twice_it_is_one_and_out_of_reach_it_is_not_there(client_of):
    client, home = client_of("community"), make_household()
    path = f"/assistance/{home.id}/ask-grant"
    form = client.page(path).form(path).values | {"purpose": "x", "giver": "x", "amount": "1", "reason": "x",
                                                  "help_type": "cash", "member_id": "0"}
    answers = [client.post(path, data=form) for _ in range(2)]
    assert count() == 1
    assert answers[0].location == answers[1].location
    assert client.get(f"/assistance/{make_household(COMMUNITY_A2A).id}/ask-grant").status_code == 404

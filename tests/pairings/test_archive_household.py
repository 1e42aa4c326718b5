"""Putting a file away: never while help is under way; it can be taken out again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.clock import day_of, utc_now
from matching.errors import Conflict
from matching.extensions import db
from matching.households.models import Household
from matching.households.service_files import verify_household
from matching.pairings.models import Pairing
from tests.factories import make_household, make_need, make_pairing
from tests.people import COMMUNITY_A1A


def path_of(household) -> str:
    return f"/pairings/{household.id}/archive-household"


def status_of(household) -> tuple[str, object]:
    db.session.expire_all()
    row = db.session.get_one(Household, household.id)
    return row.status, row.archived_on


def test_an_archived_file_says_so_and_loses_its_proposals(client_of):
    pairing, client = make_pairing(), client_of("town")
    household = pairing.household
    number = pairing.id
    assert client.send(path_of(household)).status_code == 302
    assert status_of(household) == ("archived", day_of(utc_now()))
    assert db.session.get(Pairing, number) is None
    assert "保存 10 年后删除" in client.page(f"/households/{household.id}/show-household").text
    assert db.session.scalars(select(AuditEntry.action).where(AuditEntry.household_id == household.id)
                              .order_by(AuditEntry.id)).first() == (
        "household.archive")


def test_an_archived_file_is_not_found_by_name_until_it_is_taken_out(client_of):
    household, client = make_household(head_name="欧阳归档"), client_of("town")
    search = "/households/list-households?written=欧阳归档"
    found = [household.number in client.page(search).text]
    for _ in range(2):
        client.send(path_of(household))
        found.append(household.number in client.page(search).text)
    assert found == [True, False, True]


@pytest.mark.slow
def test_it_can_be_taken_out_again_and_is_verified_anew(client_of):
    household, client = make_household(), client_of("town")
    client.send(path_of(household))
    client.send(path_of(household))  # the form now says: take it out
    assert status_of(household) == ("reported", None)


def test_who_verified_it_before_may_verify_it_anew(client_of, people):
    household = make_household(status="reported")
    for name in ("community", "town", "county"):
        verify_household(household, people[name], utc_now())
    with pytest.raises(Conflict):
        verify_household(household, people.community, utc_now())
    client = client_of("town")
    client.send(path_of(household))
    client.send(path_of(household))
    db.session.expire_all()
    assert verify_household(db.session.get_one(Household, household.id), people.community, utc_now()) == "screened"


@pytest.mark.slow
@pytest.mark.parametrize("state", ["offered", "under_way", "delivered", "confirmed"])
def test_while_help_is_under_way_it_stays(client_of, state):
    pairing = make_pairing(make_need(), state=state)
    answer = client_of("town").send(path_of(pairing.household))
    assert answer.status_code == 409
    assert "没办完的结对" in answer.get_data(as_text=True)
    assert status_of(pairing.household)[0] == "verified"


@pytest.mark.parametrize(("username", "status"), [
    ("county2", 404), ("other_town", 404), ("community", 403), ("auditor", 403)])
def test_who_may_not(client_of, username, status):
    assert client_of(username).get(path_of(make_household(COMMUNITY_A1A))).status_code == status

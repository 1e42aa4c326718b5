"""One organisation's page, for its county and for itself."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from matching.audit.models import AuditEntry
from matching.extensions import db
from tests import factories
from tests.conftest import CheckedClient
from tests.people import COUNTY_B, People, sign_in


def path(organisation_id: int | None) -> str:
    return f"/organisations/{organisation_id}/show-organisation"


@pytest.mark.parametrize("username", ["county", "town", "community", "auditor", "charity"])
def test_its_county_and_its_own_people_see_it(client: CheckedClient, people: People, username: str) -> None:
    page = sign_in(client, people[username]).page(path(people.charity.organisation_id))
    assert page.headings[0] == (1, "青禾慈善会")
    assert "charity 的姓名" in page.text


@pytest.mark.parametrize("username", ["county2", "town2", "charity2", "enterprise", "volunteer", "socialworker"])
def test_to_all_others_it_is_as_if_it_were_not_there(client: CheckedClient, people: People, username: str) -> None:
    sign_in(client, people[username])
    assert client.get(path(people.charity.organisation_id)).status_code == 404
    assert client.get(path(99_999)).status_code == 404


@pytest.mark.parametrize("username", ["admin", "province", "household", "informant"])
def test_who_has_nothing_to_do_with_organisations_is_refused(client: CheckedClient, people: People,
                                                             username: str) -> None:
    assert sign_in(client, people[username]).get(path(people.charity.organisation_id)).status_code == 403


def test_a_look_from_outside_is_written_down_and_the_own_is_not(client: CheckedClient, people: People) -> None:
    made = factories.make_organisation()
    sign_in(client, people.county).page(path(made.id))
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.organisation_id, entry.actor_id) == (
        "organisation.open", made.id, people.county.user_id)
    sign_in(client, people.charity).page(path(people.charity.organisation_id))
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_the_telephone_number_is_there_to_be_rung(client: CheckedClient, people: People) -> None:
    made = factories.make_organisation(contact_phone="0978-5550100")
    assert "0978-5550100" in sign_in(client, people.county).page(path(made.id)).text


@pytest.mark.parametrize(("username", "may_vet"), [("county", True), ("town", False), ("charity", False)])
def test_only_the_county_is_shown_the_way_to_decide(client: CheckedClient, people: People, username: str,
                                                    may_vet: bool) -> None:
    page = sign_in(client, people[username]).page(path(people.charity.organisation_id))
    assert any(href.endswith("/vet-organisation") for href, _text in page.links) == may_vet


def test_a_no_shows_its_reason_and_waiting_says_for_whom(client: CheckedClient, people: People) -> None:
    refused = factories.make_organisation(status="refused", refusal_reason="证照过期")
    waiting = factories.make_organisation(status="waiting", vetted_on=None)
    sign_in(client, people.county)
    assert "证照过期" in client.page(path(refused.id)).text
    assert "登记地的县民政局核实之后" in client.page(path(waiting.id)).text


def test_an_organisation_of_another_county_is_not_there(client: CheckedClient, people: People) -> None:
    made = factories.make_organisation(COUNTY_B)
    assert sign_in(client, people.county).get(path(made.id)).status_code == 404

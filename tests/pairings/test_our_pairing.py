"""One pairing as its provider sees it: the contact opens with the household's yes and shuts with the closing."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from matching.audit.models import AuditEntry
from matching.extensions import db
from matching.pairings.models import STATES
from matching.pairings.routes_ours import CONTACT_OPEN
from tests.factories import make_household, make_need, make_offer, make_pairing


def given(people, state):
    household = make_household(head_name="邓春花", phone="13900001234", address="坳下村 5 组 7 号")
    offer = make_offer(people.charity.organisation_id)
    return make_pairing(
        make_need(household), offer, state, answer_by_on=offer.starts_on, decided_at=offer.created_at
    )


@pytest.mark.slow
@pytest.mark.parametrize("state", sorted(set(STATES) - {"proposed"}))
def test_contact_is_open_only_between_consent_and_closing(client_of, people, state):
    pairing = given(people, state)
    text = client_of("charity").page(f"/pairings/{pairing.id}/our-pairing").text
    seen = [word in text for word in ("邓春花", "13900001234", "坳下村 5 组 7 号")]
    assert seen == [state in CONTACT_OPEN] * 3


def test_each_look_at_the_contact_is_logged(client_of, people):
    pairing, client = given(people, "consented"), client_of("charity")
    for _ in range(2):
        client.page(f"/pairings/{pairing.id}/our-pairing")
    looks = db.session.scalar(
        select(func.count()).where(
            AuditEntry.action == "household.contact",
            AuditEntry.household_id == pairing.household_id,
            AuditEntry.actor_id == people.charity.user_id,
        )
    )
    assert looks == 2


@pytest.mark.slow
@pytest.mark.parametrize("username", ["enterprise", "agency", "volunteer", "charity2", "socialworker"])
def test_other_organisations_find_nothing_there(client_of, people, username):
    pairing = given(people, "consented")
    assert client_of(username).get(f"/pairings/{pairing.id}/our-pairing").status_code == 404


def test_proposal_is_not_there_yet(client_of, people):
    pairing = make_pairing(make_need(), make_offer(people.charity.organisation_id))
    assert client_of("charity").get(f"/pairings/{pairing.id}/our-pairing").status_code == 404


def test_social_worker_of_the_agency_delivers_but_does_not_answer(client_of, people):
    offer = make_offer(people.agency.organisation_id)
    pairing = make_pairing(
        make_need(), offer, "offered", answer_by_on=offer.starts_on, decided_at=offer.created_at
    )
    client = client_of("socialworker")
    assert "这个我们来" not in client.page(f"/pairings/{pairing.id}/our-pairing").text
    token = client.page("/todo").forms[0].values["csrf_token"]
    assert (
        client.post(f"/pairings/{pairing.id}/accept-pairing", data={"csrf_token": token}).status_code == 403
    )

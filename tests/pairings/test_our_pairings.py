"""What was offered to a provider, without names."""

from __future__ import annotations

import pytest

from matching.extensions import db
from tests.factories import make_household, make_need, make_offer, make_pairing
from tests.statements import selects


def given(people, state="offered", **household):
    offer = make_offer(people.charity.organisation_id, capacity=100)
    return make_pairing(
        make_need(make_household(**household), summary="过冬棉被 3 床"),
        offer,
        state,
        answer_by_on=offer.starts_on,
        decided_at=offer.created_at,
    )


def test_card_says_what_and_about_where_and_never_who(client_of, people):
    given(people, head_name="邓春花", phone="13900001234", address="坳下村 5 组")
    text = client_of("charity").page("/pairings/our-pairings").text
    assert "过冬棉被 3 床" in text
    assert "双溪镇" in text
    assert "1 个结对等你们答复" in text
    assert "邓春花" not in text
    assert "1234" not in text
    assert "坳下" not in text


def test_proposals_and_other_organisations_pairings_are_not_shown(client_of, people):
    make_pairing(make_need(summary="还没批准"), make_offer(people.charity.organisation_id))
    given(people)
    assert "还没批准" not in client_of("charity").page("/pairings/our-pairings").text
    assert "过冬棉被" not in client_of("enterprise").page("/pairings/our-pairings").text


def test_opens_on_the_first_group_that_has_something(client_of, people):
    given(people, "under_way")
    assert "现在要去办的结对" in client_of("charity").page("/pairings/our-pairings").text


@pytest.mark.slow
def test_many_rows_stay_within_the_budget(client_of, people):
    for _ in range(60):
        given(people)
    db.session.commit()
    client = client_of("charity")
    client.get("/pairings/our-pairings")
    with selects() as asked:
        answer = client.get("/pairings/our-pairings")
    assert len(asked) <= 6
    assert len(answer.data) <= 40_000

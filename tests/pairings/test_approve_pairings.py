"""Approving one proposal or several at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.extensions import db
from matching.pairings.models import Pairing
from tests.factories import make_need, make_offer, make_pairing


def ids(*pairings):
    return [str(pairing.id) for pairing in pairings]


@pytest.mark.slow
def test_ticked_proposals_are_offered_and_hold_their_units(client_of):
    offer = make_offer(capacity=5)
    first, second, left = (make_pairing(make_need(), offer) for _ in range(3))
    answer = client_of("community").send(
        "/pairings/desk", "/pairings/approve-pairings", pairing_ids=ids(first, second)
    )
    assert answer.status_code == 302
    db.session.expire_all()
    assert [p.state for p in (first, second, left)] == ["offered", "offered", "proposed"]
    assert offer.taken == 2
    assert first.need.given == 1
    assert first.answer_by_on is not None


def test_the_same_form_sent_twice_is_one_act(client_of):
    pairing, client = make_pairing(), client_of("community")
    form = client.page("/pairings/desk").form("/pairings/approve-pairings")
    data = {**form.values, "pairing_ids": ids(pairing)}
    answers = [client.post("/pairings/approve-pairings", data=data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].location == answers[1].location
    db.session.expire_all()
    assert pairing.state == "offered"
    assert pairing.offer.taken == 1


def test_what_somebody_else_took_first_is_a_conflict_in_words(client_of):
    pairing = make_pairing(offer=make_offer(capacity=1, taken=1))
    pairing_id = pairing.id
    answer = client_of("community").send(
        "/pairings/desk", "/pairings/approve-pairings", pairing_ids=ids(pairing)
    )
    assert answer.status_code == 409
    assert "名额已满" in answer.get_data(as_text=True)
    assert db.session.scalar(select(Pairing.id).where(Pairing.id == pairing_id)) is None, (
        "the next run proposes anew"
    )


def test_nothing_ticked_says_so(client_of):
    make_pairing()
    client = client_of("community")
    client.send("/pairings/desk", "/pairings/approve-pairings")
    assert "还没有选中任何一条" in client.page("/pairings/desk").text


def test_neighbours_proposal_is_not_touched(client_of):
    pairing, client = make_pairing(), client_of("other_community")
    make_pairing()
    form = client_of("community").page("/pairings/desk").form("/pairings/approve-pairings")
    token = client.page("/todo").forms[0].values["csrf_token"]
    client.post(
        "/pairings/approve-pairings", data={**form.values, "csrf_token": token, "pairing_ids": ids(pairing)}
    )
    db.session.expire_all()
    assert pairing.state == "proposed"
    assert pairing.offer.taken == 0

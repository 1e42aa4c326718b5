"""Pairing a need with an offer of the officer's own choice."""

from __future__ import annotations

from sqlalchemy import select

from matching.extensions import db
from matching.pairings.models import Pairing
from tests.factories import make_household, make_need, make_offer
from tests.people import COMMUNITY_B1A


def test_chosen_offer_is_asked_at_once(client_of):
    need, offer = make_need(quantity=3), make_offer(title="送米")
    client, path = client_of("community"), f"/pairings/{need.id}/pair-by-hand"
    assert "送米" in client.page(path).text
    answer = client.send(path, offer_id=str(offer.id), quantity="2")
    (pairing,) = db.session.scalars(select(Pairing))
    assert answer.location == f"/pairings/{pairing.id}/show-pairing"
    db.session.expire_all()
    assert (pairing.state, pairing.proposed_by, pairing.quantity, offer.taken, need.given) == (
        "offered",
        "officer",
        2,
        2,
        2,
    )


def test_sent_twice_it_pairs_once(client_of):
    need, offer, client = make_need(quantity=3), make_offer(), client_of("community")
    path = f"/pairings/{need.id}/pair-by-hand"
    data = {**client.page(path).form(path).values, "offer_id": str(offer.id), "quantity": "1"}
    answers = [client.post(path, data=data) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert len(db.session.scalars(select(Pairing)).all()) == 1


def test_without_a_choice_it_says_what_is_missing(client_of):
    need = make_need()
    make_offer()
    answer = client_of("community").send(f"/pairings/{need.id}/pair-by-hand")
    assert "请选一个资源" in answer.get_data(as_text=True)


def test_nothing_in_reach_says_why_and_where_to_look(client_of):
    page = client_of("community").page(f"/pairings/{make_need().id}/pair-by-hand")
    assert "现在没有够得着的资源" in page.text


def test_a_need_that_has_all_it_wanted_is_not_called_out_of_reach(client_of):
    need = make_need(quantity=1, given=1, status="met")
    make_offer()
    page = client_of("community").page(f"/pairings/{need.id}/pair-by-hand")
    assert "这个需求已经够了" in page.text
    assert "还差" not in page.text


def test_need_of_another_county_is_not_there(client_of):
    need = make_need(make_household(COMMUNITY_B1A))
    assert client_of("county").get(f"/pairings/{need.id}/pair-by-hand").status_code == 404


def test_what_the_need_cannot_take_is_said_at_the_field_and_nothing_typed_is_lost(client_of):
    need, offer = make_need(quantity=2), make_offer()
    page = client_of("community").send(f"/pairings/{need.id}/pair-by-hand", offer_id=str(offer.id), quantity="3")
    text = page.get_data(as_text=True)
    assert "数量要在 1 和 2 之间" in text
    assert 'value="3"' in text
    assert db.session.scalars(select(Pairing)).all() == []

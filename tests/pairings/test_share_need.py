"""One need is met by several offers at once, by the engine or by hand; one offer serves many needs."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.clock import day_of, utc_now
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.offers import service as offers
from matching.offers.models import Offer
from matching.pairings import service_hand
from matching.pairings.models import Pairing
from tests.factories import make_need, make_offer
from tests.pairings.test_runs import pairs, run_now
from tests.people import People
from tests.statements import selects


def units() -> list[tuple[int, int, int]]:
    """Need, offer and units of every pairing made by hand."""
    return [(p.need_id, p.offer_id, p.quantity) for p in db.session.scalars(
        select(Pairing).where(Pairing.state == "offered").order_by(Pairing.id))]


def test_the_engine_meets_five_by_two_and_three_and_lets_one_offer_serve_many(people: People) -> None:
    need, small, large = make_need(quantity=5), make_offer(capacity=2), make_offer(capacity=3, lat=27.65)
    one, other, many = make_need(help_type="job"), make_need(help_type="job"), make_offer(help_type="job")
    run_now()
    assert pairs() == {(need.id, small.id, 2), (need.id, large.id, 3), (one.id, many.id, 1), (other.id, many.id, 1)}


def test_share_need(client_of):
    need, near, far = make_need(quantity=5), make_offer(capacity=2), make_offer(lat=27.65, lon=113.93)
    client = client_of("community")
    address = f"/pairings/{need.id}/share-need"
    client.page(address)
    with selects() as asked:
        page = client.page(address)
    assert len(asked) <= 6
    form = page.form(address)
    answer = client.post(address, data={**form.values, "offer_ids": [near.id, far.id], "quantities": [2, 3]})
    assert answer.status_code == 302
    assert units() == [(need.id, near.id, 2), (need.id, far.id, 3)]
    for row, taken in ((near, 2), (far, 3)):
        db.session.refresh(row)
        assert row.taken == taken
    db.session.refresh(need)
    assert need.given == 5


def test_what_is_proposed_fills_the_best_first_and_bad_shares_change_nothing(client_of, people):
    need, near, far = make_need(quantity=5), make_offer(capacity=2), make_offer(lat=27.65, lon=113.93)
    assert service_hand.shared_out(need, service_hand.suggest(need, day_of(utc_now()))) == [2, 3]
    for shares in ([], [(near.id, 2), (near.id, 1)], [(near.id, 2), (far.id, 4)], [(near.id, 2), (far.id, -1)],
                   [(9_999, 1)]):
        with pytest.raises(Invalid):
            service_hand.pair_several(need, shares, people.county, utc_now())
    client = client_of("community")
    address = f"/pairings/{need.id}/share-need"
    form = client.page(address).form(address)
    answer = client.post(address, data={**form.values, "offer_ids": [near.id, far.id], "quantities": [0, 9]})
    assert answer.status_code == 422
    assert "数量要在 1 和 5 之间" in answer.get_data(as_text=True)
    assert units() == []


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "control"])
def test_units_taken_between_look_and_click_undo_the_whole_share(people: People, monkeypatch, guarded: bool) -> None:
    """Somebody takes the second offer's last unit after it was ranked: none of the two is paired."""
    need, near, far = make_need(quantity=2), make_offer(capacity=1), make_offer(capacity=1, lat=27.65)
    ranked = service_hand.rank(need, day_of(utc_now()))
    assert offers.take(far.id, 1)
    db.session.commit()
    monkeypatch.setattr(service_hand, "rank", lambda *_asked: ranked)
    if not guarded:
        monkeypatch.setattr(offers, "take", lambda *_asked: True)
        assert len(service_hand.pair_several(need, [(near.id, 1), (far.id, 1)], people.county, utc_now())) == 2
        assert len(units()) == 2, "more was promised than there is"
        return
    with pytest.raises(Conflict):
        service_hand.pair_several(need, [(near.id, 1), (far.id, 1)], people.county, utc_now())
    db.session.rollback()
    assert units() == []
    taken = db.session.scalars(select(Offer.taken).where(Offer.id.in_([near.id, far.id])).order_by(Offer.id)).all()
    assert taken == [0, 1]

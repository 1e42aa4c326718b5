"""Units of offers: never more than the capacity, however many ask at once."""

from __future__ import annotations

import threading

from sqlalchemy import select, update

from matching.extensions import db
from matching.offers.models import Offer
from matching.offers.service import give_back, take
from tests.factories import make_offer


def test_units_are_held_up_to_the_capacity_and_given_back(people):
    offer = make_offer(capacity=3)
    assert take(offer.id, 2)
    assert not take(offer.id, 2)
    assert offer.taken == 2
    assert take(offer.id, 1)
    assert not give_back(offer.id, 4)
    assert give_back(offer.id, 3)
    assert offer.taken == 0
    assert not take(0, 1)


def test_paused_and_closed_offers_give_nothing_but_take_back(people):
    for status in ("paused", "closed"):
        offer = make_offer(status=status, taken=1)
        assert not take(offer.id, 1)
        assert give_back(offer.id, 1)


def ask_at_once(app, take_one, offer_id: int, askers: int) -> int:
    """Let `askers` threads ask for one unit at the same moment; how many got one."""
    start, got = threading.Barrier(askers), []

    def ask() -> None:
        with app.app_context():
            start.wait()
            got.append(take_one(offer_id))
            db.session.commit()

    threads = [threading.Thread(target=ask) for _ in range(askers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(got)


def test_control_reading_first_and_writing_afterwards_gives_too_many(app, people):
    offer = make_offer(capacity=10, taken=9)
    offer_id, all_have_read = offer.id, threading.Barrier(6)
    db.session.commit()

    def careless(number: int) -> bool:
        taken = db.session.scalar(select(Offer.taken).where(Offer.id == number))
        db.session.rollback()
        all_have_read.wait()
        if taken + 1 > 10:
            return False
        db.session.execute(update(Offer).where(Offer.id == number).values(taken=taken + 1))
        return True

    assert ask_at_once(app, careless, offer_id, 6) == 6, "six were promised the last unit"


def test_of_sixteen_who_ask_at_once_ten_get_a_unit(app, people):
    offer = make_offer(capacity=10)
    offer_id = offer.id
    db.session.commit()
    assert ask_at_once(app, lambda number: take(number, 1), offer_id, 16) == 10
    db.session.expire_all()
    assert offer.taken == 10

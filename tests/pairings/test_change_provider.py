"""Another organisation takes a pairing over; the story, what was given and what was agreed go on."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.clock import utc_now
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.pairings import service_change, service_duties
from matching.pairings.models import Pairing
from matching.pairings.service_handovers import deliver
from tests.days import today
from tests.factories import make_duty, make_offer
from tests.pairings.test_handovers import given, hand_over, under_way


@pytest.mark.slow
def test_change_provider(client_of, people):
    old = under_way(people, 5)
    make_duty(old, starts_on=today(-30))
    hand_over(old, given(old, 2), people.charity, utc_now())
    other = make_offer(people.agency.organisation_id)
    path = f"/pairings/{old.id}/change-provider"
    assert client_of("community").send(path, offer_id=str(other.id), reason="人手不够").status_code == 302
    db.session.expire_all()
    new = db.session.scalars(select(Pairing).where(Pairing.follows_id == old.id)).one()
    assert (old.state, old.quantity, old.offer.taken) == ("delivered", 2, 2)
    assert (new.state, new.quantity, new.offer_id, other.taken, new.need.given) == ("offered", 3, other.id, 3, 5)
    assert [(duty.what, duty.starts_on) for duty in service_duties.duties_of(new.id)] == [("上门看一次", today())]
    assert [duty.ends_on for duty in service_duties.duties_of(old.id)] == [today()]
    assert "人手不够" in client_of("community").page(f"/pairings/{new.id}/show-pairing").text
    assert "接着帮" in client_of("community").page(f"/pairings/{old.id}/show-pairing").text


@pytest.mark.slow
@pytest.mark.parametrize("state", ["offered", "accepted", "consented", "under_way"])
def test_of_which_nothing_was_given_all_moves(people, state):
    old, other = under_way(people, 2, state), make_offer(people.agency.organisation_id)
    new = service_change.change_provider(old, other.id, "换一家近的", people.community, utc_now())
    assert (old.state, old.offer.taken, new.quantity, other.taken, new.need.given) == ("withdrawn", 0, 2, 2, 2)
    assert [one.id for one in service_change.story_of(new)[0]] == [old.id]


def test_not_with_the_same_one_nor_after_the_end(people):
    old = under_way(people)
    with pytest.raises(Invalid):
        service_change.change_provider(old, old.offer_id, "", people.community, utc_now())
    db.session.rollback()
    people_again = under_way(people)
    deliver(people_again, "送到了", people.charity, utc_now())
    with pytest.raises(Conflict):
        service_change.change_provider(people_again, 1, "", people.community, utc_now())


def test_an_offer_that_cannot_leaves_everything_as_it_was(client_of, people):
    old = under_way(people)
    make_offer(people.agency.organisation_id)
    path = f"/pairings/{old.id}/change-provider"
    answer = client_of("community").send(path, offer_id="999999", reason="换")
    assert answer.status_code == 422
    db.session.refresh(old)
    assert (old.state, old.need.given) == ("under_way", 1)

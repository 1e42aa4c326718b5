"""A thousand random walks through the life of a pairing: units are never lost or doubled, on either database.

One seed makes one walk: a need, a few offers, and what people may do with a pairing, fitting or not: approve, answer,
agree, hand over in parts, settle for what was given, dispute, confirm, close, reopen, change the organisation, let days
pass. After each step what needs and offers say is held is what the pairings hold, and both databases answer alike.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from matching.clock import day_of, utc_now
from matching.errors import JieduiError
from matching.extensions import db
from matching.households.models import Need
from matching.offers import service as offers
from matching.offers.models import Offer
from matching.pairings import service, service_change, service_hand, service_handovers
from matching.pairings.models import HOLDING, STATES, Pairing
from tests.databases import TestDatabase
from tests.factories import make_household, make_need, make_offer, make_pairing
from tests.people import COUNTY_A, People, populate

STEPS = 18
PLAIN = ("return", "accept", "decline", "lapse", "refuse", "start", "confirm", "withdraw", "fail")


class Walk:
    """One walk. What it does follows from the seed alone."""

    def __init__(self, seed: int, people: People) -> None:
        self.random, self.people, self.now = random.Random(seed), people, utc_now().replace(microsecond=0)
        wanted = self.random.randint(1, 5)
        self.need = make_need(make_household(), "goods", quantity=wanted, urgency=self.random.randint(1, 5))
        self.offers = [make_offer(people.charity.organisation_id, "goods", capacity=self.random.randint(1, 6),
                                  areas=(COUNTY_A,)).id for _ in range(3)]
        offer = db.session.get_one(Offer, self.offers[0])
        self.pairing = make_pairing(self.need, offer, quantity=self.random.randint(1, min(wanted, offer.capacity)))
        db.session.commit()

    def step(self) -> str:
        """Do one thing and say what came of it."""
        anything = [self.plain, self.approve, self.consent, self.hand_over, self.settle, self.dispute, self.close,
                    self.reopen, self.change, self.by_hand, self.wait]
        fitting = {"proposed": [self.approve], "offered": [self.plain], "accepted": [self.consent],
                   "consented": [self.hand_over, self.plain],
                   "under_way": [self.hand_over, self.hand_over, self.settle],
                   "delivered": [self.plain, self.dispute], "confirmed": [self.close], "closed": [self.reopen]}
        doing = self.random.choice(fitting.get(self.pairing.state, [self.by_hand]) if self.random.random() < 0.75
                                   else anything)
        try:
            doing()
            db.session.commit()
            said = "did"
        except JieduiError as error:
            db.session.rollback()
            said = type(error).__name__
        db.session.refresh(self.pairing)
        return f"{doing.__name__} {said} {self.pairing.state} {self.pairing.quantity} {self.pairing.delivered}"

    def plain(self) -> None:
        """A step that needs no more than itself, fitting if there is one."""
        fitting = [name for name in PLAIN if self.pairing.state in service.STEPS[name].sources]
        forward = [name for name in fitting if name in ("accept", "start", "confirm")]
        service.take_step(self.pairing, self.random.choice(forward * 8 + fitting or list(PLAIN)), self.people.county,
                          self.now)

    def approve(self) -> None:
        """An officer approves the proposal."""
        if not service.approve([self.pairing.id], self.people.county, self.now).approved:
            db.session.rollback()

    def consent(self) -> None:
        """The household agrees."""
        service.record_consent(self.pairing, "phone", self.people.community, self.now)

    def hand_over(self) -> None:
        """The organisation hands some over, sometimes more than there is."""
        most = max(1, self.pairing.quantity - self.pairing.delivered + self.random.randint(-1, 1))
        handing = service_handovers.Handing(self.random.randint(1, most), day_of(self.now), "给了",
                                            self.random.choice(("words", "words", "code")))
        service_handovers.hand_over(self.pairing, handing, self.people.charity, self.now)

    def settle(self) -> None:
        """The rest does not come."""
        service_handovers.settle(self.pairing, "没有了", self.people.charity, self.now)

    def dispute(self) -> None:
        """The household did not get it."""
        service_handovers.dispute(self.pairing, self.people.household, self.now)

    def close(self) -> None:
        """An officer signs it off."""
        service.close(self.pairing, "solved", "看过", self.people.county, self.now)

    def reopen(self) -> None:
        """The difficulty is back."""
        service.reopen(self.pairing, "又有了", self.people.county, self.now)

    def change(self) -> None:
        """Another organisation takes over; the walk goes on with its pairing."""
        self.pairing = service_change.change_provider(
            self.pairing, self.random.choice(self.offers), "换一家", self.people.county, self.now)

    def by_hand(self) -> None:
        """An officer pairs what is still lacking; the walk goes on with that pairing."""
        db.session.refresh(self.need)
        self.pairing = service_hand.pair(self.need, self.random.choice(self.offers), 1, self.people.county, self.now)

    def wait(self) -> None:
        """Days pass; what nobody answered lapses."""
        self.now += timedelta(days=self.random.randint(1, 9))
        service.lapse_overdue(self.now)

    def adds_up(self) -> bool:
        """Capacity identity: what need and offers say is held is exactly what their pairings hold, and no more."""
        for model, key, column, most, states, numbers in (
                (Offer, Pairing.offer_id, Offer.taken, Offer.capacity, (*HOLDING, "reopened"), self.offers),
                (Need, Pairing.need_id, Need.given, Need.quantity, HOLDING, [self.need.id])):
            held = dict(db.session.execute(select(key, func.sum(Pairing.quantity)).where(
                key.in_(numbers), Pairing.state.in_(states)).group_by(key)).all())
            for number, said, bound in db.session.execute(select(model.id, column, most).where(model.id.in_(numbers))):
                if said != held.get(number, 0) or not 0 <= said <= bound:
                    return False
        return all(0 <= given <= quantity for given, quantity in db.session.execute(
            select(Pairing.delivered, Pairing.quantity).where(Pairing.need_id == self.need.id)))


def walk_all(database: TestDatabase, walks: int) -> list[str]:
    """What was answered at each step of all walks on one clean database."""
    database.clean()
    noted = []
    with database.app.app_context():
        people = populate()
        for seed in range(walks):
            walk = Walk(seed, people)
            for number in range(STEPS):
                noted.append(walk.step())
                assert walk.adds_up(), f"walk {seed}, step {number}: {noted[-1]}"
            db.session.rollback()
            db.session.expunge_all()
    return noted


def compare(get: Callable[[str], TestDatabase], walks: int) -> Counter[str]:
    """Walk the same ways on both databases, compare every step, and count the states that were seen."""
    both = [walk_all(get(kind), walks) for kind in ("sqlite", "postgresql")]
    assert both[0] == both[1]
    return Counter(said.split()[2] for said in both[0])


@pytest.mark.slow
def test_twenty_walks_keep_every_unit_on_both(database_of: Callable[[str], TestDatabase]) -> None:
    assert len(compare(database_of, 20)) >= 8


@pytest.mark.promise
@pytest.mark.timeout(7200)
def test_a_thousand_walks_keep_every_unit_on_both(
        database_of: Callable[[str], TestDatabase], capsys: pytest.CaptureFixture[str]) -> None:
    seen = compare(database_of, 1_000)
    with capsys.disabled():
        print(f" walks=1000 steps={seen.total()} states={dict(seen.most_common())}")
    assert set(seen) == set(STATES) - {"approved"}, "approving offers at once"


@pytest.mark.slow
def test_control_a_rest_that_is_not_given_back_is_noticed(
        database_of: Callable[[str], TestDatabase], monkeypatch: pytest.MonkeyPatch) -> None:
    def keep(*_: Any) -> bool:
        return True

    monkeypatch.setattr(offers, "give_back", keep)
    with pytest.raises(AssertionError, match="walk"):
        walk_all(database_of("sqlite"), 60)

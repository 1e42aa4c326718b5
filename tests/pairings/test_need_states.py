"""A need's state follows from its units and its pairings, wherever a walk through their lives leads.

The state is reckoned here anew from the pairings' rows, independently of what the product keeps on the need.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update

from matching.clock import day_of
from matching.errors import JieduiError
from matching.extensions import db
from matching.households import service_needs
from matching.households.models import NEED_STATES, Household, Need
from matching.households.service_files import verify_household
from matching.households.service_needs import NeedFacts
from matching.pairings.models import HOLDING, Pairing
from tests.factories import make_household
from tests.people import COMMUNITY_A1A, People
from tests.test_random_model import Walk


def reckoned(need: Need) -> str:
    """The state of a need by its quantity and its pairings alone; what people decided stands in `status`."""
    if need.status in ("reported", "verified", "withdrawn"):
        return need.status
    units = dict(db.session.execute(select(Pairing.state, func.sum(Pairing.quantity)).where(
        Pairing.need_id == need.id).group_by(Pairing.state)).all())
    given = sum(units.get(state, 0) for state in HOLDING)
    closed, received = units.get("closed", 0), units.get("closed", 0) + units.get("confirmed", 0)
    if given:
        return ("closed" if closed == need.quantity else "fulfilled" if received == need.quantity
                else "paired" if given == need.quantity else "partly_paired")
    return "reopened" if "reopened" in units else "open"


def faults() -> list[tuple[int, str, str, str]]:
    """Needs whose state differs: as rows say it, as SQL says it, as it is reckoned."""
    db.session.expire_all()
    by_sql = dict(db.session.execute(select(Need.id, Need.state)).all())
    return [(need.id, need.state, by_sql[need.id], reckoned(need)) for need in db.session.scalars(select(Need))
            if not need.state == by_sql[need.id] == reckoned(need)]


LEAST_STEPS, MOST_STEPS = 120, 600
FORWARD = {"offered": "accept", "accepted": "consent", "consented": "deliver", "delivered": "confirm",
           "confirmed": "close"}


class NeedWalk(Walk):
    """A walk in which needs are written, confirmed, changed and withdrawn too."""

    def step(self) -> str:
        if self.random.random() < 0.7:
            return super().step()
        doing = self.random.choice((self.write, self.confirm, self.change, self.withdraw, self.verify))
        return f"{doing.__name__} {self.guarded(doing)}"

    def guarded(self, doing: Callable[[], str]) -> str:
        """Do it, or say that it was refused."""
        try:
            said = doing()
            db.session.commit()
        except JieduiError as error:
            db.session.rollback()
            return f"refused {type(error).__name__}"
        return said

    def act(self) -> str:
        """Somebody takes steps, mostly forward, with one pairing."""
        said = super().act()
        for _further in range(self.random.randint(0, 6)):
            pairings = self.ids(select(Pairing.id).where(Pairing.state.in_(FORWARD)))[:4]
            if pairings:
                pairing = db.session.get_one(Pairing, self.random.choice(pairings))
                self.take(pairing, FORWARD[pairing.state], self.people.county)
        return said

    def facts(self, help_type: str, quantity: int) -> NeedFacts:
        """Some facts of a need."""
        return NeedFacts(help_type, quantity, "", self.random.randint(1, 5), "有人来帮", day_of(self.now))

    def write(self) -> str:
        """An officer writes a need into a file that may not be verified."""
        household = make_household(COMMUNITY_A1A, status=self.random.choice(("screened", "surveyed", "verified")))
        author = self.random.choice((self.people.community, self.people.town))
        return service_needs.add_need(household, self.facts("care", self.random.randint(1, 3)), author, self.now).state

    def a_need(self) -> Need:
        """Any need."""
        ids = self.ids(select(Need.id))
        return db.session.get_one(Need, self.random.choice(ids)) if ids else self.a_need_made()

    def a_need_made(self) -> Need:
        """The first need, when there is none."""
        self.report()
        return self.a_need()

    def confirm(self) -> str:
        """An officer confirms a need, perhaps its own."""
        need = self.a_need()
        service_needs.confirm_need(need, self.random.choice((self.people.town, self.people.county)), self.now)
        return need.state

    def change(self) -> str:
        """An officer changes how much is wanted."""
        need = self.a_need()
        service_needs.edit_need(need, self.facts(need.help_type, self.random.randint(1, 4)), self.people.town, self.now)
        return need.state

    def withdraw(self) -> str:
        """An officer takes a need back."""
        need = self.a_need()
        service_needs.withdraw_need(need, "not_needed", self.people.town, self.now)
        return need.state

    def verify(self) -> str:
        """An officer takes the next step with a file."""
        ids = self.ids(select(Household.id).where(Household.status.in_(("screened", "surveyed"))))
        if not ids:
            return "nothing"
        household = db.session.get_one(Household, self.random.choice(ids))
        return verify_household(household, self.random.choice((self.people.town, self.people.county)), self.now)


@pytest.mark.parametrize("seed", [14, 15])
@pytest.mark.slow
def test_wherever_a_walk_leads_the_state_follows_from_units_and_pairings(people: People, seed: int) -> None:
    walker = NeedWalk(seed, people)
    seen: set[str] = set()
    for number in range(MOST_STEPS):
        said = walker.step()
        assert faults() == [], f"step {number}: {said}"
        seen |= set(db.session.scalars(select(Need.state)))
        if number >= LEAST_STEPS and seen == set(NEED_STATES):
            break
    assert seen == set(NEED_STATES)


@pytest.mark.slow
def test_control_units_that_are_moved_past_the_service_are_noticed(people: People) -> None:
    walker = NeedWalk(3, people)
    while not db.session.scalar(select(func.count(Need.id)).where(Need.given > 0)):
        walker.step()
    need = walker.random.choice(db.session.scalars(select(Need).where(Need.given > 0)).all())
    db.session.execute(update(Need).where(Need.id == need.id).values(given=0, received=0, closed=0, status="open"))
    assert faults() != []

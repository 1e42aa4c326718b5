"""SQLite and PostgreSQL give equal answers and equal rows at every step of a long random walk (promise 43).

One seed makes one walk: households report needs, organisations post offers, the engine runs, officers approve, pair
by hand and withdraw, organisations answer, households agree, months pass. After each step the answer and a
digest of all rows of the pairing's world are noted; the two databases must have noted the same. Numbers of rows are
noted by their rank, since a rolled-back transaction leaves a gap in one database's numbering and none in the other's.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from matching.actor import Actor
from matching.clock import day_of, utc_now
from matching.errors import JieduiError
from matching.extensions import db
from matching.households.models import Need, TimelineEntry
from matching.offers.models import HELP_TYPES, Offer
from matching.pairings import service, service_hand, service_runs
from matching.pairings.models import HOLDING, Pairing
from tests.databases import TestDatabase
from tests.factories import make_household, make_need, make_offer
from tests.people import COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A, COUNTY_A, People, populate

PLACES = (COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A)
ACTIONS = ("accept", "decline", "consent", "refuse", "start", "deliver", "confirm", "dispute", "close", "withdraw",
           "fail", "reopen", "return")
WATCHED = (Need, Offer, Pairing)
UNWATCHED = {"id", "title", "summary", "household_id", "organisation_id", "run_id", "decided_by_id", "created_at",
             "receipt_code"}


class Walk:
    """One walk on one database. Everything it does follows from the seed and the rows that are there."""

    def __init__(self, seed: int, people: People) -> None:
        self.random, self.people = random.Random(seed), people
        self.now: datetime = utc_now().replace(microsecond=0)

    def step(self) -> str:
        """Do one thing and say what came of it."""
        doing = self.random.choices(
            (self.report, self.post, self.run, self.approve, self.by_hand, self.act, self.wait),
            (10, 6, 3, 14, 8, 56, 3))[0]
        try:
            said = doing()
            db.session.commit()
        except JieduiError as error:
            db.session.rollback()
            said = f"refused {type(error).__name__}"
        return f"{doing.__name__} {said}"

    def report(self) -> str:
        """A household reports a need."""
        household = make_household(self.random.choice(PLACES), lat=27.6 + self.random.random() / 5,
                                   lon=113.9 + self.random.random() / 5)
        need = make_need(household, self.random.choice(HELP_TYPES[:4]), quantity=self.random.randint(1, 4),
                         urgency=self.random.randint(1, 5), reported_on=day_of(self.now))
        return f"need {rank(Need, need.id)}"

    def post(self) -> str:
        """An organisation posts an offer."""
        reach: dict[str, Any] = self.random.choice(
            ({"reach": "radius", "radius_km": 12.0}, {"reach": "country"}, {"areas": (COUNTY_A,)}))
        offer = make_offer(self.people.charity.organisation_id, self.random.choice(HELP_TYPES[:4]),
                           capacity=self.random.randint(1, 6), **reach)
        return f"offer {rank(Offer, offer.id)}"

    def run(self) -> str:
        """The engine pairs the county."""
        run = service_runs.run_within(COUNTY_A, self.now)
        return f"{run.proposals} {run.weight} {run.upper_bound}"

    def approve(self) -> str:
        """An officer approves a few proposals."""
        proposals = self.ids(select(Pairing.id).where(Pairing.state == "proposed"))
        chosen = self.random.sample(proposals, min(len(proposals), 3))
        result = service.approve(chosen, self.people.county, self.now)
        refused = [(chosen.index(number), why) for number, why in result.refused.items()]
        return f"{[chosen.index(number) for number in result.approved]} {refused}"

    def by_hand(self) -> str:
        """An officer pairs by hand."""
        needs = self.ids(select(Need.id).where(Need.status == "open", Need.given < Need.quantity))
        if not needs:
            return "nothing"
        need = db.session.get_one(Need, self.random.choice(needs))
        choices = [choice.offer.id for choice in service_hand.suggest(need, day_of(self.now))]
        offer = self.random.choice([*choices, 999_999])
        pairing = service_hand.pair(need, offer, 1, self.people.county, self.now)
        return f"{[rank(Offer, choice) for choice in choices]} {pairing.score} {pairing.options}"

    def act(self) -> str:
        """Somebody takes a step, fitting or not, with a pairing."""
        pairings = self.ids(select(Pairing.id))
        if not pairings:
            return "nothing"
        pairing = db.session.get_one(Pairing, self.random.choice(pairings))
        fitting = [name for name in ACTIONS if pairing.state in service.STEPS[name].sources]
        action = self.random.choice(fitting if fitting and self.random.random() < 0.9 else ACTIONS)
        self.take(pairing, action, self.people.county)
        return f"{action} {rank(Pairing, pairing.id)} {pairing.state}"

    def take(self, pairing: Pairing, action: str, actor: Actor) -> None:
        """One step through the function that pages use for it."""
        match action:
            case "consent":
                service.record_consent(pairing, "phone", actor, self.now)
            case "close":
                service.close(pairing, "solved", "看过", actor, self.now)
            case "reopen":
                service.reopen(pairing, "又有了", actor, self.now)
            case _:
                service.take_step(pairing, action, actor, self.now)

    def wait(self) -> str:
        """Days pass; offers that nobody answered lapse."""
        self.now += timedelta(days=self.random.randint(1, 6))
        return f"lapsed {service.lapse_overdue(self.now)}"

    def ids(self, statement: Any) -> list[int]:
        """Numbers in rising order."""
        return sorted(db.session.scalars(statement))


def rank(model: type[Need] | type[Offer] | type[Pairing], number: int) -> int:
    """The place of a row among the rows that there are, from 1."""
    return db.session.scalar(select(func.count(model.id)).where(model.id <= number)) or 0


def digest() -> str:
    """One digest of all rows that a walk can change, without instants, names and the numbers of other rows."""
    whole = hashlib.sha256()
    ranks = {f"{model.__name__.lower()}_id": {number: at for at, number in enumerate(
        db.session.scalars(select(model.id).order_by(model.id)))} for model in WATCHED}
    ranks["next_offer_id"] = ranks["offer_id"]
    for model in WATCHED:
        columns = [c for c in model.__table__.columns if not c.name.endswith("_at") and c.name not in UNWATCHED]
        for row in db.session.execute(select(*columns).order_by(model.id)).mappings():
            whole.update(repr([ranks[name].get(value) if name in ranks else value
                               for name, value in row.items()]).encode())
    whole.update(str(db.session.scalar(select(func.count(TimelineEntry.id)))).encode())
    return whole.hexdigest()


def held_is_what_pairings_hold() -> bool:
    """Capacity identity: what needs and offers say is held is exactly what live pairings hold."""
    for model, key, column, states in ((Offer, Pairing.offer_id, Offer.taken, (*HOLDING, "reopened")),
                                       (Need, Pairing.need_id, Need.given, HOLDING)):
        held = dict(db.session.execute(select(key, func.sum(Pairing.quantity)).where(
            Pairing.state.in_(states)).group_by(key)).all())
        for number, said in db.session.execute(select(model.id, column)):
            if said != held.get(number, 0):
                return False
    return True


def walk(database: TestDatabase, seed: int, steps: int, look_every: int) -> list[str]:
    """What was answered at each step on one clean database, with the digest of the rows."""
    database.clean()
    noted = []
    with database.app.app_context():
        walker = Walk(seed, populate())
        for number in range(steps):
            noted.append(walker.step())
            if number % look_every == 0:
                noted[-1] += " " + digest()
                assert held_is_what_pairings_hold(), f"step {number}: {noted[-1]}"
        noted.append(digest())
        assert held_is_what_pairings_hold()
        db.session.rollback()
    return noted


def compare(get: Callable[[str], TestDatabase], seed: int, steps: int, look_every: int) -> None:
    """Walk the same way on both databases and compare every step."""
    both = [walk(get(kind), seed, steps, look_every) for kind in ("sqlite", "postgresql")]
    assert len({answer.split()[0] for answer in both[0][:-1]}) == 7, "the walk must do everything there is to do"
    assert both[0] == both[1]


@pytest.mark.slow
def test_two_hundred_random_steps_are_equal_on_both(database_of: Callable[[str], TestDatabase]) -> None:
    compare(database_of, seed=11, steps=200, look_every=5)


@pytest.mark.promise
def test_ten_thousand_random_steps_are_equal_on_both(database_of: Callable[[str], TestDatabase]) -> None:
    for seed in range(10):
        compare(database_of, seed=seed, steps=1_000, look_every=1)

"""What tests of the closing ledger share: a difficulty that is led to its line through the services."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.households.models import Household, Need
from matching.households.service_images import clean
from matching.pairings import service, service_voice
from matching.pairings.models import Pairing
from matching.pairings.models_ledger import LedgerLine
from matching.pairings.service_handovers import Handing, hand_over
from matching.pairings.service_voice import Answer
from matching.pairings.service_watch import line_of
from tests.factories import make_household, make_need, make_offer, make_pairing
from tests.pairings.menus import picture
from tests.people import People


def helped(people: People, need: Need | None = None, proof: str = "code", now: datetime | None = None,
           quantity: int = 0, **fields: Any) -> Pairing:
    """A pairing of the charity whose help the household has got and confirmed; of all that the need wants, unless a
    quantity is given.
    """
    now = now or utc_now()
    need = need or make_need(make_household(phone="13900001234"), **fields)
    quantity = quantity or need.quantity
    offer = make_offer(people.charity.organisation_id, help_type=need.help_type, capacity=quantity)
    pairing = make_pairing(need, offer, "under_way", quantity=quantity, decided_at=now, receipt_code="123456",
                           answer_by_on=day_of(now), consented_at=now, changed_at=now)
    sheet = clean(picture(), "a.png") if proof == "photo" else None
    hand_over(pairing, Handing(quantity, day_of(now), "送到了", proof, sheet), people.charity, now)
    if pairing.state == "delivered":
        service.take_step(pairing, "confirm", people.community, now)
    return pairing


def closed(people: People, proof: str = "code", word: str = "", **fields: Any) -> Pairing:
    """The same, and the community's officer says that it is solved: its line waits for a signature."""
    pairing = helped(people, proof=proof, **fields)
    if word:
        said = service_voice.asked(pairing, utc_now())
        service_voice.say(said, Answer(word, {"yes": 5, "partly": 3, "no": 1}[word], "keypad"), None, utc_now())
    service.close(pairing, "solved", "看过，用上了", people.community, utc_now())
    return pairing


def line_for(pairing: Pairing) -> LedgerLine:
    """The ledger line of a pairing's need, as the database holds it now."""
    db.session.expire_all()
    line = line_of(pairing.need_id)
    assert line is not None
    return line


def own_household(people: People) -> Household:
    """The known household, with a telephone."""
    home = db.session.get_one(Household, people.household.household_id)
    home.phone = "13900001234"
    return home

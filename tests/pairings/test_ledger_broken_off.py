"""Every act on the ledger, broken off at each of its statements in turn: nothing of it is left (promise 9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from matching.audit.models import AuditEntry
from matching.clock import utc_now
from matching.extensions import db
from matching.households.models import Need, TimelineEntry
from matching.notices.models import Notice
from matching.pairings import service, service_followups, service_ledger, service_voice
from matching.pairings.models import Pairing
from matching.pairings.models_ledger import FollowUp, LedgerLine
from matching.pairings.models_voice import Complaint, HouseholdWord
from matching.pairings.service_voice import Answer
from tests.assistance.breaking import Broken, breaking
from tests.pairings.closing import closed, helped, line_for
from tests.people import People

MOST = 40
ROWS = (Need, Pairing, LedgerLine, FollowUp, HouseholdWord, Complaint)
COUNTED = (AuditEntry, TimelineEntry, Notice)
Act = Callable[[], Any]


def all_that_is_there() -> list[Any]:
    """Every row that the ledger is made of, and how many there are of what tells of it."""
    db.session.expire_all()
    rows = [db.session.execute(select(model.__table__).order_by(model.__table__.c.id)).all() for model in ROWS]
    return [*rows, *(db.session.scalar(select(func.count()).select_from(model)) for model in COUNTED)]


def closing(people: People) -> Act:
    number = helped(people).id
    return lambda: service.close(db.session.get_one(Pairing, number), "solved", "看过", people.community, utc_now())


def signing(people: People) -> Act:
    pairing = closed(people, urgency=5)
    return lambda: service_ledger.sign(line_for(pairing), people.town, utc_now())


def reopening(people: People) -> Act:
    need_id = closed(people).need_id
    return lambda: service_followups.reopen_line(db.session.get_one(Need, need_id), "又来了", people.town, utc_now())


def finding_it_back(people: People) -> Act:
    closed(people)
    number = db.session.scalars(select(FollowUp.id)).one()
    return lambda: service_followups.finish(db.session.get_one(FollowUp, number), "back", "又断粮了", "",
                                            people.community, utc_now())


def saying(people: People) -> Act:
    helped(people)
    number = db.session.scalars(select(HouseholdWord.id)).one()
    return lambda: service_voice.say(db.session.get_one(HouseholdWord, number), Answer("no", 1, "keypad", "没用上"),
                                     None, utc_now())


@pytest.mark.slow
@pytest.mark.parametrize("act_of", [closing, signing, reopening, finding_it_back, saying],
                         ids=lambda act: act.__name__)
def test_broken_off_at_any_statement_nothing_is_left(people: People, act_of: Callable[[People], Act]) -> None:
    act = act_of(people)
    db.session.commit()
    before, broken = all_that_is_there(), 0
    for at in range(MOST):
        try:
            with breaking(at):
                act()
                db.session.commit()
            break
        except Broken:
            db.session.rollback()
            broken += 1
            assert all_that_is_there() == before, f"statement {at}"
    assert broken >= 4
    assert all_that_is_there() != before

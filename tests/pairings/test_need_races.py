"""However many people click at once, a need is confirmed once, and its units add up: over HTTP, both databases."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import func, select

from matching.clock import utc_now
from matching.extensions import db
from matching.households.models import Need, TimelineEntry
from tests.factories import make_household, make_need, make_offer, make_pairing
from tests.pairings.test_races import Server, click_all, visit
from tests.people import People
from tests.servers import RealServer

CLICKS, PARTS = 60, 16


def confirm_by_everybody(app: Flask, people: People, server: RealServer) -> tuple[Counter[int], int]:
    """One reported need, confirmed many times at once by two officers: statuses, and how often it was told."""
    need = make_need(make_household(), status="reported", reported_by_id=people.community.user_id)
    path = f"/households/{need.id}/confirm-need"
    db.session.commit()
    visitors = [visit(app, server, name) for name in ("town", "county")]
    seen = click_all(visitors, [(path, {})] * CLICKS)
    db.session.rollback()
    told = db.session.scalar(select(func.count(TimelineEntry.id)).where(TimelineEntry.kind == "need.confirmed"))
    return seen, told or 0


@pytest.mark.slow
def test_many_confirmations_of_one_need_are_one(app: Flask, people: People, real_server: Server) -> None:
    assert confirm_by_everybody(app, people, real_server(workers=4)) == ({302: 1, 409: CLICKS - 1}, 1)


@pytest.mark.slow
def test_control_without_the_guard_the_same_clicks_are_noticed(app: Flask, people: People,
                                                               real_server: Server) -> None:
    seen, told = confirm_by_everybody(app, people, real_server(workers=4, application="tests.unguarded_needs:app"))
    assert told > 1
    assert seen[302] > 1


@pytest.mark.slow
def test_parts_of_one_need_that_are_confirmed_and_closed_at_once_add_up(app: Flask, people: People,
                                                                        real_server: Server) -> None:
    need, offer = make_need(quantity=PARTS), make_offer(capacity=PARTS)
    pairings = [make_pairing(need, offer, "delivered", decided_at=utc_now(), answer_by_on=utc_now().date()).id
                for _part in range(PARTS)]
    need_id = need.id
    db.session.commit()
    server = real_server(workers=4)
    visitors = [visit(app, server, name) for name in ("county", "town", "community")]
    reached = []
    for act, values in (("confirm-pairing", {}), ("close-pairing", {"outcome": "solved", "note": "看过"})):
        seen = click_all(visitors, [(f"/pairings/{number}/{act}", values) for number in pairings])
        assert seen == {302: PARTS}
        db.session.rollback()
        reached.append(tuple(db.session.execute(select(Need.given, Need.received, Need.closed, Need.state).where(
            Need.id == need_id)).one()))
        db.session.rollback()  # a transaction left open would lock the servers out
    assert reached == [(PARTS, PARTS, 0, "fulfilled"), (PARTS, PARTS, PARTS, "closed")]

"""However many people click at once, capacity holds: over HTTP, four server processes, both databases."""

from __future__ import annotations

import http.client
import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import func, select

from matching.accounts import service as accounts
from matching.accounts.models import User
from matching.clock import utc_now
from matching.extensions import db
from matching.offers.models import Offer
from matching.pairings.models import Pairing
from tests.factories import make_need, make_offer, make_pairing
from tests.people import People
from tests.servers import RealServer

CLICKS, CAPACITY, AT_ONCE = 200, 10, 40
Server = Callable[..., RealServer]


@dataclass
class Visitor:
    """A signed-in browser of one person, with the token its forms carry."""

    server: RealServer
    cookie: str
    token: str = ""

    def get(self, path: str) -> str:
        """The body of a page."""
        return self._ask("GET", path, None)[1]

    def post(self, path: str, **values: object) -> int:
        """The status that answers a form."""
        return self._ask("POST", path, urlencode({"csrf_token": self.token, **values}))[0]

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        link = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        link.request(method, path, body, headers)
        reply = link.getresponse()
        text = reply.read().decode()
        link.close()
        return reply.status, text


def visit(app: Flask, server: RealServer, username: str) -> Visitor:
    """Sign a known person in on the running server."""
    user = db.session.scalar(select(User).where(User.username == username))
    assert user is not None
    token = accounts.start_session(user, utc_now())
    db.session.commit()
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookie = serializer.dumps({"_user_id": token, "csrf_token": "0" * 40, "_fresh": True})
    visitor = Visitor(server, f"session={cookie}")
    found = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/todo"))
    assert found, "the page must carry a form with its token"
    visitor.token = found.group(1)
    return visitor


def click_all(visitors: list[Visitor], calls: list[tuple[str, dict[str, object]]]) -> Counter[int]:
    """Send all forms at once, spread over the visitors; how often each status came."""
    with ThreadPoolExecutor(AT_ONCE) as team:
        futures = [
            team.submit(visitors[i % len(visitors)].post, path, **values)
            for i, (path, values) in enumerate(calls)
        ]
        return Counter(future.result() for future in futures)


def approve_everything(app: Flask, server: RealServer) -> tuple[Counter[int], int, int]:
    """200 proposals on one offer of ten units, approved at once: statuses, units taken, pairings offered."""
    offer = make_offer(capacity=CAPACITY)
    offer_id = offer.id
    proposals = [make_pairing(make_need(), offer).id for _ in range(CLICKS)]
    db.session.commit()
    visitors = [visit(app, server, name) for name in ("county", "town", "community")]
    seen = click_all(
        visitors, [("/pairings/approve-pairings", {"pairing_ids": number}) for number in proposals]
    )
    db.session.rollback()
    taken = db.session.scalar(select(Offer.taken).where(Offer.id == offer_id)) or 0
    offered = db.session.scalar(
        select(func.count()).where(Pairing.offer_id == offer_id, Pairing.state == "offered")
    )
    return seen, taken, offered or 0


def test_two_hundred_approvals_at_once_take_exactly_the_capacity(
    app: Flask, people: People, real_server: Server
) -> None:
    seen, taken, offered = approve_everything(app, real_server(workers=4))
    assert (taken, offered) == (CAPACITY, CAPACITY)
    assert seen == {302: CAPACITY, 409: CLICKS - CAPACITY}


def test_control_without_the_guard_the_same_clicks_are_noticed(
    app: Flask, people: People, real_server: Server
) -> None:
    seen, taken, offered = approve_everything(app, real_server(workers=4, application="tests.unguarded:app"))
    assert (taken, offered) != (CAPACITY, CAPACITY) or set(seen) != {302, 409}


def test_two_hundred_acceptances_of_one_pairing_are_one(
    app: Flask, people: People, real_server: Server
) -> None:
    offer = make_offer(people.charity.organisation_id)
    pairing = make_pairing(make_need(), offer, "offered", answer_by_on=utc_now().date(), decided_at=utc_now())
    path = f"/pairings/{pairing.id}/accept-pairing"
    db.session.commit()  # and nothing is read from here on: a transaction left open would lock the servers out
    server = real_server(workers=4)
    visitors = [visit(app, server, "charity") for _ in range(4)]
    seen = click_all(visitors, [(path, {})] * CLICKS)
    db.session.expire_all()
    assert pairing.state == "accepted"
    assert seen == {302: 1, 409: CLICKS - 1}


def test_accepting_against_withdrawing_leaves_one_outcome_and_no_unit_lost(
    app: Flask, people: People, real_server: Server
) -> None:
    offer = make_offer(people.charity.organisation_id, capacity=100)
    offer_id = offer.id
    pairings = [
        make_pairing(make_need(), offer, "offered", answer_by_on=utc_now().date(), decided_at=utc_now()).id
        for _ in range(30)
    ]
    db.session.commit()
    server = real_server(workers=4)
    charity, officer = visit(app, server, "charity"), visit(app, server, "community")
    with ThreadPoolExecutor(AT_ONCE) as team:
        both = [
            (
                team.submit(charity.post, f"/pairings/{number}/accept-pairing"),
                team.submit(officer.post, f"/pairings/{number}/withdraw-pairing", reason="情况变了"),
            )
            for number in pairings
        ]
        answers = [(accepted.result(), withdrawn.result()) for accepted, withdrawn in both]
    db.session.rollback()
    assert {status for pair in answers for status in pair} <= {302, 409}
    states = Counter(db.session.scalars(select(Pairing.state).where(Pairing.id.in_(pairings))))
    assert set(states) <= {"accepted", "withdrawn"}
    assert states.total() == len(pairings)
    assert db.session.scalar(select(Offer.taken).where(Offer.id == offer_id)) == states["accepted"]

"""The closing ledger at 100,000 households: few statements, small pages, soon there."""

from __future__ import annotations

from time import perf_counter

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, text, update

from matching.accounts import service as accounts
from matching.accounts.models import User
from matching.cli_pages import fetch, sign_in
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.households.models import Need
from matching.offers.models import HELP_TYPES
from matching.pairings.models_ledger import LINE_STATES, LedgerLine
from tests.people import COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A, People
from tests.statements import selects
from tests.test_budgets import HOUSEHOLDS, LIST_BYTES, LIST_SELECTS, fill


@pytest.mark.promise
def test_the_ledger_at_one_hundred_thousand_households(app: Flask, people: People) -> None:
    now, places = utc_now(), (COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A)
    fill(HOUSEHOLDS, day_of(now))
    for start in range(0, HOUSEHOLDS // 2, 5_000):  # half of the difficulties stand on a line
        db.session.execute(insert(LedgerLine), [{
            "need_id": 1_000 + at, "household_id": 1_000 + at, "area_code": places[at % 3],
            "help_type": HELP_TYPES[at % 10], "state": LINE_STATES[at % 4], "recorded_at": now, "changed_at": now,
            "watch_until": day_of(now), "ended_at": now, "times_reopened": int(at % 4 == 3)}
            for at in range(start, start + 5_000)])
    db.session.execute(update(Need).where(Need.id < 1_000 + HOUSEHOLDS // 2, Need.id % 4 != 3).values(status="met"))
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    faults = []
    for role in ("county", "town", "community"):
        client = FlaskClient(app, app.response_class)
        token = accounts.start_session(db.session.get_one(User, people[role].user_id), now)
        db.session.commit()
        sign_in(client, token)
        for state in ("open", *LINE_STATES):
            path = f"/pairings/ledger?state={state}"
            fetch(app, client, path)
            with selects() as asked:
                started = perf_counter()
                page = fetch(app, client, path)
                seconds = perf_counter() - started
            print(f"{role:10} {path:35} {len(asked)} SELECTs {len(page.data):6} bytes {seconds * 1000:6.0f} ms")
            if len(asked) > LIST_SELECTS or len(page.data) > LIST_BYTES:
                faults.append((role, path, len(asked), len(page.data)))
    assert faults == []

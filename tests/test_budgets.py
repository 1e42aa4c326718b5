"""Pages stay small and ask little at 100,000 households: a list 6 SELECTs and 40 KB, a file 12 SELECTs."""

from __future__ import annotations

from datetime import date, timedelta
from time import perf_counter
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, text

from matching.accounts import service as accounts
from matching.accounts.models import User
from matching.cli_pages import answering, fetch, sign_in
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.households.models import Household, Member, Need
from matching.offers.models import HELP_TYPES
from matching.pairings.models import Pairing
from tests.factories import make_offer
from tests.people import COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A, COUNTY_A, People
from tests.statements import selects

HOUSEHOLDS = 100_000
LIST_SELECTS, FILE_SELECTS, LIST_BYTES = 6, 12, 40_960
FILE_PAGES = ("/show-", "/edit-", "/add-", "-household", "/pair-by-hand", "-pairing", "-need", "-member", "/my-file",
              "-paper", "-erasure")
ROLES = ("county", "town", "community", "auditor", "charity", "province", "admin", "household")


def fill(number: int, today: date) -> None:
    """So many verified households with a member and a need each; every fourth need has a proposal."""
    places, now = (COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A), utc_now()
    offers = [make_offer(help_type=kind, capacity=number) for kind in HELP_TYPES]
    first = 1_000
    for start in range(0, number, 5_000):
        rows: dict[Any, list[dict[str, Any]]] = {Household: [], Member: [], Need: [], Pairing: []}
        for i in range(start, min(start + 5_000, number)):
            key, place, kind = first + i, places[i % 3], HELP_TYPES[i % 10]
            rows[Household].append({
                "id": key, "seal": key.to_bytes(16, "big"), "number": f"B{i:07}", "county_code": COUNTY_A,
                "area_code": place, "head_name": f"罗建业{i}", "category": "dibao_b", "status": "verified",
                "created_at": now, "updated_at": now})
            rows[Member].append({"seal": key.to_bytes(16, "little"), "household_id": key, "name": f"罗建业{i}",
                                 "policies": []})
            rows[Need].append({
                "id": key, "household_id": key, "help_type": kind, "quantity": 1, "urgency": 1 + i % 5,
                "reported_on": today - timedelta(days=i % 400), "asks": [], "traits": [], "created_at": now,
                "summary": "独居老人，走路不稳，想有人每周来看看"})
            if i % 4 == 0:
                offer = offers[i % 10]
                rows[Pairing].append({
                    "need_id": key, "offer_id": offer.id, "household_id": key, "area_code": place, "quantity": 1,
                    "organisation_id": offer.organisation_id, "score": 300 + i % 600, "urgency_points": 300,
                    "waiting_points": i % 600, "unchecked": [], "proposed_at": now, "changed_at": now})
        for model, values in rows.items():
            db.session.execute(insert(model), values)
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    db.session.commit()


@pytest.mark.promise
def test_pages_at_one_hundred_thousand_households(app: Flask, people: People) -> None:
    fill(HOUSEHOLDS, day_of(utc_now()))
    faults = []
    for role in ROLES:
        client = FlaskClient(app, app.response_class)
        token = accounts.start_session(db.session.get_one(User, people[role].user_id), utc_now())
        db.session.commit()
        sign_in(client, token)
        for path in answering(app, client, people[role]):
            with selects() as asked:
                started = perf_counter()
                page = fetch(app, client, path)
                seconds = perf_counter() - started
            limit = FILE_SELECTS if any(word in path for word in FILE_PAGES) else LIST_SELECTS
            print(f"{role:10} {path:45} {len(asked):3} SELECTs {len(page.data):6} bytes {seconds * 1000:6.0f} ms")
            if len(asked) > limit or (limit == LIST_SELECTS and len(page.data) > LIST_BYTES):
                faults.append((role, path, len(asked), len(page.data)))
    assert faults == []

"""A locked proposal is kept exactly by every later run, which counts its units as taken."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from matching import jobs_runs
from matching.audit.models import AuditEntry
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.pairings import bridge, service, service_locks, service_runs
from matching.pairings.models import Pairing
from tests.factories import make_need, make_offer, make_pairing
from tests.pairings.test_runs import run_now
from tests.people import COUNTY_A, People


def rows() -> list[tuple[int, int, int, int, int]]:
    """Every proposal with what it is worth."""
    return sorted((p.id, p.need_id, p.offer_id, p.quantity, p.score) for p in db.session.scalars(
        select(Pairing).where(Pairing.state == "proposed").execution_options(populate_existing=True)))


def lock(people: People, *pairings: Pairing) -> int:
    turned = service_locks.lock([pairing.id for pairing in pairings], people.county, utc_now())
    db.session.commit()
    return turned


@pytest.mark.parametrize("locked", [True, False], ids=["locked", "control"])
def test_a_new_run_on_changed_data_keeps_the_locked_one_and_drops_nothing(people: People, locked: bool) -> None:
    calm, offer = make_need(urgency=2, quantity=2), make_offer(capacity=3, reach="radius", radius_km=30.0)
    run_now()
    kept, = db.session.scalars(select(Pairing))
    before, number = rows(), kept.id
    if locked:
        assert lock(people, kept) == 1
    urgent = make_need(urgency=5, quantity=3)
    calm.urgency, offer.radius_km = 1, 20.0
    db.session.commit()
    run = run_now()
    others = [(row[1], row[3]) for row in rows() if row[0] != number]
    if locked:
        assert before[0] in rows()
        assert others == [(urgent.id, 1)], "what is left beside it"
        assert run.report["locked"] == 1
    else:
        assert before[0] not in rows()
        assert others == [(urgent.id, 3)]


def test_what_is_locked_stays_though_its_offer_has_ended(people: People) -> None:
    need, offer = make_need(), make_offer(capacity=1)
    run_now()
    kept, = db.session.scalars(select(Pairing))
    lock(people, kept)
    offer.status, offer.capacity = "closed", 1
    other = make_offer()
    run_now()
    assert [(row[0], row[1], row[2]) for row in rows()] == [(kept.id, need.id, offer.id)]
    assert service.approve([kept.id], people.county, utc_now()).refused == {kept.id: "offer_closed"}
    assert rows(), "told why not, and still there"
    service_locks.unlock([kept.id], people.county, utc_now())
    run_now()
    assert [row[2] for row in rows()] == [other.id]


def test_a_proposal_that_is_locked_while_a_run_works_is_kept_beside_what_still_fits(people: People) -> None:
    first, second = make_need(urgency=4), make_need(urgency=3)
    offer = make_offer(capacity=2)
    run_now()
    kept = db.session.scalars(select(Pairing).where(Pairing.need_id == first.id)).one()
    now = utc_now()
    run = service_runs.ask_run(COUNTY_A, None, now)
    assert jobs_runs.claim(run.id, now)
    market = bridge.load_market(COUNTY_A, day_of(now))
    solution = bridge.solve(market)
    lock(people, kept)
    service_runs.finish(run.id, market, solution, now, {})
    assert [(row[1], row[2]) for row in rows()] == [(first.id, offer.id), (second.id, offer.id)]
    assert rows()[0][0] == kept.id


def test_nobody_pairs_a_locked_unit_by_hand_and_a_locked_offer_does_not_lapse(people: People) -> None:
    offer, need = make_offer(capacity=1), make_need()
    locked = make_pairing(make_need(), offer, locked_at=utc_now())
    market = bridge.load_market(need.household.area_code, day_of(utc_now()), need=need)
    assert market.offers == []
    mine = bridge.load_market(need.household.area_code, day_of(utc_now()), need=locked.need)
    assert [row.left for row in mine.offers] == [1], "its own need may still choose"
    long_ago = day_of(utc_now()) - timedelta(days=90)
    make_pairing(state="offered", answer_by_on=long_ago, locked_at=utc_now())
    assert service.lapse_overdue(utc_now()) == 0


def test_lock_pairings(client_of):
    mine, ticked = make_pairing(), make_pairing()
    client = client_of("community")
    form = client.page("/pairings/desk").form("/pairings/approve-pairings")
    answer = client.post("/pairings/lock-pairings?by=offer", data={**form.values, "pairing_ids": [str(ticked.id)]})
    assert answer.location == "/pairings/desk?by=offer"
    page = client.page("/pairings/desk").text
    assert "锁定了 1 条" in page
    for pairing in (mine, ticked):
        db.session.refresh(pairing)
    assert (mine.locked_at, ticked.locked_by_name) == (None, "community 的姓名")
    told = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "pairing.lock")).one()
    assert str(told.object_id) == str(ticked.id)
    assert "解锁" in client.page(f"/pairings/{ticked.id}/show-pairing").text


def test_nothing_ticked_out_of_reach_or_closed_is_not_locked(client_of, people):
    closed, far = make_pairing(state="closed"), make_pairing()
    client = client_of("community2")
    token = client.page("/pairings/desk").forms[0].values["csrf_token"]
    for ids in ([], [str(closed.id)], [str(far.id)]):
        client.post("/pairings/lock-pairings", data={"csrf_token": token, "submission_key": f"k{ids}",
                                                     "pairing_ids": ids})
    for pairing in (closed, far):
        db.session.refresh(pairing)
        assert pairing.locked_at is None

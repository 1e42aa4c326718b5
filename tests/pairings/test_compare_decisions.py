"""What the engine proposed and what the officer chose is kept apart, and compared by town and by reason."""

from __future__ import annotations

from sqlalchemy import select

from matching.clock import utc_now
from matching.extensions import db
from matching.pairings import service, service_hand
from matching.pairings.models_decisions import DeskDecision
from tests.factories import make_household, make_need, make_offer, make_pairing
from tests.people import COMMUNITY_A2A, People
from tests.statements import selects


def kept() -> list[tuple[str, str, int | None, int | None, int]]:
    return [(d.course, d.why, d.engine_score, d.chosen_score, d.points)
            for d in db.session.scalars(select(DeskDecision).order_by(DeskDecision.id))]


def test_approving_follows_and_sending_back_gives_up_what_the_proposal_was_worth(people: People) -> None:
    first, second = make_pairing(score=600), make_pairing(make_need(quantity=2), quantity=2, score=500)
    by_hand = make_pairing(proposed_by="officer")
    service.approve([first.id, by_hand.id], people.county, utc_now())
    service.send_back(second, "family", "家里说不用了", people.county, utc_now())
    assert kept() == [("followed", "", 600, 600, 0), ("refused", "family", 500, None, -1_000)]


def test_a_pairing_by_hand_is_compared_with_the_proposal_of_its_offer_else_with_the_best(people: People) -> None:
    need, near, far = make_need(quantity=3), make_offer(), make_offer(lat=27.8, lon=113.91)
    make_pairing(need, near, quantity=2, score=500)
    make_pairing(need, far, quantity=1, score=480)
    chosen = service_hand.pair(need, far.id, 1, people.county, utc_now(), "known")
    other = service_hand.pair(make_need(), near.id, 1, people.county, utc_now(), "known")
    third = make_need()
    make_pairing(third, near, score=500, closeness_points=150)
    changed = service_hand.pair(third, far.id, 1, people.county, utc_now(), "distance")
    assert kept() == [("followed", "", 480, chosen.score, 0), ("own", "known", None, other.score, other.score),
                      ("changed", "distance", 500, changed.score, changed.closeness_points - 150)]
    assert changed.closeness_points < 150


def test_the_next_run_does_not_forget_what_was_decided(people: People) -> None:
    pairing = make_pairing(score=600)
    service.approve([pairing.id], people.county, utc_now())
    decided = db.session.scalars(select(DeskDecision)).one()
    assert (decided.engine_offer_id, decided.chosen_offer_id, decided.decided_by_name) == (
        pairing.offer_id, pairing.offer_id, people.county.name)


def test_compare_decisions(client_of, people):
    near = make_pairing(make_need(make_household(head_name="周国平")), score=600)
    away = make_pairing(make_need(make_household(COMMUNITY_A2A, head_name="石小玉")), score=500)
    service.approve([near.id], people.county, utc_now())
    service.send_back(away, "provider", "机构搬走了", people.county, utc_now())
    client = client_of("county")
    client.page("/pairings/compare-decisions")
    with selects() as asked:
        page = client.page("/pairings/compare-decisions")
    assert len(asked) <= 6
    assert "2 次决定，1 次照系统的建议" in page.text
    assert "机构那边的情况" in page.text
    assert "-500" in page.text
    refused = next(href for href, words in page.links if "course=refused" in href and "area=" in href)
    rows = client.page(refused.partition("#")[0]).text
    assert "石小玉家" in rows
    assert "周国平家" not in rows
    assert "周国平家" in client_of("town").page("/pairings/compare-decisions").text
    assert "石小玉家" not in client_of("town").page("/pairings/compare-decisions").text


def test_nothing_decided_says_where_to_begin(client_of):
    page = client_of("auditor").page("/pairings/compare-decisions?days=nonsense&area=x&course=y&why=z")
    assert "这段日子还没有决定" in page.text


def test_the_officer_says_why_when_sending_back_and_when_pairing_by_hand(client_of):
    pairing = make_pairing()
    client = client_of("community")
    client.send(f"/pairings/{pairing.id}/return-pairing", reason="不方便", why="distance")
    need, offer = make_need(), make_offer()
    client.send(f"/pairings/{need.id}/pair-by-hand", offer_id=str(offer.id), why="known")
    assert [(course, why) for course, why, *_rest in kept()] == [("refused", "distance"), ("own", "known")]

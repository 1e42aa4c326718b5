"""Promise 46: nobody is assigned by a machine alone. Every match shows its reasons, and these recompute to its score;
it can be refused at every step, is then not proposed anew, and a person is asked instead of the engine."""

from __future__ import annotations

from datetime import timedelta

import pytest
from geopy.distance import geodesic
from sqlalchemy import select

from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.pairings import service, service_hand
from matching.pairings.models import Pairing
from tests.factories import make_household, make_need, make_offer, make_organisation
from tests.pairings.test_runs import run_now
from tests.people import People


@pytest.fixture
def matches(people: People) -> list[Pairing]:
    """A run over needs of every urgency, near and far, and offers with little and with much."""
    today = day_of(utc_now())
    for i in range(9):
        home = make_household(lat=27.61 + 0.02 * i, lon=113.91)
        make_need(home, urgency=1 + i % 5, quantity=1 + i % 3, reported_on=today - timedelta(days=45 * i))
    for i in range(4):
        make_offer(people.charity.organisation_id, reach="radius", radius_km=40.0, capacity=2 + i, lat=27.6 + 0.05 * i)
    run_now()
    found = list(db.session.scalars(select(Pairing).order_by(Pairing.id)))
    assert len(found) >= 5
    return found


@pytest.mark.slow
def test_the_reasons_of_every_match_are_shown_and_recompute_to_its_score(matches, client_of):
    client, today = client_of("community"), day_of(utc_now())
    for match in matches:
        need, home, offer = match.need, match.need.household, match.offer
        metres = geodesic((home.lat, home.lon), (offer.lat, offer.lon)).m
        parts = (100 * need.urgency, min(300, (today - need.reported_on).days), max(0, 200 - int(metres // 150)))
        assert (match.urgency_points, match.waiting_points, match.closeness_points) == parts
        assert match.score == sum(parts)
        page = client.page(f"/pairings/{match.id}/show-pairing").text
        assert f"得分 {match.score}" in page
        assert all(str(part) in page for part in parts)


def test_nothing_is_given_before_a_person_says_so(matches, people):
    assert {match.state for match in matches} == {"proposed"}
    assert {(match.need.given, match.offer.taken) for match in matches} == {(0, 0)}
    match = matches[0]
    service.approve([match.id], people.county, utc_now())
    db.session.commit()
    assert (match.state, match.need.given) == ("offered", match.quantity)


@pytest.mark.slow
def test_every_match_can_be_refused_and_is_asked_again_of_a_person(matches, people, client_of):
    """In turn by the officer, the organisation and the household; then the officer pairs by hand."""
    asked_again = make_offer(make_organisation(name="另一家"), reach="radius", radius_km=60.0, capacity=99)
    for turn, match in enumerate(matches):
        now = utc_now()
        if turn % 3 == 0:
            client_of("county").send(f"/pairings/{match.id}/return-pairing", reason="这家不合适")
        else:
            service.approve([match.id], people.county, now)
            if turn % 3 == 1:
                service.decline(match, "这个月排满了", people.charity, now)
            else:
                service.accept(match, people.charity, now)
                service.refuse_consent(match, "家里不同意", people.community, now)
        db.session.commit()
        db.session.expire_all()
        assert match.state in ("withdrawn", "declined")
        assert match.reason
    run_now()
    ended = {(match.need_id, match.offer_id) for match in matches}
    anew = db.session.scalars(select(Pairing).where(Pairing.state == "proposed")).all()
    assert ended.isdisjoint({(pairing.need_id, pairing.offer_id) for pairing in anew})
    for need in {match.need for match in matches}:
        assert need.given == 0
        assert asked_again.id in {choice.offer.id for choice in service_hand.suggest(need, day_of(utc_now()))}
        assert "另一家" in client_of("community").page(f"/pairings/{need.id}/pair-by-hand").text

"""The life of a pairing: each step once, from the right state, with its traces; units held and given back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.clock import day_of, utc_now
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.households.models import TimelineEntry
from matching.pairings import service, service_hand, service_handovers
from matching.pairings.models import HOLDING, STATES, Pairing
from matching.pairings.service_deadlines import LAPSE_AFTER
from tests.factories import make_household, make_need, make_offer, make_organisation, make_pairing
from tests.people import COMMUNITY_A2A, COMMUNITY_B1A, People

WHOLE_WAY = ("approve", "accept", "consent", "start", "deliver", "confirm", "close")


def held(pairing: Pairing) -> tuple[int, int]:
    """Units held of the need and of the offer."""
    db.session.refresh(pairing.need)
    db.session.refresh(pairing.offer)
    return pairing.need.given, pairing.offer.taken


def traces(pairing: Pairing) -> tuple[list[str], list[str]]:
    """Kinds in the household's timeline and actions in the audit log, oldest first."""
    told = db.session.scalars(
        select(TimelineEntry.kind).where(TimelineEntry.pairing_id == pairing.id).order_by(TimelineEntry.id)
    )
    logged = db.session.scalars(
        select(AuditEntry.action)
        .where(AuditEntry.object_type == "pairing", AuditEntry.object_id == pairing.id)
        .order_by(AuditEntry.id)
    )
    return list(told), list(logged)


def go(pairing: Pairing, people: People, *steps: str) -> None:
    """Lead a pairing through steps, each by the person whose step it is."""
    now = utc_now()
    for step in steps:
        match step:
            case "approve":
                assert service.approve([pairing.id], people.town, now).approved == [pairing.id]
            case "consent":
                service.record_consent(pairing, "phone", people.community, now)
            case "deliver":
                service_handovers.deliver(pairing, "送到大米 50 公斤", people.charity, now)
            case "close":
                service.close(pairing, "solved", "走访看到米已用上", people.community, now)
            case _:
                actor = people.charity if step in ("accept", "start", "decline", "fail") else people.community
                service.take_step(pairing, step, actor, now)


def test_whole_way_leaves_every_trace_and_the_need_is_met(people: People) -> None:
    pairing = make_pairing()
    go(pairing, people, *WHOLE_WAY)
    kinds = [f"pairing.{step}" for step in WHOLE_WAY]
    assert traces(pairing) == (kinds, kinds)
    assert pairing.state == "closed"
    assert pairing.need.status == "met"
    assert held(pairing) == (1, 1)


def test_need_with_units_still_lacking_stays_open_after_closing(people: People) -> None:
    pairing = make_pairing(make_need(quantity=3))
    go(pairing, people, *WHOLE_WAY)
    assert pairing.need.status == "open"
    assert held(pairing) == (1, 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("steps", "last"),
    [
        (("approve",), "decline"),
        (("approve",), "lapse"),
        (("approve",), "withdraw"),
        (("approve", "accept"), "refuse"),
        (("approve", "accept", "consent"), "fail"),
        (("approve", "accept", "consent", "start"), "withdraw"),
    ],
)
def test_ending_early_gives_the_units_back(people: People, steps: tuple[str, ...], last: str) -> None:
    pairing = make_pairing()
    go(pairing, people, *steps)
    assert held(pairing) == (1, 1)
    go(pairing, people, last)
    assert held(pairing) == (0, 0)
    assert pairing.state not in HOLDING


def test_reopened_difficulty_is_open_again_and_what_was_given_stays_given(people: People) -> None:
    pairing = make_pairing()
    go(pairing, people, *WHOLE_WAY)
    service.reopen(pairing, "又断粮了", people.community, utc_now())
    assert held(pairing) == (0, 1)
    assert pairing.need.status == "open"


@pytest.mark.parametrize("action", sorted(service.STEPS))
@pytest.mark.slow
def test_step_from_a_wrong_state_changes_nothing(people: People, action: str) -> None:
    step = service.STEPS[action]
    for state in set(STATES) - set(step.sources):
        pairing = make_pairing(state=state)
        before = held(pairing)
        with pytest.raises(Conflict):
            service.take_step(pairing, action, people.county, utc_now())
        assert pairing.state == state
        assert held(pairing) == before
        assert traces(pairing) == ([], [])


def test_bulk_approval_takes_what_is_left_and_names_the_rest(people: People) -> None:
    offer = make_offer(capacity=2)
    pairings = [make_pairing(make_need(urgency=level), offer) for level in (1, 2, 3)]
    result = service.approve([p.id for p in pairings], people.county, utc_now())
    assert len(result.approved) == 2
    assert list(result.refused.values()) == ["offer_full"]
    assert offer.taken == 2


def test_approval_out_of_reach_is_as_if_it_were_not_there(people: People) -> None:
    inside = make_pairing()
    beside = make_pairing(make_need(make_household(COMMUNITY_A2A)))
    outside = make_pairing(make_need(make_household(COMMUNITY_B1A)))
    result = service.approve([inside.id, beside.id, outside.id, 999_999], people.community, utc_now())
    assert (result.approved, result.refused) == ([inside.id], {})
    assert beside.state == outside.state == "proposed"


def test_approving_drops_other_proposals_of_a_need_that_is_now_met(people: People) -> None:
    need = make_need()
    first, second = make_pairing(need), make_pairing(need)
    go(first, people, "approve")
    assert db.session.scalars(select(Pairing.id).where(Pairing.need_id == need.id)).all() == [first.id]
    assert second.id != first.id


@pytest.mark.parametrize("why", ["offer_closed", "not_vetted", "need_closed"])
def test_what_has_ended_meanwhile_is_not_approved(people: People, why: str) -> None:
    organisation = make_organisation(status="suspended" if why == "not_vetted" else "vetted")
    offer = make_offer(organisation, status="paused" if why == "offer_closed" else "open")
    need = make_need(status="withdrawn" if why == "need_closed" else "open")
    pairing = make_pairing(need, offer)
    result = service.approve([pairing.id], people.county, utc_now())
    assert list(result.refused.values()) == [why]
    assert offer.taken == 0


def test_unanswered_offer_lapses_after_its_time_and_not_before(people: People) -> None:
    now, today = utc_now(), day_of(utc_now())
    days = LAPSE_AFTER[3 - 1]
    late = make_pairing(state="offered", answer_by_on=today - timedelta(days=days + 1))
    young = make_pairing(state="offered", answer_by_on=today - timedelta(days=days))
    assert service.lapse_overdue(now) == 1
    assert (late.state, held(late)) == ("lapsed", (0, 0))
    assert young.state == "offered"


def test_by_hand_the_ten_best_are_offered_best_first(people: People) -> None:
    need = make_need(quantity=2)
    far = make_offer(reach="radius", radius_km=50.0, lat=27.80)
    near = make_offer(reach="radius", radius_km=50.0)
    make_offer(reach="radius", radius_km=1.0, lat=27.80)
    choices = service_hand.suggest(need, day_of(utc_now()))
    assert [choice.offer.id for choice in choices] == [near.id, far.id]
    pairing = service_hand.pair(need, far.id, 2, people.community, utc_now())
    assert (pairing.state, pairing.proposed_by, held(pairing)) == ("offered", "officer", (2, 2))
    assert pairing.next_offer_id == near.id
    assert pairing.options == 2


def test_by_hand_refuses_what_does_not_fit_and_too_much(people: People) -> None:
    need = make_need(quantity=2)
    wrong_type, right = make_offer(help_type="cash"), make_offer()
    for offer, quantity in ((wrong_type, 1), (right, 3), (right, 0)):
        with pytest.raises(Invalid):
            service_hand.pair(need, offer.id, quantity, people.community, utc_now())
    assert held(make_pairing(need, right)) == (0, 0)

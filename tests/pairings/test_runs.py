"""A run reads the market, proposes the best plan with its proof, and replaces only undecided proposals."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from matching import jobs_runs
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.offers.models import OfferClearance
from matching.pairings import service, service_runs
from matching.pairings.models import Pairing, Run
from matching.places.models import Area
from tests.factories import make_household, make_need, make_offer, make_organisation
from tests.people import COUNTY_A, COUNTY_B, TOWN_A1, People


def run_now(area_code: str = COUNTY_A) -> Run:
    """Ask for a run and work it, as the scheduler would."""
    now = utc_now()
    run = service_runs.ask_run(area_code, None, now)
    db.session.commit()
    assert jobs_runs.claim(run.id, now)
    return jobs_runs.work(run.id, now)


def pairs() -> set[tuple[int, int, int]]:
    """Need, offer and quantity of every proposal."""
    return {
        (p.need_id, p.offer_id, p.quantity)
        for p in db.session.scalars(select(Pairing).where(Pairing.state == "proposed"))
    }


def test_run_gives_the_only_unit_to_the_more_urgent_need_and_proves_it(people: People) -> None:
    calm, urgent = make_need(urgency=2), make_need(urgency=5)
    offer = make_offer(capacity=1, reach="radius", radius_km=30.0)
    run = run_now()
    assert pairs() == {(urgent.id, offer.id, 1)}
    assert run.state == "done"
    assert run.weight == run.upper_bound > 0
    assert run.report["needs_served"] == 1
    assert run.report["needs"] == 2
    assert calm.given == urgent.given == offer.taken == 0, "a run assigns nothing"


def test_score_of_a_proposal_is_the_sum_of_its_parts(people: People) -> None:
    today = day_of(utc_now())
    make_need(urgency=4, reported_on=today - timedelta(days=400))
    make_offer(reach="radius", radius_km=30.0)
    run_now()
    (proposal,) = db.session.scalars(select(Pairing))
    assert (proposal.urgency_points, proposal.waiting_points) == (400, 300)
    assert proposal.distance_m is not None
    assert proposal.closeness_points == max(0, 200 - int(proposal.distance_m // 150))
    assert proposal.score == proposal.urgency_points + proposal.waiting_points + proposal.closeness_points


def test_place_known_only_to_the_county_is_served_by_named_areas_without_closeness(people: People) -> None:
    db.session.get_one(Area, TOWN_A1).lat = db.session.get_one(Area, TOWN_A1).lon = None
    db.session.get_one(Area, TOWN_A1).precision = None
    household = make_household(TOWN_A1, lat=None, lon=None, precision=None)
    need = make_need(household)
    make_offer(reach="radius", radius_km=300.0)
    named = make_offer(areas=(TOWN_A1,))
    run_now()
    (proposal,) = db.session.scalars(select(Pairing))
    assert (proposal.need_id, proposal.offer_id) == (need.id, named.id)
    assert proposal.distance_m is None
    assert proposal.closeness_points == 0
    assert proposal.distance_is_about


def test_place_known_only_to_the_village_counts_from_the_village_and_says_about(people: People) -> None:
    need = make_need(make_household(lat=None, lon=None, precision=None))
    offer = make_offer(reach="radius", radius_km=30.0)
    run_now()
    (proposal,) = db.session.scalars(select(Pairing))
    assert (proposal.need_id, proposal.offer_id) == (need.id, offer.id)
    assert proposal.distance_m is not None
    assert proposal.distance_is_about


def test_several_conditions_hold_at_once(people: People) -> None:
    carer = make_need(help_type="job", asks=["home_based", "disabled_ok"])
    make_offer(help_type="job", provides=["home_based"], reach="radius", radius_km=30.0)
    make_offer(help_type="job", provides=["disabled_ok"], reach="radius", radius_km=30.0)
    both = make_offer(help_type="job", provides=["disabled_ok", "home_based"], reach="radius", radius_km=30.0)
    run_now()
    assert pairs() == {(carer.id, both.id, 1)}


def test_offer_limited_to_a_stage_takes_the_pupil_and_asks_where_nothing_is_known(people: People) -> None:
    senior = make_need(help_type="schooling", traits=["senior"])
    make_need(help_type="schooling", traits=["primary"])
    unknown = make_need(help_type="schooling", traits=[])
    make_offer(
        help_type="schooling", only_for=["senior", "university"], capacity=9, reach="radius", radius_km=30.0
    )
    run_now()
    by_need = {p.need_id: p.unchecked for p in db.session.scalars(select(Pairing))}
    assert by_need == {senior.id: [], unknown.id: ["senior", "university"]}


def test_country_wide_offer_of_another_county_waits_for_this_county_s_yes(people: People) -> None:
    make_need()
    elsewhere = make_organisation(area_code=COUNTY_B)
    offer = make_offer(elsewhere, reach="country", area_code=COUNTY_B)
    run_now()
    assert pairs() == set()
    db.session.add(OfferClearance(offer_id=offer.id, county_code=people.county.area_code, status="allowed"))
    run_now()
    assert len(pairs()) == 1


def test_not_vetted_ended_paused_or_future_offers_take_no_part(people: People) -> None:
    today = day_of(utc_now())
    make_need()
    make_offer(make_organisation(status="waiting"), reach="radius", radius_km=30.0)
    make_offer(ends_on=today - timedelta(days=1), reach="radius", radius_km=30.0)
    make_offer(starts_on=today + timedelta(days=1), reach="radius", radius_km=30.0)
    make_offer(status="paused", reach="radius", radius_km=30.0)
    run_now()
    assert pairs() == set()
    make_offer(starts_on=today, ends_on=today, reach="radius", radius_km=30.0)
    run_now()
    assert len(pairs()) == 1


def test_needs_of_files_that_are_not_verified_take_no_part(people: People) -> None:
    make_need(make_household(status="surveyed"))
    make_offer(reach="radius", radius_km=30.0)
    run_now()
    assert pairs() == set()


def test_next_run_replaces_proposals_and_keeps_what_was_decided(people: People) -> None:
    first, second = make_need(urgency=5), make_need(urgency=4)
    make_offer(capacity=2, reach="radius", radius_km=30.0)
    run_now()
    approved = db.session.scalar(select(Pairing).where(Pairing.need_id == first.id))
    assert approved is not None
    service.approve([approved.id], people.county, utc_now())
    db.session.commit()
    run_now()
    states = {(p.need_id, p.state) for p in db.session.scalars(select(Pairing))}
    assert states == {(first.id, "offered"), (second.id, "proposed")}


def test_pair_that_was_declined_is_not_proposed_again(people: People) -> None:
    need, offer = make_need(), make_offer(reach="radius", radius_km=30.0)
    run_now()
    (pairing,) = db.session.scalars(select(Pairing))
    service.approve([pairing.id], people.county, utc_now())
    service.decline(pairing, "这个月排满了", people.charity, utc_now())
    db.session.commit()
    run_now()
    assert pairs() == set()
    other = make_offer(reach="radius", radius_km=30.0)
    run_now()
    assert pairs() == {(need.id, other.id, 1)}
    assert offer.taken == 0


def test_cancelled_run_leaves_the_old_proposals(people: People) -> None:
    make_need()
    make_offer(reach="radius", radius_km=30.0)
    run_now()
    before = pairs()
    make_need()
    make_offer(reach="radius", radius_km=30.0)
    run = service_runs.ask_run(people.county.area_code, None, utc_now())
    db.session.commit()
    assert jobs_runs.claim(run.id, utc_now())
    assert service_runs.cancel(run, people.county, utc_now())
    db.session.commit()
    assert jobs_runs.work(run.id, utc_now()).state == "cancelled"
    assert pairs() == before


def test_same_data_gives_the_same_plan_and_fingerprint(people: People) -> None:
    for level in (1, 2, 3, 4, 5):
        make_need(urgency=level, quantity=level)
    for _ in range(3):
        make_offer(capacity=3, reach="radius", radius_km=30.0)
    reports = [run_now().report for _ in range(2)]
    for report in reports:
        report.pop("seconds")
    assert reports[0] == reports[1]


def test_only_one_process_claims_a_run(people: People) -> None:
    run = service_runs.ask_run(people.county.area_code, None, utc_now())
    db.session.commit()
    assert [jobs_runs.claim(run.id, utc_now()) for _ in range(2)] == [True, False]


def test_number_of_a_dropped_proposal_never_means_another(people: People) -> None:
    make_need()
    make_offer(reach="radius", radius_km=30.0)
    seen: set[int] = set()
    for _ in range(3):
        run_now()
        now = set(db.session.scalars(select(Pairing.id)))
        assert now
        assert not now & seen, "a page from before this run would approve another pairing"
        seen |= now

"""The steps that exist tell those concerned, and each notice opens a page that its reader may see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select

from matching.accounts import service as accounts
from matching.accounts.models import User
from matching.actor import Role
from matching.assistance import service_approvals, service_checks, service_grants
from matching.assistance.service_grants import GrantFacts
from matching.clock import day_of, utc_now
from matching.exchange import service_imports
from matching.extensions import db
from matching.households import service_erasure, service_needs
from matching.households.models import Household
from matching.notices.models import Notice
from matching.offers import service_clearance
from matching.organisations import service as organisations
from matching.organisations.models import Organisation
from matching.pairings import service, service_handovers
from matching.pairings.models import Pairing
from tests import factories
from tests.conftest import CheckedClient
from tests.people import COUNTY_A, COUNTY_B, People

ClientOf = Callable[[str], CheckedClient]
Told = set[tuple[str, str]]


def told(people: People) -> Told:
    """(user name, kind) of all that was told since the last look; each path leads to a view that answers GET."""
    names = {actor.user_id: name for name, actor in people.by_name.items()}
    found = {(names.get(notice.user_id or 0, "?"), notice.kind) for notice in db.session.scalars(select(Notice))}
    db.session.execute(delete(Notice))
    return found


@pytest.fixture
def pairing(people: People) -> Pairing:
    """A proposal for the known household, by an offer of the known charity."""
    home = db.session.get_one(Household, people.household.household_id)
    offer = factories.make_offer(people.charity.organisation_id, help_type="care")
    return factories.make_pairing(factories.make_need(home), offer)


def test_the_whole_life_of_a_pairing(people: People, pairing: Pairing) -> None:
    now, charity, town = utc_now(), people.charity, people.town

    def after() -> Told:
        db.session.flush()
        return told(people)

    assert service.approve([pairing.id], people.county, now).approved == [pairing.id]
    assert after() == {("charity", "pairing_offered")}
    service.accept(pairing, charity, now)
    assert after() == {("community", "pairing_accepted"), ("county", "pairing_accepted"),
                        ("household", "consent_asked")}
    service.record_consent(pairing, "account", people.household, now)
    assert after() == {("charity", "pairing_consented"), ("community", "pairing_answered"),
                        ("county", "pairing_answered")}
    service.take_step(pairing, "start", charity, now)
    assert after() == set()
    service_handovers.deliver(pairing, "送到了", charity, now)
    assert after() == {("community", "pairing_delivered"), ("county", "pairing_delivered"),
                        ("household", "receipt_asked")}
    service.take_step(pairing, "dispute", people.household, now)
    assert after() == {("charity", "pairing_disputed")}
    service_handovers.deliver(pairing, "这次送到了", charity, now + timedelta(minutes=1))
    assert ("household", "receipt_asked") in after(), "a step that happens again is told again"
    service.take_step(pairing, "confirm", people.household, now)
    assert after() == {("charity", "pairing_confirmed"), ("community", "pairing_received"),
                        ("county", "pairing_received")}
    service.close(pairing, "solved", "", town, now)
    assert after() == {("charity", "pairing_finished"), ("household", "case_closed"), ("community", "ledger_to_sign")}
    service.reopen(pairing, "又难了", town, now)
    assert after() == {("household", "case_reopened"), ("community", "pairing_reopened"),
                        ("county", "pairing_reopened")}


@pytest.mark.slow
@pytest.mark.parametrize(("action", "state", "by", "expected"), [
    ("decline", "offered", "charity", {("community", "pairing_declined")}),
    ("lapse", "offered", "", {("community", "pairing_lapsed"), ("charity", "pairing_missed")}),
    ("refuse", "accepted", "household", {("community", "pairing_unwanted"), ("charity", "pairing_refused")}),
    ("withdraw", "offered", "community", {("charity", "pairing_withdrawn")}),
    ("withdraw", "consented", "community", {("charity", "pairing_withdrawn"), ("household", "case_withdrawn")}),
    ("fail", "under_way", "charity", {("community", "pairing_failed"), ("household", "case_withdrawn")}),
    ("return", "proposed", "community", set())])
def test_the_ways_in_which_a_pairing_ends(people: People, action: str, state: str, by: str, expected: Told) -> None:
    home = db.session.get_one(Household, people.household.household_id)
    offer = factories.make_offer(people.charity.organisation_id, help_type="care")
    pairing = factories.make_pairing(factories.make_need(home), offer, state)
    service.take_step(pairing, action, people[by] if by else None, utc_now())
    assert told(people) == expected


def test_many_approved_at_once_are_one_notice_to_each_organisation(people: People) -> None:
    offers = [factories.make_offer(people[name].organisation_id, help_type="care") for name in ("charity", "agency")]
    pairings = [factories.make_pairing(factories.make_need(), offers[number % 3 == 0]) for number in range(6)]
    service.approve([pairing.id for pairing in pairings], people.county, utc_now())
    found = {(notice.kind, notice.details["count"]) for notice in db.session.scalars(
        select(Notice).where(Notice.user_id.in_([people.charity.user_id, people.agency.user_id])))}
    assert found == {("pairings_offered", 4), ("pairings_offered", 2)}


def test_what_lapses_in_one_night_is_one_notice_to_each(people: People) -> None:
    offer, now = factories.make_offer(people.charity.organisation_id, help_type="care"), utc_now()
    for _ in range(3):
        factories.make_pairing(factories.make_need(), offer, "offered", answer_by_on=day_of(now) - timedelta(days=20))
    assert service.lapse_overdue(now) == 3
    found = sorted((notice.kind, notice.details["path"]) for notice in db.session.scalars(select(Notice)))
    assert found == [("pairing_lapsed", "/pairings/desk"), ("pairing_missed", "/pairings/our-pairings")]


def test_what_is_rolled_back_with_its_step_tells_nobody(people: People, pairing: Pairing) -> None:
    db.session.commit()
    service.approve([pairing.id], people.county, utc_now())
    db.session.rollback()
    assert told(people) == set()


def test_a_need_an_erasure_and_an_account(people: People) -> None:
    now, home = utc_now(), db.session.get_one(Household, people.household.household_id)
    need = factories.make_need(home, status="reported", reported_by_id=people.community.user_id)
    service_needs.confirm_need(need, people.town, now)
    assert told(people) == {("community", "need_verified")}
    service_erasure.archive(home, people.county, now)
    service_erasure.ask_erasure(home, "asked", people.county, now)
    assert told(people) == {("town", "erasure_asked")}
    user = accounts.create_user("newcomer", "新人", Role.INFORMANT, "correct horse battery", now, area_code=COUNTY_A)
    assert db.session.scalars(select(Notice.kind).where(Notice.user_id == user.id)).all() == ["account_made"]


def test_organisations_and_offers(people: People) -> None:
    now, charity = utc_now(), db.session.get_one(Organisation, people.charity.organisation_id)
    organisations.vet(charity, False, "证照过期", people.county, now)
    assert told(people) == {("charity", "organisation_returned")}
    organisations.vet(charity, True, "", people.county, now + timedelta(minutes=1))
    assert told(people) == {("charity", "organisation_vetted")}
    offer = factories.make_offer(charity.id, areas=(COUNTY_A, COUNTY_B))
    for _ in range(2):
        service_clearance.tell_counties(offer, service_clearance.ask_counties(offer), now)
    assert told(people) == {("county2", "offer_waiting")}
    service_clearance.clear_offer(offer, True, "", people.county2, now)
    assert told(people) == {("charity", "offer_allowed")}
    service_clearance.clear_offer(offer, False, "不合适", people.county2, now + timedelta(minutes=1))
    assert told(people) == {("charity", "offer_refused")}


def test_registers_and_checks(people: People) -> None:
    now, town = utc_now(), db.session.get_one(User, people.town.user_id)
    for state, act, kind in (("waiting", "refuse", "import_failed"), ("waiting", "fail", "import_failed")):
        row = factories.make_import(people.town.area_code, town, state=state)
        token = service_imports.claim(row.id, now)
        if act == "fail":
            service_imports.fail(row.id, token, "ZeroDivisionError", now)
            service_imports.fail(row.id, token, "ZeroDivisionError", now)
        else:
            service_imports.refuse(row.id, token, service_imports.FileRefused("empty"), now)
        assert told(people) == {("town", kind)}
    check = factories.make_gap_check(people.town.area_code, state="running", asked_by_id=people.town.user_id)
    assert service_checks.finish(check.id, {"checked": 1}, now)
    assert not service_checks.finish(check.id, {"checked": 1}, now)
    assert told(people) == {("town", "check_done")}
    other = factories.make_gap_check(people.town.area_code, state="running")
    service_checks.mark_failed(other.id, now, "ZeroDivisionError")
    assert told(people) == set(), "nobody asked for it"


def test_help_that_is_asked_for(people: People) -> None:
    now, home = utc_now(), db.session.get_one(Household, people.household.household_id)
    facts = GrantFacts("cash", "临时救助", "fiscal", "镇政府", "once", 200_000, day_of(now), None, "住院")
    grant = service_grants.ask_grant(home, facts, people.community, now)
    assert told(people) == {("town", "grant_waiting")}
    service_approvals.decide_grant(grant, "return", "缺材料", people.town, now)
    assert told(people) == {("community", "grant_returned")}
    service_grants.change_grant(grant, facts, people.community, now + timedelta(minutes=1))
    service_approvals.decide_grant(grant, "approve", "", people.town, now)
    service_grants.pay_grant(grant, day_of(now), people.town, now)
    assert told(people) == {("town", "grant_waiting"), ("community", "grant_approved"), ("community", "grant_paid")}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["charity", "community", "household"])
def test_every_notice_of_a_pairing_opens_a_page_that_its_reader_may_see(
        app: Flask, client_of: ClientOf, people: People, pairing: Pairing, name: str) -> None:
    now = utc_now()
    service.approve([pairing.id], people.county, now)
    service.accept(pairing, people.charity, now)
    service.record_consent(pairing, "phone", people.town, now)
    service_handovers.deliver(pairing, "送到了", people.charity, now)
    mine = list(db.session.scalars(select(Notice).where(Notice.user_id == people[name].user_id)))
    assert mine
    client = client_of(name)
    for notice in mine:
        assert client.get(notice.details["path"]).status_code == 200, notice.kind

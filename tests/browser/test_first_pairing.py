"""The path through the product, by hand in three browsers: from a proposal to a difficulty signed off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.extensions import db
from matching.households.models import Household, TimelineEntry
from matching.offers.models import Offer
from matching.pairings.models import Pairing
from tests import factories
from tests.browser.conftest import Look, axe, follow
from tests.browser.steps import Charity, Home, Officer
from tests.pairings.test_runs import run_now
from tests.people import People
from tests.servers import RealServer

NAME, PHONE, ADDRESS = "何秀英", "13900004321", "坳下村七组十四号"
LIFE = ["approve", "accept", "consent", "start", "deliver", "confirm", "close"]

pytestmark = pytest.mark.one_database


@pytest.fixture
def proposal(site: RealServer, people: People) -> int:
    """Given a household with a need, a charity with an offer, and a run of the engine: its one proposal."""
    household = db.session.get_one(Household, people.household.household_id)
    household.phone, household.address, household.precision = PHONE, ADDRESS, "exact"
    household.lat, household.lon = 27.612, 113.912
    factories.make_need(household, "care", summary="老人一个人在家，要人陪护", urgency=4)
    factories.make_offer(people.charity.organisation_id, "care", title="上门陪护", reach="radius", radius_km=20)
    db.session.commit()
    run_now()
    (number,) = db.session.scalars(select(Pairing.id))
    db.session.commit()
    return number


def state_of(number: int) -> str:
    """The state in the database just now."""
    found = db.session.scalar(select(Pairing.state).where(Pairing.id == number))
    db.session.rollback()
    return found or ""


def test_from_the_proposal_to_the_closing(proposal: int, new_page: Callable[[], Page]) -> None:
    officer, charity, home = Officer(new_page()), Charity(new_page()), Home(new_page(), width=360)
    the_officer_approves(officer, proposal)
    the_charity_accepts_without_knowing_whom(charity, proposal)
    the_household_agrees_and_then_its_contact_is_open(home, charity, proposal)
    help_arrives_and_is_confirmed(charity, home, proposal)
    the_officer_signs_off_and_both_sides_see_it(officer, charity, home, proposal)
    the_story_is_whole(proposal)


def the_officer_approves(officer: Officer, number: int) -> None:
    officer.opens_desk()
    officer.reads_the_reason()
    officer.approves_everything()
    assert state_of(number) == "offered"
    officer.opens(number)
    officer.sees("等对方答复")


def the_charity_accepts_without_knowing_whom(charity: Charity, number: int) -> None:
    charity.opens_what_waits()
    charity.sees("老人一个人在家，要人陪护")
    charity.does_not_see(NAME, PHONE, ADDRESS)
    charity.accepts()
    assert state_of(number) == "accepted"
    charity.does_not_see(NAME, PHONE, ADDRESS)


def the_household_agrees_and_then_its_contact_is_open(home: Home, charity: Charity, number: int) -> None:
    home.opens_its_page()
    assert axe(home.page) == []
    home.says_yes()
    assert state_of(number) == "consented"
    charity.opens(number)
    for words in (NAME, PHONE, ADDRESS):
        charity.sees(words)


def help_arrives_and_is_confirmed(charity: Charity, home: Home, number: int) -> None:
    charity.delivers("今天上门陪了半天，本人在家")
    assert state_of(number) == "delivered"
    home.opens_its_page()
    home.sees("今天上门陪了半天")
    home.has_received_it()
    assert state_of(number) == "confirmed"


def the_officer_signs_off_and_both_sides_see_it(officer: Officer, charity: Charity, home: Home,
                                                number: int) -> None:
    officer.closes(number, "入户看过，陪护每周两次")
    assert state_of(number) == "closed"
    officer.opens(number)
    officer.sees("已销号")
    charity.opens(number)
    charity.sees("办好了")
    charity.does_not_see(NAME, PHONE, ADDRESS)
    home.page.goto("/pairings/my-case")
    home.does_not_see("贫困户", "困难户", "弱势")


def the_story_is_whole(number: int) -> None:
    """Every step stands in the household's timeline and in the audit log; the unit is held, the need met."""
    pairing = db.session.get_one(Pairing, number)
    told = [kind.removeprefix("pairing.") for kind in db.session.scalars(
        select(TimelineEntry.kind).where(TimelineEntry.pairing_id == number).order_by(TimelineEntry.id))]
    assert told == LIFE
    logged = db.session.scalars(select(AuditEntry.actor_role).where(
        AuditEntry.object_type == "pairing", AuditEntry.object_id == number)).all()
    assert {"county", "charity", "household"} <= set(logged)
    assert db.session.get_one(Offer, pairing.offer_id).taken == 1
    db.session.rollback()


def test_declined_with_a_reason_the_units_come_back_and_the_officer_reads_why(
        proposal: int, new_page: Callable[[], Page]) -> None:
    officer, charity = Officer(new_page()), Charity(new_page())
    the_officer_approves(officer, proposal)
    charity.opens_what_waits()
    charity.press("这次接不了")
    charity.page.fill("textarea[name=reason]", "护工这个月排满了")
    follow(charity.page.locator("main form button.btn-primary").first)
    assert state_of(proposal) == "declined"
    officer.opens(proposal)
    officer.sees("护工这个月排满了")
    offer = db.session.get_one(Offer, db.session.get_one(Pairing, proposal).offer_id)
    assert offer.taken == 0
    db.session.rollback()


@pytest.mark.parametrize("look", [Look("en", 360)], ids=str)
def test_an_officer_approves_on_a_phone_in_english(proposal: int, new_page: Callable[[], Page], look: Look) -> None:
    officer = Officer(new_page(), width=look.width)
    officer.page.goto("/pairings/desk")
    officer.page.locator(".jd-pair input[type=checkbox]").first.check()
    follow(officer.page.locator(".jd-bulk button.btn-primary"))
    assert state_of(proposal) == "offered"

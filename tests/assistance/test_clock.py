"""Whichever way the clock is set, nothing is paid twice, no list is made twice, no right comes back (promise 35)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from matching.assistance import service_approvals as approvals
from matching.assistance import service_grants as grants
from matching.assistance import service_lists as lists
from matching.assistance.models_grants import Payment
from matching.assistance.models_lists import PaymentLine, PaymentList
from matching.assistance.service_standards import book_of
from matching.clock import SHANGHAI
from matching.errors import Conflict, Invalid
from matching.extensions import db
from tests.assistance.test_make_payment_list import monthly
from tests.assistance.test_reckon_case import write
from tests.factories import make_grant
from tests.people import COUNTY_A

MOVES = (0, 1, -1, 0, 1, 2, 1, -1)
DAYS = (date(2026, 1, 31), date(2026, 2, 28), date(2028, 2, 28), date(2028, 2, 29), date(2026, 12, 31))


def at(day: date, moved: int = 0, minutes: int = -1) -> datetime:
    """A minute before midnight in Shanghai, so many days on; or so many minutes after that midnight."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(days=moved + 1, minutes=minutes)


def noted(day: date, moved: int, people, grant) -> str:
    """Note a payment on the day that the clock says; the period it was for, or empty."""
    try:
        with db.session.begin_nested():
            return grants.pay_grant(grant, day + timedelta(days=moved), people.town, at(day, moved)).period
    except (Conflict, Invalid):
        return ""


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("rhythm", ["month", "year", "once"])
@pytest.mark.slow
def test_each_period_is_paid_once_while_the_clock_jumps_over_its_edge(people, day, rhythm):
    grant = monthly(rhythm=rhythm, starts_on=date(2024, 2, 29))
    paid = [period for move in MOVES if (period := noted(day, move, people, grant))]
    assert len(paid) == len(set(paid)) >= 1
    assert db.session.scalar(select(func.count()).select_from(Payment)) == len(paid)
    edges = {f"{day + timedelta(days=move):%Y-%m}" for move in MOVES}
    assert rhythm != "month" or set(paid) == edges


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.slow
def test_a_month_has_one_list_and_its_money_one_claim(people, day):
    monthly(starts_on=date(2024, 2, 29))
    for move in MOVES:
        now = at(day, move)
        made = lists.make_list(f"{day + timedelta(days=move):%Y-%m}", people.town, now)
        if made.state == "open":
            lists.freeze_list(made, people.town, now)
    periods = db.session.scalars(select(PaymentList.period)).all()
    claims = db.session.scalars(select(PaymentLine.claim)).all()
    assert len(periods) == len(set(periods)) == len(claims) == len(set(claims))


def test_a_list_of_the_next_month_waits_for_its_first_minute_in_shanghai(people):
    monthly(starts_on=date(2024, 2, 29))
    with pytest.raises(Invalid):
        lists.make_list("2028-03", people.town, at(date(2028, 2, 29)))
    assert lists.make_list("2028-03", people.town, at(date(2028, 2, 29), minutes=0)).period == "2028-03"


def test_a_standard_counts_from_its_first_day_to_its_last_one_both_included(people):
    write("housing", {"cap": 100}, date(2028, 2, 29), until=date(2028, 12, 31))
    book = book_of(COUNTY_A)
    assert ["housing" in book.on(day) for day in (
        date(2028, 2, 28), date(2028, 2, 29), date(2028, 12, 31), date(2029, 1, 1))] == [False, True, True, False]


def test_who_signed_first_stays_first_when_the_clock_is_set_back(people):
    grant = make_grant(chain="town county")
    approvals.decide_grant(grant, "approve", "", people.town, at(date(2026, 12, 31), 1))
    approvals.decide_grant(grant, "approve", "", people.county, at(date(2026, 12, 31), -1))
    assert [one.tier for one in grant.decisions] == ["town", "county"]
    assert grant.state == "approved"

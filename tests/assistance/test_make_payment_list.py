"""The list of a month: what is approved, due then and not paid, made anew while it is open."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from matching.assistance import service_grants as grants
from matching.assistance import service_lists as lists
from matching.assistance.models_lists import PaymentList
from matching.clock import utc_now
from matching.extensions import db
from tests.factories import make_grant, make_household
from tests.people import COMMUNITY_A2A


def make(client, period):
    return client.send("/assistance/list-payment-lists", "/assistance/make-payment-list", period=period)


def made() -> list[PaymentList]:
    db.session.expire_all()
    return list(db.session.scalars(select(PaymentList).order_by(PaymentList.id)))


def monthly(**fields):
    return make_grant(**{"state": "approved", "rhythm": "month", "starts_on": date(2026, 1, 31), **fields})


def test_month_boundaries_decide_who_is_on_it(client_of, people):
    on = [monthly(), monthly(until=date(2026, 2, 1)), monthly(starts_on=date(2026, 2, 28)),
          monthly(rhythm="year"), monthly(rhythm="once")]
    off = [monthly(until=date(2026, 1, 31)), monthly(starts_on=date(2026, 3, 1)), monthly(state="asked"),
           monthly(state="refused"), monthly(amount_fen=0), monthly(household=make_household(COMMUNITY_A2A)), monthly()]
    grants.pay_grant(off[-1], date(2026, 2, 3), people.town, utc_now())
    assert make(client_of("town"), "2026-02").status_code == 302
    (found,) = made()
    assert sorted(line.grant_id for line in found.lines) == sorted(grant.id for grant in on)


def test_made_again_it_is_brought_to_what_is_so_now_until_it_is_frozen(client_of, people):
    first, client = monthly(), client_of("town")
    make(client, "2026-02")
    second = monthly()
    make(client, "2026-02")
    (found,) = made()
    assert [line.grant_id for line in found.lines] == [first.id, second.id]
    lists.freeze_list(found, people.town, utc_now())
    monthly()
    make(client, "2026-02")
    assert len(made()[0].lines) == 2, "frozen"


@pytest.mark.parametrize("period", ["2026-13", "2026-2", "", "下个月", "2099-01"])
def test_a_month_that_is_none_or_has_not_begun_is_refused(client_of, period):
    assert make(client_of("town"), period).status_code == 422
    assert made() == []


def test_a_year_is_on_the_list_until_it_is_paid_for_that_year(people):
    grant = monthly(rhythm="year", starts_on=date(2024, 2, 29))
    for period, expected in (("2025-12", 1), ("2026-01", 1)):
        found = lists.make_list(period, people.town, utc_now())
        assert len(found.lines) == expected
    grants.pay_grant(grant, date(2026, 1, 5), people.town, utc_now())
    assert lists.make_list("2026-02", people.town, utc_now()).lines == []
    assert len(lists.make_list("2025-12", people.town, utc_now()).lines) == 1

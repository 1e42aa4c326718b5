"""The list of a month: what is approved, due then and not paid, made anew while it is open."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from matching.assistance import service_grants as grants
from matching.assistance import service_lines
from matching.assistance import service_lists as lists
from matching.assistance.models_lists import PaymentLine, PaymentList
from matching.clock import utc_now
from matching.extensions import db
from tests.factories import make_grant, make_household
from tests.people import COMMUNITY_A2A


def make(client, period):
    return client.send("/assistance/list-payment-lists", "/assistance/make-payment-list", period=period)


def made() -> list[PaymentList]:
    db.session.expire_all()
    return list(db.session.scalars(select(PaymentList).order_by(PaymentList.id)))


def lines(found) -> list[PaymentLine]:
    return list(db.session.scalars(select(PaymentLine).where(
        PaymentLine.payment_list_id == found.id).order_by(PaymentLine.id)))


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
    assert sorted(line.grant_id for line in lines(found)) == sorted(grant.id for grant in on)


def test_made_again_it_is_brought_to_what_is_so_now_until_it_is_frozen(client_of, people):
    first, client = monthly(), client_of("town")
    make(client, "2026-02")
    second = monthly()
    make(client, "2026-02")
    (found,) = made()
    assert [line.grant_id for line in lines(found)] == [first.id, second.id]
    lists.freeze_list(found, people.town, utc_now())
    monthly()
    make(client, "2026-02")
    assert len(lines(made()[0])) == 2, "frozen"


@pytest.mark.slow
@pytest.mark.parametrize("period", ["2026-13", "2026-2", "", "下个月", "2099-01"])
def test_a_month_that_is_none_or_has_not_begun_is_refused(client_of, period):
    assert make(client_of("town"), period).status_code == 422
    assert made() == []


def test_a_year_is_on_the_list_until_it_is_paid_for_that_year(people):
    grant = monthly(rhythm="year", starts_on=date(2024, 2, 29))

    def periods(month):
        return [line.period for line in lines(lists.make_list(month, people.town, utc_now()))]

    assert [periods(month) for month in ("2024-01", "2024-02", "2025-01", "2025-02", "2026-01", "2026-02")] == [
        [], ["2024"], ["2024"], ["2025"], ["2025"], ["2026"]]
    grants.pay_grant(grant, date(2026, 3, 5), people.town, utc_now())
    assert [payment.period for payment in grant.payments] == ["2026"]
    assert periods("2026-02") == periods("2026-03") == []
    assert periods("2025-12") == ["2025"], "the year before was missed"


def test_two_promises_of_one_policy_are_one_line(people):
    home = make_household()
    same = {"household": home, "policy": "living", "member_id": home.members[0].id}
    first = monthly(**same)
    monthly(**same)
    assert [line.grant_id for line in lines(lists.make_list("2026-02", people.town, utc_now()))] == [first.id]


def test_what_the_bank_sent_back_is_on_the_next_list_with_its_own_month(people):
    grant = monthly()
    found = lists.make_list("2026-02", people.town, utc_now())
    lists.freeze_list(found, people.town, utc_now())
    service_lines.fail_lines(found, [lines(found)[0].id], "账号不对", people.town, utc_now())
    later = lists.make_list("2026-03", people.town, utc_now())
    assert [(line.grant_id, line.period) for line in lines(later)] == [(grant.id, "2026-02"), (grant.id, "2026-03")]


def test_the_last_month_of_help_that_has_ended_comes_on_the_next_list_too(people):
    last = monthly(starts_on=date(2026, 1, 1), until=date(2026, 1, 31))
    made = lists.make_list("2026-01", people.town, utc_now())
    lists.freeze_list(made, people.town, utc_now())
    (line,) = lines(made)
    service_lines.fail_lines(made, [line.id], "账号不对", people.town, utc_now())
    later = lists.make_list("2026-02", people.town, utc_now())
    assert [(one.grant_id, one.period) for one in lines(later)] == [(last.id, "2026-01")]

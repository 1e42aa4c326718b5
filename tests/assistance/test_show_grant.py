"""One promise: its facts, its payments, the periods that were missed."""

from __future__ import annotations

from datetime import date

from matching.assistance.queries_grants import missed_periods
from tests.factories import make_grant, make_household
from tests.people import COMMUNITY_A2A


def test_it_says_what_for_whom_and_who_decides(client_of):
    page = client_of("auditor").page(f"/assistance/{make_grant().id}/show-grant")
    for words in ("临时救助", "镇政府 · 财政", "2,000 元", "镇街批", "等批准", "还没有发过"):
        assert words in page.text


def test_scenario_1b_a_missed_year_shows_and_the_present_one_is_not_yet_missed(people):
    grant = make_grant(state="approved", rhythm="year", starts_on=date(2017, 9, 1), until=date(2020, 12, 31))
    assert missed_periods(grant, date(2019, 6, 30)) == ["2017", "2018"]
    grant.until = None
    assert missed_periods(grant, date(2018, 1, 1)) == ["2017"]
    grant.state = "asked"
    assert missed_periods(grant, date(2019, 1, 1)) == []


def test_months_run_over_the_end_of_a_year_and_leap_days(people):
    grant = make_grant(state="approved", rhythm="month", starts_on=date(2023, 12, 31))
    assert missed_periods(grant, date(2024, 2, 29)) == ["2023-12", "2024-01"]
    assert missed_periods(grant, date(2024, 3, 1)) == ["2023-12", "2024-01", "2024-02"]


def test_what_was_missed_is_said_on_the_page(client_of):
    assert "到期没发" in client_of("town").page(
        f"/assistance/{make_grant(state='approved', rhythm='month').id}/show-grant").text


def test_out_of_reach_it_is_not_there(client_of):
    grant = make_grant(make_household(COMMUNITY_A2A))
    assert client_of("town").get(f"/assistance/{grant.id}/show-grant").status_code == 404

"""When recurring help is due: month ends, leap days, the end of a year, and how each payment stands."""

from __future__ import annotations

from datetime import date

import pytest

from matching.assistance.service_rhythm import due_days, plan

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(("first", "last", "rhythm", "days"), [
    (date(2028, 1, 31), date(2028, 4, 30), "month", ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]),
    (date(2027, 1, 31), date(2027, 2, 28), "month", ["2027-01-31", "2027-02-28"]),
    (date(2026, 12, 15), date(2027, 1, 10), "month", ["2026-12-15", "2027-01-10"]),
    (date(2024, 2, 29), date(2028, 2, 29), "year", ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28",
                                                     "2028-02-29"]),
    (date(2020, 9, 1), date(2024, 6, 30), "year", ["2020-09-01", "2021-09-01", "2022-09-01", "2023-09-01"]),
    (date(2026, 11, 25), date(2030, 1, 1), "once", ["2026-11-25"])])
def test_the_days_on_which_it_is_due(first, last, rhythm, days):
    assert [due.due_on.isoformat() for due in due_days(first, last, rhythm)] == days


def test_four_years_of_schooling_of_which_one_was_missed():
    had = ["2020", "2021-10-08", "2023"]
    assert [(due.period, due.state) for due in plan(date(2020, 9, 1), date(2024, 6, 30), "year", had, date(2023, 10, 1))
            ] == [("2020", "paid"), ("2021", "paid"), ("2022", "missed"), ("2023", "paid")]


@pytest.mark.parametrize(("today", "state"), [
    (date(2026, 1, 30), "ahead"), (date(2026, 1, 31), "due"), (date(2026, 2, 1), "missed")])
def test_a_month_is_due_on_its_day_and_missed_when_it_is_over(today, state):
    assert plan(date(2026, 1, 31), None, "month", [], today)[0].state == state


def test_without_an_end_it_is_shown_to_the_next_one():
    assert [due.period for due in plan(date(2026, 11, 25), None, "month", [], date(2027, 1, 26))] == [
        "2026-11", "2026-12", "2027-01", "2027-02"]
    years = plan(date(2024, 2, 29), None, "year", [], date(2025, 2, 28))
    assert [due.period for due in years] == ["2024", "2025", "2026"]

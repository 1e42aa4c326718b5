"""The yearly report: every figure leads to as many rows as it says, a household with several kinds counts once."""

from __future__ import annotations

import re
from datetime import date

import pytest

from matching.figures.queries_charts import columns
from tests.factories import make_household
from tests.figures.giving import give
from tests.people import COMMUNITY_A2A, COMMUNITY_B1A, COUNTY_A, TOWN_A1

DAYS = "from=2020-01-01&to=2020-12-31"
REPORT = f"/figures/yearly-report?{DAYS}"


@pytest.fixture
def helped(people):
    """One family with three kinds of help of two givers, one in another town, one in another county, one a day late."""
    first, other = make_household(), make_household(COMMUNITY_A2A)
    give(first, "housing", 8_000_000, date(2020, 1, 1), progress="building")
    give(first, "medical", 50_01, date(2020, 6, 30), date(2020, 12, 31), person="罗小燕", source="charity")
    give(first, "tutoring", 0, date(2020, 7, 1), person="罗小燕")
    give(other, "housing", 7_000_000, date(2020, 2, 29), progress="building")
    give(other, "housing", 0, date(2020, 11, 1), progress="moved_in", purpose="验收")
    give(make_household(COMMUNITY_B1A), "cash", 100_00, date(2020, 6, 1))
    give(first, "cash", 100_00, date(2021, 1, 1))
    return first, other


def figures(page) -> dict[str, str]:
    """Address of the rows → the figure that leads there."""
    return {href: text for href, text in page.links if "/yearly-rows" in href}


@pytest.mark.slow
def test_every_figure_opens_as_many_rows_as_it_says(client_of, helped):
    client = client_of("county")
    page = client.page(REPORT)
    assert page.headings[0][1].endswith("帮到了 2 户")
    assert "150,100.02" in page.text
    doors = figures(page)
    assert len(doors) >= 14
    for href, text in doors.items():
        rows = client.page(href)
        figure = re.search(r"figure=(\w+)", href).group(1)
        if figure != "money":
            assert len(re.findall("罗建业", rows.text)) == int(text), href


def test_a_household_stands_where_its_last_payment_has_brought_it(client_of, helped):
    text = client_of("county").page(REPORT).text
    assert re.search(r"已入住\s*1", text)
    assert re.search(r"在建\s*1", text)
    earlier = client_of("county").page("/figures/yearly-report?from=2020-01-01&to=2020-10-31").text
    assert re.search(r"在建\s*2", earlier)
    assert "已入住" not in earlier


def test_a_town_sees_its_part_and_nobody_more_than_their_reach(client_of, helped):
    assert client_of("town").page(REPORT).headings[0][1].endswith("帮到了 1 户")
    assert client_of("county").page(f"{REPORT}&area={TOWN_A1}").headings[0][1].endswith("帮到了 1 户")
    assert client_of("town").get(f"{REPORT}&area={COUNTY_A}").status_code == 404
    assert client_of("county2").get(f"{REPORT}&area={COUNTY_A}").status_code == 404


def test_a_province_reads_figures_that_open_no_rows(client_of, helped):
    page = client_of("province").page(REPORT)
    assert page.headings[0][1].endswith("帮到了 3 户")
    assert figures(page) == {}
    assert client_of("province").get(f"/figures/yearly-rows?{DAYS}").status_code == 403


def test_days_that_cannot_be_are_said_and_without_days_it_is_this_year(client_of, helped):
    for wrong in ("from=2020-02-30", "from=2020-12-31&to=2020-01-01", "to=morgen"):
        assert client_of("county").get(f"/figures/yearly-report?{wrong}").status_code == 422
    assert "这段日子没有登记过帮助" in client_of("county").page("/figures/yearly-report").text


@pytest.mark.slow
def test_the_money_of_each_month_and_source_is_drawn_and_stands_in_a_table_that_opens_its_rows(client_of, helped):
    client = client_of("county")
    page = client.get(REPORT).get_data(as_text=True)
    assert 'aria-label="拨付最多的是 2020-01：80,000 元"' in page
    assert 'aria-label="拨付最多的来源是财政，占 99.9%"' in page
    assert page.count('class="bar') == 12 + 2
    june = next(href for href, text in client.page(REPORT).links if "from=2020-06-01" in href)
    assert "to=2020-06-30" in june
    assert "50.01" in client.page(june).text


@pytest.mark.slow
@pytest.mark.parametrize(("days", "periods"), [
    ("from=2020-02-29&to=2021-01-31", ["2020-02", "2021-01"]), ("from=2020-02-29&to=2021-02-01", ["2020", "2021"]),
    ("from=2019-06-15&to=2021-12-31", ["2020", "2021"]), ("from=0001-01-01&to=9999-12-31", ["2020", "2021"])])
def test_more_than_twelve_months_are_told_by_the_year(client_of, helped, days, periods):
    links = client_of("county").page(f"/figures/yearly-report?{days}").links
    found = [text for href, text in links if "figure=money" in href and "source=" not in href]
    assert found
    page = client_of("county").page(f"/figures/yearly-report?{days}").text
    assert all(period in page for period in periods)


def test_ticks_are_round_and_no_column_is_higher_than_the_last_one():
    for most in (1, 99, 100, 12_345, 999_999, 1_000_000, 121_000_000, 10**12):
        chart = columns([("1", most), ("2", most // 3), ("3", 0)])
        assert chart is not None
        assert 2 <= len(chart.ticks) <= 5
        assert all(40 <= column.y <= 222 for column in chart.columns)
        assert [column.is_most for column in chart.columns] == [True, most // 3 == most, False]
    assert columns([("1", 5)]) is None
    assert columns([("1", 0), ("2", 0)]) is None

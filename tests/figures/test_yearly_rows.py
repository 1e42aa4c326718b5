"""The rows of a figure: page by page, stable, with a door to what was given."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from tests.factories import make_household
from tests.figures.giving import give

DAYS = "from=2020-01-01&to=2020-12-31"


def numbers(client, path):
    """The file numbers of all pages, in the order of the pages; and how many pages there were."""
    found, pages = [], 0
    while path:
        page, pages = client.page(path), pages + 1
        found += re.findall(r"H-\d{5}", page.text)
        path = next((href for href, text in page.links if text == "下一页"), None)
    return found, pages


@pytest.mark.parametrize("figure", ["households", "persons", "person_times", "money"])
@pytest.mark.slow
def test_pages_bring_every_row_once(client_of, people, figure):
    homes = [make_household() for _ in range(43)]
    for place, home in enumerate(homes):
        give(home, "medical", 100, date(2020, 1, 1) + timedelta(days=place % 3))
    found, pages = numbers(client_of("town"), f"/figures/yearly-rows?figure={figure}&{DAYS}")
    assert pages == 2
    assert sorted(found) == sorted(home.number for home in homes)


def test_a_payment_leads_to_its_grant_and_a_household_to_its_file(client_of, people):
    home = make_household()
    grant = give(home, "medical", 1_969_980_00, date(2020, 5, 1), giver="=HYPERLINK(1)")
    page = client_of("county").page(f"/figures/yearly-rows?figure=money&help_type=medical&{DAYS}")
    hrefs = [href for href, _text in page.links]
    assert f"/assistance/{grant.id}/show-grant" in hrefs
    assert any(f"/households/{home.id}/show-household" in href for href in hrefs)
    assert "1,969,980.00" in page.text


def test_an_unknown_figure_is_not_there_and_no_rows_are_said(client_of, people):
    for wrong in ("figure=poverty", "help_type=luck", "source=moon"):
        assert client_of("county").get(f"/figures/yearly-rows?{wrong}&{DAYS}").status_code == 404
    assert "没有这样的行" in client_of("auditor").page(f"/figures/yearly-rows?{DAYS}").text

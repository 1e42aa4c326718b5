"""Figures of an area: counted right, each with the way to its rows, for those who may see them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.figures.queries import figures_of
from matching.places.models import Area
from tests import factories
from tests.conftest import CheckedClient
from tests.people import (
    COMMUNITY_A1A,
    COMMUNITY_A2A,
    COMMUNITY_B1A,
    COUNTY_A,
    COUNTY_B,
    PROVINCE,
    TOWN_A1,
    TOWN_A2,
    People,
    sign_in,
)
from tests.statements import selects


@pytest.fixture
def busy(people: People) -> People:
    """Two towns of county A and one of county B with needs and pairings of known numbers."""
    for area in (COMMUNITY_A1A, COMMUNITY_A2A, COMMUNITY_B1A):
        household = factories.make_household(area)
        factories.make_need(household, "job", quantity=3)
        for state in ("proposed", "offered", "under_way", "closed", "declined"):
            factories.make_pairing(factories.make_need(household, "care"), state=state)
        factories.make_need(household, "cash", status="withdrawn")
    factories.make_need(factories.make_household(status="reported"), "goods")
    return people


def test_figures_of_a_county_add_up_by_town_and_by_type(busy: People) -> None:
    figures = figures_of(COUNTY_A)
    assert {row.code: (row.households, row.needs_open, row.wanted, row.given) for row in figures.areas} == {
        TOWN_A1: (2, 3, 8, 3), TOWN_A2: (1, 3, 8, 3)}  # the account's own household is one of the two
    assert {row.code: (row.proposals, row.waiting, row.under_way, row.closed) for row in figures.areas} == {
        TOWN_A1: (1, 1, 1, 1), TOWN_A2: (1, 1, 1, 1)}
    kinds = {row.code: row for row in figures.types}
    assert len(kinds) == 10
    assert (kinds["job"].needs_open, kinds["job"].wanted) == (2, 6)
    assert (kinds["care"].needs_open, kinds["care"].given, kinds["care"].closed) == (4, 6, 2)
    for name in ("households", "needs_open", "wanted", "given", "proposals", "waiting", "under_way", "closed"):
        assert getattr(figures.total, name) == sum(getattr(row, name) for row in figures.areas)


@pytest.mark.slow
def test_the_province_compares_counties_and_sees_no_way_to_a_file(client: CheckedClient, busy: People) -> None:
    page = sign_in(client, busy.province).page("/figures/overview")
    targets = [href for href, _text in page.links]
    assert f"/figures/overview?area={COUNTY_A}" in targets
    assert f"/figures/overview?area={COUNTY_B}" in targets
    assert not any(href.startswith(("/households", "/pairings")) for href in targets)
    assert f"/figures/overview?area={TOWN_A1}" in [
        href for href, _text in client.page(f"/figures/overview?area={COUNTY_A}").links]


@pytest.mark.slow
def test_every_figure_of_a_county_opens_its_rows(client: CheckedClient, busy: People) -> None:
    page = sign_in(client, busy.county).page("/figures/overview")
    targets = {href for href, text in page.links if text == "1" or text == "3"}
    assert f"/pairings/open-needs?area={TOWN_A1}" in targets
    assert any(href.startswith("/pairings/desk?") and "group=under_way" in href for href in targets)
    for href in targets:
        client.page(href)


@pytest.mark.slow
def test_areas_out_of_reach_are_not_there(client: CheckedClient, busy: People) -> None:
    sign_in(client, busy.county)
    for area in (COUNTY_B, PROVINCE, "97010", "97010' or 1=1", "999999"):
        client.page(f"/figures/overview?area={area}", 404)


def test_a_town_sees_its_communities(client: CheckedClient, busy: People) -> None:
    page = sign_in(client, busy.town).page("/figures/overview")
    assert "坳下村" in page.text
    assert "石桥镇" not in page.text


@pytest.mark.slow
def test_many_areas_come_page_by_page(client: CheckedClient, people: People) -> None:
    towns = [f"{COUNTY_A}{number:03}" for number in range(100, 135)]
    for town in towns:
        db.session.add(Area(code=town, name=f"{town}镇", level="town", parent_code=COUNTY_A))
        db.session.flush()
        factories.make_household(town)
    sign_in(client, people.county)
    answers = [client.get(f"/figures/overview?page={number}") for number in (1, 2)]
    seen = [[town for town in towns if f"{town}镇" in answer.get_data(as_text=True)] for answer in answers]
    assert seen[0] + seen[1] == towns
    assert len(seen[0]) in (29, 30)
    assert all(len(answer.data) <= 40_000 for answer in answers)


def test_an_empty_area_says_what_comes_next(client: CheckedClient, people: People) -> None:
    page = sign_in(client, people.other_town).page("/figures/overview")
    assert "还没有数字" in page.text


@pytest.mark.slow
@pytest.mark.parametrize("name", ["province", "county", "town", "auditor"])
def test_the_page_needs_no_more_than_six_selects(client: CheckedClient, busy: People, name: str) -> None:
    sign_in(client, busy[name])
    with selects() as seen:
        answer = client.get("/figures/overview")
    assert len(seen) <= 6, "\n".join(seen)
    assert len(answer.data) <= 40_000


def test_large_type_is_kept_on_this_page_too(client: CheckedClient, people: People) -> None:
    sign_in(client, people.county)
    client.set_cookie("size", "large")
    assert 'data-jd-size="large"' in client.get("/figures/overview").get_data(as_text=True)


def test_what_was_closed_and_came_back_opens_its_rows(client_of: Callable[[str], CheckedClient],
                                                      people: People) -> None:
    for state, times in (("reopened", 1), ("watched", 2), ("closed", 0)):
        factories.make_line(factories.make_need(summary=f"{state} {times}"), state=state, times_reopened=times,
                            watch_until=day_of(utc_now()), ended_at=utc_now())
    client = client_of("county")
    page = client.page("/figures/overview")
    [door] = [href for href, _text in page.links if "state=reopened" in href]
    assert "销了号又打开的2" in page.text
    rows = client.page(door).text
    assert ("reopened 1" in rows, "watched 2" in rows, "closed 0" in rows) == (True, True, False)

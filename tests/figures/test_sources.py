"""Which source found whom: counts by who told, each case once for who told it first, shares that add up to 100 %."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from matching.extensions import db
from matching.figures.queries_sources import sources_of
from matching.figures.queries_yearly import Span
from matching.intake.models import ORIGINS, ReportStep
from tests import factories
from tests.people import COMMUNITY_A1A, COMMUNITY_A2A, COMMUNITY_B1A, COUNTY_A, TOWN_A1, TOWN_A2
from tests.statements import selects

AT = datetime(2020, 6, 15, 4, tzinfo=UTC)
SPAN = Span(COUNTY_A, date(2020, 1, 1), date(2020, 12, 31))


def told(origin, area=COMMUNITY_A1A, at=AT, *, verified=False, **fields):
    report = factories.make_report(area, origin=origin, created_at=at, **fields)
    if verified:
        db.session.add(ReportStep(report_id=report.id, at=at, kind="verify"))
        db.session.flush()
    return report


def closed(outcome):
    return {"state": "closed", "outcome": outcome, "step": "", "closed_at": AT}


@pytest.fixture
def found(people):
    """Six helped: three found by themselves, one by an information worker, two by a department, in two towns."""
    for _ in range(2):
        told("self", verified=True, **closed("helped"))
    first = told("self", COMMUNITY_A2A, verified=True, state="helping")
    told("informant", verified=True, **closed("helped"))
    told("informant", **closed("mischief"))
    told("informant", verified=True, **closed("not_qualified"))
    told("neighbour", **{**closed("joined"), "joined_to_id": first.id})
    for _ in range(2):
        told("department", verified=True, state="helping")
    told("officer", verified=True, state="verified")
    told("self", COMMUNITY_B1A, verified=True, **closed("helped"))
    told("self", at=datetime(2021, 1, 1, tzinfo=UTC), verified=True, **closed("helped"))
    return first


def test_each_figure_is_exact(found):
    result = sources_of(SPAN)
    assert {row.code: (row.reports, row.cases, row.verified, row.helped, row.share) for row in result.rows} == {
        "self": (3, 3, 3, 3, "50.0%"), "neighbour": (1, 0, 0, 0, "0.0%"), "informant": (3, 3, 2, 1, "16.7%"),
        "officer": (1, 1, 1, 0, "0.0%"), "socialworker": (0, 0, 0, 0, "0.0%"), "department": (2, 2, 2, 2, "33.3%")}
    assert [row.code for row in result.rows] == list(ORIGINS)
    total = result.total
    assert (total.reports, total.cases, total.verified, total.helped) == (10, 9, 8, 6)
    assert {code: (every.reports, every.helped) for code, _name, every, _rows in result.areas} == {
        TOWN_A1: (9, 5), TOWN_A2: (1, 1)}


@pytest.mark.slow
@pytest.mark.parametrize("helped", [(1, 1, 1), (450, 77, 2), (0, 0, 7), (3, 2, 1), (0, 0, 0)])
def test_the_shares_add_up_to_one_hundred(people, helped):
    for origin, many in zip(("self", "informant", "department"), helped, strict=True):
        for _ in range(min(many, 30)):
            told(origin, **closed("helped"))
    shares = [Decimal(row.share.rstrip("%")) for row in sources_of(SPAN).rows]
    assert sum(shares) == (100 if any(helped) else 0)


def test_both_days_are_included_in_shanghai(people):
    for instant in (datetime(2019, 12, 31, 15, 59, tzinfo=UTC), datetime(2019, 12, 31, 16, tzinfo=UTC),
                    datetime(2020, 12, 31, 15, 59, tzinfo=UTC), datetime(2020, 12, 31, 16, tzinfo=UTC)):
        told("self", at=instant)
    assert sources_of(SPAN).total.reports == 2


def test_the_page_says_it_and_opens_the_towns(client_of, found):
    page = client_of("county").page("/figures/sources?from=2020-01-01&to=2020-12-31")
    assert page.headings[0] == (1, "青禾县有 9 件难处报上来，帮上 6 件")
    for words in ("信息员", "16.7%", "100.0%", "双溪镇", "部门转来"):
        assert words in page.text
    town = next(href for href, words in page.links if words == "石桥镇")
    assert client_of("county").page(town).headings[0] == (1, "石桥镇有 1 件难处报上来，帮上 1 件")


def test_a_day_that_is_none_and_another_county_are_refused(client_of, people):
    client = client_of("county")
    assert client.get("/figures/sources?from=x").status_code == 422
    assert client.get("/figures/sources?area=970102").status_code == 404
    assert "这段日子没有人报过难处" in client.page("/figures/sources").text


def test_one_select_counts_it_at_any_size(app, found):
    with selects() as seen:
        sources_of(SPAN)
    assert len(seen) <= 2, seen
    assert sources_of(Span(COUNTY_A, AT.date() + timedelta(days=1), AT.date() + timedelta(days=9))).total.reports == 0

"""The county's list of organisations, those that wait for its yes first."""

from __future__ import annotations

import pytest

from matching.extensions import db
from matching.organisations.models import Organisation
from tests import factories
from tests.conftest import CheckedClient
from tests.people import COUNTY_A, COUNTY_B, LONG_AGO, People, sign_in
from tests.statements import selects

PATH = "/organisations/list-organisations"


def names(client: CheckedClient, query: str = "") -> list[str]:
    return [text for href, text in client.page(PATH + query).links if href.endswith("/show-organisation")]


def test_those_that_wait_come_first_and_are_counted(client: CheckedClient, people: People) -> None:
    factories.make_organisation(name="赵家助学会", status="waiting")
    sign_in(client, people.county)
    assert names(client)[0] == "赵家助学会"
    assert client.page(PATH).headings[0] == (1, "1 家机构等您核实")
    assert any(href.endswith("/vet-organisation") for href, _text in client.page(PATH).links)


def test_with_none_waiting_the_heading_names_the_county(client: CheckedClient, people: People) -> None:
    assert sign_in(client, people.county).page(PATH).headings[0] == (1, "青禾县的机构")


def test_other_counties_have_their_own(client: CheckedClient, people: People) -> None:
    factories.make_organisation(COUNTY_B, name="外县的机构", status="waiting")
    assert not [name for name in names(sign_in(client, people.county)) if not name.startswith("青禾")]


@pytest.mark.parametrize(("query", "found"), [
    ("?status=waiting", ["等着的"]), ("?kind=agency", ["青禾社工服务中心"]),
    ("?status=waiting&kind=agency", []), ("?status=nonsense&kind=nonsense&after=-3", ["等着的", "…"])])
def test_it_is_filtered_by_status_and_kind(client: CheckedClient, people: People, query: str,
                                           found: list[str]) -> None:
    factories.make_organisation(name="等着的", status="waiting")
    shown = names(sign_in(client, people.county), query)
    assert ([*shown[:1], "…"] if "…" in found else shown) == found


def test_nothing_found_leads_back(client: CheckedClient, people: People) -> None:
    page = sign_in(client, people.county).page(PATH + "?status=suspended")
    assert (PATH, "看全部机构") in page.links


@pytest.mark.slow
@pytest.mark.parametrize("username", ["town", "community", "auditor", "charity", "province", "admin", "household"])
def test_it_is_the_countys_list(client: CheckedClient, people: People, username: str) -> None:
    assert sign_in(client, people[username]).get(PATH).status_code == 403


def test_a_page_stays_small_and_asks_little_however_many_there_are(client: CheckedClient, people: People) -> None:
    db.session.add_all(Organisation(name=f"很长很长的机构名字股份有限公司分公司{number:03}", kind="enterprise",
                                    area_code=COUNTY_A, status="waiting", contact_name="联络人", created_at=LONG_AGO)
                       for number in range(90))
    sign_in(client, people.county)
    client.get(PATH)
    with selects() as asked:
        answer = client.get(PATH)
    assert len(asked) <= 6
    assert len(answer.data) <= 40 * 1024
    shown = [text for page in client.pages(f"{PATH}?status=waiting") for href, text in page.links
             if "show-organisation" in href]
    assert len(shown) == len(set(shown)) == 90

"""The administrator's list of accounts."""

from __future__ import annotations

import pytest

from matching.accounts.models import User
from matching.actor import Role
from matching.clock import utc_now
from matching.extensions import db
from tests.conftest import CheckedClient
from tests.people import COUNTY_A, People, sign_in
from tests.statements import selects

PATH = "/accounts/list-accounts"


def usernames(client: CheckedClient, query: str = "") -> list[str]:
    return [text for href, text in client.page(PATH + query).links if href.endswith("/show-account")]


def test_accounts_stand_by_user_name_with_role_and_place(client: CheckedClient, people: People) -> None:
    page = sign_in(client, people.admin).page(PATH)
    assert usernames(client) == sorted(people.by_name)
    assert "区县民政局" in page.text
    assert "青禾县" in page.text
    assert "青禾慈善会" in page.text


@pytest.mark.parametrize(("query", "found"), [
    ("?who=COUN", ["county", "county2"]), ("?who=town2 的姓", ["town2"]), ("?who=%25", []), ("?who=_ounty", []),
    ("?role=auditor", ["auditor", "auditor2"]), ("?role=auditor&who=auditor2", ["auditor2"]),
])
def test_accounts_are_found_by_name_and_role(client: CheckedClient, people: People, query: str,
                                             found: list[str]) -> None:
    assert usernames(sign_in(client, people.admin), query) == found


def test_nothing_found_says_so_and_leads_back(client: CheckedClient, people: People) -> None:
    page = sign_in(client, people.admin).page(PATH + "?who=nobody-of-that-name")
    assert (2, "没有这样的账号") in page.headings
    assert (PATH, "看全部账号") in page.links


def test_no_household_is_named(client: CheckedClient, people: People) -> None:
    page = sign_in(client, people.admin).page(PATH)
    assert "household 的姓名" not in page.text
    assert usernames(client, "?who=household 的姓名") == []
    assert usernames(client, "?who=household") == ["household", "household2"]


@pytest.mark.slow
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_nobody_else_sees_accounts(client: CheckedClient, people: People, role: Role) -> None:
    assert sign_in(client, people[str(role)]).get(PATH).status_code == 403


def test_a_page_stays_small_and_asks_little_however_many_there_are(client: CheckedClient, people: People) -> None:
    now = utc_now()
    db.session.add_all(User(username=f"officer{number:04}", name="很长的名字" * 5, role="county", area_code=COUNTY_A,
                            password_hash="x", password_changed_at=now, created_at=now) for number in range(200))
    sign_in(client, people.admin)
    client.get(PATH)
    with selects() as asked:
        answer = client.get(PATH + "?who=officer")
    assert len(asked) <= 6
    assert len(answer.data) <= 40 * 1024
    names = [text for page in client.pages(f"{PATH}?who=officer") for href, text in page.links
             if "show-account" in href]
    assert names == [f"officer{number:04}" for number in range(200)]

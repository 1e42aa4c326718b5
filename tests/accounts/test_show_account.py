"""One account, and what an administrator can do with it."""

from __future__ import annotations

import pytest

from tests.conftest import CheckedClient
from tests.people import People, sign_in


def test_it_says_what_the_account_is(client: CheckedClient, people: People) -> None:
    page = sign_in(client, people.admin).page(f"/accounts/{people.charity.user_id}/show-account")
    for said in ("charity", "慈善组织", "青禾慈善会", "能登录"):
        assert said in page.text


def test_a_household_stays_without_a_name(client: CheckedClient, people: People) -> None:
    page = sign_in(client, people.admin).page(f"/accounts/{people.household.user_id}/show-account")
    assert "household 的姓名" not in page.text
    assert "何秀英" not in page.text
    assert not [href for href, _text in page.links if href.endswith("/change-role")]


def test_ones_own_account_is_managed_by_another(client: CheckedClient, people: People) -> None:
    page = sign_in(client, people.admin).page(f"/accounts/{people.admin.user_id}/show-account")
    assert not [form for form in page.forms if f"/accounts/{people.admin.user_id}/" in form.action]


@pytest.mark.parametrize("verb", ["show-account", "change-role"])
def test_a_missing_account_is_not_there(client: CheckedClient, people: People, verb: str) -> None:
    assert sign_in(client, people.admin).get(f"/accounts/99999/{verb}").status_code == 404

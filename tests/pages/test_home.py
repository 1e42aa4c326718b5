"""The first page: what this is for a stranger, the to-do list for who is signed in."""

from __future__ import annotations

import pytest

from matching.actor import Role
from tests.conftest import CheckedClient
from tests.people import People, sign_in

pytestmark = pytest.mark.one_database


def test_a_stranger_reads_what_this_is_and_where_to_go(client: CheckedClient) -> None:
    page = client.page("/")
    assert page.headings == [(1, "一头是需要，一头是心意")]
    assert {"/sign-in", "/offers", "/privacy", "/accessibility"} <= {href for href, _words in page.links}


@pytest.mark.slow
@pytest.mark.parametrize("role", list(Role))
def test_who_is_signed_in_comes_to_the_to_do_list(client: CheckedClient, people: People, role: Role) -> None:
    sign_in(client, people[str(role)])
    answer = client.get("/")
    assert (answer.status_code, answer.location) == (302, "/todo")

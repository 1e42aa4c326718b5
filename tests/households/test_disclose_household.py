"""Who may see the hidden fields in full."""

from __future__ import annotations

import pytest

from tests.factories import make_household
from tests.people import COMMUNITY_B1A


@pytest.mark.parametrize("username", ["household", "charity", "volunteer", "admin", "province", "informant"])
def test_without_the_right_it_is_refused(client_of, username):
    assert client_of(username).get(f"/households/{make_household().id}/disclose-household").status_code == 403


def test_out_of_reach_is_not_there(client_of):
    household = make_household(COMMUNITY_B1A)
    assert client_of("county").get(f"/households/{household.id}/disclose-household").status_code == 404


def test_a_disclosure_is_one_persons_and_one_files(client_of):
    one, other = make_household(phone="13700008123"), make_household(phone="13800007345")
    client = client_of("auditor")
    answer = client.send(f"/households/{one.id}/disclose-household", why="audit")
    assert "13700008123" in client.page(answer.location).text
    client.send(f"/households/{other.id}/open-household", why="audit")
    assert "13800007345" not in client.page(f"/households/{other.id}/show-household").text
    assert "13700008123" not in client_of("town").page(f"/households/{one.id}/show-household").text

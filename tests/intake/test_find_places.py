"""Places for a few characters or a point; posted, so that no address holds them."""

from __future__ import annotations

import pytest

from tests.conftest import CheckedClient
from tests.people import COMMUNITY_A1A, COMMUNITY_A1B, People

pytestmark = pytest.mark.one_database


def found(client: CheckedClient, **asked: str) -> list[str]:
    """Codes of the places that answer."""
    token = client.page("/ask").form("/ask").values["csrf_token"]
    answer = client.post("/intake/find-places", data={"csrf_token": token, **asked})
    assert answer.status_code == 200
    return [place["code"] for place in answer.json["places"]]  # type: ignore[index]


@pytest.mark.parametrize(("written", "code"), [
    ("上湾", COMMUNITY_A1B), ("shangw", COMMUNITY_A1B), ("ax", COMMUNITY_A1A)])
def test_a_few_characters_are_enough(client: CheckedClient, people: People, written: str, code: str) -> None:
    assert code in found(client, written=written)


def test_a_point_gives_the_nearest_community_and_far_away_none(client: CheckedClient, people: People) -> None:
    assert found(client, lat="27.6185", lon="113.9213") == [COMMUNITY_A1B]
    assert found(client, lat="39.9", lon="116.4") == []
    assert found(client, lat="nonsense", lon="1e999") == []
    assert found(client, lat="nan", lon="nan") == []


def test_nothing_finds_nothing_and_a_get_is_refused(client: CheckedClient, people: People) -> None:
    assert found(client, written="") == []
    assert client.get("/intake/find-places").status_code == 405

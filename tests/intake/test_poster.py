"""A poster leads to `/ask` with the place filled in; officers print those of their own places."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matching.intake.queries_places import place_of
from tests.conftest import CheckedClient
from tests.people import COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A, COUNTY_A, TOWN_A1, People

Client = Callable[[str], CheckedClient]
PATH = "/intake/poster"


def test_it_is_ones_own_places_and_says_where_it_leads(client_of: Client, people: People) -> None:
    page = client_of("community").page(PATH)
    assert page.headings[0][1].endswith("坳下村的求助海报")
    assert f"/ask?place={COMMUNITY_A1A}" in page.text
    assert "明天有人上门" in page.text


def test_what_it_leads_to_has_the_place_filled_in(client: CheckedClient, people: People) -> None:
    place = place_of(COMMUNITY_A1A)
    assert place is not None
    values = client.page(f"/ask?place={COMMUNITY_A1A}").form("/ask").values
    assert (values["place"], values["place_code"]) == (place.label, COMMUNITY_A1A)


@pytest.mark.parametrize(("who", "place", "status"), [
    ("county", "", 200), ("county", COMMUNITY_A2A, 200), ("town", TOWN_A1, 200), ("town", COMMUNITY_A1B, 200),
    ("town", COMMUNITY_A2A, 404), ("community", COMMUNITY_A1B, 404), ("county", COUNTY_A, 404), ("town", "x", 404)])
@pytest.mark.slow
def test_only_places_in_reach(client_of: Client, people: People, who: str, place: str, status: int) -> None:
    client_of(who).page(f"{PATH}?place={place}", status)


def test_the_words_are_chinese_whoever_prints_it(client_of: Client, people: People) -> None:
    client = client_of("town")
    client.set_cookie("language", "en")
    text = client.page(PATH).text
    assert "有难处，扫这里" in text
    assert "In trouble? Scan this" in text

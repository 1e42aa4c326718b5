"""How pairing works, open to everybody."""

from __future__ import annotations

import pytest

from tests.conftest import CheckedClient

pytestmark = pytest.mark.one_database


def test_it_says_how_a_pair_is_scored_and_who_decides(client: CheckedClient) -> None:
    page = client.page("/about")
    assert "每级 100 分" in page.text
    assert "每 150 米少 1 分" in page.text
    assert (2, "谁说了算") in page.headings


def test_it_names_the_source_of_the_places_as_its_licence_asks(client: CheckedClient) -> None:
    text = client.page("/about").text
    assert "GeoNames" in text
    assert "CC BY 4.0" in text

"""One person in several households: both rows side by side, or the row and the file that is there already."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import CheckedClient
from tests.exchange.steps import brought, confirmed, person

ClientOf = Callable[[str], CheckedClient]


def test_two_rows_of_the_register_stand_side_by_side(client_of: ClientOf) -> None:
    client = client_of("county")
    row = brought(client, person("QH00001", 1), person("QH00002", 2), person("QH00002", 1, "亲属"))
    page = client.get(f"/exchange/{row.id}/list-import-doubles").get_data(as_text=True)
    assert "台账 第 2 行" in page
    assert "台账 第 4 行" in page
    assert "QH00001" in page
    assert "QH00002" in page


@pytest.mark.slow
def test_a_person_of_a_file_that_is_there_stands_beside_it(client_of: ClientOf) -> None:
    client = client_of("county")
    confirmed(client, brought(client, person("QH00001", 1), person("QH00001", 2, "配偶")))
    row = brought(client, person("QH00003", 3), person("QH00003", 2, "亲属"))
    page = client.get(f"/exchange/{row.id}/list-import-doubles").get_data(as_text=True)
    assert "已有的档案" in page
    assert "QH00001" in page

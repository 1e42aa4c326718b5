"""A newer file shows what it would change, field by field, old and new; sealed values are not shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import CheckedClient
from tests.exchange.steps import TWO_HOMES, brought, confirmed, person

ClientOf = Callable[[str], CheckedClient]


@pytest.mark.slow
def test_it_shows_old_and_new_and_no_sealed_value(client_of: ClientOf) -> None:
    client = client_of("county")
    confirmed(client, brought(client))
    row = brought(client, person("QH00001", 1, 月收入=900, 住址="上湾村九里坡三组", 电话="13900009999"), TWO_HOMES[1],
                  TWO_HOMES[2], person("QH00002", 5, "长子"))
    page = client.get(f"/exchange/{row.id}/list-import-changes").get_data(as_text=True)
    for words in ("300 元", "900 元", "月收入", "新增成员", "周桂己", "***"):
        assert words in page
    for secret in ("九里坡", "七里塘", "13900009999", "13900000001"):
        assert secret not in page
    assert row.report["households_updated"] == 2


@pytest.mark.slow
def test_an_empty_cell_takes_nothing_away(client_of: ClientOf) -> None:
    client = client_of("county")
    confirmed(client, brought(client))
    row = brought(client, person("QH00001", 1, 月收入="", 电话="", 住址=""), *TWO_HOMES[1:])
    assert "已有的档案不会变" in client.get(f"/exchange/{row.id}/list-import-changes").get_data(as_text=True)

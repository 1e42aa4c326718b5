"""The list of what was brought: one's own area and below, the newest first; and a row in the to-do list."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import CheckedClient
from tests.exchange.steps import brought

ClientOf = Callable[[str], CheckedClient]


@pytest.mark.slow
def test_it_shows_the_imports_of_the_area_and_no_others(client_of: ClientOf) -> None:
    brought(client_of("town"))
    assert "台账.xlsx" in client_of("county").get("/exchange/list-imports").get_data(as_text=True)
    assert "还没有导入过表格" in client_of("other_town").get("/exchange/list-imports").get_data(as_text=True)
    assert "还没有导入过表格" in client_of("county2").get("/exchange/list-imports").get_data(as_text=True)


@pytest.mark.slow
def test_a_preview_that_waits_stands_in_the_todo_list_of_who_brought_it(client_of: ClientOf) -> None:
    row = brought(client_of("town"))
    assert f"/exchange/{row.id}/show-import" in client_of("town").get("/todo").get_data(as_text=True)
    assert "确认导入" not in client_of("county").get("/todo").get_data(as_text=True)

"""What an undo had to leave; empty says so."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import CheckedClient
from tests.exchange.steps import brought

ClientOf = Callable[[str], CheckedClient]


def test_where_nothing_was_left_it_says_so(client_of: ClientOf) -> None:
    client = client_of("county")
    row = brought(client)
    assert "都撤回了" in client.get(f"/exchange/{row.id}/list-import-leftovers").get_data(as_text=True)

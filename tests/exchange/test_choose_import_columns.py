"""A column that was taken wrongly is put right by hand, and the area's next register of this wording is read so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import CheckedClient
from tests.exchange.steps import HEADER, book, bring, brought, person, worked

ClientOf = Callable[[str], CheckedClient]
ODD = [*HEADER[:6], "紧急联络", *HEADER[7:], "备用甲"]


@pytest.mark.slow
def test_the_choice_is_read_at_once_and_remembered_for_the_area(client_of: ClientOf) -> None:
    client = client_of("county")
    rows = [[*person("QH00001", 1), "危房改造"], [*person("QH00002", 2), "看病"]]
    rows[0][10] = rows[1][10] = "甲"
    row = worked(bring(client, book(*rows, header=ODD)))
    letters = {column[1]: column[4] for column in row.columns}
    assert letters["K"] == ""
    at = [column[1] for column in row.columns].index("K")
    answer = client.send(f"/exchange/{row.id}/choose-import-columns", **{f"column-{at}": "stage"})
    assert answer.status_code == 302
    row = worked(row.id)
    assert {column[1]: column[4] for column in row.columns}["K"] == "stage"
    again = worked(bring(client, book(*rows, header=ODD)))
    assert {column[1]: column[4] for column in again.columns}["K"] == "stage"
    elsewhere = worked(bring(client_of("town"), book(*rows, header=ODD)))
    assert {column[1]: column[4] for column in elsewhere.columns}["K"] == ""


@pytest.mark.slow
def test_a_field_that_does_not_exist_is_not_taken(client_of: ClientOf) -> None:
    client = client_of("county")
    row = brought(client)
    client.send(f"/exchange/{row.id}/choose-import-columns", **{"column-3": "password_hash"})
    assert worked(row.id).choices == {}


@pytest.mark.slow
def test_a_column_can_be_left_out(client_of: ClientOf) -> None:
    client = client_of("county")
    row = brought(client)
    at = [column[4] for column in row.columns].index("income")
    client.send(f"/exchange/{row.id}/choose-import-columns", **{f"column-{at}": ""})
    assert "income" not in {column[4] for column in worked(row.id).columns}

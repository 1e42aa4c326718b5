"""The way back: a whole import is taken back, but for what somebody has changed since, which is listed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from matching.clock import utc_now
from matching.exchange.models import Import
from matching.extensions import db
from matching.households.models import Household, Member
from matching.households.service_changes import keep, state
from tests.conftest import CheckedClient
from tests.exchange.steps import TWO_HOMES, book, brought, confirmed, person, press, worked
from tests.people import COUNTY_A

ClientOf = Callable[[str], CheckedClient]


def numbers() -> set[str]:
    db.session.expire_all()
    return set(db.session.scalars(select(Household.number)))


@pytest.mark.slow
def test_what_was_created_goes_and_what_was_changed_says_what_it_said(client_of: ClientOf) -> None:
    client = client_of("county")
    before = numbers()
    confirmed(client, brought(client))
    row = confirmed(client, brought(client, person("QH00001", 1, 月收入=900), TWO_HOMES[1], TWO_HOMES[2],
                                    person("QH00009", 9)))
    assert row.report["updated"] == 1
    press(client, row, "undo-import")
    row = worked(row.id)
    assert (row.state, row.report["left"]) == ("undone", 0)
    assert numbers() == before | {"QH00001", "QH00002"}
    assert db.session.scalars(select(Member.monthly_income_fen).where(Member.name == "周桂乙")).all() == [30000]


@pytest.mark.slow
def test_what_somebody_changed_since_stays_and_is_listed(client_of: ClientOf) -> None:
    client = client_of("county")
    row = confirmed(client, brought(client))
    household = db.session.scalars(select(Household).where(Household.number == "QH00001")).one()
    was = state(household)
    household.category = "margin"
    keep(household, was, None, utc_now())
    db.session.commit()
    press(client, row, "undo-import")
    row = worked(row.id)
    assert row.report["left"] == 1
    assert "QH00001" in numbers()
    assert "QH00002" not in numbers()
    page = client.get(f"/exchange/{row.id}/list-import-leftovers").get_data(as_text=True)
    assert "QH00001" in page


@pytest.mark.slow
def test_undone_once(client_of: ClientOf) -> None:
    client = client_of("county")
    row = confirmed(client, brought(client))
    form = client.page(f"/exchange/{row.id}/show-import").form(f"/exchange/{row.id}/undo-import")
    press(client, row, "undo-import")
    worked(row.id)
    press_again = {**form.values, "submission_key": "another"}
    assert client.post(f"/exchange/{row.id}/undo-import", data=press_again).status_code == 409


@pytest.mark.slow
def test_what_a_command_brought_stands_in_the_list_and_can_be_taken_back(
        app: Flask, client_of: ClientOf, tmp_path: Path) -> None:
    client, before = client_of("county"), numbers()
    path = tmp_path / "台账.xlsx"
    path.write_bytes(book(*TWO_HOMES))
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=["import", "households", str(path), "--area", COUNTY_A, "--commit"])
    assert result.exit_code == 0, result.output
    assert numbers() == before | {"QH00001", "QH00002"}
    row = db.session.scalars(select(Import)).one()
    assert (row.state, row.asked_by_id, row.file_name) == ("done", None, "台账.xlsx")
    assert "服务器上的命令" in client.get("/exchange/list-imports").get_data(as_text=True)
    press(client, row, "undo-import")
    assert worked(row.id).state == "undone"
    assert numbers() == before

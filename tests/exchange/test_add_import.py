"""An officer brings a register: kept encrypted, read in the background, refused with a reason, once if sent twice."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from matching import vault
from matching.exchange.models import Import
from matching.extensions import db
from matching.households.models import Household
from tests.conftest import CheckedClient
from tests.exchange.registers import identity
from tests.exchange.steps import TWO_HOMES, book, bring, worked

ClientOf = Callable[[str], CheckedClient]


def homes() -> int:
    return db.session.scalar(select(func.count()).select_from(Household)) or 0


@pytest.mark.slow
def test_a_register_is_read_in_the_background_and_nothing_is_written(client_of: ClientOf) -> None:
    before = homes()
    row = db.session.get_one(Import, bring(client_of("county"), book(*TWO_HOMES)))
    assert row.state == "waiting"
    row = worked(row.id)
    assert (row.state, row.report["rows"], row.report["created"], row.report["rejected"]) == ("ready", 3, 3, 0)
    assert homes() == before


def test_the_file_is_kept_encrypted_and_removed_when_it_is_no_longer_needed(app: Flask, client_of: ClientOf) -> None:
    content = "户编号,镇街,姓名,关系,身份证号\nQH00001,双溪镇,周桂甲,户主," + identity("970101", "19700101", 991)
    row = worked(bring(client_of("county"), content.encode(), "a.csv"))
    assert row.file_key is not None
    files = [path for path in Path(app.config["INSTANCE"]).rglob("*") if path.is_file()]
    assert not any(identity("970101", "19700101", 991).encode() in path.read_bytes() for path in files)
    assert identity("970101", "19700101", 991).encode() in vault.get(row.file_key)


def test_sent_twice_it_is_brought_once(client_of: ClientOf) -> None:
    client = client_of("county")
    form = client.page("/exchange/add-import").form("/exchange/add-import")
    led = {client.post("/exchange/add-import", data={**form.values, "file": (io.BytesIO(book(*TWO_HOMES)), "a.xlsx")},
                       content_type="multipart/form-data").location for _ in range(2)}
    assert len(led) == 1
    assert db.session.scalar(select(func.count()).select_from(Import)) == 1


def test_without_a_file_the_form_says_so(client_of: ClientOf) -> None:
    client = client_of("town")
    form = client.page("/exchange/add-import").form("/exchange/add-import")
    answer = client.post("/exchange/add-import", data=form.values)
    assert answer.status_code == 422
    assert "请选择一个文件" in answer.get_data(as_text=True)


@pytest.mark.parametrize("who", ["town", "community"])
def test_offers_are_for_the_county_to_bring(client_of: ClientOf, who: str) -> None:
    client = client_of(who)
    page = client.get("/exchange/add-import").get_data(as_text=True)
    assert "帮扶资源表" not in page
    form = client.page("/exchange/add-import").form("/exchange/add-import")
    answer = client.post("/exchange/add-import", data={**form.values, "kind": "offers",
                                                       "file": (io.BytesIO(b"x"), "a.csv")},
                         content_type="multipart/form-data")
    assert answer.status_code == 422


@pytest.mark.slow
def test_the_list_of_households_leads_here(client_of: ClientOf) -> None:
    assert "/exchange/add-import" in client_of("community").get("/households/list-households").get_data(as_text=True)

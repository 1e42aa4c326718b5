"""The preview: what was recognised, how much, what stops; and refusals in plain words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from matching.clock import utc_now
from matching.exchange.models import ImportFinding
from matching.exchange.service import rehearse_register
from matching.extensions import db
from tests.conftest import CheckedClient
from tests.exchange.steps import TWO_HOMES, book, bring, brought, person, worked
from tests.people import COUNTY_A

ClientOf = Callable[[str], CheckedClient]


def test_it_says_what_each_column_means_and_how_many_rows_do_what(client_of: ClientOf) -> None:
    row = brought(client_of("county"), *TWO_HOMES, person("QH00003", 4, town="枫林镇"))
    page = client_of("county").get(f"/exchange/{row.id}/show-import").get_data(as_text=True)
    assert "4 行里有 1 行不能导入" in page
    assert "导入没问题的 3 行" in page
    assert "什么都还没写入" in page
    assert [column[1:3] + column[4:] for column in row.columns][:3] == [
        ["A", "户编号", "no"], ["B", "镇街", "town"], ["C", "村", "village"]]


def test_an_officer_of_a_town_brings_the_own_town_only(client_of: ClientOf) -> None:
    row = brought(client_of("town"), person("QH00001", 1), person("QH00002", 2, town="石桥镇", village="桥头村"))
    assert (row.report["created"], row.report["rejected"], row.report["households"]) == (1, 1, 1)
    fault = db.session.scalars(select(ImportFinding).where(ImportFinding.list == "fault")).one()
    assert (fault.kind, fault.data["row"], fault.data["verdict"]) == ("out_of_reach", 3, "reject")


def test_an_officer_of_a_community_brings_the_own_community_only(client_of: ClientOf) -> None:
    row = brought(client_of("community"), person("QH00001", 1), person("QH00002", 2, village="上湾村"))
    assert (row.report["created"], row.report["rejected"]) == (1, 1)


def test_where_no_town_is_written_the_officers_own_is_meant(client_of: ClientOf) -> None:
    row = brought(client_of("town"), person("QH00001", 1, town="", village="", 住址=""))
    assert (row.report["created"], row.report["warned"]) == (1, 0)


def test_a_register_of_another_county_is_refused(client_of: ClientOf) -> None:
    row = brought(client_of("county2"), *TWO_HOMES)
    assert (row.state, row.fault["code"]) == ("refused", "area_foreign")  # its towns are none of this county's


@pytest.mark.slow
@pytest.mark.parametrize(("content", "name", "words"), [
    (b"PK\x03\x04 no archive", "a.xlsx", "损坏"), (book(*TWO_HOMES), "a.xls", "后缀"), (b"x", "a.pdf", "只能导入"),
    (b"a,b\n1,\x002\n", "a.csv", "损坏"), ("你好,世界\n".encode(), "a.csv", "没有找到")])
def test_a_file_that_cannot_be_used_is_refused_in_plain_words(client_of: ClientOf, content: bytes, name: str,
                                                              words: str) -> None:
    row = worked(bring(client_of("county"), content, name))
    assert row.state == "refused"
    assert words in client_of("county").get(f"/exchange/{row.id}/show-import").get_data(as_text=True)


@pytest.mark.slow
def test_the_command_and_the_site_report_the_same(client_of: ClientOf, tmp_path: Path) -> None:
    content = book(*TWO_HOMES, person("QH00003", 4, town="枫林镇"), person("QH00004", 2),
                   person("QH00005", 5, 身份证号="97010119700101", 月收入="不详"))
    (tmp_path / "a.xlsx").write_bytes(content)
    told = rehearse_register("households", tmp_path / "a.xlsx", COUNTY_A, None, utc_now())
    db.session.rollback()
    row = worked(bring(client_of("county"), content))
    assert row.report == {name: value for name, value in told.items() if name not in (
        "faults", "duplicates", "columns")}
    found: dict[str, list[Any]] = {"fault": [], "double": []}
    for line in db.session.scalars(select(ImportFinding).order_by(ImportFinding.position)):
        if line.list in found:
            found[line.list].append(line)
    assert [(f.data["sheet"], f.data["row"], f.data["column"], f.data["field"], f.kind, f.data["verdict"])
            for f in found["fault"]] == [(f["sheet"], f["row"], f["column"], f["field"], f["kind"], f["verdict"])
                                         for f in told["faults"]]
    assert [(d.data["rows"], d.data["households"]) for d in found["double"]] == [
        (d["rows"], d["households"]) for d in told["duplicates"]]

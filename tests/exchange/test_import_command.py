"""`flask import …`: reports first, writes when told to, and says by its exit status how it went."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select

from matching.exchange import service_households
from matching.exchange.models import Import
from matching.exchange.service_batches import Fresh
from matching.extensions import db
from matching.households.models import Household
from matching.jobs_imports import Stopped
from matching.places.models import Area
from tests.exchange.keys import DATA
from tests.exchange.registers import identity

pytestmark = pytest.mark.usefixtures("divisions")
HEADER = ["户编号", "镇街", "姓名", "与户主关系", "身份证号", "帮扶需求"]
NUMBER = identity("970101", "19660611", 990)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    return write(tmp_path, ["QH00001", "双溪镇", "王桂兰", "户主", NUMBER, "资金"])


def write(folder: Path, *rows: list[Any]) -> Path:
    book = Workbook()
    assert book.active is not None
    for row in (HEADER, *rows):
        book.active.append(row)
    book.save(folder / "r.xlsx")
    return folder / "r.xlsx"


def run(app: Flask, *words: object) -> Result:
    db.session.rollback()
    return app.test_cli_runner().invoke(args=["import", *map(str, words)])


def households() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Household)) or 0


def test_without_commit_it_only_reports(app: Flask, register: Path, tmp_path: Path) -> None:
    result = run(app, "households", register, "--area", "970101", "--report", tmp_path / "r.json")
    assert result.exit_code == 0, result.output
    assert households() == 0
    found = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert (found["rows"], found["created"], found["committed"]) == (1, 1, False)


@pytest.mark.slow
def test_with_commit_it_writes_and_again_changes_nothing(app: Flask, register: Path, tmp_path: Path) -> None:
    for created in (1, 0):
        result = run(app, "households", register, "--commit", "--report", tmp_path / "r.json")
        assert result.exit_code == 0, result.output
        found = json.loads((tmp_path / "r.json").read_text("utf-8"))
        assert (found["created"], found["updated"], found["unchanged"]) == (created, 0, 1 - created)
    assert households() == 1


def test_the_report_has_the_contracts_form(app: Flask, tmp_path: Path) -> None:
    path = write(tmp_path, ["QH00001", "双溪镇", "王桂兰", "户主", NUMBER[:17], "待定"],
                 ["QH00002", "枫林镇", "赵秀华", "户主", NUMBER, "资金"])
    result = run(app, "households", path, "--area", "970101", "--report", tmp_path / "r.json")
    assert result.exit_code == 1, result.output
    found = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert {"rows", "created", "updated", "unchanged", "warned", "rejected", "faults", "duplicates", "households",
            "people"} <= found.keys()
    assert (found["rows"], found["warned"], found["rejected"], found["households"], found["people"]) == (2, 1, 1, 1, 1)
    assert [{**fault, "message": ""} for fault in found["faults"]] == [
        {"sheet": "Sheet", "row": 2, "column": "E", "field": "id", "kind": "id_short", "verdict": "warning",
         "message": ""},
        {"sheet": "Sheet", "row": 2, "column": "F", "field": "need", "kind": "need_unknown", "verdict": "warning",
         "message": ""},
        {"sheet": "Sheet", "row": 3, "column": "B", "field": "town", "kind": "foreign_area", "verdict": "reject",
         "message": ""}]
    assert all(fault["message"] for fault in found["faults"])


def test_personal_values_are_masked_wherever_they_are_told(app: Flask, tmp_path: Path) -> None:
    path = write(tmp_path, ["QH00001", "双溪镇", "王桂兰", "户主", NUMBER[:17], "资金"])
    result = run(app, "households", path, "--area", "970101", "--report", tmp_path / "r.json")
    told = result.output + (tmp_path / "r.json").read_text("utf-8")
    assert NUMBER[:17] not in told
    assert "*************" + NUMBER[13:17] in told


def test_a_refused_file_writes_nothing_and_says_why(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "r.xlsx").write_bytes(b"PK\x03\x04 broken")
    result = run(app, "households", tmp_path / "r.xlsx", "--commit", "--report", tmp_path / "r.json")
    assert result.exit_code == 2
    assert "文件已经损坏或不完整" in result.output
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["refused"] == "文件已经损坏或不完整。"
    assert households() == 0


def test_an_unknown_kind_is_refused(app: Flask, register: Path) -> None:
    assert run(app, "people", register).exit_code == 2


@pytest.mark.slow
def test_places_of_a_real_register_come_in_by_the_command(app: Flask) -> None:
    result = run(app, "places", DATA / "anyuan" / "places.csv", "--area", "360302", "--commit")
    assert result.exit_code == 0, result.output
    db.session.rollback()
    assert db.session.get_one(Area, "360302001").lat == 27.66405


@pytest.mark.slow
@pytest.mark.parametrize("how", [KeyboardInterrupt, Stopped])
def test_interrupted_it_takes_back_what_it_wrote(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                 how: type[BaseException]) -> None:
    path = write(tmp_path, *([f"QH0000{at}", "双溪镇", "王桂兰", "户主", identity("970101", "19660611", 990 + at), ""]
                             for at in (1, 2, 3)))
    monkeypatch.setattr(service_households, "CHUNK_IN_TURNS", 1)
    real, written = service_households.insert_fresh, 0

    def stopped(batch: Sequence[Fresh]) -> None:
        nonlocal written
        written += 1
        if written == 3:
            raise how
        real(batch)

    monkeypatch.setattr(service_households, "insert_fresh", stopped)
    result = run(app, "households", path, "--commit")
    assert (result.exit_code, written) == (2, 3), result.output
    assert "都收回了" in result.output
    assert households() == 0
    assert db.session.scalars(select(Import.state)).all() == ["cancelled"]

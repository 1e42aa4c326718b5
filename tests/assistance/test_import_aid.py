"""`flask import aid`: both districts' keys through the real command, faults by row and cell, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from matching import jobs_imports
from matching.actor import Actor, Role
from matching.assistance.models_grants import Grant, Payment
from matching.assistance.queries_aid import grants_of
from matching.assistance.service_rhythm import missed
from matching.clock import utc_now
from matching.exchange import service_imports as imports
from matching.extensions import db
from matching.figures.queries_yearly import Span, report
from matching.households.models import Household
from matching.words import HELP_TYPES
from tests.assistance.conftest import Command
from tests.exchange.keys import DATA, DISTRICTS, faults
from tests.factories import make_user
from tests.people import COUNTY_A, People

District = Callable[[str], dict[str, Any]]
SOURCES = {"个人": "person", "企业": "enterprise", "慈善": "charity", "社会组织": "organisation", "财政": "fiscal"}
PROGRESS = {"在建": "building", "已入住": "moved_in", "求职中": "looking", "已开业": "opened"}
COUNTED = ("households", "persons", "person_times")


def fen(yuan: float) -> int:
    return round(yuan * 100)


def rows() -> tuple[int, int]:
    return (db.session.scalar(select(func.count()).select_from(Grant)) or 0,
            db.session.scalar(select(func.count()).select_from(Payment)) or 0)


@pytest.mark.parametrize("name", DISTRICTS)
@pytest.mark.slow
def test_the_answer_key_comes_out_and_again_changes_nothing(name: str, district: District, command: Command) -> None:
    key = district(name)
    area, file = key["made_with"]["code"], DATA / name / "aid_received.xlsx"
    found = command("import", "aid", file, "--commit", exit_code=1)
    columns = key["columns"]["aid_received.xlsx"]
    assert found["columns"] == {field: columns[field] for field in found["columns"]}
    assert set(found["columns"]) == set(columns)
    assert found["structure"]["total_rows"] == [key["structure"]["aid_received.xlsx"]["total_row"]]
    assert {(f["row"], f["column"], f["field"], f["kind"], f["verdict"]) for f in found["faults"]} == faults(
        name, "aid_received.xlsx")
    assert (found["rows"], found["rows"] - found["rejected"]) == (key["aid"]["rows"], key["aid"]["counted"])
    assert found["created"] == key["aid"]["counted"]
    check_figures(area, key)
    before = rows()
    again = command("import", "aid", file, "--commit", exit_code=1)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, key["aid"]["counted"])
    assert rows() == before


@pytest.mark.slow
def test_by_the_site_the_key_comes_out_too_with_its_sums(district: District) -> None:
    key, file = district("anyuan"), DATA / "anyuan" / "aid_received.xlsx"
    user = make_user("county", key["made_with"]["code"])
    actor = Actor(user.id, user.username, user.name, Role.COUNTY, user.area_code or "")
    row = imports.ask_import("aid", file.name, file.read_bytes(), actor, utc_now())
    for state in ("ready", "done"):
        db.session.commit()
        jobs_imports.work_waiting()
        db.session.refresh(row)
        assert row.state == state
        lines, money = row.report["sums"]["created"]
        assert (lines, money) == (key["aid"]["counted"], fen(key["aid"]["all_years"]["money"]))
        by_type = [row.report["sums"][code] for code in HELP_TYPES if code in row.report["sums"]]
        assert [sum(part) for part in zip(*by_type, strict=True)] == [lines, money]
        if state == "ready":
            assert rows() == (0, 0)
            imports.confirm(row, actor, utc_now())
    check_figures(key["made_with"]["code"], key)


def aid_of_households(area: str) -> dict[str, int]:
    """Household number → fen that it was given in all years; households without money are left out."""
    rows = db.session.execute(select(Household.number, func.sum(Payment.amount_fen)).join(
        Payment, Payment.household_id == Household.id).where(Household.county_code == area).group_by(Household.number))
    return {number: int(sum_fen) for number, sum_fen in rows if sum_fen}


def check_figures(area: str, key: dict[str, Any]) -> None:
    """All years, the year 2020, and every household's sum, as the key has them."""
    for wanted, found in ((key["aid"]["all_years"], report(ever(area))),
                          (key["yearly_report"], report(Span(area, date(2020, 1, 1), date(2020, 12, 31))))):
        assert astuple(found.total) == (*(wanted[word] for word in COUNTED), fen(wanted["money"]))
        assert found.by_source == {SOURCES[word]: fen(yuan) for word, yuan in wanted["by_source"].items()}
    assert {code: astuple(part) for code, part in found.by_type.items()} == {
        code: (*(part[word] for word in COUNTED), fen(part["money"]))
        for code, part in key["yearly_report"]["by_type"].items()}
    assert found.by_progress == {
        PROGRESS[word]: count for word, count in key["yearly_report"]["households_by_progress"].items()}
    assert aid_of_households(area) == {number: fen(yuan) for number, yuan in key["aid_by_household"].items() if yuan}


def ever(area: str) -> Span:
    return Span(area, date.min, date.max)


@pytest.mark.parametrize("name", DISTRICTS)
@pytest.mark.slow
def test_scenarios_1b_and_7a_four_givers_and_the_missed_year(name: str, district: District, command: Command) -> None:
    key = district(name)
    command("import", "aid", DATA / name / "aid_received.xlsx", "--commit", exit_code=1)
    home = household(key["aid"]["four_sources"]["household"])
    package = [(g.purpose, g.source, p.amount_fen) for g in grants_of(home) for p in g.payments]
    assert sorted(package) == sorted((purpose, SOURCES[source], fen(yuan))
                                     for purpose, source, yuan in key["aid"]["four_sources"]["parts"])
    assert sum(part[2] for part in package) == 40_200_00
    years = key["aid"]["four_years"]
    (promise,) = [g for g in grants_of(household(years["household"])) if g.person_name == years["person"]
                  and g.purpose == years["project"]]
    days = [payment.paid_on for payment in promise.payments if payment.paid_on]
    assert (promise.rhythm, promise.amount_fen) == ("year", fen(years["each"]))
    assert [day.year for day in days] == years["paid"]
    assert missed(days, "year") == [str(year) for year in years["missed"]]


def household(number: str) -> int:
    return db.session.scalars(select(Household.id).where(Household.number == number)).one()


def write(folder: Path, header: list[str], *lines: list[Any]) -> Path:
    book = Workbook()
    assert book.active is not None
    for line in (header, *lines):
        book.active.append(line)
    book.save(folder / "aid.xlsx")
    return folder / "aid.xlsx"


@pytest.mark.slow
def test_other_words_other_order_and_every_fault_by_its_cell(people: People, command: Command, tmp_path: Path) -> None:
    file = write(
        tmp_path, ["拨付日期", "受助人", "发放金额（万元）", "资金渠道", "档案编号", "资金用途", "帮扶方式", "出资方"],
        ["2020年3月1日", "何秀英", 0.1, "财政", "QH-0001", "大病救助", "就医", "青禾县医保局"],
        ["2020年3月1日", "何 秀英", "1000元", "政府资金", "QH-0001", "大病救助", "看病", "青禾县医保局"],
        ["2020年4月1日", "何秀英", 0.1, "财政", "QH-0001", "大病救助", "就医", "青禾县医保局"],
        ["2020年3月1日", "何秀英", "若干", "不明", "ＱＨ－０００１", "慰问", "米面油", "过路人"],
        ["某年", "谁也不是", None, "", "QH-0001", "陪伴", "上门照护", "热心邻居"],
        ["2020-03-01", "何秀英", 5, "企业", "QH-0001", "别的", "综合服务", "甲公司"],
        ["2020-03-01", "何秀英", 5, "企业", "QH-9999", "资金", "资金", "甲公司"])
    found = command("import", "aid", file, "--area", COUNTY_A, "--commit", exit_code=1)
    assert {(f["row"], f["column"], f["kind"], f["verdict"]) for f in found["faults"]} == {
        (3, "C", "aid_twice", "reject"), (5, "C", "amount_unknown", "warning"), (5, "D", "source_unknown", "warning"),
        (6, "A", "date_unknown", "warning"), (6, "B", "unknown_person", "warning"), (7, "G", "type_unknown", "reject"),
        (8, "E", "unknown_household", "reject")} | {(row, "B", "unknown_person", "warning") for row in (2, 4, 5)}
    assert found["created"] == 4
    assert report(ever(COUNTY_A)).total.money_fen == 2_000_00
    again = command("import", "aid", file, "--area", COUNTY_A, "--commit", exit_code=1)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 4)


@pytest.mark.slow
def test_a_later_register_says_how_far_it_has_come(people: People, command: Command, tmp_path: Path) -> None:
    header = ["户号", "姓名", "项目", "帮扶类型", "金额", "来源", "时间", "进度"]
    line = ["QH-0001", "何秀英", "危房改造补助", "危房改造", 50000, "财政", "2020-05-01"]
    command("import", "aid", write(tmp_path, header, [*line, "在建"]), "--area", COUNTY_A, "--commit")
    later = command("import", "aid", write(tmp_path, header, [*line, "已入住"]), "--area", COUNTY_A, "--commit")
    assert (later["created"], later["updated"]) == (0, 1)
    assert report(ever(COUNTY_A)).by_progress == {"moved_in": 1}


def test_without_commit_nothing_is_written_and_without_numbers_it_is_refused(
        people: People, command: Command, tmp_path: Path) -> None:
    header = ["户号", "姓名", "项目", "帮扶类型", "金额", "来源", "时间"]
    line = ["QH-0001", "何秀英", "慰问金", "资金", 500, "财政", "2020-05-01"]
    found = command("import", "aid", write(tmp_path, header, line), "--area", COUNTY_A)
    assert (found["created"], rows()) == (1, (0, 0))
    refused = command("import", "aid", write(tmp_path, header[1:], line[1:]), "--area", COUNTY_A, exit_code=2)
    assert refused["rows"] == 0

"""Registers of other districts: other words, columns and rows in other orders, plain or merged, faults elsewhere."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from matching.exchange.households import read_households
from matching.exchange.register import HouseholdsRegister
from matching.exchange.sheets import tables_of
from matching.exchange.workbook import read_workbook
from tests.exchange import registers
from tests.exchange.registers import COUNTY, LAYOUTS, WORDINGS, Made

CASES = [(wording, layout, seed) for wording in WORDINGS for layout in LAYOUTS for seed in (1, 2)]


@pytest.fixture(params=CASES, ids=lambda case: "-".join(map(str, case)))
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Made:
    wording, layout, seed = request.param
    return registers.make(tmp_path / "register.xlsx", wording, layout, seed)


def read(made: Made) -> HouseholdsRegister:
    return read_households(tables_of(read_workbook(made.path), "households"), COUNTY, date(2026, 1, 1))


@pytest.mark.slow
def test_a_reworded_register_is_read_exactly(made: Made) -> None:
    register = read(made)
    assert {name: column.index for name, column in register.columns.items()} == {
        name: index for name, index in made.columns.items() if name != "remark"}
    assert {(fault.row, fault.field, fault.kind, fault.verdict) for fault in register.faults} == made.faults
    assert {household.number: (
        household.town_code, len(household.members), household.category, household.residence,
        (household.registered_on.year, household.registered_on.month) if household.registered_on else None,
        tuple((need.help_type, need.quantity) for need in household.needs))
        for household in register.households} == made.files
    assert sorted((person.row, household.number, person.name, person.identity_number, person.phone)
                  for household in register.households for person in household.members) == sorted(made.people)
    assert [(double.rows, double.households) for double in register.duplicates] == made.duplicates


def test_a_legend_of_the_register_goes_before_the_settled_levels(tmp_path: Path) -> None:
    from openpyxl import Workbook

    urgencies = {}
    for legend in ("", "Ⅰ级为特急，Ⅱ级为紧急，Ⅲ级为一般"):
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append([f"困难家庭台账 {legend}"])
        sheet.append(["户编号", "镇街", "姓名", "与户主关系", "身份证号", "帮扶需求", "紧急程度"])
        for number, level in enumerate(("Ⅰ级", "Ⅱ级", "Ⅲ级", "危急", ""), start=1):
            sheet.append([f"QH{number:05}", "双溪镇", f"王桂{'甲乙丙丁戊'[number - 1]}", "户主",
                          registers.identity("970101", "19700101", 989 + number), "心理疏导", level])
        book.save(tmp_path / "legend.xlsx")
        register = read(Made(tmp_path / "legend.xlsx"))
        urgencies[legend[:2]] = [household.needs[0].urgency for household in register.households]
    assert urgencies == {"": [2, 3, 5, 5, 2], "Ⅰ级": [5, 3, 2, 5, 2]}

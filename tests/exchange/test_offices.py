"""Eight desks of a county lay their registers out in eight ways: each comes in as the desk meant it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matching.exchange.households import read_households
from matching.exchange.register import HouseholdRow, HouseholdsRegister
from matching.exchange.sheets import tables_of
from matching.exchange.workbook import read_workbook
from tests.exchange.offices import OFFICES, Office
from tests.exchange.registers import COUNTY


def read(office: Office) -> HouseholdsRegister:
    return read_households(tables_of(read_workbook(office.path), "households"), COUNTY, date(2024, 12, 31))


@pytest.fixture
def offices(tmp_path: Path) -> Callable[[Callable[[Path], Office]], tuple[Office, HouseholdsRegister]]:
    def made(make: Callable[[Path], Office]) -> tuple[Office, HouseholdsRegister]:
        office = make(tmp_path / "register.xlsx")
        return office, read(office)

    return made


def told(home: HouseholdRow, name: str) -> Any:
    """A fact of a household, else of its first person."""
    value = getattr(home, name) if hasattr(home, name) else getattr(home.members[0], name)
    return value.strftime("%Y-%m") if isinstance(value, date) else value


@pytest.mark.parametrize("make", OFFICES, ids=lambda make: make.__name__)
@pytest.mark.slow
def test_it_comes_in_as_the_desk_meant_it(offices: Any, make: Callable[[Path], Office]) -> None:
    office, found = offices(make)
    homes = {home.head_name: home for home in found.households}
    assert {head: (home.town_code, home.category or "none", [member.name for member in home.members],
                   [(need.help_type, need.quantity) for need in home.needs]) for head, home in homes.items()
            } == office.homes
    assert {(fault.sheet_row, fault.field, fault.kind) for fault in found.faults} == office.faults
    people = {member.name: member for home in found.households for member in home.members}
    assert {name: people[name].identity_number for name in office.numbers} == office.numbers
    for head, facts in office.facts.items():
        assert {name: told(homes[head], name) for name in facts} == facts

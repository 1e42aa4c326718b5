"""`flask figures`: both districts' yearly report through the real commands, every figure with its rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from matching.extensions import db
from matching.households.models import Household
from tests.assistance.conftest import Command, command, district, divisions
from tests.assistance.test_show_entitlements import give
from tests.exchange.keys import DATA, DISTRICTS
from tests.factories import make_household
from tests.people import COMMUNITY_A1A, COUNTY_A, People

__all__ = ["command", "district", "divisions"]

YEAR = ("--from", "2020-01-01", "--to", "2020-12-31")


def values(told: Any) -> Any:
    """The report without its rows."""
    return told["value"] if set(told) == {"value", "rows"} else {key: values(part) for key, part in told.items()}


def counted(told: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every figure with its name."""
    if set(told) == {"value", "rows"}:
        yield name, told
        return
    for key, part in told.items():
        yield from counted(part, "households" if name == "households_by_progress" else key)


@pytest.mark.parametrize("name", DISTRICTS)
@pytest.mark.slow
def test_the_yearly_report_of_the_key_comes_out_with_as_many_rows(name: str, district: Any, command: Command) -> None:
    """Scenario 1a is Jinjiang's: 187 households, 87 homes of which 62 are being built, 141 medical with 1,969,980
    yuan, 615 pupils with 2,392,000 yuan, 2 with a job.
    """
    key = district(name)
    area = key["made_with"]["code"]
    command("import", "aid", DATA / name / "aid_received.xlsx", "--commit", exit_code=1)
    found = command("figures", "--area", area, *YEAR)
    output = found.pop("output")
    assert values(found) == key["yearly_report"]
    assert f"{key['yearly_report']['households']} 户" in output
    for word, figure in counted(found):
        assert len(set(figure["rows"])) == len(figure["rows"])
        if word in ("households", "persons", "person_times"):
            assert len(figure["rows"]) == figure["value"], word
    numbers = {number for (number,) in db.session.query(Household.number)}
    assert set(found["households"]["rows"]) <= numbers
    types = found["by_type"].values()
    assert set().union(*(one["households"]["rows"] for one in types)) == set(found["households"]["rows"])
    assert sum(len(one["person_times"]["rows"]) for one in types) == len(found["person_times"]["rows"])
    town = key["household_files"][found["households"]["rows"][0]][0]
    part = command("figures", "--area", town, *YEAR)
    assert set(part["households"]["rows"]) == {
        number for number in found["households"]["rows"] if key["household_files"][number][0] == town}


def test_both_days_count_and_a_leap_day_is_one(people: People, command: Command) -> None:
    home = make_household(COMMUNITY_A1A)
    days = (date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1))
    for day in days:
        give(home, "临时救助", "fiscal", "镇政府", 100_01, day)
    db.session.commit()
    for first, last, times in (("2024-02-29", "2024-02-29", 1), ("2024-02-28", "2024-02-29", 2),
                               ("2024-02-28", "2024-03-01", 3), ("2024-03-02", "2024-12-31", 0)):
        found = command("figures", "--area", COUNTY_A, "--from", first, "--to", last)
        assert (found["person_times"]["value"], found["money"]["value"]) == (times, times * 100_01 / 100)
        assert found["year"]["value"] == 2024
    assert command("figures", "--area", COUNTY_A, "--from", "2023-12-31", "--to", "2024-12-31")["year"] == {
        "value": None, "rows": []}


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(("asked", "said"), [
    (("--area", "999999", *YEAR), "没有这个地区"),
    (("--area", COUNTY_A, "--from", "2020-12-31", "--to", "2020-01-01"), "最后一天早于第一天"),
    (("--area", COUNTY_A, "--from", "2020-02-30", "--to", "2020-12-31"), "2020-02-30")])
def test_what_cannot_be_asked_is_refused_and_nothing_is_written(
        command: Command, asked: tuple[str, ...], said: str) -> None:
    found = command("figures", *asked, exit_code=2)
    assert said in found["output"]
    assert set(found) == {"output"}

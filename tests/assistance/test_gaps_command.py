"""`flask gaps`: both districts' answer keys through the real commands (scenarios 3 and 6), and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from matching.extensions import db
from matching.households.models import Household
from tests.assistance.conftest import Command
from tests.exchange.keys import DATA, DISTRICTS
from tests.factories import make_household

BEFORE, AFTER = "2020-08-31", "2020-12-31"
KEYS = {"gaps", "key_focus", "no_longer_entitled"}
District = Callable[[str], dict[str, Any]]


def households(found: dict[str, Any]) -> set[str]:
    return {gap["household"] for gap in found["gaps"]}


@pytest.mark.parametrize("name", DISTRICTS)
@pytest.mark.slow
def test_the_answer_key_comes_out_on_both_dates(name: str, district: District, command: Command) -> None:
    key = district(name)
    area = key["made_with"]["code"]
    after = command("gaps", "--area", area, "--on", AFTER)
    before = command("gaps", "--area", area, "--on", BEFORE)
    assert set(after) - {"output"} == KEYS
    found = sorted((g["household"], g["person"], g["policy"], g["amount_fen"], g["per"]) for g in after["gaps"])
    assert found == sorted(
        (g["household"], g["person"], g["policy"], round(g["amount"] * 100), g["per"]) for g in key["gaps"])
    assert (len(households(after)), len(households(before))) == (
        key["gap_households"][AFTER], key["gap_households"][BEFORE])
    assert sorted(households(after) - households(before)) == key["newly_entitled_by_2020-09-01"]
    assert after["key_focus"] == sorted(home["household"] for home in key["key_focus"])
    same = command("gaps", "--area", area, "--on", AFTER, "--policies", DATA / name / "policies.json")
    assert {part: same[part] for part in KEYS} == {part: after[part] for part in KEYS}


@pytest.mark.slow
def test_scenario_6_one_hundred_and_one_are_found_and_twenty_four_stay_below(
        district: District, command: Command) -> None:
    district("anyuan")
    found = command("gaps", "--area", "360302", "--on", AFTER)
    assert len(households(found)) == 101
    assert all(gap["reason"] and gap["amount_fen"] > 0 for gap in found["gaps"])
    assert len(found["key_focus"]) == 24
    people = db.session.query(Household).filter(Household.number.in_(found["key_focus"])).all()
    assert sum(len(home.members) for home in people) == 26
    assert {gap["reason"] for gap in found["gaps"] if gap["household"] == "3603020010004"} == {
        "人均月收入 209 元，低于城镇标准 620 元"}
    assert "应享未享 101 户 101 项" in found["output"]


@pytest.mark.slow
def test_a_town_finds_its_part(district: District, command: Command) -> None:
    key = district("anyuan")
    town = key["household_files"]["3603020010004"][0]
    found = command("gaps", "--area", town, "--on", AFTER)
    assert households(found) == {gap["household"] for gap in key["gaps"]
                                 if key["household_files"][gap["household"]][0] == town}


@pytest.mark.slow
@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(("content", "said"), [
    ("{", "不是约定的 JSON"), ('{"policies": 7}', "不是约定的 JSON"), ("[]", "不是约定的 JSON"),
    ('{"policies": [{"code": "rent", "versions": []}]}', "不认识的政策代码：rent"),
    ('{"policies": [{"code": "tekun", "versions": [{"from": "2020-13-01", "to": null, "month": 806}]}]}', "tekun"),
    ('{"policies": [{"code": "tekun", "versions": [{"from": "2020-01-01", "to": null, "month": -1}]}]}', "tekun"),
    ('{"policies": [{"code": "tekun", "versions": [{"from": "2020-01-01", "to": null, "month": 1.005}]}]}', "tekun"),
    ('{"policies": [{"code": "tekun", "versions": [{"from": "2020-01-01", "to": "2019-01-01", "month": 1}]}]}',
     "tekun"),
    (('{"policies": [{"code": "living", "names": [], "versions": [{"from": "2020-01-01", "to": null, "month": 1, '
      '"categories": ["富裕"]}]}]}'), "富裕"),
    ('{"policies": [{"code": "limits", "versions": []}]}', "不认识的政策代码：limits"),
    ('{"policies": [{"code": "housing", "versions": []}]}', "不认识的政策代码：housing"),
    ('{"policies": [{"code": "tekun", "versions": [{"from": "2020-01-01"}]}]}', "month"),
    (('{"policies": [{"code": "nursing", "versions": [{"from": "2020-01-01", "month_by_grade": {"5": 1}}]}]}'),
     "nursing"),
    (('{"policies": [{"code": "dibao", "excluded_by": ["luck"], "versions": [{"from": "2020-01-01", '
      '"standard": {"城镇": 1}}]}]}'), "dibao")])
def test_a_bad_file_is_refused_and_nothing_is_written(
        command: Command, tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "p.json").write_text(content, "utf-8")
    found = command("gaps", "--area", "970101", "--on", AFTER, "--policies", tmp_path / "p.json", exit_code=2)
    assert said in found["output"]
    assert set(found) == {"output"}


@pytest.mark.usefixtures("people")
def test_an_area_that_is_not_there_is_refused(command: Command) -> None:
    assert "没有这个地区" in command("gaps", "--area", "999999", "--on", AFTER, exit_code=2)["output"]


@pytest.mark.usefixtures("people")
def test_no_household_is_changed_and_json_is_whole(command: Command, tmp_path: Path) -> None:
    found = command("gaps", "--area", "970101", "--on", AFTER)
    assert json.dumps({key: found[key] for key in KEYS})
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.usefixtures("people")
def test_stopped_while_it_works_nothing_is_written(
        command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C between two batches, and while the file is being written."""
    def stop(*_values: object, **_named: object) -> None:
        raise KeyboardInterrupt

    for where in ("matching.assistance.service_gaps.find", "matching.cli.json.dump"):
        with monkeypatch.context() as patched:
            patched.setattr(where, stop)
            command("gaps", "--area", "970101", "--on", AFTER, exit_code=1)
        assert not list(tmp_path.glob("report.json*"))


@pytest.mark.usefixtures("people")
def test_a_file_without_some_classes_or_a_residence_still_reckons_the_rest(command: Command, tmp_path: Path) -> None:
    """A district of townspeople with one class: whom the file has no line for is nobody's gap."""
    (tmp_path / "p.json").write_text(json.dumps({"policies": [{"code": "dibao", "versions": [{
        "from": "2020-01-01", "standard": {"城镇": 800}, "class_amount_per_head": {"低保A": {"城镇": 700}}}]},
        {"code": "living", "names": [], "versions": [{"from": "2020-01-01", "month": 1, "categories": ["低保"]}]}]}),
        "utf-8")
    town = make_household(category="none", residence="urban")
    make_household(category="none", residence="rural")
    disabled = make_household(category="dibao_c", residence="rural")
    disabled.members[0].disability_grade = 4
    db.session.commit()
    found = command("gaps", "--area", "970101", "--on", AFTER, "--policies", tmp_path / "p.json")
    assert {(gap["household"], gap["policy"], gap["amount_fen"]) for gap in found["gaps"]} == {
        (town.number, "dibao", 80_000), (disabled.number, "living", 100)}

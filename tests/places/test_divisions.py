"""Reading the published files."""

from __future__ import annotations

from pathlib import Path

import pytest

from matching.places.divisions import parent_of, read_divisions
from tests.places.sample import write_sample


def test_the_country_comes_down_to_towns_and_parents_come_first(tmp_path: Path) -> None:
    codes = [division.code for division in read_divisions(write_sample(tmp_path))]
    assert len(codes) == 12
    assert all(parent_of(code) in (None, *codes[:at]) for at, code in enumerate(codes))
    assert {division.level for division in read_divisions(tmp_path)} == {"province", "city", "county", "town"}


def test_villages_come_for_the_areas_asked_by_the_names_people_use(tmp_path: Path) -> None:
    write_sample(tmp_path)
    villages = [d for d in read_divisions(tmp_path, villages_of=["350823"]) if d.level == "village"]
    assert [(d.code, d.name) for d in villages] == [("350823101205", "玉女村"), ("350823101001", "城东社区")]


def test_towns_can_be_narrowed_to_a_part_of_the_country(tmp_path: Path) -> None:
    towns = [d.code for d in read_divisions(write_sample(tmp_path), under=["350824"]) if d.level == "town"]
    assert towns == ["350824106"]


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"provinces\.csv"):
        list(read_divisions(tmp_path))

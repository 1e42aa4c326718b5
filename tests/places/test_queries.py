"""Reach, names and finding areas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import event, select

from matching.clock import utc_now
from matching.extensions import db
from matching.places import queries
from matching.places.divisions import CODE_LENGTHS, read_divisions
from matching.places.models import Area
from matching.places.service import load_divisions, local_community
from tests.places.sample import POINTS, write_sample

codes = st.sampled_from(CODE_LENGTHS).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n))


@pytest.fixture
def tree(app: Flask, tmp_path: Path) -> None:
    """The sample tree, loaded."""
    load_divisions(read_divisions(write_sample(tmp_path), villages_of=["350823"]), POINTS, utc_now())
    db.session.commit()


@pytest.fixture
def selects(app: Flask) -> Iterator[list[str]]:
    """The SELECTs sent to the database from here on."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


@given(codes, codes)
@example("350823101999", "350823102")
@example("99", "990101")
def test_the_range_of_a_code_is_its_prefix(code: str, other: str) -> None:
    assert (code <= other <= queries.last_code(code)) == other.startswith(code)


@pytest.mark.parametrize("code", ["", "3", "350", "35082", "abcdef", "３５", "350823 "])
def test_what_is_no_area_code_reaches_nothing(code: str) -> None:
    with pytest.raises(ValueError, match="not an area code"):
        queries.within(Area.code, code)


def test_within_selects_an_area_and_all_below_it(tree: None) -> None:
    below = db.session.scalars(select(Area.code).where(queries.within(Area.code, "350823")).order_by(Area.code))
    assert list(below) == ["350823", "350823100", "350823101", "350823101001", "350823101205", "350823211"]
    assert not list(db.session.scalars(select(Area.code).where(queries.within_any(Area.code, []))))
    both = select(Area.code).where(queries.within_any(Area.code, ["350824", "4419"])).order_by(Area.code)
    assert list(db.session.scalars(both)) == ["350824", "350824106", "4419", "441900", "441900003"]


def test_ancestors_and_county(tree: None) -> None:
    assert queries.ancestors("350823101205") == ["35", "3508", "350823", "350823101", "350823101205"]
    assert queries.county_of("350823101205") == "350823"
    assert queries.county_of("3508") == ""
    assert [area.code for area in queries.children("350823")] == ["350823100", "350823101", "350823211"]
    assert [area.code for area in queries.children("")] == ["35", "44"]


def test_a_path_says_town_and_village(tree: None) -> None:
    assert queries.area_path("350823101205") == "临城镇玉女村"
    assert queries.area_path("350823101205", "en") == "临城镇 玉女村"
    assert queries.area_path("350823101") == "临城镇"
    assert queries.area_path("350823") == "上杭县"
    assert queries.area_path("999999999") == "999999999"


def test_a_list_of_paths_costs_one_select_and_then_none(tree: None, selects: list[str]) -> None:
    wanted = ["350823101205", "350823101001", "350823211", "350824"]
    assert len(queries.area_paths(wanted)) == 4
    assert len(selects) == 1
    queries.area_paths(wanted)
    assert len(selects) == 1


def test_the_name_of_a_community_that_was_rolled_back_is_forgotten(tree: None) -> None:
    code = local_community("350823101", "大塘村", utc_now()).code
    assert queries.area_name(code) == "大塘村"
    db.session.rollback()
    assert queries.area_name(code) == code
    local_community("350823101", "小塘村", utc_now())
    assert queries.area_name(code) == "小塘村"


def test_towns_and_villages_are_found_by_written_names(tree: None) -> None:
    assert queries.find_town("350823", "上杭县 官庄") == "350823211"
    assert queries.find_town("350823", "城厢镇") is None
    assert queries.find_village("350823101", "临城镇玉女村委会") == "350823101205"
    assert queries.find_village("350823101", "城东") == "350823101001"
    assert queries.find_village("350823101", "城东村") is None

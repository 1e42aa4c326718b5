"""Loading divisions, adding communities and setting points, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from matching.actor import Actor, Role
from matching.audit.models import AuditEntry
from matching.clock import utc_now
from matching.errors import Conflict, Invalid, NotThere
from matching.extensions import db
from matching.places.divisions import Division, read_divisions
from matching.places.models import Area
from matching.places.queries import area_name
from matching.places.service import Loaded, load_divisions, local_community, set_point
from tests.places.sample import POINTS, write_sample

OFFICER = Actor(1, "town", "镇干部", Role.TOWN, "350823101")


@pytest.fixture
def tree(app: Flask, tmp_path: Path) -> list[Division]:
    """The sample tree, loaded and committed."""
    divisions = list(read_divisions(write_sample(tmp_path), villages_of=["350823"]))
    load_divisions(divisions, POINTS, utc_now())
    db.session.commit()
    return divisions


def stored(code: str) -> Area:
    return db.session.get_one(Area, code)


def test_areas_know_their_parent_level_and_point(tree: list[Division]) -> None:
    town = stored("350823101")
    assert (town.level, town.parent_code, town.lat, town.precision) == ("town", "350823", 25.06, "town")
    assert stored("350823").precision == "county"
    assert stored("350823100").lat is None
    assert db.session.scalar(select(func.count()).select_from(Area)) == len(tree) == 14


def test_loading_again_changes_nothing(tree: list[Division]) -> None:
    assert load_divisions(tree, POINTS, utc_now()) == Loaded(0, 0, 0, len(tree))


def test_a_renamed_area_is_renamed_and_its_new_name_is_told(tree: list[Division]) -> None:
    assert area_name("350823100") == "临江镇"
    renamed = load_divisions([Division("350823100", "临江街道")], {}, utc_now())
    assert renamed == Loaded(0, 1, 0, 0)
    assert area_name("350823100") == "临江街道"


def test_a_point_that_an_officer_set_stays(tree: list[Division]) -> None:
    assert set_point("350823101", 25.07, 116.42, "town", OFFICER, utc_now())
    assert not set_point("350823101", 25.07, 116.42, "town", OFFICER, utc_now())
    logged = db.session.scalars(select(AuditEntry)).one()
    assert (logged.action, logged.area_code, logged.actor_name) == ("area.set_point", "350823101", "镇干部")
    db.session.flush()
    assert load_divisions(tree, POINTS, utc_now()).pointed == 0
    assert (stored("350823101").lat, stored("350823101").lon) == (25.07, 116.42)


def test_points_are_set_within_reach_and_inside_china_only(tree: list[Division]) -> None:
    with pytest.raises(NotThere):
        set_point("350823211", 25.3, 116.3, "town", OFFICER, utc_now())
    with pytest.raises(NotThere):
        set_point("350823101999", 25.3, 116.3, "village", OFFICER, utc_now())
    with pytest.raises(Invalid):
        set_point("350823101", 116.41, 25.06, "town", OFFICER, utc_now())


def test_a_missing_community_gets_a_local_code_once(tree: list[Division]) -> None:
    made = local_community("350823101", "大塘村委会", utc_now())
    assert (made.code, made.name, made.is_local, made.parent_code) == ("350823101900", "大塘村", True, "350823101")
    assert local_community("350823101", "大塘", utc_now()).code == made.code
    assert local_community("350823101", "大塘社区", utc_now()).code == "350823101901"
    assert local_community("350823211", "大塘村", utc_now()).code == "350823211900"


def test_an_official_community_is_found_not_made_again(tree: list[Division]) -> None:
    assert local_community("350823101", "玉女", utc_now()).code == "350823101205"


def test_a_community_needs_a_known_town_and_a_name(tree: list[Division]) -> None:
    with pytest.raises(NotThere):
        local_community("350823", "大塘村", utc_now())
    with pytest.raises(NotThere):
        local_community("350823777", "大塘村", utc_now())
    with pytest.raises(Invalid):
        local_community("350823101", " ", utc_now())


def test_a_town_has_a_hundred_local_codes(tree: list[Division]) -> None:
    db.session.add(Area(code="350823101999", name="末村", level="village", parent_code="350823101", is_local=True))
    with pytest.raises(Conflict):
        local_community("350823101", "又一村", utc_now())


@pytest.mark.parametrize("names", [["大塘村"] * 6, [f"第{n}村" for n in "一二三四五六"]], ids=["same", "different"])
def test_many_at_once_get_one_code_for_each_name(app: Flask, tree: list[Division], names: list[str]) -> None:
    together = Barrier(len(names))

    def add(name: str) -> str:
        with app.app_context():
            together.wait(timeout=20)
            code = local_community("350823101", name, utc_now()).code
            db.session.commit()
            return code

    with ThreadPoolExecutor(len(names)) as threads:
        codes = list(threads.map(add, names))
    assert len(set(codes)) == len(set(names))
    assert sorted(set(codes)) == [f"350823101{900 + at}" for at in range(len(set(names)))]

"""Written names against official names, without a database."""

from __future__ import annotations

import pytest

from matching.places.names import display_village, match_name, plain, town_core, village_core, village_kind

TOWNS = {"01": "临江镇", "02": "庐丰畲族乡", "03": "东大街街道", "04": "丹江街街道", "05": "五陂镇",
         "06": "五陂下垦殖场", "07": "上杭镇"}
VILLAGES = {"a": "玉女村", "b": "大岭社区", "c": "大岭村", "d": "石牌村", "e": "东门居委会"}
ABOVE = ["福建省", "龙岩市", "上杭县"]


@pytest.mark.parametrize(("written", "code"), [
    ("临江镇", "01"),
    ("临江", "01"),
    ("临　江　镇", "01"),
    ("上杭县临江镇", "01"),
    ("福建省龙岩市上杭县临江", "01"),
    ("上杭临江镇", "01"),
    ("庐丰", "02"),
    ("庐丰乡", "02"),
    ("庐丰畲族乡", "02"),
    ("东大街", "03"),
    ("东大街街道办事处", "03"),
    ("丹江街", "04"),
    ("五陂", "05"),
    ("五陂下", "06"),
    ("五陂下垦殖场", "06"),
    ("上杭镇", "07"),
    ("蛟洋镇", None),
    ("上杭县", None),
    ("", None),
])
def test_a_town_is_found_however_it_is_written(written: str, code: str | None) -> None:
    assert match_name(written, TOWNS, town_core, in_front=ABOVE) == code


@pytest.mark.parametrize(("written", "code"), [
    ("玉女", "a"),
    ("玉女村委会", "a"),
    ("玉女村民委员会", "a"),
    ("玉女社区", None),
    ("大岭社区", "b"),
    ("大岭社区居委会", "b"),
    ("大岭村", "c"),
    ("大岭", None),
    ("临江镇石牌村", "d"),
    ("东门社区", "e"),
    ("东门", "e"),
])
def test_a_village_is_never_taken_for_a_community_of_its_name(written: str, code: str | None) -> None:
    assert match_name(written, VILLAGES, village_core, in_front=["临江镇"], kind=village_kind) == code


def test_two_towns_of_one_name_are_not_guessed_between() -> None:
    assert match_name("新民", {"1": "新民镇", "2": "新民乡"}, town_core) is None
    assert match_name("新民乡", {"1": "新民镇", "2": "新民乡"}, town_core) == "2"


def test_official_committees_are_shown_by_the_names_people_use() -> None:
    shown = [display_village(name) for name in ("玉女村委会", "仙村村委会", "东门社区居委会", "东门居委会", "村委会")]
    assert shown == ["玉女村", "仙村村", "东门社区", "东门居委会", "村委会"]


def test_full_width_and_blanks_are_folded() -> None:
    assert plain("　临 江\t镇（１）") == "临江镇(1)"

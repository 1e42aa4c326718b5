"""Files that may be one household: by what they are found, across towns, in reach."""

from __future__ import annotations

from datetime import date

import pytest

from matching.households.queries_sharing import are_like
from tests.factories import make_household, make_member
from tests.households.numbers import identity
from tests.people import COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A, COMMUNITY_B1A
from tests.statements import selects

DOUBLES = "/households/list-doubles"
NUMBER = identity(sequence="552")


def pairs(page):
    return [href.split("/")[2] + "+" + href.split("=")[1] for href, _words in page.links if "compare-household" in href]


@pytest.mark.slow
@pytest.mark.parametrize(("mine", "theirs", "reason"), [
    ({"identity_number": NUMBER}, {"identity_number": NUMBER}, "身份证号一样：雷甲"),
    ({"certificate": f"{NUMBER}43"}, {"certificate": f"{NUMBER}43"}, "证件号一样：雷甲"),
    ({"born_on": date(1961, 2, 3)}, {"name": "雷甲", "born_on": date(1961, 2, 3)}, "同名同生日：雷甲"),
    ({"phone": "13700008123"}, {"name": "雷佳", "phone": "13700008123"}, "电话一样，名字像：雷甲")])
def test_two_files_that_share_something_are_shown_across_towns(client_of, mine, theirs, reason):
    one, other = make_household(COMMUNITY_A1A, head_name="蓝家一"), make_household(COMMUNITY_A2A, head_name="蓝家二")
    make_member(one, name="雷甲", **mine)
    make_member(other, **{"name": "雷乙", **theirs})
    page = client_of("county").page(DOUBLES)
    assert pairs(page) == [f"{one.id}+{other.id}"]
    assert reason in page.text
    assert "有 1 对档案可能是同一户" in page.text
    assert NUMBER not in page.text
    assert "8123" not in page.text
    for officer in ("town", "other_town", "county2"):
        assert pairs(client_of(officer).page(DOUBLES)) == []


def test_the_telephone_of_a_file_and_of_a_person_count_alike(client_of):
    one = make_household(COMMUNITY_A1A, head_name="钟桂香", phone="13700008123")
    other = make_household(COMMUNITY_A1B)
    make_member(other, name="钟桂湘", phone="13700008123")
    assert pairs(client_of("town").page(DOUBLES)) == [f"{one.id}+{other.id}"]


@pytest.mark.slow
@pytest.mark.parametrize("share", [
    {"phone": "13700008123"}, {"born_on": date(1961, 2, 3)}, {"certificate": ""}])
def test_what_strangers_share_makes_no_double(client_of, share):
    make_member(make_household(), name="雷春生", **share)
    make_member(make_household(), name="何秀芳", **share)
    make_member(make_household(COMMUNITY_B1A), name="雷春生", **share)
    assert "没有找到重复的档案" in client_of("county").page(DOUBLES).text


def test_a_family_that_shares_a_telephone_is_no_double_of_itself(client_of):
    home = make_household(phone="13700008123", head_name="雷一")
    make_member(home, name="雷二", phone="13700008123", identity_number=NUMBER)
    assert pairs(client_of("county").page(DOUBLES)) == []


def test_three_files_of_one_person_are_three_pairs_and_the_surest_come_first(client_of):
    homes = [make_household() for _ in range(3)]
    for home in homes:
        make_member(home, name="雷甲", identity_number=NUMBER)
    like = [make_household(head_name="盘一", phone="13700008123") for _ in range(2)]
    ids = [home.id for home in homes]
    shown = pairs(client_of("county").page(DOUBLES))
    assert shown == [f"{ids[0]}+{ids[1]}", f"{ids[0]}+{ids[2]}", f"{ids[1]}+{ids[2]}", f"{like[0].id}+{like[1].id}"]


@pytest.mark.slow
def test_many_pairs_stay_within_the_budget(client_of):
    for number in range(60):
        phone = f"137{number:08}"
        make_household(head_name=f"欧阳小桂花{number:02}", phone=phone)
        make_household(COMMUNITY_A2A, head_name=f"欧阳小桂花{number:02}", phone=phone)
    client = client_of("county")
    client.get(DOUBLES)
    with selects() as seen:
        page = client.get(DOUBLES)
    assert len(seen) <= 6, seen
    assert len(page.data) < 40_000
    assert "先看这 40 对" in page.get_data(as_text=True)


@pytest.mark.parametrize(("one", "other", "like"), [
    ("王秀兰", "王秀兰", True), ("王秀兰", "王秀蓝", True), ("王秀兰", "王秀芝", True), ("王秀兰", "李秀兰", False),
    ("王兰", "王芝", False), ("王秀兰", "王秀", False), ("单明", "善明", True), ("何秀英", "雷春生", False)])
def test_which_names_may_be_one_persons(one, other, like):
    assert are_like(one, other) is like

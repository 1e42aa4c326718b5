"""Points and outlines of the packages, read as they are installed."""

from __future__ import annotations

import numpy as np
import pytest

from matching.places.gazetteer import county_outlines, county_points, is_inside, town_points

SHANGHANG = "350823"


def test_nearly_every_county_point_lies_inside_its_outline() -> None:
    outlines, points = county_outlines(), county_points()
    inside = [is_inside(outlines[code], *point) for code, point in points.items()]
    assert len(points) > 2800
    assert np.mean(inside) > 0.98


def test_neighbours_share_a_border_and_no_ground() -> None:
    shanghang, wuping = county_outlines()[SHANGHANG], county_outlines()["350824"]
    assert is_inside(shanghang, 25.06, 116.41)
    assert not is_inside(wuping, 25.06, 116.41)
    assert not is_inside(shanghang, 116.41, 25.06)


def test_a_hole_is_outside() -> None:
    outer = np.array([[0.0, 0.0], [0.0, 10.0], [10.0, 10.0], [10.0, 0.0], [0.0, 0.0]])
    hole = np.array([[4.0, 4.0], [4.0, 6.0], [6.0, 6.0], [6.0, 4.0], [4.0, 4.0]])
    assert is_inside([outer, hole], 2.0, 2.0)
    assert not is_inside([outer, hole], 5.0, 5.0)


@pytest.mark.slow
def test_a_town_has_a_point_only_when_its_name_is_certain() -> None:
    towns = {"350823101": "临城镇", "350823211": "官庄畲族乡", "350823100": "不存在的镇", "350823998": "古田镇",
             "350823999": "古田乡", "999999001": "临城镇"}
    points = town_points(towns)
    assert set(points) == {"350823101", "350823211"}
    assert all(is_inside(county_outlines()[SHANGHANG], *point) for point in points.values())

"""A county as a drawing: its outline, what lies where, and the bar of scale."""

from __future__ import annotations

import re
from itertools import accumulate

import pytest
from geopy.distance import geodesic

from matching.places.gazetteer import county_outlines, county_points
from matching.places.sheets import WIDTH, sheet_of

SHANGHANG = "350823"


def test_the_outline_fills_the_sheet_and_is_small_enough_for_every_page() -> None:
    sheet = sheet_of(SHANGHANG)
    assert sheet is not None
    numbers = [int(number) for number in re.findall(r"-?\d+", sheet.outline)]
    assert len(county_outlines()[SHANGHANG]) == 1, "one ring: then the numbers are one walk"
    across, down = list(accumulate(numbers[0::2])), list(accumulate(numbers[1::2]))
    assert min(across) >= 0
    assert max(across) <= WIDTH
    assert min(down) >= 0
    assert max(down) <= sheet.height
    assert max(across) - min(across) > WIDTH * 0.9
    assert len(sheet.outline) < 3_000


def test_the_county_lies_on_its_sheet_and_its_neighbour_does_not_fit() -> None:
    sheet = sheet_of(SHANGHANG)
    assert sheet is not None
    assert sheet.holds(sheet.at(*county_points()[SHANGHANG]))
    assert not sheet.holds(sheet.at(26.5, 118.0))


@pytest.mark.parametrize("code", [SHANGHANG, "360302", "110101", "230123"])
def test_a_kilometre_is_as_long_as_it_says_in_both_directions(code: str) -> None:
    sheet = sheet_of(code)
    assert sheet is not None
    lat, lon = county_points()[code]
    for other in ((lat + 0.05, lon), (lat, lon + 0.05)):
        (x0, y0), (x1, y1) = sheet.at(lat, lon), sheet.at(*other)
        drawn = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 / sheet.km * 1000
        assert drawn == pytest.approx(geodesic((lat, lon), other).m, rel=0.02)


def test_a_county_that_nobody_knows_has_no_sheet() -> None:
    assert sheet_of("970101") is None
    assert sheet_of("") is None

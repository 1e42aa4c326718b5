"""GCJ-02 and BD-09 against published pairs of values, and there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.places import coordinates
from matching.places.coordinates import bd09_to_wgs84, gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02

latitudes = st.floats(min_value=3.0, max_value=53.0)
longitudes = st.floats(min_value=74.0, max_value=134.0)


def test_the_offsets_are_those_in_public_use() -> None:
    assert wgs84_to_gcj02(39.915, 116.404) == pytest.approx((39.91640428150164, 116.41024449916938), abs=1e-12)
    assert coordinates._gcj02_to_bd09(39.915, 116.404) == pytest.approx(
        (39.92133699351021, 116.41036949371029), abs=1e-12)


@given(latitudes, longitudes)
def test_there_and_back_is_the_same_point(lat: float, lon: float) -> None:
    assert gcj02_to_wgs84(*wgs84_to_gcj02(lat, lon)) == pytest.approx((lat, lon), abs=1e-9)
    assert bd09_to_wgs84(*wgs84_to_bd09(lat, lon)) == pytest.approx((lat, lon), abs=1e-9)


@given(latitudes, longitudes)
def test_the_offset_is_felt_in_china_and_stays_below_two_kilometres(lat: float, lon: float) -> None:
    there = wgs84_to_gcj02(lat, lon)
    assert 0 < abs(there[0] - lat) + abs(there[1] - lon) < 0.03


def test_outside_china_nothing_is_shifted() -> None:
    assert wgs84_to_gcj02(48.85, 2.35) == gcj02_to_wgs84(48.85, 2.35) == (48.85, 2.35)

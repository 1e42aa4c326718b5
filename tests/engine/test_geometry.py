"""Distances agree with the geodesic; every pair within reach is found, at the date line and the poles too."""

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.geometry import Circles, closeness, distance_m, ecef
from matching.engine.reach import search, sorted_by_place

CENTRES = [(27.6, 113.8), (0.0, 180.0), (0.005, -180.0), (89.995, 20.0), (-89.99, 0.0), (60.0, 179.99),
           (33.0, -179.995)]


@pytest.mark.parametrize("lat", [0.0, 27.6, 60.0, 89.0])
@pytest.mark.parametrize(("km", "tolerance_m"), [(0.1, 0.0001), (30.0, 0.0004), (100.0, 0.012)])
def test_the_bent_chord_is_the_geodesic(lat, km, tolerance_m):
    for bearing in range(0, 360, 30):
        there = Geodesic.WGS84.Direct(lat, 179.9, bearing, km * 1000)
        metres = distance_m(ecef(np.array([lat]), np.array([179.9])),
                            ecef(np.array([there["lat2"]]), np.array([there["lon2"]])))
        assert abs(metres[0] - km * 1000) <= tolerance_m


def test_an_unknown_place_has_no_distance_and_no_points():
    metres = distance_m(ecef(np.array([np.nan]), np.array([np.nan])), ecef(np.array([1.0]), np.array([1.0])))
    assert np.isnan(metres[0])
    assert closeness(metres).tolist() == [0]


def test_points_fall_by_one_each_150_metres():
    metres = np.array([0.0, 149.9, 150.0, 29_849.0, 29_850.0, 30_000.0, 5e7])
    assert closeness(metres).tolist() == [200, 200, 199, 2, 1, 0, 0]


@pytest.mark.slow
@given(st.sampled_from(CENTRES), st.integers(0, 10**6), st.floats(0, 120))
@settings(max_examples=150, deadline=None)
def test_every_need_within_reach_is_found(centre, seed, radius_km):
    rng = np.random.default_rng(seed)
    spread = rng.choice([0.001, 0.05, 1.0], 40)
    lat = np.clip(centre[0] + rng.normal(size=40) * spread, -90, 90)
    lon = (centre[1] + rng.normal(size=40) * spread / max(0.01, np.cos(np.radians(centre[0]))) + 180) % 360 - 180
    order = sorted_by_place(lat[:30], lon[:30], np.arange(30))
    lat[:30], lon[:30] = lat[order], lon[order]
    xyz = ecef(lat, lon)
    radius = np.round(radius_km * rng.random(10), 1) * 1000
    fits = np.array([[True, False], [True, True]])
    need_kind, offer_kind = rng.integers(0, 2, 30).astype(np.int32), rng.integers(0, 2, 10).astype(np.int32)
    circles = Circles(lat[30:], lon[30:], xyz[30:], radius, offer_kind, np.zeros(len(radius), np.int32))
    found = search(lat[:30], lon[:30], xyz[:30], need_kind, circles, fits)
    n, o = (x.ravel() for x in np.indices((30, 10)))
    metres = distance_m(xyz[n], xyz[30 + o])
    allowed = (metres <= radius[o]) & fits[need_kind[n], offer_kind[o]]
    expected = sorted(zip(o[allowed], n[allowed], closeness(metres[allowed]), strict=True))
    offers = np.repeat(np.arange(10), np.diff(found.start))
    assert list(zip(offers, found.need, found.closeness, strict=True)) == expected


def test_equal_points_are_ordered_by_id():
    lat, lon = np.array([1.0, 1.0, 1.0, 0.0]), np.array([180.0, -180.0, 5.0, 0.0])
    assert sorted_by_place(lat, lon, np.array([b"b", b"a", b"c", b"d"])).tolist() == [3, 1, 0, 2]

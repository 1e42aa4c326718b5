"""WGS-84, GCJ-02 and BD-09: the Chinese map offsets and their inverses.

The system stores WGS-84 only. AMap answers GCJ-02, Baidu BD-09. The offset formulas are the ones in
public use since 2010 (Krasovsky 1940 ellipsoid, a polynomial with sine terms); there is no closed
inverse, so the way back is a fixed-point iteration, exact to 1e-9 degrees (a tenth of a millimetre).
All functions take and return (latitude, longitude) in degrees.
"""

from __future__ import annotations

from collections.abc import Callable
from math import atan2, cos, pi, sin, sqrt

__all__ = ["bd09_to_wgs84", "gcj02_to_wgs84", "outside_china", "wgs84_to_bd09", "wgs84_to_gcj02"]

Point = tuple[float, float]

_SEMI_MAJOR_M = 6378245.0  # Krasovsky 1940
_ECCENTRICITY_SQ = 0.00669342162296594323
_BD_ANGLE = pi * 3000.0 / 180.0
_CLOSE_DEG = 1e-10
_MOST_STEPS = 30


def outside_china(lat: float, lon: float) -> bool:
    """True where GCJ-02 is defined as equal to WGS-84 (the rectangle that map makers use)."""
    return not (0.8293 <= lat <= 55.8271 and 72.004 <= lon <= 137.8347)


def wgs84_to_gcj02(lat: float, lon: float) -> Point:
    """What a Chinese map shows for a WGS-84 point; unchanged outside China."""
    if outside_china(lat, lon):
        return lat, lon
    north_m, east_m = _offset_north(lon - 105.0, lat - 35.0), _offset_east(lon - 105.0, lat - 35.0)
    phi = lat * pi / 180.0
    squash = 1 - _ECCENTRICITY_SQ * sin(phi) ** 2
    meridian_m = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_SQ) / (squash * sqrt(squash))
    parallel_m = _SEMI_MAJOR_M / sqrt(squash) * cos(phi)
    return lat + north_m * 180.0 / (meridian_m * pi), lon + east_m * 180.0 / (parallel_m * pi)


def gcj02_to_wgs84(lat: float, lon: float) -> Point:
    """The WGS-84 point that a Chinese map shows at this place."""
    return _inverse(wgs84_to_gcj02, (lat, lon))


def wgs84_to_bd09(lat: float, lon: float) -> Point:
    """What a Baidu map shows for a WGS-84 point."""
    return _gcj02_to_bd09(*wgs84_to_gcj02(lat, lon))


def bd09_to_wgs84(lat: float, lon: float) -> Point:
    """The WGS-84 point that a Baidu map shows at this place."""
    return _inverse(wgs84_to_bd09, (lat, lon))


def _gcj02_to_bd09(lat: float, lon: float) -> Point:
    radius = sqrt(lon * lon + lat * lat) + 0.00002 * sin(lat * _BD_ANGLE)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _BD_ANGLE)
    return radius * sin(angle) + 0.006, radius * cos(angle) + 0.0065


def _inverse(forward: Callable[[float, float], Point], target: Point) -> Point:
    """The point that `forward` brings to `target`: guess, see how far off it lands, step back so far."""
    lat, lon = target
    for _ in range(_MOST_STEPS):
        there = forward(lat, lon)
        step = (target[0] - there[0], target[1] - there[1])
        lat, lon = lat + step[0], lon + step[1]
        if abs(step[0]) < _CLOSE_DEG and abs(step[1]) < _CLOSE_DEG:
            break
    return lat, lon


def _offset_north(x: float, y: float) -> float:
    """Metres to the north, `x` and `y` in degrees from 105° E, 35° N."""
    return (
        -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
        + (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
        + (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
        + (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    )  # fmt: skip


def _offset_east(x: float, y: float) -> float:
    """Metres to the east, `x` and `y` in degrees from 105° E, 35° N."""
    return (
        300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
        + (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
        + (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
        + (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    )  # fmt: skip

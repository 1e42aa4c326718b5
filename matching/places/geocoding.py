"""Address → point. Offline by default: the names in the division tree; optionally AMap or Tianditu by key.

A household's address never leaves the house: use `locate`, which asks nobody. Addresses of organisations
and offers are public, for them `locate_public` may ask a service whose key the administrator has set.
Only the services' own hosts are contacted, never an address that somebody typed in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, build_opener

from geopy.adapters import URLLibAdapter
from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderParseError,
    GeocoderQuotaExceeded,
    GeocoderServiceError,
    GeopyError,
)
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from matching.places.coordinates import gcj02_to_wgs84
from matching.places.gazetteer import county_outlines, is_inside
from matching.places.models import Area
from matching.places.names import plain, town_core, village_core
from matching.places.queries import ancestors, area, area_names, children, county_of

__all__ = ["AMap", "Located", "Tianditu", "geocoder_for", "locate", "locate_public"]

_TIMEOUT_S = 5
_LEAST_DELAY_S = 0.35
_LEAST_LETTERS = 2
_SMALLER_THAN_TOWN = ("village", "exact")

Geocode = Callable[[str], Location | None]


@dataclass(frozen=True, slots=True)
class Located:
    """Where an address is: WGS-84 degrees, how well that is known, the smallest area recognised."""

    lat: float
    lon: float
    precision: str
    area_code: str


class _Stay(HTTPRedirectHandler):
    """Follows no redirect: only the service's own host is ever contacted."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """None: urllib then raises the 3xx answer as an error."""


class _Direct(URLLibAdapter):  # type: ignore[misc]
    """Plain requests of the standard library, without redirects."""

    def __init__(self, *, proxies: Any, ssl_context: Any) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self.urlopen = build_opener(_Stay, HTTPSHandler(context=ssl_context), ProxyHandler(proxies)).open


class _Keyed(Geocoder):  # type: ignore[misc]
    """What both services have in common: one address that asks, one place that answers are read in."""

    _PRECISION: dict[str, str]

    def __init__(self, key: str, **options: Any) -> None:
        super().__init__(**{"timeout": _TIMEOUT_S, "adapter_factory": _Direct, **options})
        self.key = key

    def geocode(self, query: str, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL) -> Any:
        """The best place for an address, None when there is none; geopy's errors for refusals and faults."""
        found = self._call_geocoder(self._address(query), self._read, timeout=timeout)
        if not found:
            return None
        return found[0] if exactly_one else found

    def _read(self, answer: Any) -> list[Location]:
        try:
            return self._parse(answer)
        except (AttributeError, KeyError, TypeError, ValueError) as fault:
            raise GeocoderParseError(type(fault).__name__) from fault

    def _address(self, query: str) -> str:
        raise NotImplementedError

    def _parse(self, answer: Mapping[str, Any]) -> list[Location]:
        raise NotImplementedError


class AMap(_Keyed):
    """The geocoder of AMap (高德, v3); it answers GCJ-02, we give WGS-84, `precision` in `raw`."""

    _PRECISION = {
        **dict.fromkeys(("门牌号", "门址", "单元号", "楼层", "房间", "兴趣点", "公交站台、地铁站"), "exact"),
        **dict.fromkeys(("村庄", "住宅区", "热点商圈", "道路", "道路交叉路口"), "village"),
        **dict.fromkeys(("乡镇", "街道"), "town"),
        **dict.fromkeys(("区县", "开发区"), "county"),
    }
    _KEY_REFUSED = {"10001", "10002", "10005", "10006", "10007", "10008", "10009", "10012", "10013"}
    _QUOTA = {"10003", "10004", "10010", "10014", "10019", "10020", "10021", "10029", "10044", "10045"}

    def __init__(self, key: str, *, domain: str = "restapi.amap.com", **options: Any) -> None:
        super().__init__(key, **options)
        self.api = f"{self.scheme}://{domain}/v3/geocode/geo"

    def _address(self, query: str) -> str:
        asked = urlencode({"key": self.key, "address": query, "output": "JSON"})
        return f"{self.api}?{asked}"

    def _parse(self, answer: Mapping[str, Any]) -> list[Location]:
        if str(answer.get("status")) != "1":
            code = str(answer.get("infocode", ""))
            if code in self._KEY_REFUSED:
                raise GeocoderAuthenticationFailure(code)
            raise (GeocoderQuotaExceeded if code in self._QUOTA else GeocoderServiceError)(code)
        found = []
        for place in answer.get("geocodes") or []:
            precision = self._PRECISION.get(place["level"])
            if precision is not None:
                lon, lat = (float(part) for part in place["location"].split(","))
                found.append(_location(place["formatted_address"], gcj02_to_wgs84(lat, lon), precision))
        return found


class Tianditu(_Keyed):
    """The geocoder of Tianditu (天地图); answers CGCS2000, which is WGS-84 to within centimetres."""

    _PRECISION = {
        **dict.fromkeys(("门址", "门牌号", "兴趣点", "地名地址", "楼栋"), "exact"),
        **dict.fromkeys(("村庄", "行政村", "自然村", "小区", "道路"), "village"),
        **dict.fromkeys(("乡镇", "街道"), "town"),
        **dict.fromkeys(("区县", "县"), "county"),
    }

    def __init__(self, key: str, *, domain: str = "api.tianditu.gov.cn", **options: Any) -> None:
        super().__init__(key, **options)
        self.api = f"{self.scheme}://{domain}/geocoder"

    def _address(self, query: str) -> str:
        asked = urlencode({"ds": json.dumps({"keyWord": query}, ensure_ascii=False), "tk": self.key})
        return f"{self.api}?{asked}"

    def _parse(self, answer: Mapping[str, Any]) -> list[Location]:
        status = str(answer.get("status"))
        if status == "404":
            return []
        if status != "0":
            raise GeocoderServiceError(status)
        place = answer.get("location") or {}
        precision = self._PRECISION.get(place.get("level", ""))
        if precision is None:
            return []
        return [_location(place.get("keyWord", ""), (float(place["lat"]), float(place["lon"])), precision)]


SERVICES: dict[str, type[Geocoder]] = {"amap": AMap, "tianditu": Tianditu}


def geocoder_for(service: str, key: str, **options: Any) -> Geocode | None:
    """What asks a service (`amap`, `tianditu`), at most three times a second; None for no service or no key.

    Raises ValueError for a service that is not known. A refusal or fault is raised, never retried in a loop.
    """
    if not service or not key:
        return None
    if service not in SERVICES:
        raise ValueError(f"no such geocoder: {service!r}, known are {', '.join(SERVICES)}")
    geocoder = SERVICES[service](key, **options)
    limited: Geocode = RateLimiter(
        geocoder.geocode, min_delay_seconds=_LEAST_DELAY_S, max_retries=0, swallow_exceptions=False
    )
    return limited


def locate(address: str, county_code: str) -> Located | None:
    """The smallest known area that an address names, with its point or that of the area above it.

    Asks nobody. `precision` is never better than `village`. None when not even the county has a point.
    """
    written = plain(address)
    found = area(county_code)
    if found is None:
        return None
    chain = [found]
    for core in (town_core, village_core):
        below = _named(written, children(chain[-1].code), core)
        if below is None:
            break
        chain.append(below)
        written = written.rpartition(core(plain(below.name)))[2] or written
    for place in reversed(chain):
        if place.lat is not None and place.lon is not None:
            return Located(place.lat, place.lon, place.precision or place.level, chain[-1].code)
    return None


def locate_public(address: str, county_code: str, online: Geocode | None) -> Located | None:
    """`locate`, bettered by a service where it knows the address more closely and inside the same county.

    Only for addresses that are public: organisations and offers. A service that fails changes nothing.
    """
    offline = locate(address, county_code)
    if online is None or not address.strip():
        return offline
    try:
        answer = online(_with_county(address, county_code))
    except GeopyError:
        return offline
    if answer is None or answer.raw["precision"] not in _SMALLER_THAN_TOWN:
        return offline
    rings = county_outlines().get(county_code)
    if rings is None or not is_inside(rings, answer.latitude, answer.longitude):
        return offline
    named = offline.area_code if offline else county_code
    return Located(answer.latitude, answer.longitude, answer.raw["precision"], named)


def _with_county(address: str, county_code: str) -> str:
    """The address with province, city and county in front, so that the service does not guess them."""
    codes = ancestors(county_of(county_code))
    names = area_names(codes)
    return "".join(names[code] for code in codes if code in names and names[code] not in address) + address


def _named(written: str, areas: list[Area], core: Callable[[str], str]) -> Area | None:
    """The one area whose name stands in the writing: whole names before short ones, the longest first."""
    whole = {area.code: plain(area.name) for area in areas}
    for names in (whole, {code: core(name) for code, name in whole.items()}):
        in_it = [a for a in areas if len(names[a.code]) >= _LEAST_LETTERS and names[a.code] in written]
        longest = max((len(names[a.code]) for a in in_it), default=0)
        best = [a for a in in_it if len(names[a.code]) == longest]
        if best:
            return best[0] if len(best) == 1 else None
    return None


def _location(address: str, point: tuple[float, float], precision: str) -> Location:
    return Location(address, point, {"precision": precision})

"""Geocoding against a local server that answers as the services do; offline needs no server."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from geopy.exc import GeocoderAuthenticationFailure, GeocoderQuotaExceeded, GeocoderServiceError

from matching.clock import utc_now
from matching.extensions import db
from matching.places import geocoding
from matching.places.coordinates import wgs84_to_gcj02
from matching.places.divisions import read_divisions
from matching.places.geocoding import AMap, Located, Tianditu, geocoder_for, locate, locate_public
from matching.places.service import load_divisions
from tests.places.sample import POINTS, write_sample

COUNTY = "350823"
HOUSE = (25.071, 116.405)


class Service(ThreadingHTTPServer):
    """Answers every request with `answer`; remembers what it was asked."""

    answer: dict[str, object]
    redirect = ""
    asked: list[dict[str, list[str]]]

    @property
    def domain(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """One request to the fake service."""

    server: Service

    def do_GET(self) -> None:
        self.server.asked.append({"path": [urlsplit(self.path).path], **parse_qs(urlsplit(self.path).query)})
        body = json.dumps(self.server.answer, ensure_ascii=False).encode()
        self.send_response(302 if self.server.redirect else 200)
        if self.server.redirect:
            self.send_header("Location", self.server.redirect)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[Service]:
    """A running fake service."""
    server = Service(("127.0.0.1", 0), Handler)
    server.answer, server.asked = {}, []
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def tree(app: Flask, tmp_path: Path) -> None:
    """The sample tree, loaded."""
    load_divisions(read_divisions(write_sample(tmp_path), villages_of=[COUNTY]), POINTS, utc_now())
    db.session.commit()


def amap_answer(level: str = "门牌号", point: tuple[float, float] = HOUSE) -> dict[str, object]:
    lat, lon = wgs84_to_gcj02(*point)
    return {"status": "1", "infocode": "10000", "count": "1", "geocodes": [
        {"formatted_address": "福建省龙岩市上杭县临城镇", "location": f"{lon:.6f},{lat:.6f}", "level": level}]}


@pytest.mark.slow
def test_amap_answers_become_wgs84(service: Service) -> None:
    service.answer = amap_answer()
    found = AMap("secret", scheme="http", domain=service.domain).geocode("临城镇人民路 8 号")
    assert (found.latitude, found.longitude) == pytest.approx(HOUSE, abs=1e-6)
    assert found.raw["precision"] == "exact"
    assert service.asked == [{"path": ["/v3/geocode/geo"], "key": ["secret"], "address": ["临城镇人民路 8 号"],
                              "output": ["JSON"]}]


@pytest.mark.parametrize(("level", "precision"), [
    ("兴趣点", "exact"), ("村庄", "village"), ("乡镇", "town"), ("区县", "county"), ("省", None)])
@pytest.mark.slow
def test_amap_levels_say_how_well_the_place_is_known(service: Service, level: str, precision: str | None) -> None:
    service.answer = amap_answer(level)
    found = AMap("secret", scheme="http", domain=service.domain).geocode("临城镇")
    assert (found and found.raw["precision"]) == precision


@pytest.mark.parametrize(("infocode", "error"), [
    ("10001", GeocoderAuthenticationFailure), ("10044", GeocoderQuotaExceeded), ("20003", GeocoderServiceError)])
@pytest.mark.slow
def test_amap_refusals_are_named(service: Service, infocode: str, error: type[Exception]) -> None:
    service.answer = {"status": "0", "info": "REFUSED", "infocode": infocode}
    with pytest.raises(error):
        AMap("secret", scheme="http", domain=service.domain).geocode("临城镇")


@pytest.mark.slow
def test_tianditu_answers_are_wgs84_already(service: Service) -> None:
    service.answer = {"status": "0", "msg": "ok", "location": {
        "lon": str(HOUSE[1]), "lat": str(HOUSE[0]), "level": "门址", "score": 100, "keyWord": "人民路 8 号"}}
    geocoder = Tianditu("secret", scheme="http", domain=service.domain)
    found = geocoder.geocode("人民路 8 号")
    assert (found.latitude, found.longitude, found.raw["precision"]) == (*HOUSE, "exact")
    assert json.loads(service.asked[0]["ds"][0]) == {"keyWord": "人民路 8 号"}
    service.answer = {"status": "404", "msg": "无结果"}
    assert geocoder.geocode("没有的路") is None
    service.answer = {"status": "1", "msg": "出错"}
    with pytest.raises(GeocoderServiceError):
        geocoder.geocode("人民路 8 号")


def test_no_key_means_no_service() -> None:
    assert geocoder_for("", "secret") is None
    assert geocoder_for("amap", "") is None
    with pytest.raises(ValueError, match="no such geocoder"):
        geocoder_for("baidu-of-old", "secret")


def test_offline_finds_the_smallest_named_area(tree: None) -> None:
    town = POINTS["350823101"]
    assert locate("上杭县临城镇玉女村3组12号", COUNTY) == Located(*town, "town", "350823101205")
    assert locate("临城镇人民路8号", COUNTY) == Located(*town, "town", "350823101")
    assert locate("官庄乡", COUNTY) == Located(*POINTS["350823211"], "town", "350823211")
    assert locate("不知道什么地方", COUNTY) == Located(*POINTS[COUNTY], "county", COUNTY)
    assert locate("临江镇江滨路", COUNTY) == Located(*POINTS[COUNTY], "county", "350823100")
    assert locate("临城镇", "999999") is None


@pytest.mark.slow
def test_a_service_betters_a_public_address_inside_the_county_only(tree: None, service: Service) -> None:
    online = geocoder_for("amap", "secret", scheme="http", domain=service.domain)
    service.answer = amap_answer()
    better = locate_public("临城镇人民路8号", COUNTY, online)
    assert better is not None
    assert (better.lat, better.lon) == pytest.approx(HOUSE, abs=1e-6)
    assert (better.precision, better.area_code) == ("exact", "350823101")
    assert service.asked[0]["address"] == ["福建省龙岩市上杭县临城镇人民路8号"]
    offline = locate("临城镇人民路8号", COUNTY)
    service.answer = amap_answer(point=(24.9, 118.6))
    assert locate_public("临城镇人民路8号", COUNTY, online) == offline
    service.answer = amap_answer("乡镇")
    assert locate_public("临城镇人民路8号", COUNTY, online) == offline


@pytest.mark.slow
def test_a_service_that_fails_or_is_not_there_changes_nothing(tree: None, service: Service) -> None:
    offline = locate("临城镇人民路8号", COUNTY)
    online = geocoder_for("amap", "secret", scheme="http", domain=service.domain)
    service.answer = {"status": "0", "infocode": "10044"}
    assert locate_public("临城镇人民路8号", COUNTY, online) == offline
    nobody = geocoder_for("amap", "secret", scheme="http", domain="127.0.0.1:9", timeout=1)
    assert locate_public("临城镇人民路8号", COUNTY, nobody) == offline
    assert locate_public("临城镇人民路8号", COUNTY, None) == offline


@pytest.mark.slow
def test_a_broken_answer_is_a_fault_of_the_service(tree: None, service: Service) -> None:
    online = geocoder_for("amap", "secret", scheme="http", domain=service.domain)
    for broken in ({"status": "1", "geocodes": [{"level": "门牌号"}]}, {"status": "1", "geocodes": "none"}, ["?"]):
        service.answer = broken  # type: ignore[assignment]
        assert locate_public("临城镇人民路8号", COUNTY, online) == locate("临城镇人民路8号", COUNTY)


@pytest.mark.slow
def test_a_redirect_is_not_followed(service: Service) -> None:
    service.answer, service.redirect = amap_answer(), f"http://{service.domain}/elsewhere"
    with pytest.raises(GeocoderServiceError):
        AMap("secret", scheme="http", domain=service.domain).geocode("临城镇")
    assert [asked["path"] for asked in service.asked] == [["/v3/geocode/geo"]]


@pytest.mark.slow
def test_requests_are_spaced(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geocoding, "_LEAST_DELAY_S", 0.2)
    online = geocoder_for("amap", "secret", scheme="http", domain=service.domain)
    assert online is not None
    service.answer = amap_answer()
    started = time.monotonic()
    for _ in range(3):
        online("临城镇")
    assert time.monotonic() - started >= 0.4

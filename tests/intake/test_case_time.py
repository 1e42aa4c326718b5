"""An answer of /case does not tell whether a code exists: same bytes, same work, same time (promise 19)."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from matching.crypto import Keyring
from matching.extensions import db
from matching.intake import service_cases
from matching.intake.models import Report
from matching.intake.service_codes import new_code
from tests import factories
from tests.accounts.test_attempts import area_under_curve
from tests.people import People

PAIRS, WARM = 500, 20
KINDS = ("known", "unknown")


@pytest.fixture
def codes(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """As many codes that exist as codes that do not; failures everywhere cost no sum here."""
    monkeypatch.setattr(service_cases, "FAILED_EVERYWHERE", 10**6)
    return {"known": [], "unknown": []}


def fill(codes: dict[str, list[str]], pairs: int) -> None:
    """Make the reports of the known codes."""
    for number in range(pairs):
        report: Report = factories.make_report(phone=f"139{number:08}", name="罗三", words="一周三次透析")
        codes["known"].append(report.code or "")
        codes["unknown"].append(new_code())
    db.session.commit()


def guesses(app: Flask, codes: dict[str, list[str]]) -> Iterator[tuple[str, float, TestResponse]]:
    """Every code with wrong digits, in a random order, each pair from an address of its own: what it took and got."""
    client = app.test_client()
    token = re.search(r'csrf_token" value="([^"]+)"', client.get("/case").get_data(as_text=True))
    assert token is not None
    pairs = len(codes["known"])
    order = list(product(KINDS, range(pairs)))
    random.Random(19).shuffle(order)
    for kind, number in [*product(("warming up",), range(pairs, pairs + WARM)), *order]:
        code = codes[kind][number] if kind in KINDS else new_code()
        sent = {"code": code, "last_four": f"{(number * 7 + 5000) % 10_000:04}", "csrf_token": token[1]}
        begun = time.perf_counter()
        answer = client.post("/case", data=sent, environ_overrides={
            "REMOTE_ADDR": f"10.{number // 250}.{number % 250}.1"})
        yield kind, time.perf_counter() - begun, answer


def said(answer: TestResponse) -> tuple[int, str, list[str]]:
    """Status, bytes and headers of an answer, without what is new each time and without what was typed."""
    own = re.sub(r'(value|nonce)="[^"]*"', "", answer.get_data(as_text=True))
    headers = [re.sub("nonce-[^']+", "", f"{name}: {value}") for name, value in answer.headers
               if name not in ("Set-Cookie", "X-Request-Id")]
    return answer.status_code, own, headers


@pytest.mark.slow
def test_wrong_digits_and_unknown_codes_get_the_same_bytes(app: Flask, codes: dict[str, list[str]]) -> None:
    fill(codes, 4)
    answers = [answer for _kind, _seconds, answer in guesses(app, codes)][WARM:]
    assert {answer.status_code for answer in answers} == {422}
    assert len({len(answer.data) for answer in answers}) == 1
    assert len({repr(said(answer)) for answer in answers}) == 1


@pytest.mark.promise
@pytest.mark.timeout(600)
def test_the_time_of_an_answer_does_not_tell_whether_a_code_exists(
        app: Flask, codes: dict[str, list[str]], database_kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    fill(codes, PAIRS)
    area = told_apart(app, codes)
    with capsys.disabled():
        print(f"\n{database_kind}: {PAIRS} pairs of codes, area under the curve of their times {area:.3f}")
    assert 0.45 <= area <= 0.55


@pytest.mark.promise
@pytest.mark.one_database
def test_control_without_the_same_work_for_codes_that_do_not_exist_the_time_tells(
        app: Flask, codes: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """With a slow cipher, and nothing opened in place of the telephone of a code that is none, the time tells."""
    real = Keyring.open

    def slowly(self: Keyring, *what: Any) -> str | None:
        time.sleep(0.01)
        return real(self, *what)

    monkeypatch.setattr(Keyring, "open", slowly)
    monkeypatch.setattr(service_cases, "_as_slow", lambda: "")
    fill(codes, 60)
    assert told_apart(app, codes) > 0.8


def told_apart(app: Flask, codes: dict[str, list[str]]) -> float:
    """The area under the curve: how surely a known code is told from an unknown one by the time of its answer."""
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for kind, seconds, _answer in guesses(app, codes):
        times.setdefault(kind, []).append(seconds)
    return area_under_curve(times["known"], times["unknown"])

"""The slip is for the browser that has just asked, and holds the code in no address."""

from __future__ import annotations

import re

import pytest

from matching.extensions import db
from matching.intake.models import Report
from matching.intake.service_codes import plain_code
from matching.qr import qr
from tests.conftest import CheckedClient
from tests.intake.asking import send, slow
from tests.people import People


def test_a_stranger_has_no_slip(client: CheckedClient, people: People) -> None:
    assert client.get("/intake/asked").location == "/ask"


def test_the_slip_says_the_code_who_comes_and_until_when(client: CheckedClient, people: People,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    slow(monkeypatch)
    answer = send(client)
    report = db.session.query(Report).one()
    slip = client.get("/intake/asked").get_data(as_text=True)
    shown = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", slip)
    assert shown
    assert plain_code(shown[0]) == report.code
    assert "18:00 前" in slip
    assert report.code not in (answer.location or "")
    assert qr("http://localhost/case").path in slip, "the drawn code leads to /case, without a code in it"


def test_the_slip_of_the_same_trouble_says_so(client: CheckedClient, people: People,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    slow(monkeypatch)
    send(client)
    send(client)
    assert client.page("/intake/asked").headings[0] == (1, "收到了，和上次说的是同一件事")

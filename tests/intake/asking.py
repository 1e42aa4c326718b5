"""What tests of asking share: a form as somebody fills it who takes a minute over it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from itsdangerous import TimestampSigner
from werkzeug.test import TestResponse

from tests.conftest import CheckedClient

PHONE = "13900004471"


def slow(monkeypatch: Any) -> None:
    """Forms come back a minute after they were shown."""
    now = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: now(self) - 60)


def send(client: CheckedClient, path: str = "/ask", **answers: Any) -> TestResponse:
    """Fill the three questions of a form and send it; `answers` replace or add."""
    values = client.page(path).form(path).values
    return client.post(path, data={**values, "kinds": ["medical"], "place": "坳下村", "phone": PHONE, **answers})


MINUTE = timedelta(minutes=1)

"""Channels switched on towards real servers of this machine, and accounts with proven addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from matching.clock import utc_now
from matching.extensions import db
from matching.notices.models import NoticeAddress
from tests.notices.gateways import Mailbox, mail_server

Switch = Callable[..., None]


@pytest.fixture
def switch(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Switch:
    """`switch(MAIL_HOST="…")`: settings for one test."""
    def on(**settings: object) -> None:
        for name, value in settings.items():
            monkeypatch.setitem(app.config, name, value)

    return on


@pytest.fixture
def mailbox(switch: Switch) -> Iterator[Mailbox]:
    """A mail server that takes everything, and the settings that lead to it."""
    with mail_server() as box:
        switch(MAIL_HOST="127.0.0.1", MAIL_PORT=box.port, MAIL_SECURITY="none", MAIL_FROM="notices@jiedui.example",
               SITE_URL="https://jiedui.example")
        yield box


@pytest.fixture
def proven(app: Flask) -> Callable[[int, str, str], NoticeAddress]:
    """`proven(user_id, "email", "a@b.example")`: an address that its owner has confirmed."""
    def make(user_id: int, channel: str, address: str) -> NoticeAddress:
        row = NoticeAddress(user_id=user_id, channel=channel, confirmed_at=utc_now())
        row.address = address
        db.session.add(row)
        db.session.commit()
        return row

    return make


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1."""
    from tests.notices.gateways import make_certificate

    return make_certificate(tmp_path)

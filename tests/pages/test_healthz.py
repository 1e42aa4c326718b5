"""The health check: well when the database answers on the newest migration, else 503 with the reason."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import column, table, update
from sqlalchemy.exc import OperationalError

from matching.extensions import db
from matching.pages import queries
from tests.conftest import CheckedClient

VERSION = table("alembic_version", column("version_num"))


def test_it_is_well(client: CheckedClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"ok": True})


def test_a_database_on_an_older_migration_is_not_well(client: CheckedClient, app: Flask) -> None:
    newest = queries.newest_migration(app.config["MIGRATIONS"])
    db.session.execute(update(VERSION).values(version_num="0000"))
    try:
        answer = client.get("/healthz")
    finally:
        db.session.execute(update(VERSION).values(version_num=newest))
        db.session.commit()
    assert answer.status_code == 503
    assert answer.get_json() == {"ok": False, "reason": "the database is not on the newest migration"}
    assert client.get("/healthz").status_code == 200


def test_a_database_that_does_not_answer_is_not_well(client: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def silence(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr(queries.db.session, "scalar", silence)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.get_json() == {"ok": False, "reason": "the database does not answer"}


def test_nobody_keeps_an_old_answer(client: CheckedClient) -> None:
    assert client.get("/healthz").headers["Cache-Control"] == "no-store"

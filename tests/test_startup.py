"""The site refuses to start on anything unsafe, says why, and has written nothing by then."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, text
from sqlalchemy.engine import make_url

from config import Config, TestConfig
from matching import create_app, startup
from matching.crypto import KeyCheck
from matching.extensions import db
from matching.startup import Refused, unsafe_settings
from tests import factories
from tests.databases import TestDatabase
from tests.people import People
from tests.test_access import digest

ROOT = Path(__file__).resolve().parent.parent
GOOD_KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(range(1, 33))).decode()


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """An environment in which a real site may start, on an empty folder."""
    return {"JIEDUI_INSTANCE": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}",
            "SECRET_KEY": "9f3b6c1e-a7d2-4850-bc19-6e0f48d2a713", "FIELD_KEYS": GOOD_KEY, "JIEDUI_SCHEDULER": "0"}


@pytest.mark.slow
def test_a_safe_production_setting_starts(production: dict[str, str]) -> None:
    app = create_app(Config(production))
    assert app.config["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert app.config["SESSION_COOKIE_SECURE"]
    assert app.config["SESSION_COOKIE_HTTPONLY"]
    with app.app_context():
        assert db.session.query(KeyCheck).count() == 1
        db.engine.dispose()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "value", "reason"), [
    ("FLASK_DEBUG", "1", "debug mode is on"),
    ("SECRET_KEY", "", "SECRET_KEY"),
    ("SECRET_KEY", "changeme", "SECRET_KEY"),
    ("SECRET_KEY", "a" * 64, "SECRET_KEY"),
    ("FIELD_KEYS", "", "FIELD_KEYS"),
    ("FIELD_KEYS", "dG9vIHNob3J0", "FIELD_KEYS"),
    ("FIELD_KEYS", "not base64 at all", "FIELD_KEYS"),
    ("FIELD_KEYS", f"{GOOD_KEY},dG9vIHNob3J0", "FIELD_KEYS"),
    ("JIEDUI_DEMO_PASSWORD", "welcome to the demo", "JIEDUI_DEMO_PASSWORD"),
    ("JIEDUI_MAIL_HOST", "mail.example", "JIEDUI_MAIL_FROM"),
    ("JIEDUI_MAIL_SECURITY", "ssl", "JIEDUI_MAIL_SECURITY"),
    ("JIEDUI_SMS_URL", "https://sms.example", "JIEDUI_SMS_SECRET"),
    ("JIEDUI_SMS_URL", "http://sms.example", "SMS_URL is no https address"),
    ("JIEDUI_WECHAT_APP_ID", "wx1", "WeChat are not complete"),
    ("JIEDUI_WECHAT_URL", "http://api.weixin.qq.com", "WECHAT_URL is no https address"),
    ("JIEDUI_SQLITE_SYNCHRONOUS", "NORMAL", "full durability"),
    ("JIEDUI_SQLITE_SYNCHRONOUS", "OFF", "full durability"),
])
def test_an_unsafe_setting_is_refused_by_name_and_nothing_is_written(
        production: dict[str, str], tmp_path: Path, name: str, value: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        create_app(Config({**production, name: value}))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_mail_without_encryption_stays_on_this_machine(production: dict[str, str]) -> None:
    mail = {"JIEDUI_MAIL_FROM": "notices@jiedui.example", "JIEDUI_MAIL_SECURITY": "none"}
    with pytest.raises(Refused, match="without encryption"):
        create_app(Config({**production, **mail, "JIEDUI_MAIL_HOST": "mail.example"}))
    assert unsafe_settings(create_app(Config({**production, **mail, "JIEDUI_MAIL_HOST": "127.0.0.1"}))) == []


def test_cookies_over_plain_http_are_refused(production: dict[str, str], tmp_path: Path) -> None:
    config = Config(production)
    config.SESSION_COOKIE_SECURE = False
    with pytest.raises(Refused, match="https"):
        create_app(config)
    assert list(tmp_path.iterdir()) == []


def test_every_reason_is_named_at_once(production: dict[str, str]) -> None:
    with pytest.raises(Refused) as refusal:
        create_app(Config({**production, "FLASK_DEBUG": "1", "SECRET_KEY": "dev", "FIELD_KEYS": ""}))
    assert len(str(refusal.value).splitlines()) == 4


@pytest.mark.slow
def test_the_demo_makes_its_keys_once_for_its_owner_only(tmp_path: Path) -> None:
    environment = {"JIEDUI_DEMO": "1", "JIEDUI_INSTANCE": str(tmp_path), "JIEDUI_SCHEDULER": "0",
                   "DATABASE_URL": f"sqlite:///{tmp_path / 'demo.sqlite3'}"}
    first, second = create_app(Config(environment)), create_app(Config(environment))
    assert first.config["SECRET_KEY"] == second.config["SECRET_KEY"] != ""
    assert first.config["FIELD_KEYS"] == second.config["FIELD_KEYS"]
    assert first.config["SESSION_COOKIE_NAME"] == "session"
    assert (tmp_path / "demo-keys.json").stat().st_mode & 0o777 == 0o600
    for app in (first, second):
        with app.app_context():
            db.engine.dispose()


@pytest.mark.slow
def test_keys_that_do_not_open_the_database_are_refused_and_nothing_is_written(
        app: Flask, database: TestDatabase, people: People) -> None:
    factories.make_household(phone="13900000001")
    before = digest()
    stranger = create_app(TestConfig(database.url, database.instance, FIELD_KEYS=OTHER_KEY))
    with stranger.app_context(), pytest.raises(Refused, match="FIELD_KEYS does not open this database"):
        startup.make_ready(stranger)
    with stranger.app_context():
        db.engine.dispose()
    assert digest() == before


def test_a_new_key_in_front_of_the_old_one_is_accepted(app: Flask, database: TestDatabase) -> None:
    keys = f"{OTHER_KEY},{app.config['FIELD_KEYS']}"
    rotated = create_app(TestConfig(database.url, database.instance, FIELD_KEYS=keys))
    with rotated.app_context():
        startup.make_ready(rotated)
        db.engine.dispose()


def test_a_database_that_lost_its_key_check_is_refused(app: Flask, people: People) -> None:
    factories.make_household()
    db.session.execute(delete(KeyCheck))
    db.session.commit()
    with pytest.raises(Refused, match="lost its key check"):
        startup.make_ready(app)
    db.session.rollback()
    assert db.session.query(KeyCheck).count() == 0


def test_a_durable_database_is_accepted(app: Flask) -> None:
    startup.check_durability()


def test_control_a_database_that_answers_too_early_is_refused(database: TestDatabase) -> None:
    if database.kind == "sqlite":
        hasty = create_app(TestConfig(database.url, database.instance, SQLITE_SYNCHRONOUS="NORMAL"))
    else:
        url = make_url(database.url).update_query_dict({"options": "-c synchronous_commit=off"})
        hasty = create_app(TestConfig(url.render_as_string(hide_password=False), database.instance))
    with hasty.app_context():
        with pytest.raises(Refused, match="not fully durable"):
            startup.check_durability()
        db.engine.dispose()


@pytest.mark.one_database
def test_sqlite_really_runs_as_promised(app: Flask) -> None:
    with db.engine.connect() as connection:
        asked = {name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
                 for name in ("synchronous", "journal_mode", "foreign_keys")}
    assert asked == {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1}


@pytest.mark.slow
@pytest.mark.parametrize("command", [
    [sys.executable, "-c", "import wsgi"],
    [sys.executable, "-m", "flask", "--app", "wsgi", "pages", "county"]])
def test_server_and_commands_refuse_in_words_and_with_a_status(
        production: dict[str, str], tmp_path: Path, command: list[str]) -> None:
    environment = {"PATH": os.environ["PATH"], **production, "SECRET_KEY": "", "FLASK_DEBUG": "1"}
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert told.returncode != 0
    assert "refused to start" in told.stderr
    assert "SECRET_KEY" in told.stderr
    assert "debug mode is on" in told.stderr
    assert list(tmp_path.iterdir()) == []

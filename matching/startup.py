"""What is checked before the first page is served: settings, durability, keys, migrations."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.dialects import postgresql, sqlite

from matching.crypto import MARK, CannotOpen, KeyCheck, Keyring, keyring
from matching.extensions import db, is_sqlite, reading

CHECK_WORD = "结对"
SAME_MACHINE = ("localhost", "127.0.0.1", "::1")
WEAK_SECRETS = {"", "dev", "secret", "changeme", "password", "test"}


class Refused(RuntimeError):
    """The site refuses to start; the message names every reason, in Chinese and English."""


def take_demo_keys(app: Flask) -> None:
    """In demo mode, fill missing keys from `instance/demo-keys.json`, made once and readable by its owner only."""
    if not app.config["DEMO"] or (app.config["SECRET_KEY"] and app.config["FIELD_KEYS"]):
        return
    path = Path(app.config["INSTANCE"]) / "demo-keys.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = {"SECRET_KEY": secrets.token_urlsafe(48),
                "FIELD_KEYS": base64.b64encode(os.urandom(32)).decode()}
        draft = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(made, file)
        os.replace(draft, path)
    kept = json.loads(path.read_text())
    for name in ("SECRET_KEY", "FIELD_KEYS"):
        app.config[name] = app.config[name] or kept[name]


def database_uri(url: str) -> str:
    """The database address in SQLAlchemy's words: PostgreSQL always through psycopg 3."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def unsafe_settings(app: Flask) -> list[str]:
    """Every setting that is unsafe for real people's data; empty when all is well or in demo mode."""
    config, faults = app.config, []
    secret = config["SECRET_KEY"]
    if config["SQLITE_SYNCHRONOUS"].upper() not in ("FULL", "EXTRA"):
        faults.append("SQLite 没有设为完全落盘 (synchronous=FULL) · SQLite is not set to full durability")
    try:
        Keyring(config["FIELD_KEYS"])
    except ValueError:
        faults.append("FIELD_KEYS 缺失或不是 32 字节的 base64 密钥 · "
                      "FIELD_KEYS is missing or not base64 keys of 32 bytes")
    faults += _unsafe_channels(config)
    if config["DEMO"]:
        return faults
    if config["MAIL_HOST"] and config["MAIL_SECURITY"] == "none" and config["MAIL_HOST"] not in SAME_MACHINE:
        faults.append("邮件没有加密就离开本机 · e-mail would leave this machine without encryption")
    faults += [f"{name} 不是 https 地址 · {name} is no https address" for name in ("SMS_URL", "WECHAT_URL")
               if config[name] and not config[name].startswith("https://")]
    if config["DEBUG"]:
        faults.append("调试模式开着 · debug mode is on")
    if len(secret) < 32 or secret.lower() in WEAK_SECRETS or len(set(secret)) < 8:
        faults.append("SECRET_KEY 缺失或太弱 · SECRET_KEY is missing or weak (32 random characters or more)")
    if config["DEMO_PASSWORD"]:
        faults.append("演示口令只能用于演示 · JIEDUI_DEMO_PASSWORD is for the demo only")
    if not config["SESSION_COOKIE_SECURE"]:
        faults.append("登录凭证没有限制为 https · the session cookie is not limited to https")
    return faults


def _unsafe_channels(config: Mapping[str, Any]) -> list[str]:
    """Channels for notices that are switched on by half."""
    faults = []
    if config["MAIL_SECURITY"] not in ("starttls", "tls", "none"):
        faults.append("JIEDUI_MAIL_SECURITY 只能是 starttls、tls 或 none · "
                      "JIEDUI_MAIL_SECURITY is starttls, tls or none")
    if config["MAIL_HOST"] and "@" not in config["MAIL_FROM"]:
        faults.append("有邮件服务器却没有发件地址 · a mail server, but no JIEDUI_MAIL_FROM")
    if config["SMS_URL"] and len(config["SMS_SECRET"]) < 16:
        faults.append("短信签名的密钥缺失或太短 · JIEDUI_SMS_SECRET is missing or short (16 characters or more)")
    if config["WECHAT_APP_ID"] and not (config["WECHAT_APP_SECRET"] and config["WECHAT_TEMPLATE"]
                                        and config["WECHAT_FIELDS"].count(",") == 1):
        faults.append("微信的设置不全 · the settings of WeChat are not complete")
    return faults


def refuse_unsafe(app: Flask) -> None:
    """Raise Refused, naming all reasons, when a setting is unsafe."""
    if faults := unsafe_settings(app):
        raise Refused("拒绝启动 · refused to start:\n- " + "\n- ".join(faults))


def migrate_if_empty() -> None:
    """Bring an empty database to the newest migration; leave any other untouched."""
    from flask_migrate import upgrade

    with reading():
        empty = not inspect(db.engine).get_table_names()
    if empty:
        upgrade()


def check_durability() -> None:
    """Raise Refused when the database answers before the data is on disk."""
    with reading(), db.engine.connect() as connection:
        if is_sqlite(db.engine):
            mode = connection.execute(text("PRAGMA synchronous")).scalar_one()
            safe = mode in (2, 3)
        else:
            settings = [connection.execute(text(f"SHOW {name}")).scalar_one()
                        for name in ("fsync", "synchronous_commit")]
            safe = settings[0] == "on" and settings[1] not in ("off", "local")
    if not safe:
        raise Refused("拒绝启动：数据库没有设为完全落盘 · refused to start: the database is not fully durable")


def check_field_keys(app: Flask) -> None:
    """Let FIELD_KEYS open the word of every key that ever sealed something here, else raise Refused.

    The newest key leaves its own word before it seals anything, so that the site cannot start without it later.
    """
    ring = keyring()
    with reading():
        checks = db.session.scalars(select(KeyCheck)).all()
        files = db.session.scalar(select(text("1")).select_from(text("members")).limit(1))
        opened = [_opens(row) for row in checks]
        known = any((row.word_sealed or b"")[:MARK] == ring.mark for row in checks)
    if not checks and files:
        raise Refused("拒绝启动：数据库里没有密钥校验 · refused to start: the database has lost its key check")
    if not all(opened):
        raise Refused("拒绝启动：FIELD_KEYS 缺一把还在用的密钥 · refused to start: FIELD_KEYS lacks a key that is "
                      "still in use (put it back, then `keys rotate`)" if any(opened) else
                      "拒绝启动：FIELD_KEYS 打不开这个数据库 · "
                      "refused to start: FIELD_KEYS does not open this database")
    if not known:
        _leave_check(ring.keys[0].number)


def _leave_check(number: int) -> None:
    """Add the newest key's word; another process may do the same at the same moment."""
    row = KeyCheck(id=number)
    row.word = CHECK_WORD
    add = sqlite.insert if is_sqlite(db.engine) else postgresql.insert
    db.session.execute(add(KeyCheck).values(id=row.id, seal=row.seal, word_sealed=row.word_sealed)
                       .on_conflict_do_nothing())
    db.session.commit()


def _opens(row: KeyCheck) -> bool:
    try:
        return row.word == CHECK_WORD
    except CannotOpen:
        return False


def make_ready(app: Flask) -> None:
    """All checks that need the database, in order; called before serving and by every database command."""
    refuse_unsafe(app)
    migrate_if_empty()
    if not app.testing:
        check_durability()
    check_field_keys(app)


def start_background(app: Flask) -> None:
    """Let this process compete for the one scheduler, when the settings want it."""
    if app.config["SCHEDULER"]:
        from matching import jobs

        jobs.start(app)

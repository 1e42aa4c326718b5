"""Settings, read once from the environment. Every name is explained in docs/configuration.md."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent


class Config:
    """The settings of one running site.

    Production is the default: `matching.startup` refuses to serve when a setting is unsafe there.
    `JIEDUI_DEMO=1` (set by `make run`) is the only way to plain http and generated keys.
    """

    TESTING = False
    DEBUG = False
    SQLALCHEMY_ENGINE_OPTIONS = {"hide_parameters": True}
    MAX_CONTENT_LENGTH = 20 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 1024 * 1024
    PERMANENT_SESSION_LIFETIME = timedelta(hours=12)
    SESSION_IDLE = timedelta(minutes=30)
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_REFRESH_EACH_REQUEST = False
    PASSWORD_COST = (2, 19_456, 1)  # argon2id as OWASP advises: passes, KiB of memory, lanes
    WTF_CSRF_TIME_LIMIT = None  # the token lives as long as its session
    WTF_CSRF_SSL_STRICT = True
    BABEL_DEFAULT_LOCALE = "zh_Hans"
    BABEL_DEFAULT_TIMEZONE = "Asia/Shanghai"
    LANGUAGES = ("zh_Hans", "en")
    COMPRESS_MIMETYPES = ("text/html", "text/css", "application/javascript", "text/javascript",
                          "application/json", "image/svg+xml")

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self.DEMO = environ.get("JIEDUI_DEMO") == "1"
        self.DEBUG = environ.get("FLASK_DEBUG", "0") not in ("", "0")
        self.INSTANCE = Path(environ.get("JIEDUI_INSTANCE", ROOT / "instance"))
        self.SECRET_KEY = environ.get("SECRET_KEY", "")
        self.FIELD_KEYS = environ.get("FIELD_KEYS", "")
        self.DATABASE_URL = environ.get("DATABASE_URL", f"sqlite:///{self.INSTANCE / 'jiedui.sqlite3'}")
        self.DEMO_PASSWORD = environ.get("JIEDUI_DEMO_PASSWORD", "")
        self.SQLITE_SYNCHRONOUS = environ.get("JIEDUI_SQLITE_SYNCHRONOUS", "FULL")
        self.TRUSTED_PROXIES = int(environ.get("JIEDUI_TRUSTED_PROXIES", "0"))
        self.SCHEDULER = environ.get("JIEDUI_SCHEDULER", "1") == "1"
        self.RETENTION_YEARS = int(environ.get("JIEDUI_RETENTION_YEARS", "10"))
        self.AUDIT_ANCHORS = environ.get("JIEDUI_AUDIT_ANCHORS", str(self.INSTANCE / "audit-anchors"))
        self.BACKUPS = environ.get("JIEDUI_BACKUPS", "")
        self.BACKUP_DAYS = int(environ.get("JIEDUI_BACKUP_DAYS", "90"))
        self.LOG_LEVEL = environ.get("JIEDUI_LOG_LEVEL", "INFO")
        self._take_channels(environ)
        self.SESSION_COOKIE_SECURE = not self.DEMO
        self.SESSION_COOKIE_NAME = "session" if self.DEMO else "__Host-session"

    def _take_channels(self, environ: Mapping[str, str]) -> None:
        """How notices leave the house; a channel without its first setting is off."""
        self.SITE_URL = environ.get("JIEDUI_SITE_URL", "").rstrip("/")
        self.MAIL_HOST = environ.get("JIEDUI_MAIL_HOST", "")
        self.MAIL_PORT = int(environ.get("JIEDUI_MAIL_PORT", "587"))
        self.MAIL_SECURITY = environ.get("JIEDUI_MAIL_SECURITY", "starttls")
        self.MAIL_CA_FILE = environ.get("JIEDUI_MAIL_CA_FILE", "")
        self.MAIL_USER = environ.get("JIEDUI_MAIL_USER", "")
        self.MAIL_PASSWORD = environ.get("JIEDUI_MAIL_PASSWORD", "")
        self.MAIL_FROM = environ.get("JIEDUI_MAIL_FROM", "")
        self.SMS_URL = environ.get("JIEDUI_SMS_URL", "")
        self.SMS_KEY = environ.get("JIEDUI_SMS_KEY", "")
        self.SMS_SECRET = environ.get("JIEDUI_SMS_SECRET", "")
        self.WECHAT_APP_ID = environ.get("JIEDUI_WECHAT_APP_ID", "")
        self.WECHAT_APP_SECRET = environ.get("JIEDUI_WECHAT_APP_SECRET", "")
        self.WECHAT_TEMPLATE = environ.get("JIEDUI_WECHAT_TEMPLATE", "")
        self.WECHAT_FIELDS = environ.get("JIEDUI_WECHAT_FIELDS", "thing1,time2")
        self.WECHAT_URL = environ.get("JIEDUI_WECHAT_URL", "https://api.weixin.qq.com")


class TestConfig(Config):
    """Settings of the automated tests: demo mode, fixed keys, no scheduler thread."""

    TESTING = True
    PASSWORD_COST = (1, 8, 1)
    __test__ = False

    def __init__(self, database_url: str, instance: Path, **changes: object) -> None:
        super().__init__({"JIEDUI_DEMO": "1", "DATABASE_URL": database_url, "JIEDUI_INSTANCE": str(instance),
                          "SECRET_KEY": "test secret key that is long enough 0123456789",
                          "FIELD_KEYS": "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdC0=",
                          "JIEDUI_DEMO_PASSWORD": "correct horse battery", "JIEDUI_SCHEDULER": "0"})
        self.__dict__.update(changes)

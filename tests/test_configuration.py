"""docs/configuration.md is kept true: it names every setting, and nothing that is not one."""

from __future__ import annotations

import re
from pathlib import Path

from config import Config

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
READ = re.compile(r"""(?:environ|environment|get)(?:\.get\(|\[|\()\s*["']([A-Z][A-Z0-9_]+)["']""")
SOURCES = ["config.py", "gunicorn.conf.py", "tools", "bench/__main__.py", "tests/postgres.py",
           "tests/browser/conftest.py"]
OURS_ALONE = {"JIEDUI_TEST_OWNER", "JIEDUI_TEST_RUN", "FLASK_RUN_FROM_CLI", "PYTHONUNBUFFERED"}
"""Variables that our own processes pass to each other; nobody sets them."""


def documented() -> set[str]:
    """Names in the first column of the tables."""
    cells = [line.split("|")[1] for line in DOCUMENT.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", cell)}


def settings() -> set[str]:
    """Every setting of the configuration object."""
    return {name for name in dir(Config({})) if name.isupper()}


def variables() -> set[str]:
    """Every environment variable that the product or its tools read."""
    files = [file for source in SOURCES
             for file in ([ROOT / source] if source.endswith(".py") else (ROOT / source).rglob("*.py"))]
    found = {name for file in files for name in READ.findall(file.read_text(encoding="utf-8"))}
    return found - OURS_ALONE


def test_every_setting_is_documented() -> None:
    assert settings() - documented() == set()


def test_every_environment_variable_is_documented() -> None:
    assert "DATABASE_URL" in variables(), "the pattern finds nothing any more"
    assert variables() - documented() == set()


def test_nothing_else_is_documented() -> None:
    assert documented() - settings() - variables() - {"PYTHON"} == set()
    assert "$PYTHON" in (ROOT / "tools" / "find-python").read_text()


def test_the_defaults_in_the_document_are_the_defaults() -> None:
    config = Config({})
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \|", DOCUMENT, re.MULTILINE))
    assert rows["JIEDUI_TRUSTED_PROXIES"] == str(config.TRUSTED_PROXIES)
    assert rows["JIEDUI_LOG_LEVEL"] == config.LOG_LEVEL
    assert rows["JIEDUI_SQLITE_SYNCHRONOUS"] == config.SQLITE_SYNCHRONOUS
    assert rows["JIEDUI_SCHEDULER"] == ("1" if config.SCHEDULER else "0")
    assert config.PASSWORD_COST == (2, 19_456, 1)
    assert config.PERMANENT_SESSION_LIFETIME.total_seconds() == 12 * 3600
    assert config.SESSION_IDLE.total_seconds() == 30 * 60
    assert config.MAX_CONTENT_LENGTH == 20 * 1024**2

"""A Chromium for the browser tests: the machine's own, else one from its packages, else Playwright's, else none."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

from tools.environment import CACHE, python, stream
from tools.says import Stop, step

__all__ = ["find_browser"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")
ASKED = CACHE / "browser.asked"
DAY_SECONDS = 86_400
ASK_PLAYWRIGHT = (
    "from playwright.sync_api import sync_playwright as p\n"
    "with p() as q: print(q.chromium.executable_path)"
)


def find_browser() -> str | None:
    """Path of a Chromium; `JIEDUI_CHROMIUM` names one. None when none can be had here."""
    return os.environ.get("JIEDUI_CHROMIUM") or _installed() or _bring()


def _installed() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _bring() -> str | None:
    """Try the machine's packages (as root) and Playwright's own; what failed today is not tried again today."""
    if ASKED.exists() and time.time() - ASKED.stat().st_mtime < DAY_SECONDS:
        return _of_playwright()
    with step("浏览器（只有测试用它）", "Browser, for the tests only"):
        found = _from_packages() or _from_playwright()
    if found is None:
        ASKED.touch()
    return found


def _from_packages() -> str | None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    try:
        stream(["apt-get", "update", "-q"])
        stream(["apt-get", "install", "-y", "-q", "--no-install-recommends", *PACKAGES])
    except Stop:
        return None
    return _installed()


def _from_playwright() -> str | None:
    try:
        stream([str(python()), "-m", "playwright", "install", "chromium"])
    except Stop:
        return None
    return _of_playwright()


def _of_playwright() -> str | None:
    told = subprocess.run([python(), "-c", ASK_PLAYWRIGHT], capture_output=True, text=True, check=False)
    path = told.stdout.strip()
    return path if path and Path(path).exists() else None

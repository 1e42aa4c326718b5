"""`make test`, `quick`, `lint`, `browser`, `bench`, `promises`: brings what they need, then hands over to them."""

from __future__ import annotations

import os
import subprocess
import sys

from tools.browser import find_browser
from tools.environment import ROOT, locked, make_environment, python
from tools.frontend import bring_files
from tools.says import main, say

WORKERS = str(max(2, min(8, os.cpu_count() or 2)))
PYTEST = ["pytest", "-q"]
SOURCES = ["matching", "tools", "bench", "migrations", "config.py", "wsgi.py", "gunicorn.conf.py"]
COMMANDS: dict[str, list[list[str]]] = {
    "test": [[*PYTEST, "-n", WORKERS, "-m", "not promise"]],
    "quick": [[*PYTEST, "-n", WORKERS, "--sqlite-only", "-m", "not promise and not slow and not browser"]],
    "browser": [[*PYTEST, "-m", "browser and not promise"]],
    "promises": [[*PYTEST, "-m", "promise", "--timeout", "3600"]],
    "bench": [["bench"], ["bench.fairness"], ["bench.nearby"], ["bench.changes"], ["bench.reserve"], ["bench.lists"]],
    "lint": [["ruff", "check"], ["mypy"], ["bandit", "-q", "-c", "pyproject.toml", "-r", *SOURCES]],
}
WITH_BROWSER = ("test", "browser", "promises")


def check() -> int:
    """Set up and run the named check; the exit status is the first one that is not 0."""
    name = sys.argv[1]
    with locked():
        make_environment("requirements-dev.txt")
        if name != "lint":
            bring_files()
        browser = find_browser() if name in WITH_BROWSER else None
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    if browser:
        environment["JIEDUI_CHROMIUM"] = browser
    elif name in WITH_BROWSER:
        say("  没有浏览器，浏览器测试会跳过 / No browser could be had: the browser tests will be skipped")
    statuses = []
    for module, *arguments in COMMANDS[name]:
        done = subprocess.run([python(), "-m", module, *arguments], cwd=ROOT, env=environment, check=False)
        statuses.append(done.returncode)
    return next((status for status in statuses if status), 0)


if __name__ == "__main__":
    main(check)

"""`make run`: from a fresh clone to a site that answers; a second call starts at once and keeps the data."""

from __future__ import annotations

import errno
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tools.environment import ROOT, locked, make_environment, python
from tools.frontend import bring_files
from tools.says import Stop, main, say

START_SECONDS = 60
PREPARED = "prepared"
ACCOUNTS_FILE = "demo-accounts.txt"
LOG_BYTES = 5_000_000


def run() -> int:
    """Set up, load the demo once, serve until stopped."""
    what = sys.argv[1] if len(sys.argv) > 1 else "serve"
    port = _port() if what == "serve" else 0
    say("结对 Jiedui")
    instance = Path(os.environ.get("JIEDUI_INSTANCE", ROOT / "instance"))
    environment = {**os.environ, "JIEDUI_INSTANCE": str(instance), "PORT": str(port)}
    if what != "migrate":
        environment["JIEDUI_DEMO"] = "1"
    with locked():
        make_environment("requirements.txt")
        bring_files()
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        if what != "serve" or not _is_prepared(instance, environment):
            _prepare(what, instance, environment)
    return _serve(port, instance, environment) if what == "serve" else 0


def _port() -> int:
    """The port to serve on; Stop when it is none or somebody else's, before anything heavy is done."""
    given = os.environ.get("PORT", "5000")
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise Stop(
            f"PORT={given} 不是端口号。请给 1 到 65535 之间的数，例如：make run PORT=5001",
            f"PORT={given} is not a port. Give a number from 1 to 65535, for instance: make run PORT=5001",
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(given)))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            raise Stop(
                f"端口 {given} 已经被占用或不许使用。请换一个，例如：make run PORT={_other(int(given))}",
                f"Port {given} is in use or not allowed. Choose another: make run PORT={_other(int(given))}",
            ) from None
    return int(given)


def _other(port: int) -> int:
    """A port near by that is free now."""
    for candidate in [*range(max(port, 5000) + 1, min(max(port, 5000) + 50, 65536)), 8000, 8080]:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", candidate)) != 0:
                return int(candidate)
    return 8000


def _is_prepared(instance: Path, environment: dict[str, str]) -> bool:
    """Whether our own SQLite file was prepared by these very migrations, so that serving may begin at once."""
    stamp = instance / PREPARED
    there = (instance / "jiedui.sqlite3").exists() and (instance / ACCOUNTS_FILE).exists()
    return there and stamp.exists() and stamp.read_text() == _preparation(environment)


def _preparation(environment: dict[str, str]) -> str:
    """What the prepared data depends on, as one digest; another database is prepared anew at each start."""
    migrations = sorted(file.name for file in (ROOT / "migrations" / "versions").glob("*.py"))
    given = [environment.get(name, "") for name in ("DATABASE_URL", "JIEDUI_DEMO_PASSWORD")]
    return "" if given[0] else hashlib.sha256("\0".join([*migrations, *given]).encode()).hexdigest()


def _prepare(what: str, instance: Path, environment: dict[str, str]) -> None:
    """Migrate, load the demo once and run a first pairing, in one process of the product's own Python."""
    stamp = instance / PREPARED
    stamp.unlink(missing_ok=True)
    command = [str(python()), "-m", "tools.prepare", "migrate" if what == "migrate" else "demo"]
    quiet = {"FLASK_RUN_FROM_CLI": "true", "JIEDUI_SCHEDULER": "0", "JIEDUI_LOG_LEVEL": "WARNING"}
    done = subprocess.run(command, cwd=ROOT, env={**environment, **quiet}, check=False)
    if done.returncode:
        raise Stop(
            "数据没有准备好，原因在上面。改好后再运行一次，会接着做。",
            "The data could not be prepared, for the reason above. Mend it and run this again; it goes on from here.",
        )
    if what != "migrate" and (digest := _preparation(environment)):
        stamp.write_text(digest)


def _serve(port: int, instance: Path, environment: dict[str, str]) -> int:
    """Start gunicorn, say where it answers, and stay until it or we are stopped."""
    log_file = instance / "server.log"
    shown = os.path.relpath(log_file)
    if log_file.exists() and log_file.stat().st_size > LOG_BYTES:
        log_file.replace(instance / "server.log.old")
    with log_file.open("ab") as log:
        server = subprocess.Popen(
            [python(), "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda *_: server.terminate())
    try:
        if not _answers(port, server):
            server.terminate()
            raise Stop(
                f"网站没有起来，原因在 {shown} 的最后几行。",
                f"The site did not start; the reason is in the last lines of {shown}.",
            )
        say(f"\n  http://127.0.0.1:{port}\n")
        say((instance / ACCOUNTS_FILE).read_text(encoding="utf-8"))
        say(f"  停下按 Ctrl+C，日志在 {shown} / Ctrl+C stops it, the log is {shown}")
        return server.wait() and 1
    except KeyboardInterrupt:
        server.wait(30)
        return 0


def _answers(port: int, server: subprocess.Popen[bytes]) -> bool:
    """Whether the site says that it is well before `START_SECONDS` are over."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return True
        except OSError:
            pass  # not yet
        finally:
            connection.close()
        time.sleep(0.1)
    return False


if __name__ == "__main__":
    main(run)

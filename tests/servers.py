"""The site as it really runs: gunicorn with several processes on a port of its own."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

__all__ = ["RealServer", "serve"]

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60


@dataclass
class RealServer:
    """A running server: `url` without a slash at its end, `log` its output so far."""

    process: subprocess.Popen[bytes]
    port: int
    log_file: Path

    @property
    def url(self) -> str:
        """Address of the site."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What the server has printed."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def stop(self, *, kill: bool = False) -> None:
        """End the server and all its processes; `kill` gives them no time."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL if kill else signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(5)


def serve(environment: dict[str, str], folder: Path, workers: int, threads: int,
          application: str = "wsgi:app") -> RealServer:
    """Start the site (or a variant of it, for controls) and wait until it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    log_file = folder / f"server-{port}.log"
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--workers", str(workers),
             "--threads", str(threads), application],
            cwd=ROOT, env={**environment, "PORT": str(port)}, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    server = RealServer(process, port, log_file)
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if _answers(port):
            return server
        time.sleep(0.1)
    server.stop(kill=True)
    raise RuntimeError(f"the server did not start:\n{server.log}")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()

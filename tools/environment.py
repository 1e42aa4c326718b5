"""The product's own virtual environment: filled only when a lock file changed, begun anew when half done."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from tools.says import NO_SPACE, Stop, say, step

__all__ = ["CACHE", "ROOT", "fail", "locked", "make_environment", "python", "stream"]

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
VENV = ROOT / ".venv"
LOG = CACHE / "setup.log"
UNFINISHED = VENV / ".unfinished"
NEEDED_BYTES = 1_500_000_000
NO_NETWORK = (
    "下载没有成功：连不上软件包服务器。请检查网络，再运行一次，会接着做。",
    "The download failed: the package server cannot be reached. Check the network, run this again; it goes on.",
)
NETWORK_SIGNS = (
    "name resolution", "newconnectionerror", "connection refused", "network is unreachable", "timed out",
    "enotfound", "eai_again", "econnrefused", "econnreset", "enetunreach", "etimedout", "no matching distribution",
    "proxyerror", "sslerror", "self_signed_cert", "certificate verify failed",
)  # fmt: skip


def python() -> Path:
    """The interpreter of the virtual environment."""
    return VENV / "bin" / "python"


@contextmanager
def locked() -> Iterator[None]:
    """Let one set-up at a time work in this folder."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  另一个安装正在进行，等它做完 / Another set-up is running here, waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_environment(lock_name: str) -> None:
    """Bring `.venv` to what `lock_name` (requirements.txt or requirements-dev.txt) says; no work when it is."""
    if _is_filled(lock_name):
        return
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES:
        raise Stop(
            f"磁盘只剩 {free // 1_000_000} MB，安装约需 1500 MB。请腾出空间，再运行一次。",
            f"Only {free // 1_000_000} MB of disk are left and set-up needs about 1500 MB. "
            "Free some space and run this again.",
        )
    with step("准备 Python 环境", "Python environment") as progress:
        _make_venv()
        _fill_venv(lock_name, progress)


def _digest(lock_name: str) -> str:
    return hashlib.sha256((ROOT / lock_name).read_bytes()).hexdigest()


def _stamp(lock_name: str) -> Path:
    return VENV / f".ready-{lock_name}"


def _is_filled(lock_name: str) -> bool:
    stamp = _stamp(lock_name)
    return _runs() and stamp.exists() and stamp.read_text() == _digest(lock_name)


def _runs() -> bool:
    """Whether the environment's interpreter starts, is new enough and was not left half filled."""
    if UNFINISHED.exists() or not python().exists():
        return False
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([python(), "-c", check], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _make_venv() -> None:
    if _runs():
        return
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return
    said = done.stdout + done.stderr
    shutil.rmtree(VENV, ignore_errors=True)
    if "ensurepip" in said or "No module named venv" in said:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Stop(
            f"这个 Python 少了 venv 模块。Debian、Ubuntu 上请先运行：apt install python{version}-venv",
            f"This Python lacks its venv module. On Debian or Ubuntu: apt install python{version}-venv",
        )
    fail(said)


WRITE_BYTECODE = """
import compileall, re, sys
compileall.compile_dir(sys.argv[1], quiet=2, workers=0, rx=re.compile("/tests?/"))
"""
"""Not left to the first start: where Python may not write bytecode, each start would compile it anew (a second for
the engine alone). Nor to pip, which does it on one core and for the packages' own tests as well."""


def _fill_venv(lock_name: str, progress: Callable[[int, int], None]) -> None:
    """Install exactly the locked packages; a stamp is written only after all of them are in."""
    wanted = (ROOT / lock_name).read_text().count("==")
    seen = 0

    def watch(line: str) -> None:
        nonlocal seen
        seen += line.startswith("Collecting ")
        progress(seen, wanted)
        if line.startswith("Installing collected packages"):  # until here a failure leaves everything as it was
            UNFINISHED.touch()

    # fmt: off
    stream([
        str(python()), "-m", "pip", "install", "--require-hashes", "--no-input", "--progress-bar", "off",
        "--disable-pip-version-check", "--no-compile", "--root-user-action", "ignore", "-r", str(ROOT / lock_name),
    ], watch)
    # fmt: on
    stream([str(python()), "-c", WRITE_BYTECODE, str(VENV / "lib")])
    for name in {lock_name, "requirements.txt"}:
        _stamp(name).write_text(_digest(name))
    UNFINISHED.unlink(missing_ok=True)


def stream(command: list[str], each_line: Callable[[str], None] = lambda line: None, cwd: Path = ROOT,
           environment: Mapping[str, str] | None = None) -> None:
    """Run a command with its output in the set-up log, handing each line to `each_line`; raise Stop if it fails."""
    CACHE.mkdir(exist_ok=True)
    lines: list[str] = []
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(command)}\n")
        with subprocess.Popen(
            command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
        ) as process:  # fmt: skip
            for line in process.stdout or ():
                lines.append(line)
                log.write(line)
                each_line(line)
        if process.returncode:
            fail("".join(lines))


def fail(output: str) -> NoReturn:
    """Turn a failed command's output into the sentence that fits it."""
    low = output.lower()
    if "no space left" in low or "enospc" in low:
        raise Stop(*NO_SPACE)
    if any(sign in low for sign in NETWORK_SIGNS):
        raise Stop(*NO_NETWORK)
    last = "\n".join(output.strip().splitlines()[-5:])
    raise Stop(
        f"安装没有成功，最后几行是：\n{last}\n全部记录在 {LOG.relative_to(ROOT)}。",
        f"Set-up failed; its last lines are above and all of it is in {LOG.relative_to(ROOT)}.",
    )

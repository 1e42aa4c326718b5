"""Set-up holds what it promises: what is imported is pinned, what is pinned is locked and hashed, nothing leaks."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = {"matching", "config", "wsgi", "tests", "tools", "bench"}
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;\\]+)")
FLASKS_OWN = {"werkzeug", "jinja2", "markupsafe", "itsdangerous", "blinker"}
"""They come with Flask, in the versions that fit it."""
HAND_WRITTEN = ("requirements.in", "requirements-dev.in", "requirements-cluster.in")
LOCKED = ("requirements.txt", "requirements-dev.txt", "requirements-cluster.txt", "tools/node.txt")


def name_of(written: str) -> str:
    """A distribution's name in its one normal form."""
    return re.sub(r"[-_.]+", "-", written).lower()


def pins(file: str) -> dict[str, str]:
    """Name → version of every pin in a requirements file."""
    found = (PIN.match(line) for line in (ROOT / file).read_text().splitlines())
    return {name_of(match[1]): match[2] for match in found if match}


def imports(folders: tuple[str, ...]) -> set[str]:
    """Top-level modules that the Python files below these places import and that are neither ours nor Python's."""
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")] if folders else []
    files += [ROOT / folder for folder in folders if folder.endswith(".py")]
    found: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                found.add(node.module.split(".")[0])
    return found - OURS - sys.stdlib_module_names


def distributions(modules: set[str]) -> dict[str, set[str]]:
    """Module → the distributions that may bring it."""
    known = packages_distributions()
    return {module: {name_of(name) for name in known.get(module, [module])} for module in modules}


def missing(wanted: dict[str, set[str]], direct: dict[str, str]) -> set[str]:
    """Modules that no direct requirement brings."""
    return {module for module, names in wanted.items() if not names & (direct.keys() | FLASKS_OWN)}


@pytest.mark.slow
def test_what_the_product_imports_is_a_direct_requirement() -> None:
    wanted = distributions(imports(("matching", "config.py", "wsgi.py")))
    assert missing(wanted, pins("requirements.in")) == set()


@pytest.mark.slow
def test_what_the_tests_import_is_a_direct_requirement() -> None:
    wanted = distributions(imports(("tests", "tools")))
    assert missing(wanted, pins("requirements.in") | pins("requirements-dev.in")) == set()


@pytest.mark.parametrize("file", HAND_WRITTEN)
def test_every_direct_requirement_is_pinned(file: str) -> None:
    lines = [line for line in (ROOT / file).read_text().splitlines() if line and not line.startswith(("#", "-r"))]
    assert [line for line in lines if not PIN.match(line)] == []


def test_there_are_at_most_40_direct_requirements_at_run_time() -> None:
    assert len(pins("requirements.in")) <= 40


@pytest.mark.parametrize("file", LOCKED)
def test_every_locked_requirement_has_a_hash(file: str) -> None:
    entries = (ROOT / file).read_text().replace("\\\n", " ").splitlines()
    pinned = [line for line in entries if PIN.match(line)]
    assert pinned
    assert [line for line in pinned if "--hash=sha256:" not in line] == []


@pytest.mark.parametrize(("written", "locked"), [("requirements.in", "requirements.txt"),
                                                 ("requirements-dev.in", "requirements-dev.txt"),
                                                 ("requirements.txt", "requirements-dev.txt"),
                                                 ("requirements-cluster.in", "requirements-cluster.txt"),
                                                 ("requirements.txt", "requirements-cluster.txt")])
def test_the_lock_says_what_the_pins_say(written: str, locked: str) -> None:
    assert pins(written).items() <= pins(locked).items(), "run `make lock`"


@pytest.mark.parametrize("file", [*HAND_WRITTEN, *LOCKED, "package.json", "package-lock.json", "tools/frontend.json"])
def test_no_lock_names_the_machine_or_a_registry(file: str) -> None:
    text = re.sub(r'"url": "https://(github|opencollective)\.com/', "", (ROOT / file).read_text())
    assert "://" not in text
    assert "resolved" not in text


def test_files_from_npm_are_pinned_and_checked() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    for entry in json.loads((ROOT / "tools" / "frontend.json").read_text()):
        assert entry["from"].split("/")[0] in wanted
        assert re.fullmatch(r"[0-9a-f]{64}", entry["sha256"])
        assert ignored(entry["to"]), f"{entry['to']} must never be committed"


def ignored(path: str) -> bool:
    """Whether git leaves this path alone."""
    return subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("path", ["instance/jiedui.sqlite3", "instance/demo-keys.json", ".venv/bin/python", ".cache/x"])
def test_what_set_up_makes_is_never_committed(path: str) -> None:
    assert ignored(path)


def test_help_lists_every_command_of_the_contract() -> None:
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = {line.split()[1] for line in told.splitlines()}
    assert listed >= {"help", "run", "test", "quick", "lint", "bench", "browser", "promises", "migrate", "demo"}

"""Set-up in trouble: each hindrance has its sentence in both languages, and the next try recovers."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import browser, environment, frontend, run, says
from tools.says import NO_SPACE, Stop

ROOT = Path(__file__).resolve().parent.parent


def told(command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command of set-up and return what it said."""
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True,
                          check=False, timeout=60)


# --- the port


def test_a_port_in_use_is_named_with_a_free_one_before_anything_is_done(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = told([sys.executable, "-m", "tools.run"], PORT=str(port), JIEDUI_INSTANCE=str(tmp_path / "none"))
    assert done.returncode == 1
    assert f"端口 {port} 已经被占用" in done.stderr
    assert f"Port {port} is in use" in done.stderr
    assert "make run PORT=" in done.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.slow
@pytest.mark.parametrize("port", ["abc", "0", "80000", "-1", "5000.5", ""])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    done = told([sys.executable, "-m", "tools.run"], PORT=port)
    assert done.returncode == 1
    assert "不是端口号" in done.stderr
    assert "is not a port" in done.stderr


# --- Python


def test_a_machine_without_a_new_python_is_told_so(tmp_path: Path) -> None:
    done = told(["/bin/sh", "tools/find-python"], PATH=str(tmp_path), PYTHON="")
    assert done.returncode == 1
    assert "需要 Python 3.11" in done.stderr
    assert "Python 3.11 or newer is needed" in done.stderr


def test_a_named_python_comes_first() -> None:
    done = told(["/bin/sh", "tools/find-python"], PYTHON=sys.executable)
    assert done.stdout.strip() == sys.executable


def test_an_old_python_is_passed_over(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    new = tmp_path / "python3.12"
    new.symlink_to(sys.executable)
    done = told(["/bin/sh", "tools/find-python"], PATH=str(tmp_path), PYTHON="")
    assert done.stdout.strip() == str(new)


# --- the virtual environment


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that set-up takes for the clone, with one lock file."""
    for name, value in {"ROOT": tmp_path, "CACHE": tmp_path / ".cache", "VENV": tmp_path / ".venv",
                        "LOG": tmp_path / ".cache" / "setup.log",
                        "UNFINISHED": tmp_path / ".venv" / ".unfinished"}.items():
        monkeypatch.setattr(environment, name, value)
    (tmp_path / "requirements.txt").write_text("one==1\ntwo==2\n")
    return tmp_path


def pip_that_says(*lines: str, fails: bool) -> Callable[..., None]:
    """A stand-in for the call of pip: says its lines and fails or not."""
    def stream(command: list[str], each_line: Callable[[str], None] = lambda line: None, **_: object) -> None:
        for line in lines:
            each_line(line)
        if fails:
            raise Stop("", "")

    return stream


def make_usable(folder: Path) -> None:
    """A virtual environment that starts: the interpreter of these tests by another name."""
    (folder / ".venv" / "bin").mkdir(parents=True)
    interpreter = folder / ".venv" / "bin" / "python"
    interpreter.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    interpreter.chmod(0o755)


def test_nothing_is_installed_when_the_lock_is_unchanged(workshop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_usable(workshop)
    monkeypatch.setattr(environment, "stream", pip_that_says("Collecting one", fails=False))
    environment.make_environment("requirements.txt")
    monkeypatch.setattr(environment, "stream", pip_that_says(fails=True))
    environment.make_environment("requirements.txt")


def test_a_changed_lock_is_installed(workshop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_usable(workshop)
    monkeypatch.setattr(environment, "stream", pip_that_says(fails=False))
    environment.make_environment("requirements.txt")
    (workshop / "requirements.txt").write_text("one==2\n")
    monkeypatch.setattr(environment, "stream", pip_that_says(fails=True))
    with pytest.raises(Stop):
        environment.make_environment("requirements.txt")


def test_a_download_that_failed_leaves_the_environment_as_it_was(
        workshop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_usable(workshop)
    monkeypatch.setattr(environment, "stream", pip_that_says("Collecting one", fails=True))
    with pytest.raises(Stop):
        environment.make_environment("requirements.txt")
    assert environment._runs()
    assert not environment._is_filled("requirements.txt")


def test_an_installation_cut_short_is_begun_anew(workshop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_usable(workshop)
    monkeypatch.setattr(environment, "stream", pip_that_says("Installing collected packages: one", fails=True))
    with pytest.raises(Stop):
        environment.make_environment("requirements.txt")
    assert not environment._runs()


@pytest.mark.slow
def test_a_broken_environment_is_made_anew(workshop: Path) -> None:
    (workshop / ".venv" / "bin").mkdir(parents=True)
    (workshop / ".venv" / "bin" / "python").write_text("broken")
    environment._make_venv()
    assert environment._runs()


def test_too_small_a_disk_is_named_before_anything_is_done(workshop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "NEEDED_BYTES", 10**18)
    with pytest.raises(Stop, match="disk"):
        environment.make_environment("requirements.txt")
    assert not (workshop / ".venv").exists()


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", NO_SPACE),
        ("NewConnectionError: Temporary failure in name resolution", environment.NO_NETWORK),
        ("npm error code EAI_AGAIN", environment.NO_NETWORK),
        ("npm error code SELF_SIGNED_CERT_IN_CHAIN", environment.NO_NETWORK),
    ],
)
def test_what_failed_is_put_into_a_sentence(output: str, sentence: tuple[str, str]) -> None:
    with pytest.raises(Stop) as stopped:
        environment.fail(output)
    assert (stopped.value.chinese, stopped.value.english) == sentence


def test_an_unknown_fault_shows_its_last_lines() -> None:
    with pytest.raises(Stop) as stopped:
        environment.fail("one\ntwo\nstrange thing")
    assert "strange thing" in stopped.value.chinese


# --- the files that npm brings


def test_a_file_that_is_not_the_one_we_checked_is_not_used(tmp_path: Path) -> None:
    source, target = tmp_path / "a.css", tmp_path / "vendor" / "a.css"
    source.write_text("body{}")
    with pytest.raises(Stop, match="not the file we checked"):
        frontend._put(source, target, "0" * 64)
    assert not target.exists()
    frontend._put(source, target, hashlib.sha256(b"body{}").hexdigest())
    assert target.read_text() == "body{}"
    assert list(target.parent.iterdir()) == [target]


def test_files_in_place_need_neither_stamp_nor_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.css").write_text("body{}")
    monkeypatch.setattr(frontend, "ROOT", tmp_path)
    monkeypatch.setattr(frontend, "STAMP", tmp_path / "stamp")
    for name in (*frontend.LOCKS, "tools/frontend.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    wanted = [{"from": "x", "to": "a.css", "sha256": hashlib.sha256(b"body{}").hexdigest()}]
    assert frontend._is_current(wanted)
    (tmp_path / "stamp").unlink()
    (tmp_path / "a.css").write_text("changed")
    assert not frontend._is_current(wanted)


def test_a_folder_that_may_not_be_written_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> int:
        raise PermissionError(errno.EACCES, "denied", "/srv/jiedui/instance")

    with pytest.raises(SystemExit, match="1"):
        says.main(work)
    assert "这里不许写：/srv/jiedui/instance" in capsys.readouterr().err


# --- the browser


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A machine without a browser on which nothing can be fetched; the commands that were tried."""
    tried: list[list[str]] = []

    def stream(command: list[str], *_: object, **__: object) -> None:
        tried.append(command)
        raise Stop("", "")

    monkeypatch.delenv("JIEDUI_CHROMIUM", raising=False)
    monkeypatch.setattr(browser, "ASKED", tmp_path / "asked")
    monkeypatch.setattr(browser, "stream", stream)
    monkeypatch.setattr(browser, "_of_playwright", lambda: None)
    monkeypatch.setattr(browser.shutil, "which", lambda name: None)
    return tried


def test_without_a_browser_the_tests_go_on_and_ask_once_a_day(bare_machine: list[list[str]]) -> None:
    assert browser.find_browser() is None
    assert [command[1:] for command in bare_machine] == [["-m", "playwright", "install", "chromium"]]
    assert browser.find_browser() is None
    assert len(bare_machine) == 1


def test_a_named_browser_comes_first(bare_machine: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIEDUI_CHROMIUM", "/opt/chromium")
    assert browser.find_browser() == "/opt/chromium"
    assert bare_machine == []


# --- the data


def test_data_prepared_by_other_migrations_is_prepared_again(tmp_path: Path) -> None:
    for name in ("jiedui.sqlite3", run.ACCOUNTS_FILE):
        (tmp_path / name).touch()
    assert not run._is_prepared(tmp_path, {})
    (tmp_path / run.PREPARED).write_text(run._preparation({}))
    assert run._is_prepared(tmp_path, {})
    assert not run._is_prepared(tmp_path, {"JIEDUI_DEMO_PASSWORD": "another"})
    assert not run._is_prepared(tmp_path, {"DATABASE_URL": "postgresql://localhost/x"})
    (tmp_path / "jiedui.sqlite3").unlink()
    assert not run._is_prepared(tmp_path, {})

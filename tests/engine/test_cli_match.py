"""`match solve` and `match verify` as commands: files in, files out, one clear sentence."""

import json
import sys

import pytest
from click.testing import CliRunner

from config import Config
from matching import create_app
from matching.cli_match import FILE_FAULTS, PLAN_FAULTS, file_fault, match
from matching.engine import FileFault, faults, verify
from tests.engine.markets import write_county


@pytest.fixture
def call(tmp_path):
    """Call a command of the group with file names in the test's folder."""
    write_county(tmp_path, 5)

    def called(*words):
        args = [str(tmp_path / word) if "." in word else word for word in words]
        return CliRunner().invoke(match, args)
    return called


def test_solve_then_verify(call, tmp_path):
    done = call("solve", "needs.csv", "offers.csv", "pairs.csv", "--report", "r.json", "--prices", "p.csv",
                "--workers", "2")
    assert done.exit_code == 0, done.output
    report = json.loads((tmp_path / "r.json").read_text())
    checked = call("verify", "needs.csv", "offers.csv", "pairs.csv", "--prices", "p.csv")
    assert checked.exit_code == 0
    assert json.loads(checked.output) == {
        "ok": True, "weight": report["weight"], "units": report["units"], "pairs": report["pairs"],
        "upper_bound": report["upper_bound"], "gap": 0.0}


def test_a_tampered_plan_ends_with_1_and_says_where(call, tmp_path):
    call("solve", "needs.csv", "offers.csv", "pairs.csv")
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(pairs.read_text() + "N00001,O9999,1\n")
    done = call("verify", "needs.csv", "offers.csv", "pairs.csv")
    assert done.exit_code == 1
    assert "没有这个资源" in done.output
    assert f"第 {len(pairs.read_text().splitlines())} 行" in done.output


def test_a_bad_file_ends_with_2_and_says_where(call, tmp_path):
    needs = tmp_path / "needs.csv"
    needs.write_text(needs.read_text() + "N9,cash,1,1,none,1,1,\n")
    done = call("solve", "needs.csv", "offers.csv", "pairs.csv")
    assert done.exit_code == 2
    assert "第 302 行 · line 302，列 · column quantity：“none”不是整数" in done.output
    assert not (tmp_path / "pairs.csv").exists()


def test_every_code_has_its_sentence():
    assert set(FILE_FAULTS) == set(faults.FILE_FAULTS)
    assert set(PLAN_FAULTS) == set(verify.PLAN_FAULTS)
    for code, values in faults.FILE_FAULTS.items():
        said = file_fault(FileFault("f", 1, "c", code, **dict.fromkeys(values, "x")))
        assert "{" not in said
        assert " · " in said


@pytest.mark.parametrize("words", [["solve", "n.csv", "o.csv", "p.csv"], ["verify", "n.csv", "o.csv", "p.csv"]])
def test_a_command_on_files_builds_no_site(monkeypatch, words):
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "true")
    monkeypatch.setattr(sys, "argv", ["flask", "--app", "wsgi", "match", *words])
    app = create_app(Config({}))
    assert (list(app.blueprints), list(app.cli.commands)) == ([], ["match"])


def test_a_command_on_the_database_has_the_whole_site(monkeypatch):
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "true")
    monkeypatch.setattr(sys, "argv", ["flask", "--app", "wsgi", "match", "run", "--area", "360302"])
    app = create_app(Config({}))
    assert "pairings" in app.blueprints
    assert {"match", "import", "gaps"} <= set(app.cli.commands)


def test_a_cluster_that_is_not_there_is_refused_before_work_starts(call, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = call("solve", "needs.csv", "offers.csv", "pairs.csv", "--cluster", "tls://nobody:8786")
    assert done.exit_code == 2
    assert "requirements-cluster.txt" in done.output

    class Nobody:
        def Client(self, address, timeout):
            raise OSError(f"timed out after {timeout}")

    monkeypatch.setitem(sys.modules, "distributed", Nobody())
    done = call("solve", "needs.csv", "offers.csv", "pairs.csv", "--cluster", "tls://nobody:8786")
    assert done.exit_code == 2
    assert "tls://nobody:8786 · cannot be reached (timed out after 10s)" in done.output
    assert not (tmp_path / "pairs.csv").exists()

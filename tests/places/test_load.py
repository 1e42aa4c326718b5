"""`flask places load`: what it says, what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from matching.extensions import db
from matching.places.models import Area
from tests.places.sample import write_sample


def load(app: Flask, *arguments: str) -> Result:
    """Run the command; what the test has written is committed first."""
    db.session.commit()
    return app.test_cli_runner().invoke(args=["places", "load", *arguments])


@pytest.mark.slow
def test_divisions_and_points_are_loaded_once(app: Flask, tmp_path: Path) -> None:
    write_sample(tmp_path)
    first = load(app, "--from", str(tmp_path), "--area", "350823")
    assert first.exit_code == 0, first.output
    assert "created 14" in first.output
    town = db.session.get_one(Area, "350823211")
    assert (town.name, town.precision) == ("官庄畲族乡", "town")
    assert db.session.get_one(Area, "350823").precision == "county"
    assert db.session.scalar(select(func.count()).select_from(Area).where(Area.level == "village")) == 2
    again = load(app, "--from", str(tmp_path), "--area", "350823")
    assert "created 0" in again.output
    assert "unchanged 14" in again.output
    more = load(app, "--from", str(tmp_path), "--area", "350824")
    assert "created 1" in more.output


@pytest.mark.one_database
@pytest.mark.parametrize("code", ["35082", "abc", "3508231", ""])
def test_what_is_no_code_is_refused(app: Flask, tmp_path: Path, code: str) -> None:
    refused = load(app, "--from", str(write_sample(tmp_path)), "--area", code)
    assert refused.exit_code == 2
    assert "不是区划代码" in refused.output
    assert db.session.scalar(select(func.count()).select_from(Area)) == 0


@pytest.mark.one_database
def test_missing_files_are_said_with_what_to_do(app: Flask, tmp_path: Path) -> None:
    refused = load(app, "--from", str(tmp_path / "nothing"))
    assert refused.exit_code == 1
    assert "请先运行 make run" in refused.output

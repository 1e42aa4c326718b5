"""Fixtures of the tests of assistance: a district whose register has been imported through the real command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from matching.extensions import db
from tests.exchange.conftest import divisions
from tests.exchange.keys import DATA

__all__ = ["divisions"]

Command = Callable[..., dict[str, Any]]


@pytest.fixture
def command(app: Flask, tmp_path: Path) -> Command:
    """`command("gaps", "--area", code, …)`: runs a command of `flask` and returns the report that it wrote."""

    def run(*words: object, exit_code: int = 0) -> dict[str, Any]:
        db.session.rollback()
        report = tmp_path / "report.json"
        report.unlink(missing_ok=True)
        result = app.test_cli_runner().invoke(args=[*map(str, words), "--report", str(report)])
        assert result.exit_code == exit_code, result.output
        db.session.expire_all()
        found: dict[str, Any] = json.loads(report.read_text("utf-8")) if report.exists() else {}
        return found | {"output": result.output}

    return run


@pytest.fixture
def district(divisions: None, command: Command) -> Callable[[str], dict[str, Any]]:
    """`district("anyuan")` imports that district's households and returns its answer key."""

    def bring_in(name: str) -> dict[str, Any]:
        command("import", "households", DATA / name / "households.xlsx", "--commit", exit_code=1)
        key: dict[str, Any] = json.loads((DATA / name / "answers.json").read_text("utf-8"))
        return key

    return bring_in

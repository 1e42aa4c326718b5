"""Fixtures of the importer's tests: the divisions of both districts in a clean database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from matching.actor import Actor
from matching.exchange.service import apply_register, note_import, read_register
from matching.exchange.turns import Turns
from matching.exchange.workbook import read_workbook
from matching.extensions import db
from matching.places.models import Area
from tests.exchange.keys import ABOVE, DATA, DISTRICTS, county
from tests.exchange.registers import COUNTY

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
Import = Callable[..., dict[str, Any]]


@pytest.fixture
def divisions(app: Flask) -> None:
    """Province, city, county and towns of both districts and of the invented county; towns have no point yet."""
    places = [(county(name), ABOVE[name]) for name in DISTRICTS] + [(COUNTY, COUNTY.above)]
    for found, above in places:
        rows = [(found.code[:2], above[0], "province"), (found.code[:4], above[1], "city"),
                (found.code, found.name, "county"), *((code, town, "town") for code, town in found.towns.items())]
        for code, name, level in rows:
            parent = {"city": 2, "county": 4, "town": 6}.get(level)
            db.session.add(Area(code=code, name=name, level=level, parent_code=code[:parent] if parent else None))
            db.session.flush()
    county_row = db.session.get_one(Area, "360302")
    county_row.lat, county_row.lon, county_row.precision = 27.62, 113.87, "county"
    db.session.commit()


@pytest.fixture
def bring_in(divisions: None) -> Import:
    """`bring_in("households", path)` imports a file and commits; a bare name is a file of Anyuan's."""

    def run(kind: str, path: Path | str, area_code: str = "", actor: Actor | None = None,
            now: datetime = NOW) -> dict[str, Any]:
        register, county = read_register(kind, read_workbook(DATA / "anyuan" / path), area_code, actor, now)
        found = note_import(register, apply_register(register, county, actor, now, turns=Turns()), county, actor, now)
        db.session.commit()
        db.session.expire_all()
        return found

    return run

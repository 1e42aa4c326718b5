"""An import is exact at any size: 50,000 rows, 500 faults, each named by row and cell (promise 11)."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from matching import jobs_imports
from matching.clock import utc_now
from matching.exchange import service_imports as imports
from matching.exchange.models import Import, ImportFinding
from matching.exchange.sheets import letter_of
from matching.extensions import db
from matching.households.models import Household, Member, Need, TimelineEntry
from matching.households.models_changes import FileChange
from matching.households.models_names import NameKey
from matching.places.models import Area
from tests.exchange import registers
from tests.people import People

ROWS, FAULTS, PEOPLE_A_HOME = 50_000, 500, 2.2
TABLES = (Household, Member, Need, TimelineEntry, FileChange, NameKey, Area)


def counts() -> list[int]:
    db.session.rollback()
    found = [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in TABLES]
    db.session.rollback()
    return found


def work(row_id: int) -> tuple[Import, float]:
    """The next step of an import, and its seconds."""
    db.session.commit()
    started = time.perf_counter()
    jobs_imports.work_waiting()
    seconds = time.perf_counter() - started
    row = db.session.get_one(Import, row_id)
    db.session.refresh(row)
    return row, seconds


@pytest.mark.promise
@pytest.mark.timeout(3600)
def test_every_fault_is_named_and_the_same_again_changes_no_row(people: People, tmp_path: Path, database_kind: str,
                                                                capsys: pytest.CaptureFixture[str]) -> None:
    for code, name in registers.COUNTY.towns.items():
        if db.session.get(Area, code) is None:
            db.session.add(Area(code=code, name=name, level="town", parent_code=registers.COUNTY.code))
    made = registers.make(tmp_path / "register.xlsx", "town office", "plain", 1, int(ROWS / PEOPLE_A_HOME),
                          ROWS // FAULTS)
    db.session.commit()
    content, before, spent = made.path.read_bytes(), counts(), []
    row = imports.ask_import("households", made.path.name, content, people.county, utc_now())
    row, seconds = work(row.id)
    spent.append(seconds)
    found = db.session.scalars(select(ImportFinding).where(
        ImportFinding.import_id == row.id, ImportFinding.list == "fault")).all()
    assert {(fault.data["row"], fault.data["column"], fault.data["field"], fault.kind, fault.data["verdict"])
            for fault in found} == {(at, letter_of(made.columns[field]), field, kind, verdict)
                                    for at, field, kind, verdict in made.faults}
    assert len(found) == len(made.faults) >= FAULTS * 0.98
    assert counts() == before
    imports.confirm(row, people.county, utc_now())
    row, seconds = work(row.id)
    spent.append(seconds)
    assert row.state == "done"
    written = counts()
    assert written[0] - before[0] == len(made.files)
    assert written[1] - before[1] == len(made.people)
    again = imports.ask_import("households", made.path.name, content, people.county, utc_now())
    again, seconds = work(again.id)
    spent.append(seconds)
    imports.confirm(again, people.county, utc_now())
    again, seconds = work(again.id)
    spent.append(seconds)
    assert (again.state, again.report["created"], again.report["updated"]) == ("done", 0, 0)
    assert counts() == written
    with capsys.disabled():
        print(f"\n{database_kind}: {row.report['rows']} rows, {len(found)} faults each named; read {spent[0]:.0f} s, "
              f"written {spent[1]:.0f} s, again read {spent[2]:.0f} s, again written {spent[3]:.0f} s")

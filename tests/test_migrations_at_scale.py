"""Each migration up, down and up again on a million rows, on both databases (promise 42)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from time import perf_counter
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import (
    Integer,
    Select,
    String,
    Table,
    case,
    cast,
    func,
    insert,
    inspect,
    literal,
    select,
    text,
)

from matching.audit.models import AuditEntry
from matching.extensions import db
from matching.households.models import Household, Member, Need, TimelineEntry
from tests.people import LONG_AGO
from tests.test_migrations import differences, empty, fill, revisions

__all__ = ["empty"]

HOUSEHOLDS, NEEDS, ENTRIES = 200_000, 400_000, 100_000
ROWS = 2 * HOUSEHOLDS + NEEDS + 2 * ENTRIES
PATIENCE_SECONDS = 60
FIRST = 1_000_000
"""The number of the first copied row less one."""


def copy(model: Any, times: int, changes: Callable[[Any], dict[str, Any]]) -> None:
    """So many copies of the first row there is; `changes` says which columns differ, by the running number from 1."""
    table: Table = model.__table__
    one = select(literal(1, Integer).label("i")).cte("numbers", recursive=True)
    numbers = one.union_all(select(one.c.i + 1).where(one.c.i < times))
    i = numbers.c.i
    values = {**{column.name: column for column in table.columns}, "id": FIRST + i, **changes(i)}
    rows: Select[Any] = select(*values.values()).select_from(table.join(numbers, i <= times)).where(
        table.c.id == select(func.min(table.c.id)).scalar_subquery())
    db.session.execute(insert(table).from_select(list(values), rows))
    db.session.commit()


def fill_much() -> None:
    """A million rows: households of one person with two needs each, half as many events, as many looks."""
    fill()
    household_id = db.session.scalar(select(func.min(Household.id)))
    db.session.add_all([
        TimelineEntry(household_id=household_id, at=LONG_AGO, kind="need.added", data={"help_type": "care"}),
        AuditEntry(at=LONG_AGO, action="household.open", object_type="household", county_code="970102")])
    db.session.commit()
    copy(Household, HOUSEHOLDS, lambda i: {"number": literal("S") + cast(i, String)})
    copy(Member, HOUSEHOLDS, lambda i: {"household_id": FIRST + i})
    copy(Need, NEEDS, lambda i: {"household_id": FIRST + 1 + (i - 1) % HOUSEHOLDS,
                                 "sequence": case((i <= HOUSEHOLDS, 1), else_=2)})
    copy(TimelineEntry, ENTRIES, lambda i: {"household_id": FIRST + i})
    copy(AuditEntry, ENTRIES, lambda i: {"household_id": FIRST + i})
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def count(tables: list[str]) -> dict[str, int]:
    """Rows by table."""
    with db.engine.connect() as connection:
        return {name: connection.execute(select(func.count()).select_from(db.metadata.tables[name])).scalar_one()
                for name in tables}


def timed(step: Callable[..., Any], revision: str) -> float:
    """Seconds that a step takes."""
    began = perf_counter()
    step(revision=revision)
    return perf_counter() - began


@pytest.mark.promise
def test_each_step_at_a_million_rows_takes_less_than_a_minute(empty: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = revisions()
    upgrade()
    fill_much()
    downgrade(revision=numbers[0])
    tables = [name for name in inspect(db.engine).get_table_names() if name in db.metadata.tables]
    before = count(tables)
    assert sum(before.values()) >= ROWS
    slow = []
    for earlier, revision in pairwise(numbers):
        steps = (upgrade, revision), (downgrade, earlier), (upgrade, revision)
        seconds = [timed(step, to) for step, to in steps]
        with capsys.disabled():
            print(db.engine.name, revision, "up, down, up:", *(f"{second:.1f} s" for second in seconds))
        slow += [(revision, second) for second in seconds if second >= PATIENCE_SECONDS]
    assert count(tables) == before
    assert differences() == []
    assert slow == []

"""The migrations make exactly the tables that the models describe, and can be walked down and up with data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from psycopg import sql
from sqlalchemy import CheckConstraint, func, inspect, select
from sqlalchemy.engine import make_url

from config import TestConfig
from matching import create_app, startup
from matching.extensions import db
from matching.jobs import JobSlot, SchedulerLease
from tests import factories
from tests.databases import PostgresDatabase, TestDatabase
from tests.people import LONG_AGO, populate

ROOT = Path(__file__).resolve().parent.parent
MARKED = {f"{table} {when}" for table in ("households", "members", "needs", "pairings")
          for when in ("DELETE", "INSERT", "UPDATE")}
"""Tables whose changes the database marks (`CountMark`). A migration that makes such a table anew on SQLite, as
`batch_alter_table` does, loses its triggers and must make them again.
"""
TRIGGERS = {
    "sqlite": "SELECT DISTINCT tbl_name || ' ' || upper(substr(sql, instr(sql, 'AFTER ') + 6, 6)) FROM sqlite_master"
              " WHERE type = 'trigger' AND name LIKE 'mark_%'",
    "postgresql": "SELECT event_object_table || ' ' || event_manipulation FROM information_schema.triggers"
                  " WHERE trigger_name LIKE 'mark_%%'"}
FILE_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.py")


@pytest.fixture
def empty(database: TestDatabase, tmp_path: Path) -> Iterator[Flask]:
    """The site on a database without a single table, its context pushed; gone after the test."""
    url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    if isinstance(database, PostgresDatabase):
        url = database.server.set(database=f"empty_{database.worker}").render_as_string(hide_password=False)
        _on_server(database, "DROP DATABASE IF EXISTS {} WITH (FORCE)", "CREATE DATABASE {}")
    app = create_app(TestConfig(url, tmp_path))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    if isinstance(database, PostgresDatabase):
        _on_server(database, "DROP DATABASE {} WITH (FORCE)")


def _on_server(database: PostgresDatabase, *statements: str) -> None:
    address = make_url(database.server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as server:
        for statement in statements:
            server.execute(sql.SQL(statement).format(sql.Identifier(f"empty_{database.worker}")))


def fill() -> dict[str, int]:
    """Rows in as many tables as the factories reach; returns rows by table."""
    populate()
    household = factories.make_household(phone="13900000001", address="坳下村 3 组")
    factories.make_member(household, identity_number="350825199001019907", illness="尿毒症")
    for state in ("proposed", "offered", "closed"):
        factories.make_pairing(factories.make_need(household), state=state)
    db.session.add_all([SchedulerLease(name="scheduler", holder="here", expires_at=LONG_AGO),
                        JobSlot(job="nightly", slot_at=LONG_AGO, claimed_by="here", heartbeat_at=LONG_AGO)])
    db.session.commit()
    return count()


def count() -> dict[str, int]:
    """Rows by table, without the marks that the database writes itself; leaves no transaction open."""
    found = {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
             for table in db.metadata.sorted_tables if table.name != "count_marks"}
    db.session.rollback()
    return found


def revisions() -> list[str]:
    """All revisions, oldest first."""
    script = ScriptDirectory(str(ROOT / "migrations"))
    return [found.revision for found in script.walk_revisions()][::-1]


def differences() -> list[object]:
    """What a new migration would have to change, CHECK constraints and triggers (which Alembic leaves out) included."""
    with db.engine.connect() as connection:
        found: list[object] = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), db.metadata)
        inspector = inspect(connection)
        for table in db.metadata.sorted_tables:
            wanted = {str(check.name) for check in table.constraints if isinstance(check, CheckConstraint)}
            there = {check["name"] for check in inspector.get_check_constraints(table.name)}
            if wanted != there:
                found.append((table.name, wanted ^ there))
        found += sorted(MARKED - {table for (table,) in connection.exec_driver_sql(TRIGGERS[connection.dialect.name])})
        return found


Columns = dict[str, dict[str, bool]]


def columns() -> Columns:
    """The columns of each table, and whether a row can be added without naming them."""
    there = inspect(db.engine)
    return {table: {found["name"]: found["nullable"] or found["default"] is not None
                    for found in there.get_columns(table)} for table in there.get_table_names()}


def troubles_for_old_code(before: Columns, now: Columns) -> list[str]:
    """Why code that knows the schema of before could not read or add rows now; tables may be new or gone wholly."""
    return [f"{table}.{name}" for table, known in before.items() for name in known.keys() ^ now[table].keys()
            if name in known or not now[table][name]]


def test_numbers_run_without_gaps_and_name_the_files() -> None:
    names = sorted(path.name for path in (ROOT / "migrations" / "versions").glob("*.py"))
    numbers = [match[1] for name in names if (match := FILE_NAME.fullmatch(name))]
    assert len(numbers) == len(names)
    assert numbers == [f"{number:04}" for number in range(1, len(names) + 1)] == revisions()


@pytest.mark.slow
def test_the_newest_schema_is_what_the_models_say(empty: Flask) -> None:
    upgrade()
    assert differences() == []


@pytest.mark.slow
def test_control_a_check_that_the_database_lacks_is_noticed(empty: Flask) -> None:
    upgrade()
    table = db.metadata.tables["offers"]
    extra = CheckConstraint("capacity < 1000000", name="not_too_big")
    table.append_constraint(extra)
    try:
        assert differences() != []
    finally:
        table.constraints.discard(extra)


@pytest.mark.slow
def test_down_and_up_again_loses_no_row(empty: Flask) -> None:
    upgrade()
    before = fill()
    assert sum(value > 0 for value in before.values()) >= 12
    for revision in revisions()[-2::-1]:
        downgrade(revision=revision)
    upgrade()
    assert count() == before
    assert differences() == []


@pytest.mark.slow
def test_all_the_way_down_leaves_nothing_and_up_again_works(empty: Flask) -> None:
    upgrade()
    fill()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert differences() == []
    fill()


@pytest.mark.slow
def test_every_step_can_be_taken_down_and_up_by_itself_and_bears_the_code_of_before(empty: Flask) -> None:
    before: Columns = {}
    for revision in revisions():
        upgrade(revision=revision)
        downgrade(revision="-1")
        upgrade(revision=revision)
        now = columns()
        assert troubles_for_old_code(before, now) == [], revision
        before = now
    assert differences() == []


@pytest.mark.slow
def test_control_a_column_that_old_code_cannot_fill_is_noticed(empty: Flask) -> None:
    upgrade()
    now = columns()
    assert troubles_for_old_code({"needs": {name: True for name in now["needs"] if name != "summary"}}, now)
    assert troubles_for_old_code({"needs": {"gone": True}}, now)


@pytest.mark.slow
def test_an_empty_database_is_brought_to_the_newest_and_another_is_left_alone(empty: Flask) -> None:
    startup.migrate_if_empty()
    assert differences() == []
    downgrade(revision="base")
    startup.migrate_if_empty()  # the version table is there: somebody takes care of this database
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}

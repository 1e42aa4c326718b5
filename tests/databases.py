"""One clean database for each test, on either kind, without migrating it each time.

The first worker that asks migrates a template; every worker copies it once. Between tests SQLite's file is
copied again; PostgreSQL's rows are deleted where there are any, which takes a few milliseconds.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy import insert, select
from sqlalchemy.engine import Connection, make_url

from config import TestConfig
from matching import create_app, keyset
from matching.extensions import db
from tests.postgres import server_url

__all__ = ["PostgresDatabase", "SqliteDatabase", "TestDatabase"]

TEMPLATE = "template"


class SeededRowsTouched(Exception):
    """A test changed rows that the migrations wrote."""


Rows = dict[str, list[dict[str, Any]]]
Written = TypeVar("Written")


def take_rows() -> Rows:
    """All rows by table name, parents first."""
    with db.engine.connect() as connection:
        found = {table.name: connection.execute(select(table).order_by(*table.primary_key)).mappings().all()
                 for table in db.metadata.sorted_tables}
    return {name: [dict(row) for row in rows] for name, rows in found.items() if rows}


def put_rows(connection: Connection, rows: Rows) -> None:
    """Insert rows as they were taken, and let new numbers begin after theirs."""
    for name, values in rows.items():
        connection.execute(insert(db.metadata.tables[name]), values)
    if connection.dialect.name == "postgresql":
        last = {name: max(row["id"] for row in values) for name, values in rows.items() if "id" in values[0]}
        calls = [f"setval(pg_get_serial_sequence('{name}', 'id'), {number})" for name, number in last.items()]
        connection.exec_driver_sql(f"SELECT {', '.join(calls)}")


class TestDatabase:
    """A migrated database and the application on it; `clean` brings back the state after the migrations."""

    __test__ = False
    kind: str

    def __init__(self, run: Path, worker: str) -> None:
        self.run = run
        self.worker = worker
        self.instance = run / f"{self.kind}-{worker}"
        self.instance.mkdir(exist_ok=True)
        self.url = self._url(worker)
        with self._only_one():
            self._make_template()
        self._app: Flask | None = None
        self._kept: dict[str, tuple[Any, Rows]] = {}

    @property
    def app(self) -> Flask:
        """The application of this worker on this database, built once."""
        if self._app is None:
            self._app = create_app(TestConfig(self.url, self.instance))
        return self._app

    def environment(self) -> dict[str, str]:
        """Environment of a process (server, command) that is to work on this database with our keys."""
        config = self.app.config
        return {
            **os.environ, "JIEDUI_DEMO": "1", "DATABASE_URL": self.url, "JIEDUI_INSTANCE": str(self.instance),
            "SECRET_KEY": config["SECRET_KEY"], "FIELD_KEYS": config["FIELD_KEYS"],
            "JIEDUI_DEMO_PASSWORD": config["DEMO_PASSWORD"], "JIEDUI_SCHEDULER": "0",
        }  # fmt: skip

    def clean(self) -> None:
        """Forget what earlier tests wrote."""
        raise NotImplementedError

    def once(self, name: str, write: Callable[[], Written]) -> Written:
        """What `write` wrote and returned: written by it the first time, put back row by row ever after.

        Needs the application's context. A test that has written something before gets the real thing.
        """
        if name in self._kept:
            value, rows = self._kept[name]
            with db.engine.begin() as connection:
                put_rows(connection, rows)
            return value  # type: ignore[no-any-return]
        before = take_rows()
        value = write()
        db.session.commit()
        if before.keys() <= {"key_checks", "alembic_version"}:
            self._kept[name] = value, {table: rows for table, rows in take_rows().items()
                                       if table not in before and table != "count_marks"}  # the database writes these
        return value

    def _url(self, name: str) -> str:
        raise NotImplementedError

    def _make_template(self) -> None:
        raise NotImplementedError

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        with (self.run / f"{self.kind}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _migrate(self, url: str) -> None:
        """Bring the template to the newest migration and let go of it."""
        from flask_migrate import upgrade

        from matching import startup

        app = create_app(TestConfig(url, self.instance))
        with app.app_context():
            upgrade()
            startup.check_field_keys(app)
            db.session.remove()
            db.engine.dispose()

    def let_go(self) -> None:
        """Close the application's connections."""
        if self._app is not None:
            with self._app.app_context():
                db.engine.dispose()


class SqliteDatabase(TestDatabase):
    """A file of its own for each worker."""

    kind = "sqlite"

    def _file(self, name: str) -> Path:
        return self.run / f"{name}.sqlite3"

    def _url(self, name: str) -> str:
        return f"sqlite:///{self._file(name)}"

    def _make_template(self) -> None:
        done, draft = self._file(TEMPLATE), self._file("draft")
        if not done.exists():
            self._migrate(self._url("draft"))
            os.replace(draft, done)

    def clean(self) -> None:
        """Put the template's file in place of the used one."""
        keyset.forget_counts()
        self.let_go()
        file = self._file(self.worker)
        for name in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
            name.unlink(missing_ok=True)
        shutil.copyfile(self._file(TEMPLATE), file)


class PostgresDatabase(TestDatabase):
    """A database of its own for each worker on the run's server."""

    kind = "postgresql"

    def __init__(self, run: Path, worker: str) -> None:
        self.server = make_url(server_url(run, int(os.environ["JIEDUI_TEST_OWNER"])))
        super().__init__(run, worker)
        self._copy_template()
        with self._connect(self.url) as connection:
            self.seeded = {name: self._digest(connection, name) for name in self._filled(connection)}

    def _name(self, name: str) -> str:
        return f"jiedui_{name}_{self.run.name.replace('-', '_')}"

    def _url(self, name: str) -> str:
        return self.server.set(database=self._name(name)).render_as_string(hide_password=False)

    def _connect(self, url: str) -> psycopg.Connection:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True)

    def _make_template(self) -> None:
        with self._connect(self.server.render_as_string(hide_password=False)) as server:
            done = self.run / "postgresql.template"
            if done.exists():
                return
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self._name(TEMPLATE))))
            self._migrate(self._url(TEMPLATE))
            done.touch()

    def _copy_template(self) -> None:
        name, template = (sql.Identifier(self._name(which)) for which in (self.worker, TEMPLATE))
        with self._only_one(), self._connect(self.server.render_as_string(hide_password=False)) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, template))

    def _filled(self, connection: psycopg.Connection) -> set[str]:
        """Every table that has rows."""
        each = sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})")
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        parts = [each.format(sql.Literal(name), sql.Identifier(name)) for (name,) in found]
        return {name for (name,) in connection.execute(sql.SQL(" UNION ALL ").join(parts)).fetchall()}

    def _digest(self, connection: psycopg.Connection, name: str) -> str:
        query = sql.SQL("SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {} t")
        return str(connection.execute(query.format(sql.Identifier(name))).fetchone())

    def clean(self) -> None:
        """Delete the rows of tests; begin anew from the template when seeded rows were touched."""
        keyset.forget_counts()
        try:
            with self._connect(self.url) as connection:
                if any(self._digest(connection, name) != was for name, was in self.seeded.items()):
                    raise SeededRowsTouched
                self._empty(connection, self._filled(connection) - self.seeded.keys())
        except (SeededRowsTouched, psycopg.errors.LockNotAvailable):
            self.let_go()
            self._copy_template()

    def _empty(self, connection: psycopg.Connection, tables: set[str]) -> None:
        if not tables:
            return
        connection.execute("SET lock_timeout = '2s'")
        connection.execute("SET session_replication_role = replica")  # no foreign keys, no triggers
        for name in tables:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        owned = connection.execute(
            "SELECT s.relname FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')"
            " JOIN pg_class t ON t.oid = d.refobjid WHERE s.relkind = 'S' AND t.relname = ANY(%s)",
            [list(tables)],
        )
        for (name,) in owned.fetchall():
            connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(name)))

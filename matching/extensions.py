"""The libraries the application is built on, one object each, and how it talks to its two databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app
from flask_babel import Babel
from flask_compress import Compress
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import DateTime, MetaData, Select, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

SQLITE_BUSY_MS = 20_000


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Timezone-aware in Python, UTC in the database; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of all models: named constraints, so that both databases migrate alike."""

    registry = registry(type_annotation_map={datetime: UtcDateTime}, metadata=MetaData(naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }))


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
if TYPE_CHECKING:
    Model = Base  # what models inherit from, in words that a type checker understands
else:
    Model = db.Model
migrate = Migrate()
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
compress = Compress()

write_intended: ContextVar[bool] = ContextVar("write_intended", default=True)
"""Whether the next transaction will write. True outside requests; set for each request by `access`."""


def is_sqlite(engine: Engine) -> bool:
    """Whether this engine talks to SQLite."""
    return engine.dialect.name == "sqlite"


def insert_if_absent(model: type[Base], **values: object) -> bool:
    """Whether a row was new and is now there; False when its key is taken, and then nothing is changed.

    Whoever else is just writing the same key is waited for.
    """
    make = sqlite.insert if is_sqlite(db.engine) else postgresql.insert
    table: Any = model.__table__
    added = make(table).values(**values).on_conflict_do_nothing().returning(*table.primary_key)
    return db.session.execute(added).first() is not None


@contextmanager
def reading() -> Iterator[None]:
    """A stretch of a command or job that only reads, so that writers need not wait for it."""
    token = write_intended.set(False)
    try:
        yield
    finally:
        db.session.rollback()
        write_intended.reset(token)


@contextmanager
def written_apart() -> Iterator[None]:
    """A transaction of its own inside a request that only reads, committed at its end.

    For the line that says who looked: the page is drawn without a lock and sent when its line is there. When the line
    cannot be written the error goes on, and nobody sees the page.
    """
    token = write_intended.set(True)
    try:
        with current_app.app_context():  # brings a session of its own, which goes with it
            yield
            db.session.commit()
    finally:
        write_intended.reset(token)


def read(statement: Select[*tuple[Any, ...]], values: Mapping[str, object] | None = None) -> Sequence[Any]:
    """The rows of a SELECT of columns, in the session's transaction but as plain rows: no objects are made of them.

    Half the time of `db.session.execute`, which counts where a page asks little and often. `values`: those of the
    statement's `bindparam`s; a statement that is built once, where a module begins, takes a fraction of the time again.
    """
    db.session.flush()
    return db.session.connection().execute(statement, values).all()


def scrub() -> None:
    """Let nothing that was deleted linger: empty SQLite's write-ahead log, clear PostgreSQL's dead rows.

    Outside any transaction. Readers that are busy at the moment only postpone it to the next call.
    """
    db.session.rollback()
    connection = db.engine.raw_connection()  # our own "begin" would open a transaction, in which neither works
    try:
        if is_sqlite(db.engine):
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        else:
            driver: Any = connection.driver_connection
            driver.autocommit = True
            driver.execute("VACUUM").close()
            driver.autocommit = False
    finally:
        connection.close()


def _prepare_sqlite(engine: Engine, synchronous: str) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten, free pages included
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write_intended.get() else "BEGIN")


def start_extensions(app: Flask) -> None:
    """Bind all libraries to the application and prepare its database engine."""
    db.init_app(app)
    migrate.init_app(app, db, directory=app.config["MIGRATIONS"], render_as_batch=True)
    login.init_app(app)
    csrf.init_app(app)
    compress.init_app(app)
    with app.app_context():
        if is_sqlite(db.engine):
            _prepare_sqlite(db.engine, app.config["SQLITE_SYNCHRONOUS"])

"""How migrations run: on the application's own engine, in one transaction, on SQLite and PostgreSQL alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy.engine import Connection

from matching.extensions import UtcDateTime, db


def render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Write our instant type as the plain column type, so that old migrations need none of our code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


@contextmanager
def tables_may_be_rebuilt(connection: Connection) -> Iterator[None]:
    """SQLite changes a constraint by writing a table anew, which its references forbid while they are enforced.

    They are enforced again, and all checked, before anything else happens. Elsewhere nothing is done.
    """
    cursor = connection.connection.cursor() if connection.dialect.name == "sqlite" else None
    if cursor is None or connection.in_transaction():
        yield
        return
    cursor.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        cursor.execute("PRAGMA foreign_keys=ON")
    broken = cursor.execute("PRAGMA foreign_key_check").fetchall()
    cursor.close()
    if broken:
        raise RuntimeError(f"{len(broken)} rows refer to rows that do not exist, first in the table {broken[0][0]}")


def migrate(connection: Connection) -> None:
    """Run the migrations on an open connection."""
    context.configure(connection=connection, target_metadata=db.metadata, render_as_batch=True,
                      render_item=render_item, transactional_ddl=True, transaction_per_migration=True)
    with tables_may_be_rebuilt(connection), context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with current_app.extensions["migrate"].db.engine.connect() as own:
        migrate(own)

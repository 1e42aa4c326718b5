"""How migrations run: on the application's own engine, in one transaction, on SQLite and PostgreSQL alike."""

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


def migrate(connection: Connection) -> None:
    """Run the migrations on an open connection."""
    context.configure(connection=connection, target_metadata=db.metadata, render_as_batch=True,
                      render_item=render_item, transactional_ddl=True, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with current_app.extensions["migrate"].db.engine.connect() as own:
        migrate(own)

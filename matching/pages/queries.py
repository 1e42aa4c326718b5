"""Whether the site can work: the database answers, and its migrations are the newest."""

from __future__ import annotations

from functools import lru_cache

from alembic.script import ScriptDirectory
from sqlalchemy import column, select, table
from sqlalchemy.exc import SQLAlchemyError

from matching.extensions import db


@lru_cache(maxsize=1)
def newest_migration(directory: str) -> str | None:
    """The revision at the head of a migrations folder."""
    return ScriptDirectory(directory).get_current_head()


def reason_unwell(directory: str) -> str | None:
    """Why the site cannot work, in one plain English sentence for whoever watches it; None when it can.

    `directory`: the migrations folder.
    """
    try:
        found = db.session.scalar(select(column("version_num")).select_from(table("alembic_version")))
    except SQLAlchemyError:
        db.session.rollback()
        return "the database does not answer"
    if found != newest_migration(directory):
        return "the database is not on the newest migration"
    return None

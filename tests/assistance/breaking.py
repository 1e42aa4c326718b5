"""Breaking off an act at one of its statements: what is left is as before, or wholly done (promise 9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, func, select

from matching.audit.models import AuditEntry
from matching.extensions import db

WRITES = ("INSERT", "UPDATE", "DELETE")


class Broken(Exception):
    """The process was killed here."""


def told(action: str) -> int:
    """How often the audit log tells of an action."""
    return db.session.scalar(select(func.count()).where(AuditEntry.action == action)) or 0


@contextmanager
def breaking(at: int) -> Iterator[None]:
    """What is done inside breaks off at its `at`-th writing statement."""
    seen = iter(range(1_000))

    def break_off(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(WRITES) and next(seen) == at:
            raise Broken

    event.listen(db.engine, "before_cursor_execute", break_off)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", break_off)


def assert_whole(act: Callable[[], Any], at: int, look: Callable[[], Any], before: Any, after: Any) -> None:
    """Run `act` and break off at its `at`-th writing statement, then roll back, as whatever serves it does.

    `look` says what is there: `before` where it was broken off, `after` where it has no so many statements.
    """
    try:
        with breaking(at):
            act()
            db.session.commit()
        broken = False
    except Broken:
        db.session.rollback()
        broken = True
    db.session.expire_all()
    assert look() == (before if broken else after), f"statement {at}"
    if at == 0 and not broken:
        pytest.fail("nothing was written")

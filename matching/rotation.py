"""Seal everything anew under the newest key, in small steps, while the site serves.

1. A step takes the next `ROWS` rows of a table that hold a value under an older key, by a read that nobody waits for,
   and seals the values anew in memory.
2. One short transaction writes them, row by row only where nothing has changed since. Rows that somebody else
   holds at that moment (PostgreSQL) are passed over, never waited for, and taken in the next round.
3. Rounds go on until one finds nothing. Files of the vault follow: the blind index of a file's content is written
   before the file takes its new form, so that a stop between the two is made up for.
4. Last, the words of the old keys (`crypto.KeyCheck`) go: from then on the site starts without them.

Stopped at any moment, by kill too, the next call goes on where this one was. Until the end every value opens and is
found, since all keys open and blind indexes are looked up under all of them.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Column, LargeBinary, bindparam, func, insert, or_, select, update
from sqlalchemy.sql.elements import KeyedColumnElement

from matching import vault
from matching.crypto import MARK, CannotOpen, KeyCheck, RetiredKey, Sealed, keyring, sealed_fields
from matching.extensions import Model, db, is_sqlite, reading

__all__ = ["Busy", "Rotated", "rotate"]

ROWS = 200
FILES = 50
PAUSE = 0.3
"""How long to wait before a round for rows that somebody held, in seconds."""


class Busy(Exception):
    """Another process is sealing this site's data anew."""


@dataclass
class Rotated:
    """What was sealed anew, how many old keys may go, and what no key opens (`table.field row`, `vault key`)."""

    values: int = 0
    files: int = 0
    old_keys: int = 0
    shut: set[str] = field(default_factory=set)


def rotate(told: Callable[[Rotated], None] = lambda _: None) -> Rotated:
    """Seal every sealed column, blind index and file anew under the newest key. Commits in small steps.

    `told` hears how far it is. Values that no key opens are left as they are and named; then the old keys are
    still asked for at the start. Raises Busy.
    """
    found = Rotated()
    with _alone():
        for model, fields in sealed_fields().items():
            if model is not KeyCheck:
                _rotate_table(model, fields, found, told)
        _rotate_files(found, told)
        if not found.shut:
            _retire(found)
    return found


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock that one process alone may have; it falls when the process ends, however it ends."""
    place = Path(current_app.config["INSTANCE"]) / "rotation.lock"
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield


# --- rows ---------------------------------------------------------------------------------------------------


def _rotate_table(model: type[Model], fields: Sequence[Sealed], found: Rotated,
                  told: Callable[[Rotated], None]) -> None:
    """Rounds through a table until nothing is left but what no key opens."""
    while True:
        after, left = 0, False
        while rows := _next_rows(model, fields, after):
            after = rows[-1]["id"]
            fresh = [values for row in rows if (values := _sealed_anew(model, fields, row, found))]
            left = left or bool(fresh)
            if fresh:
                began = time.monotonic()
                _write(model, fields, fresh)
                told(found)
                time.sleep(min(time.monotonic() - began, PAUSE))  # let others have the lock for as long as we had it
        if not left:
            return
        time.sleep(0 if is_sqlite(db.engine) else PAUSE)


def _column(model: type[Model], sealed: Sealed) -> KeyedColumnElement[Any]:
    return model.__table__.c[f"{sealed.name}_sealed"]


def _next_rows(model: type[Model], fields: Sequence[Sealed], after: int) -> Sequence[dict[str, Any]]:
    """The next rows, by number, with a value that the newest key has not sealed."""
    table = model.__table__
    columns = [_column(model, each) for each in fields]
    stale = or_(*(func.substr(column, 1, MARK, type_=LargeBinary) != keyring().mark for column in columns))
    with reading():
        chosen = select(table.c.id, table.c.seal, *columns).where(table.c.id > after, stale)
        return [dict(row) for row in db.session.execute(chosen.order_by(table.c.id).limit(ROWS)).mappings()]


def _sealed_anew(model: type[Model], fields: Sequence[Sealed], row: dict[str, Any],
                 found: Rotated) -> dict[str, Any] | None:
    """What to write for a row: values as they were (`was_…`) and as they will be (`new_…`); None when nothing opens."""
    values: dict[str, Any] = {"row_id": row["id"]}
    anew = 0
    for each in fields:
        was = new = row[f"{each.name}_sealed"]
        values[f"blind_{each.name}"] = None
        if was is not None and bytes(was[:MARK]) != keyring().mark:
            try:
                new, blind = each.sealed_anew(was, row["seal"])
                values[f"blind_{each.name}"] = blind
                anew += 1
            except CannotOpen:
                found.shut.add(f"{model.__tablename__}.{each.name} {row['id']}")
        values |= {f"was_{each.name}": was, f"new_{each.name}": new}
    found.values += anew
    return values if anew else None


def _write(model: type[Model], fields: Sequence[Sealed], fresh: list[dict[str, Any]]) -> None:
    """One short transaction: rows that are free and unchanged get their new values."""
    table = model.__table__
    if not is_sqlite(db.engine):
        free = set(db.session.scalars(select(table.c.id).where(table.c.id.in_([row["row_id"] for row in fresh]))
                                      .with_for_update(skip_locked=True)))
        fresh = [row for row in fresh if row["row_id"] in free]
    changes: dict[str, Any] = {}
    for each in fields:
        changes[f"{each.name}_sealed"] = bindparam(f"new_{each.name}")
        if each.blind:
            old = table.c[f"{each.name}_blind"]
            changes[old.name] = func.coalesce(bindparam(f"blind_{each.name}", type_=old.type), old)
    unchanged = [_column(model, each).is_not_distinct_from(bindparam(f"was_{each.name}")) for each in fields]
    if fresh:
        statement = update(model).where(table.c.id == bindparam("row_id"), *unchanged).values(changes)
        db.session.connection().execute(statement, fresh)
    db.session.commit()


# --- files --------------------------------------------------------------------------------------------------


def _rotate_files(found: Rotated, told: Callable[[Rotated], None]) -> None:
    """All files that a row names; one that nobody names is not committed yet, or about to go."""
    keys = sorted(vault.keys())
    for start in range(0, len(keys), FILES):
        stale = [key for key in keys[start:start + FILES] if vault.mark_of(key) != keyring().mark]
        named = _named_among(stale)
        for key in stale:
            if key in named:
                _rotate_file(key, named[key], found)
        for key in named.keys() - _named_among(list(named)).keys():
            vault.remove(key)  # its row went while we wrote it anew
        if stale:
            told(found)


def _rotate_file(key: str, rows: Sequence[tuple[Column[str], int]], found: Rotated) -> None:
    try:
        content = vault.get(key)
    except vault.Missing:
        return
    except CannotOpen:
        found.shut.add(f"vault {key}")
        return
    blind = vault.blinds(content)[0]
    for column, number in rows:
        if name := column.info["blind"]:
            table = column.table
            db.session.execute(update(table).where(table.c.id == number, column == key, table.c[name].is_not(None))
                               .values({name: blind}))
    db.session.commit()
    vault.put_sealed(key, vault.sealed(key, content))
    found.files += 1


def _named_among(keys: Sequence[str]) -> dict[str, list[tuple[Column[str], int]]]:
    """Which of these files rows name, and which rows: column and number."""
    found: dict[str, list[tuple[Column[str], int]]] = {}
    with reading():
        for column in vault.key_columns() if keys else ():
            for key, number in db.session.execute(select(column, column.table.c.id).where(column.in_(keys))):
                found.setdefault(key, []).append((column, number))
    return found


# --- the end ------------------------------------------------------------------------------------------------


def _retire(found: Rotated) -> None:
    """Keep the blind secrets of the old keys, and ask for these keys at the start no longer."""
    for key in keyring().keys[1:]:
        if db.session.get(RetiredKey, key.number) is None:
            retired = RetiredKey(id=key.number)
            retired.secret = key.blind_secret.hex()
            db.session.execute(insert(RetiredKey).values(
                id=retired.id, seal=retired.seal, secret_sealed=retired.secret_sealed))
    for check in db.session.scalars(select(KeyCheck)).all():
        if (check.word_sealed or b"")[:MARK] != keyring().mark:
            db.session.delete(check)
            found.old_keys += 1
    db.session.commit()

"""Keeping every earlier version of a file, and putting a version back.

Whoever writes a row of a file calls `state` before and `keep` after, or `keep_new` for a new row. Imports write
many rows: `state_before` finds what is about to change without opening anything else, `keep_all` writes new
rows in one statement, and `undo_some` takes an import back a chunk at a time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    Select,
    UniqueConstraint,
    delete,
    exists,
    insert,
    select,
    update,
)
from sqlalchemy.orm import object_session
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.base import LoaderCallableStatus

from matching.actor import Actor
from matching.crypto import Sealed, keyring
from matching.extensions import UtcDateTime, db
from matching.households.models import Household, Member, Need
from matching.households.models_changes import FileChange
from matching.households.service_names import key_files

__all__ = ["changes_of", "keep", "keep_all", "keep_new", "keep_removed", "put_back", "put_back_all", "said",
           "state", "state_before", "undo_some"]

Row = Household | Member | Need
Values = dict[str, Any]

MODELS: dict[str, type[Household | Member | Need]] = {"need": Need, "member": Member, "household": Household}
"""In the order in which they are put back: what hangs on a household goes first."""
OBJECT_TYPES = {model: name for name, model in MODELS.items()}
UNKEPT = frozenset({"id", "seal", "updated_at", "given", "received", "closed", "reopened_at"})
"""Not the file's own: what pairings hold of a need is theirs."""
FOLLOWING = frozenset({"county_code", "lat", "lon", "precision", "created_at"})
"""Kept and put back, but no field that a person writes."""
OWN_STORY = frozenset({"timeline_entries", "file_changes", "name_keys", "gaps", "recusals", "desk_decisions"})
"""Tables that point at a household and go with it without being missed: told or reckoned from it."""
_WHY, _BEFORE, _AFTER = FileChange.why, FileChange.before, FileChange.after
CHUNK = 400
WHY_LENGTH = 200
UNDO = "undo"


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class _Field:
    """One field of a model: how an empty one reads, and its value in a row's words and in JSON's."""

    name: str
    default: Any
    to_json: Callable[[Any], Any] = _as_it_is
    from_json: Callable[[Any], Any] = _as_it_is
    opened: Callable[[bytes, Any], str] | None = None


def state(row: Row) -> Values:
    """All fields of a row that a person can change, as JSON can hold them; sealed ones in plain."""
    return {name: _value(row, field) for name, field in _fields(type(row)).items()}


def state_before(row: Row) -> Values:
    """What the fields of a row that were written, but not flushed yet, said before; only these fields."""
    fields = _fields(type(row))
    found: Values = {}
    for column, old in instance_state(row).committed_state.items():
        if (field := fields.get(column.removesuffix("_sealed"))) is None:
            continue
        if old is None or isinstance(old, LoaderCallableStatus):
            found[field.name] = field.default
        else:
            found[field.name] = field.opened(old, row) if field.opened else field.to_json(old)
    return found


def keep(row: Row, before: Values, actor: Actor | None, now: datetime, *, why: str = "",
         import_id: int | None = None) -> list[str]:
    """Write down what a row said before, when it says something else now.

    Returns the names of the fields that changed and that a person writes, sorted.
    """
    fields = _fields(type(row))
    after = {name: _value(row, fields[name]) for name in before}
    names = [name for name in before if before[name] != after[name]]
    if names:
        _add(row, "updated", {name: before[name] for name in names}, {name: after[name] for name in names},
             actor, now, why, import_id)
    return sorted(set(names) - FOLLOWING)


def keep_new(row: Row, actor: Actor | None, now: datetime, *, why: str = "", import_id: int | None = None) -> None:
    """Write down that a row, which has its number already, is new."""
    _add(row, "created", {}, _filled(row), actor, now, why, import_id)


def keep_all(rows: Iterable[Row], actor: Actor | None, now: datetime, *, why: str = "",
             import_id: int | None = None) -> None:
    """`keep_new` for many rows in one statement. Rows need not be in the session, but need their numbers."""
    made = [_change(row, "created", {}, _filled(row), actor, now, why, import_id) for row in rows]
    if made:
        db.session.execute(insert(db.metadata.tables["file_changes"]), made)


def keep_removed(row: Row, actor: Actor | None, now: datetime, *, why: str = "", import_id: int | None = None) -> None:
    """Write down what a row says that is about to be removed."""
    _add(row, "removed", _filled(row), {}, actor, now, why, import_id)


def changes_of(household_id: int, limit: int) -> Sequence[FileChange]:
    """The newest changes of a file, newest first."""
    return db.session.scalars(select(FileChange).where(FileChange.household_id == household_id).order_by(
        FileChange.id.desc()).limit(limit)).all()


def said(change: FileChange) -> tuple[Values, Values]:
    """What a change took away and what it brought, by field."""
    return json.loads(change.before or "{}"), json.loads(change.after or "{}")


def put_back(change: FileChange, actor: Actor | None, now: datetime) -> bool:
    """Take one change back; False, and nothing happens, when the row has been changed since or is needed."""
    return not put_back_all([change], actor, now)


def put_back_all(changes: Sequence[FileChange], actor: Actor | None, now: datetime) -> list[FileChange]:
    """Take changes of a file back, in the order given (newest first); returns those that had to stay.

    An updated row gets its former values when the fields that the change touched still say what it brought; a
    created row goes when it still says what it was created with and no other row points at it; a removed one
    comes back. Each is written down as a change of its own. The rows are locked until the transaction ends.
    """
    rows, left, going = _rows(changes), [], []
    needed = _needed([change for change in changes if change.kind == "created"])
    for change in changes:
        key = change.object_type, change.object_id
        row = rows.get(key)
        if change.kind == "updated":
            done = row is not None and _restore(row, change, actor, now)
        elif change.kind == "removed":
            done = row is None and _bring_back(change, actor, now)
        else:
            done = row is None or (key not in needed and _differences(row, said(change)[1]) == [])
            if done and row is not None:
                going.append(row)
                rows.pop(key)
        if not done:
            left.append(change)
    _remove(going, actor, now)
    return left


def undo_some(import_id: int, actor: Actor | None, now: datetime, limit: int = CHUNK
              ) -> tuple[int, list[tuple[FileChange, str]]]:
    """Take the next changes of an import back, in the present transaction; none is left when it returns 0.

    Returns how many were looked at, and those that had to stay, each with the reason: `used` when other rows point at
    what was created, else `changed`. Needs and people go before their households, so that a household that the
    import made goes with them. A change is looked at once: taken back or not, it is undone afterwards.
    """
    for object_type in MODELS:
        chunk = db.session.scalars(select(FileChange).where(
            FileChange.import_id == import_id, FileChange.object_type == object_type,
            FileChange.is_undone.is_(False)).order_by(FileChange.id.desc()).limit(limit)).all()
        if not chunk:
            continue
        numbers = [change.id for change in chunk]
        left = put_back_all(chunk, actor, now)
        used = _needed([change for change in left if change.kind == "created"])
        told = [(change, "used" if (change.object_type, change.object_id) in used else "changed") for change in left]
        db.session.execute(update(FileChange).where(FileChange.id.in_(numbers)).values(is_undone=True),
                           execution_options={"synchronize_session": False})
        return len(numbers), told
    return 0, []


@cache
def _fields(model: type[Row]) -> dict[str, _Field]:
    """The kept fields of a model by name."""
    found = {}
    for column in model.__table__.columns:
        name = column.key
        if name in UNKEPT or name.endswith(("_sealed", "_blind")):
            continue
        default = column.default.arg if column.default is not None and column.default.is_scalar else None
        if isinstance(column.type, UtcDateTime):
            found[name] = _Field(name, default, lambda value: value.astimezone(UTC).isoformat(),
                                 datetime.fromisoformat)
        elif isinstance(column.type, Date):
            found[name] = _Field(name, default, date.isoformat, date.fromisoformat)
        elif isinstance(column.type, JSON):
            found[name] = _Field(name, [], list, list)
        else:
            found[name] = _Field(name, default)
    for name, field in vars(model).items():
        if isinstance(field, Sealed):
            found[name] = _Field(name, None, opened=field.opened)
    return found


def _value(row: Row, field: _Field) -> Any:
    value = getattr(row, field.name)
    return field.default if value is None else field.to_json(value)


def _filled(row: Row) -> Values:
    """The state of a row without its empty fields."""
    return {name: value for name, value in state(row).items() if value not in (None, "", [])}


def _change(row: Row, kind: str, before: Values, after: Values, actor: Actor | None, now: datetime,
            why: str, import_id: int | None) -> Values:
    """The columns of one change, sealed already: imports write very many."""
    seal, ring = os.urandom(16), keyring()
    sealed = {f"{field.name}_sealed": ring.seal(text, field.context + seal) if text else None for field, text in (
        (_WHY, why[:WHY_LENGTH]), (_BEFORE, _json(before)), (_AFTER, _json(after)))}
    return {
        "seal": seal, "household_id": row.id if isinstance(row, Household) else row.household_id,
        "object_type": OBJECT_TYPES[type(row)], "object_id": row.id, "kind": kind, "at": now,
        "import_id": import_id, "is_undone": False, "actor_id": actor.user_id if actor else None,
        "actor_name": actor.name if actor else "", "actor_role": str(actor.role) if actor else "system", **sealed}


def _add(row: Row, kind: str, before: Values, after: Values, actor: Actor | None, now: datetime,
         why: str, import_id: int | None) -> None:
    db.session.add(FileChange(**_change(row, kind, before, after, actor, now, why, import_id)))


def _json(values: Values) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) if values else ""


def _rows(changes: Sequence[FileChange]) -> dict[tuple[str, int], Row]:
    """The rows that changes are about, locked, by object type and number."""
    found: dict[tuple[str, int], Row] = {}
    for object_type, model in MODELS.items():
        ids = {change.object_id for change in changes if change.object_type == object_type}
        if ids:
            chosen: Select[Any] = select(model).where(model.id.in_(ids)).with_for_update()
            found |= {(object_type, row.id): row for row in db.session.scalars(
                chosen, execution_options={"populate_existing": True})}
    return found


def _needed(created: Sequence[FileChange]) -> set[tuple[str, int]]:
    """Which created rows other rows point at, but for their own story."""
    found: set[tuple[str, int]] = set()
    for object_type, model in MODELS.items():
        ids = {change.object_id for change in created if change.object_type == object_type}
        for table in db.metadata.sorted_tables if ids else ():
            for key in table.foreign_keys:
                if key.column.table is model.__table__ and table.name not in OWN_STORY:
                    pointing = db.session.scalars(select(key.parent).where(key.parent.in_(ids)).distinct())
                    found |= {(object_type, number) for number in pointing}
    return found


def _differences(row: Row, wanted: Values) -> list[str]:
    """The fields of a row that no longer say what they should; a field that is left out should be empty."""
    return [name for name, value in _filled(row).items() if wanted.get(name) != value] + [
        name for name in wanted if name in _fields(type(row)) and _value(row, _fields(type(row))[name]) in
        (None, "", [])]


def _restore(row: Row, change: FileChange, actor: Actor | None, now: datetime) -> bool:
    """Give a row what it said before, unless a touched field has changed since or the value is no longer free."""
    (before, after), fields = said(change), _fields(type(row))
    known = {name: value for name, value in before.items() if name in fields}
    if any(_value(row, fields[name]) != after.get(name) for name in known):
        return False
    if isinstance(row, Need) and known.get("quantity", row.quantity) < row.given:
        return False
    if _taken(row, known):
        return False
    present = {name: _value(row, fields[name]) for name in known}
    _write(row, known)
    if isinstance(row, Household):
        row.updated_at = now
    keep(row, present, actor, now, why=UNDO)
    db.session.flush()
    return True


def _bring_back(change: FileChange, actor: Actor | None, now: datetime) -> bool:
    """Write a removed row again under its old number, unless another has taken its place."""
    model, (before, _after) = MODELS[change.object_type], said(change)
    row = model(id=change.object_id)
    _write(row, before)
    if isinstance(row, Household):
        row.updated_at = now
    elif db.session.get(Household, row.household_id) is None:
        return False
    if _taken(row, before):
        return False
    db.session.add(row)
    db.session.flush()
    keep_new(row, actor, now, why=UNDO)
    return True


def _write(row: Row, values: Values) -> None:
    fields = _fields(type(row))
    for name, value in values.items():
        if name in fields:
            setattr(row, name, None if value is None else fields[name].from_json(value))


def _taken(row: Row, wanted: Values) -> bool:
    """Whether another row has what must be unique, were these values written."""
    table = db.metadata.tables[type(row).__tablename__]
    for rule in table.constraints:
        names = [column.key for column in rule.columns] if isinstance(rule, UniqueConstraint) else []
        if not any(name in wanted for name in names):
            continue
        same: list[ColumnElement[bool]] = [table.c[name] == wanted.get(name, getattr(row, name)) for name in names]
        if db.session.scalar(select(exists().where(table.c.id != row.id, *same))):
            return True
    return False


def _remove(rows: Sequence[Row], actor: Actor | None, now: datetime) -> None:
    """Remove rows, one statement for each table; of people and needs is written what they said."""
    for model in MODELS.values():
        going = [row for row in rows if isinstance(row, model)]
        if not going:
            continue
        for row in going:
            if not isinstance(row, Household):
                keep_removed(row, actor, now, why=UNDO)
        db.session.flush()
        ids = [row.id for row in going]
        homes = {row.household_id for row in going if isinstance(row, Member)}
        for row in going:
            if (session := object_session(row)) is not None:
                session.expunge(row)
        db.session.execute(delete(model).where(model.id.in_(ids)), execution_options={"synchronize_session": False})
        db.session.expire_all()
        key_files(homes)

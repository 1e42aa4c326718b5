"""Remembers what an import writes outside of households' files, and takes it back a few rows at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Date, DateTime, LargeBinary, delete, event, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state

from matching.assistance.models_grants import Grant, Payment
from matching.exchange.models_journal import ImportChange
from matching.exchange.service_places import move_to
from matching.extensions import UtcDateTime, db
from matching.households.models import TimelineEntry
from matching.offers.models import Offer, OfferArea
from matching.organisations.models import Organisation
from matching.places.models import Area
from matching.places.queries import nearest_point

__all__ = ["Left", "journalled", "take_back_some"]

Watched = Payment | Grant | TimelineEntry | Offer | Organisation | Area
Values = dict[str, Any]
WATCHED: dict[str, type[Watched]] = {
    model.__tablename__: model for model in (Payment, Grant, TimelineEntry, Offer, Organisation, Area)}
"""In the order in which they are taken back: what points at another row goes first."""
UNKEPT = frozenset({"id", "taken", "updated_at"})
GO_ALONG = frozenset({"offer_areas", "offer_clearances"})
"""Tables whose rows go with what they belong to."""


@dataclass(frozen=True, slots=True)
class Left:
    """A row that cannot be taken back: its table, key and name; `reason`: `changed` or `used` since."""

    object_type: str
    key: str
    name: str
    reason: str


@contextmanager
def journalled(import_id: int | None) -> Iterator[None]:
    """Note every watched row that the session writes meanwhile, in the same transaction; without a number nothing."""
    if import_id is None:
        yield
        return
    noted: dict[int, tuple[Watched, str, Values]] = {}

    def note(session: Session, _context: Any) -> None:
        for row in session.new:
            if isinstance(row, Watched):
                noted.setdefault(id(row), (row, "created", {}))
        for row in session.dirty:
            if isinstance(row, Watched) and (before := _before(row)):
                kept = noted.setdefault(id(row), (row, "updated", {}))[2]
                kept |= {name: value for name, value in before.items() if name not in kept}

    session = db.session()
    event.listen(session, "after_flush", note)
    try:
        yield
        session.flush()
    finally:
        event.remove(session, "after_flush", note)
    if rows := [_noted(import_id, *told) for told in noted.values()]:
        session.execute(insert(ImportChange), rows)


def _noted(import_id: int, row: Watched, kind: str, before: Values) -> Values:
    now = _values(row)
    after = {name: now[name] for name in before} if kind == "updated" else {
        name: value for name, value in now.items() if value not in (None, "", [])}
    return {"import_id": import_id, "object_type": row.__tablename__, "object_key": _key(row), "kind": kind,
            "before": before if kind == "updated" else {}, "after": after}


def _key(row: Watched) -> str:
    return str(row.code if isinstance(row, Area) else row.id)


def _names(model: type[Watched]) -> list[str]:
    return [column.key for column in model.__table__.columns
            if column.key not in UNKEPT and not isinstance(column.type, LargeBinary)]


def _values(row: Watched) -> Values:
    """What a row says, as JSON can hold it; an offer with its areas."""
    values = {name: _plain(getattr(row, name)) for name in _names(type(row))}
    return values | {"areas": sorted(area.area_code for area in row.areas)} if isinstance(row, Offer) else values


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _before(row: Watched) -> Values:
    """What the fields of a row that this flush writes said before."""
    attributes = instance_state(row).attrs
    history = {name: attributes[name].history for name in _names(type(row))}
    before = {name: _plain(told.deleted[0]) for name, told in history.items() if told.has_changes() and told.deleted}
    if isinstance(row, Offer) and (areas := attributes.areas.history).has_changes():
        before["areas"] = sorted(area.area_code for area in [*(areas.unchanged or ()), *(areas.deleted or ())])
    return before


def take_back_some(import_id: int, limit: int) -> tuple[int, list[Left]]:
    """Take back the next rows that an import wrote, newest first: how many were looked at, and what has to stay.

    In the present transaction; none is left when it returns 0.
    """
    for name, model in WATCHED.items():
        changes = db.session.scalars(select(ImportChange).where(
            ImportChange.import_id == import_id, ImportChange.object_type == name).order_by(
            ImportChange.id.desc()).limit(limit)).all()
        if changes:
            left = _take_back(model, changes)
            db.session.execute(delete(ImportChange).where(ImportChange.id.in_([change.id for change in changes])),
                               execution_options={"synchronize_session": False})
            return len(changes), left
    return 0, []


def _take_back(model: type[Watched], changes: Sequence[ImportChange]) -> list[Left]:
    key: Any = Area.code if model is Area else model.id  # type: ignore[union-attr]
    wanted = [change.object_key if model is Area else int(change.object_key) for change in changes]
    found: Sequence[Any] = db.session.scalars(select(model).where(key.in_(wanted)).with_for_update(),
                                              execution_options={"populate_existing": True}).all()
    rows: dict[str, Watched] = {_key(row): row for row in found}
    used = _used(model, wanted)
    left = []
    for change in changes:
        row = rows.get(change.object_key)
        if row is None:
            continue
        now = _values(row)
        held = row.taken if isinstance(row, Offer) else 0
        if (change.kind == "created" and change.object_key in used) or held > change.before.get("capacity", held):
            left.append(Left(change.object_type, change.object_key, _name(row), "used"))
        elif any(now.get(name) != value for name, value in change.after.items()):
            left.append(Left(change.object_type, change.object_key, _name(row), "changed"))
        elif change.kind == "created":
            db.session.delete(row)
        else:
            _restore(row, change.before)
    db.session.flush()
    return left


def _used(model: type[Watched], keys: Sequence[Any]) -> set[str]:
    """Which of these rows other rows point at."""
    found = set[str]()
    for table in db.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table is model.__table__ and table.name not in GO_ALONG:
                found |= {str(number) for number in db.session.scalars(
                    select(key.parent).where(key.parent.in_(keys)).distinct())}
    return found


def _restore(row: Watched, before: Values) -> None:
    columns = type(row).__table__.columns
    for name, value in before.items():
        if name == "areas" and isinstance(row, Offer):
            row.areas = [OfferArea(area_code=code) for code in value]
        elif isinstance(columns[name].type, UtcDateTime | DateTime):
            setattr(row, name, datetime.fromisoformat(value) if value else None)
        else:
            setattr(row, name, date.fromisoformat(value) if value and isinstance(columns[name].type, Date) else value)
    if isinstance(row, Area):
        db.session.flush()
        move_to(row.code, nearest_point(row.code))


def _name(row: Watched) -> str:
    """What a person calls a row."""
    if isinstance(row, Offer):
        return row.title
    if isinstance(row, Organisation | Area):
        return row.name
    if isinstance(row, Grant):
        return row.purpose or row.person_name
    return row.grant.purpose if isinstance(row, Payment) else ""

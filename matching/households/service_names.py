"""Keeps the words under which files are found in step with the files, whoever writes them.

Units of work and bulk inserts of households and members are heard as they are sent, so that forms, imports and the
demo need not think of it. Whoever changes names or places by an UPDATE of many rows calls `key_files` afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import delete, event, insert, inspect, literal, select, union_all
from sqlalchemy.orm import ORMExecuteState, Session

from matching.extensions import db
from matching.households.models import Household, Member
from matching.households.models_names import NameKey
from matching.pinyin import folded, name_terms

__all__ = ["key_files", "terms_of"]

CHUNK = 1000
WATCHED: dict[type, tuple[str, ...]] = {
    Household: ("head_name", "number", "county_code", "area_code"), Member: ("name", "household_id")}


def key_files(household_ids: Iterable[int]) -> None:
    """Write the words of these files anew, in the present transaction. An archived file is not found by name."""
    ids = iter(sorted(set(household_ids)))
    while some := list(islice(ids, CHUNK)):
        _key(db.session(), some)


def terms_of(number: str, names: Collection[str]) -> dict[str, str]:
    """Under which words one file is found: word → whose it is, empty for the file's number."""
    found = {folded(number): ""} | {term: name for name in reversed(list(names)) for term in sorted(name_terms(name))}
    found.pop("", None)
    return found


def _key(session: Session, ids: list[int]) -> None:
    session.execute(delete(NameKey).where(NameKey.household_id.in_(ids)).execution_options(synchronize_session=False))
    heads = select(Household.id, literal(0).label("place"), Household.head_name.label("name")).where(
        Household.id.in_(ids))
    people = select(Member.household_id, Member.position, Member.name).where(Member.household_id.in_(ids))
    names: dict[int, dict[str, None]] = {}
    for number, _place, name in sorted(session.execute(union_all(heads, people)), key=lambda row: (row[0], row[1])):
        names.setdefault(number, {})[name] = None
    files = session.execute(select(Household.id, Household.number, Household.county_code, Household.area_code).where(
        Household.id.in_(ids), Household.status != "archived"))
    rows = [{"household_id": file.id, "county_code": file.county_code, "area_code": file.area_code, "term": term,
             "name": name} for file in files for term, name in terms_of(file.number, names[file.id]).items()]
    if rows:
        session.execute(insert(NameKey), rows)


def _changed(session: Session) -> Iterator[int]:
    """Files whose words this flush changes."""
    for row in [*session.new, *session.dirty, *session.deleted]:
        watched = WATCHED.get(type(row))
        if watched is None or (isinstance(row, Household) and row in session.deleted):
            continue
        state = inspect(row)
        if row in session.deleted or any(state.attrs[name].history.has_changes() for name in watched):
            yield row.id if isinstance(row, Household) else row.household_id
            if isinstance(row, Member):
                yield from (old for old in state.attrs.household_id.history.deleted or () if old)


@event.listens_for(Session, "after_flush")
def _after_flush(session: Session, _context: Any) -> None:
    if ids := {number for number in _changed(session) if number}:
        for start in range(0, len(ids), CHUNK):
            _key(session, sorted(ids)[start:start + CHUNK])


@event.listens_for(Session, "do_orm_execute")
def _on_bulk_insert(state: ORMExecuteState) -> Any:
    """A bulk insert of households (with their ids) or members: their files' words follow it."""
    mapper = state.bind_mapper if state.is_insert else None
    if mapper is None or mapper.class_ not in WATCHED:
        return None
    result = state.invoke_statement()
    given: list[Any] = state.parameters if isinstance(state.parameters, list) else [state.parameters or {}]
    column = "id" if mapper.class_ is Household else "household_id"
    key_files(row[column] for row in given if row.get(column))
    return result

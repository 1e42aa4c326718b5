"""New rows of files, made ready before anybody has to wait and then written many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select

from matching.extensions import db, is_sqlite
from matching.households.models import Household, Member, Need
from matching.households.models_names import NameKey
from matching.households.service_names import terms_of

__all__ = ["Fresh", "insert_fresh"]

Values = dict[str, Any]
Pair = tuple[Member | Need, Values]


@dataclass(frozen=True, slots=True)
class Fresh:
    """New rows of one household, none of them in the session, with their columns sealed and ready.

    `values`: of a household that is new itself, else None; `terms`: under which words that one is found.
    """

    household: Household
    values: Values | None
    people: Sequence[Pair]
    needs: Sequence[Pair]
    terms: dict[str, str]

    @classmethod
    def of(cls, household: Household, is_new: bool, people: Sequence[Member], needs: Sequence[Need]) -> Fresh:
        """Make rows ready."""
        names = dict.fromkeys([household.head_name, *(person.name for person in people)])
        return cls(household, _values(household) if is_new else None, [(row, _values(row)) for row in people],
                   [(row, _values(row)) for row in needs], terms_of(household.number, names) if is_new else {})


def insert_fresh(batch: Sequence[Fresh]) -> None:
    """Insert rows in the present transaction, and give each its number. On SQLite it must hold the write lock."""
    homes = [(fresh.household, fresh.values) for fresh in batch if fresh.values is not None]
    _insert(Household, homes)
    for fresh in batch:
        for row, values in (*fresh.people, *fresh.needs):
            row.household_id = values["household_id"] = fresh.household.id
    _insert(Member, [pair for fresh in batch for pair in fresh.people])
    _insert(Need, [pair for fresh in batch for pair in fresh.needs])
    if keys := list(_keys(batch)):
        db.session.execute(insert(db.metadata.tables[NameKey.__tablename__]), keys)


def _insert(model: type[Household | Member | Need], pairs: Sequence[tuple[Household | Member | Need, Values]]) -> None:
    if not pairs:
        return
    for (row, values), number in zip(pairs, _fresh_ids(model, len(pairs)), strict=True):
        row.id = values["id"] = number
    db.session.execute(insert(db.metadata.tables[model.__tablename__]), [values for _, values in pairs])


def _fresh_ids(model: type[Household | Member | Need], count: int) -> Sequence[int]:
    """So many numbers that no row of a table has, for an insert without RETURNING (five times as fast)."""
    if is_sqlite(db.engine):
        last = db.session.scalar(select(func.max(model.id))) or 0
        return range(last + 1, last + 1 + count)
    sequence = func.pg_get_serial_sequence(model.__tablename__, "id")
    numbers = select(func.nextval(sequence)).select_from(func.generate_series(1, count).alias("numbers"))
    return db.session.scalars(numbers).all()


def _keys(batch: Sequence[Fresh]) -> Iterator[Values]:
    for fresh in batch:
        for term, name in fresh.terms.items():
            yield {"household_id": fresh.household.id, "county_code": fresh.household.county_code,
                   "area_code": fresh.household.area_code, "term": term, "name": name}


def _values(row: Household | Member | Need) -> Values:
    """All columns of a row that is not in the session, with the models' defaults, for an insert of many."""
    values: Values = {}
    for column in type(row).__table__.columns:
        if column.primary_key:
            continue
        value = getattr(row, column.key)
        if value is None and column.default is not None:
            default: Any = column.default.arg
            value = default(None) if callable(default) else default
        values[column.key] = value
    return values

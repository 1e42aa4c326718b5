"""Pages of long lists, each from where the last one ended: as quick on page 1,000 as on the first, and stable
while rows come in. The address carries the place between two rows, never a page's number.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from time import monotonic
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_

from matching.extensions import db, read

__all__ = ["FAR", "NEAR", "Asked", "Count", "Key", "Order", "Page", "count_to_cap", "forget_counts", "instant",
           "plain", "read_position", "whole", "written_position"]

Row = TypeVar("Row")
FAR, NEAR = 10_000, 1_000
"""So far rows are counted where an index holds all that is asked, and elsewhere; then a list says "1,000+"."""
REMEMBERED_S = 60.0
_beyond: dict[Hashable, float] = {}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page an address asks for: after a position, before one, or neither: the first."""

    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """One column of an order, never NULL. `read` makes its value of the text in an address."""

    column: Any
    read: Callable[[Any], Any]
    falls: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page: its rows, and the positions before and after which the neighbouring pages lie (None: there is none)."""

    rows: Sequence[Row]
    before: str | None = None
    after: str | None = None


class Order:
    """An order that no two rows share, for instance by place and number."""

    def __init__(self, *keys: Key) -> None:
        self.keys = keys

    def take(self, statement: Select[*tuple[Any, ...]], asked: Asked, size: int) -> Any:
        """The statement, in this order, from where the page begins, with one row more than the page holds."""
        position = self._position(asked)
        back = position is not None and bool(asked.before)
        if position is not None:
            statement = statement.where(self._beyond(position, back))
        return statement.order_by(*(key.column.desc() if key.falls != back else key.column.asc()
                                    for key in self.keys)).limit(size + 1)

    def page(self, rows: Sequence[Row], asked: Asked, size: int, position: Callable[[Row], Sequence[Any]]) -> Page[Row]:
        """The page made of what `take` brought; `position` gives a row's values of the order's columns."""
        asked = asked if self._position(asked) is not None else Asked()
        more, shown = len(rows) > size, list(rows[:size])
        if asked.before:
            shown.reverse()
        if not shown:
            return Page(shown)
        first, last = (written_position(position(row)) for row in (shown[0], shown[-1]))
        if asked.before:
            return Page(shown, first if more else None, last)
        return Page(shown, first if asked.after else None, last if more else None)

    def knows(self, asked: Asked) -> bool:
        """Whether the address carries a position in this order; else it means the first page."""
        return self._position(asked) is not None

    def falls(self, asked: Asked) -> bool:
        """Whether `take` brings the greatest first; for orders whose columns all run one way."""
        return self.keys[0].falls != (bool(asked.before) and self._position(asked) is not None)

    def _position(self, asked: Asked) -> tuple[Any, ...] | None:
        values = read_position(asked.before or asked.after)
        if len(values) != len(self.keys):
            return None
        try:
            return tuple(literal(key.read(value), key.column.type)
                         for key, value in zip(self.keys, values, strict=True))
        except (TypeError, ValueError):
            return None

    def _beyond(self, position: tuple[Any, ...], back: bool) -> ColumnElement[bool]:
        """SQL condition: a row lies beyond the position. One comparison of rows where all columns run one way."""
        columns = [key.column for key in self.keys]
        if len({key.falls for key in self.keys}) == 1:
            row, there = tuple_(*columns), tuple_(*position)
            return row < there if self.keys[0].falls != back else row > there
        steps = []
        for at, key in enumerate(self.keys):
            further = key.column < position[at] if key.falls != back else key.column > position[at]
            steps.append(and_(*(columns[i] == position[i] for i in range(at)), further))
        return or_(*steps)


def whole(value: Any) -> int:
    """A whole number of an address that fits the database; ValueError for anything else."""
    if type(value) is not int or not -2**31 <= value < 2**31:
        raise ValueError(value)
    return value


def plain(value: Any) -> str:
    """A text of an address that every database takes; ValueError for anything else."""
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(value)
    return value.encode().decode()  # UnicodeEncodeError, a ValueError, for half a character


def instant(value: Any) -> datetime:
    """An instant of an address; ValueError when it is none or has no time zone."""
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError(value)
    return found


def written_position(values: Sequence[Any]) -> str:
    """A row's place in an order, as an address carries it."""
    told = [value.isoformat() if isinstance(value, date | datetime) else value for value in values]
    return urlsafe_b64encode(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).decode().rstrip("=")


def read_position(text: str) -> list[Any]:
    """The values of `written_position`; nonsense is an empty list, that is, the first page."""
    try:
        values = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4))) if text else []
    except ValueError:
        return []
    return values if isinstance(values, list) else []


class Count(int):
    """A number of rows; `more`: there are more than were counted."""

    more: bool = False


def count_to_cap(statement: Select[*tuple[Any, ...]], cap: int = NEAR, key: Hashable = None) -> Count:
    """How many rows a SELECT has, counted up to the cap.

    That there are more than the cap stays true for a while: it is remembered for a minute under `key`, which tells
    this SELECT from all others. What was counted to its end is counted anew each time.
    """
    remembered = None if key is None else (db.engine.url, key)
    if remembered is None or _beyond.get(remembered, 0) < monotonic():
        found = Count(read(select(func.count()).select_from(statement.order_by(None).limit(cap + 1).subquery()))[0][0])
        if found <= cap:
            return found
        if remembered is not None:
            _remember(remembered)
    beyond = Count(cap)
    beyond.more = True
    return beyond


def forget_counts() -> None:
    """Forget what was found to be more than the cap; for tests, whose rows go all at once."""
    _beyond.clear()


def _remember(key: Hashable) -> None:
    if len(_beyond) > NEAR:
        _beyond.clear()
    _beyond[key] = monotonic() + REMEMBERED_S

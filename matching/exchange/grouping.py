"""Which household a row belongs to: by its number, by the head's name, by merged cells, by the head who begins it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from matching.exchange.cells import squeezed, text
from matching.exchange.joining import SHEET, Joined
from matching.exchange.register import MemberRow
from matching.exchange.sheets import Column, Row
from matching.exchange.vocabulary import is_nothing, lexicon

__all__ = ["Group", "Grouping"]

_RUNNING = re.compile(r"0*\d{1,4}(\.0)?")


@dataclass(slots=True)
class Group:
    """The accepted rows of one household with the people in them. `number`: as the register writes it, or empty."""

    key: str
    number: str = ""
    head: str = ""
    town_code: str = ""
    village: str = ""
    rows: list[Row] = field(default_factory=list)
    members: list[MemberRow] = field(default_factory=list)
    also_listed: list[MemberRow] = field(default_factory=list)


class Grouping:
    """Puts rows, in their order, into households."""

    def __init__(self, joined: Joined) -> None:
        self.groups: dict[str, Group] = {}
        self._joined, self._columns = joined, joined.columns
        self._has_facts = any(part.facts for part in joined.parts)
        self._merged = {row.number // SHEET for row in joined.table.rows if row.inherited}
        self._gaps = _with_gaps(joined.table.rows, self._columns.get("seq"))
        self._times: dict[str, int] = {}
        self._current: Group | None = None
        self._restarts = len(joined.parts) > 1 and not self._has_facts

    def group(self, row: Row) -> Group:
        """The household of a row; a new one when the row begins one."""
        number = self.number(row)
        if number:
            found = self._numbered(row, number)
        elif self._current is not None and not self._begins(row, self._current):
            found = self._current
        else:
            found = self._new(f"row {row.number}.{len(self.groups)}", "")
        found.head = found.head or self._head(row)
        self._current = found
        return found

    def number(self, row: Row) -> str:
        """The household's number as a row writes it, or empty."""
        written = squeezed(row.at(self._columns.get("no")))
        return "" if is_nothing(written) else written.removesuffix(".0")

    def lasting(self, group: Group) -> str:
        """The number if it can be told apart from those of other registers: running numbers that begin anew cannot."""
        return "" if self._restarts and _RUNNING.fullmatch(group.number) else group.number

    def _numbered(self, row: Row, number: str) -> Group:
        if not _RUNNING.fullmatch(number):
            return self.groups.get(number) or self._new(number, number)
        scope = number if self._has_facts else f"{row.number // SHEET}/{number}"
        key = f"{scope}/{self._times.get(scope, 0)}"
        known = self.groups.get(key)
        if known is not None and known is not self._current and self._head(row) not in ("", known.head):
            self._restarts = True
            self._times[scope] = self._times.get(scope, 0) + 1
            key, known = f"{scope}/{self._times[scope]}", None
        return known or self._new(key, number)

    def _new(self, key: str, number: str) -> Group:
        self.groups[key] = Group(key, number)
        return self.groups[key]

    def _head(self, row: Row) -> str:
        """The head's name where a row tells it: in its own column, or because the person is the head."""
        head = squeezed(row.at(self._columns.get("head")))
        if not is_nothing(head):
            return head
        is_head = lexicon("rel").find(text(row.at(self._columns.get("rel")))) == "head"
        return squeezed(row.at(self._columns.get("name"))) if is_head else ""

    def _begins(self, row: Row, current: Group) -> bool:
        """Whether a row without a number begins a household."""
        own = {name: text(row.at(column)) for name, column in self._columns.items()
               if column.index not in row.inherited}
        relation = own.get("rel", "")
        if lexicon("rel").find(relation) == "head":
            return True
        if "no" in self._joined.part(row.number).columns:
            return False
        head = squeezed(row.at(self._columns.get("head")))
        if not is_nothing(head):
            name = squeezed(row.at(self._columns.get("name")))
            return head != current.head or (name == head and any(member.name == head for member in current.members))
        if not is_nothing(relation):
            return False
        sheet = row.number // SHEET
        if sheet in self._merged:
            return not row.inherited
        return not is_nothing(own.get("seq", "")) if sheet in self._gaps else not is_nothing(own.get("name", ""))


def _with_gaps(rows: Sequence[Row], column: Column | None) -> set[int]:
    """Sheets whose running numbers leave rows out: there a number begins a household."""
    return {row.number // SHEET for row in rows if is_nothing(text(row.at(column)))} if column is not None else set()

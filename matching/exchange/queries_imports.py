"""Reads of imports and of what was found in them, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select

from matching.accounts.models import User
from matching.actor import Actor, Right
from matching.errors import NotThere
from matching.exchange.models import Import, ImportFinding
from matching.extensions import db
from matching.places.queries import within

__all__ = ["Found", "all_faults", "fault_counts", "findings_page", "import_or_404", "imports_of", "is_unfinished",
           "lines_of", "list_counts"]

PAGE = 25


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a list: its rows, the key of the next page or None."""

    rows: Sequence[ImportFinding]
    following: int | None


def import_or_404(import_id: int, actor: Actor) -> Import:
    """An import of the actor's own area or one below it."""
    row = db.session.get(Import, import_id)
    if row is None or not actor.may(Right.IMPORT) or not actor.reaches(row.area_code):
        raise NotThere
    return row


def imports_of(actor: Actor, before: int | None) -> tuple[list[tuple[Import, str | None]], int | None]:
    """A page of imports with who brought them (None: a command), the newest first, and the key of the next page."""
    wanted = select(Import, User.name).outerjoin(User, User.id == Import.asked_by_id).where(
        within(Import.area_code, actor.area_code)).order_by(Import.id.desc()).limit(PAGE + 1)
    if before is not None:
        wanted = wanted.where(Import.id < before)
    rows: list[tuple[Import, str | None]] = [(row, name) for row, name in db.session.execute(wanted)]
    return rows[:PAGE], rows[PAGE - 1][0].id if len(rows) > PAGE else None


def findings_page(row: Import, which: str, after: int, kind: str = "", verdict: str = "") -> Found:
    """A page of one list of an import, in the order of the register."""
    wanted = select(ImportFinding).where(
        ImportFinding.import_id == row.id, ImportFinding.list == which, ImportFinding.position > after)
    if kind:
        wanted = wanted.where(ImportFinding.kind == kind)
    if verdict:
        wanted = wanted.where(ImportFinding.data["verdict"].as_string() == verdict)
    rows = db.session.scalars(wanted.order_by(ImportFinding.position).limit(PAGE + 1)).all()
    return Found(rows[:PAGE], rows[PAGE - 1].position if len(rows) > PAGE else None)


def is_unfinished(actor: Actor) -> bool:
    """Whether a register is just being written, or taken back, in or around the actor's area: lists are not whole."""
    if not actor.may(Right.READ_HOUSEHOLDS) or not actor.area_code:
        return False
    around = [actor.area_code[:length] for length in (2, 4, 6, 9, 12) if length <= len(actor.area_code)]
    related = or_(within(Import.area_code, actor.area_code), Import.area_code.in_(around))
    return bool(db.session.scalar(select(exists().where(Import.state.in_(("applying", "undoing")), related))))


def fault_counts(row: Import) -> dict[str, int]:
    """Kind of fault → how many, the commonest first."""
    counted = select(ImportFinding.kind, func.count()).where(
        ImportFinding.import_id == row.id, ImportFinding.list == "fault").group_by(ImportFinding.kind)
    found = sorted((-count, kind) for kind, count in db.session.execute(counted))
    return {kind: -count for count, kind in found}


def list_counts(row: Import) -> dict[str, int]:
    """How many lines each list of an import has."""
    counted = select(ImportFinding.list, func.count()).where(ImportFinding.import_id == row.id)
    return {which: int(count) for which, count in db.session.execute(counted.group_by(ImportFinding.list))}


def lines_of(row: Import, numbers: Sequence[int]) -> dict[int, ImportFinding]:
    """The cells of some rows of a register, by row."""
    return {line.row: line for line in db.session.scalars(select(ImportFinding).where(
        ImportFinding.import_id == row.id, ImportFinding.list == "line", ImportFinding.position.in_(numbers)))}


def all_faults(row: Import) -> Sequence[ImportFinding]:
    """Every fault of an import, for a table to take along."""
    return db.session.scalars(select(ImportFinding).where(
        ImportFinding.import_id == row.id, ImportFinding.list == "fault").order_by(ImportFinding.position)).all()

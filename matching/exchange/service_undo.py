"""Takes an import back, a few rows in each transaction; what has to stay is listed, row by row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from matching.actor import Actor
from matching.audit.service import record
from matching.exchange.models import Import, ImportFinding
from matching.exchange.service_imports import hold
from matching.exchange.service_journal import take_back_some
from matching.extensions import db
from matching.households.service_changes import undo_some

__all__ = ["finish_taking_back", "take_back_next"]

LIMIT = 150
"""Changes in one transaction: others wait a tenth of a second at most."""


def take_back_next(import_id: int, actor: Actor | None, now: datetime) -> int:
    """Take the next changes of an import back; how many, 0 when none is left. `actor` None: of its own accord."""
    count, kept = undo_some(import_id, actor, now, LIMIT)
    left: list[dict[str, Any]] = [{"kind": change.object_type, "data": {
        "household_id": change.household_id, "change": change.kind, "reason": reason}} for change, reason in kept]
    if not count:
        count, others = take_back_some(import_id, LIMIT)
        left = [{"kind": row.object_type, "data": {"key": row.key, "name": row.name, "reason": row.reason}}
                for row in others]
    if left:
        first = _left_so_far(import_id)
        db.session.execute(insert(ImportFinding), [
            {"import_id": import_id, "list": "kept", "position": first + at, "row": 0, **told}
            for at, told in enumerate(left)])
    return count


def finish_taking_back(import_id: int, token: str, actor: Actor | None, now: datetime) -> bool:
    """Close an import that was taken back; False (then roll back) when somebody else has it now."""
    row, left = db.session.get_one(Import, import_id), _left_so_far(import_id)
    record(actor, "import.undo", now, object_type="import", object_id=import_id, area_code=row.area_code,
           changes={"left": left})
    db.session.flush()
    return hold(import_id, token, {"state": row.ending, "progress": 100, "finished_at": now, "claim": "",
                                   "report": {**row.report, "left": left}}, ("undoing",))


def _left_so_far(import_id: int) -> int:
    return db.session.scalar(select(func.count()).select_from(ImportFinding).where(
        ImportFinding.import_id == import_id, ImportFinding.list == "kept")) or 0

"""The earlier versions of a file, field by field, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import get_locale
from sqlalchemy import select

from matching.extensions import db
from matching.households.models import Household
from matching.households.models_changes import FileChange
from matching.households.service_changes import FOLLOWING, said
from matching.places import queries as places

PAGE = 30
QUIET = FOLLOWING | {"position", "sequence", "household_id"}
"""Fields that say nothing to a reader."""


@dataclass(frozen=True, slots=True)
class Version:
    """One change: what it was about, who made it, when and why, and (field, before, after) of each field."""

    id: int
    object_type: str
    kind: str
    about: str
    help_type: str
    at: datetime
    actor_name: str
    actor_role: str
    why: str
    import_id: int | None
    fields: list[tuple[str, Any, Any]]


def history_page(household: Household, before_id: int | None) -> tuple[Sequence[Version], int | None]:
    """A page of versions, newest first, and the `before_id` of the next page or None."""
    chosen = select(FileChange).where(FileChange.household_id == household.id).order_by(FileChange.id.desc())
    if before_id is not None:
        chosen = chosen.where(FileChange.id < before_id)
    rows = db.session.scalars(chosen.limit(PAGE + 1)).all()
    values = {row.id: said(row) for row in rows[:PAGE]}
    codes = {side["area_code"] for pair in values.values() for side in pair if "area_code" in side}
    paths = places.area_paths(codes, str(get_locale())) if codes else {}
    names = {member.id: member.name for member in household.members}
    kinds = {need.id: need.help_type for need in household.needs}
    return ([_version(row, *values[row.id], paths, names, kinds) for row in rows[:PAGE]],
            rows[PAGE - 1].id if len(rows) > PAGE else None)


def _version(row: FileChange, before: dict[str, Any], after: dict[str, Any], paths: dict[str, str],
             names: dict[int, str], kinds: dict[int, str]) -> Version:
    fields = [name for name in (*after, *(name for name in before if name not in after)) if name not in QUIET]
    about = {"member": names.get(row.object_id) or after.get("name") or before.get("name", "")}
    help_type = kinds.get(row.object_id) or after.get("help_type") or before.get("help_type", "")

    def told(side: dict[str, Any], name: str) -> Any:
        value = side.get(name)
        return paths.get(value, value) if name == "area_code" and value else value

    return Version(row.id, row.object_type, row.kind, about.get(row.object_type, ""),
                   help_type if row.object_type == "need" else "", row.at, row.actor_name, row.actor_role,
                   row.why or "", row.import_id,
                   [(name, told(before, name), told(after, name)) for name in fields])

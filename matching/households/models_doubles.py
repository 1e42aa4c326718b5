"""Files of one household that were opened twice: what was decided of a pair, and what a merge has moved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from matching.extensions import Model


class ToldApart(Model):
    """Two files that look like one household and are not: an officer said so. `low_id` < `high_id`."""

    __tablename__ = "told_apart"
    low_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), primary_key=True)
    high_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), primary_key=True, index=True)
    by_id: Mapped[int]
    at: Mapped[datetime]

    __table_args__ = (CheckConstraint("low_id < high_id", name="order"),)


class HouseholdMerge(Model):
    """One merge: everything of file `dropped_id` went into `kept_id`, or one person did (`kind`).

    A person's other entry is kept in a file of its own, `dropped_id`, and came from `from_id`. `moved` says which
    rows went, and what stood in them before (numbers, codes and empty values only, nothing sensitive), so that
    the merge can be undone. Of one dropped file only one merge is in force.
    """

    __tablename__ = "household_merges"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(9), default="household")
    kept_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), index=True)
    dropped_id: Mapped[int | None] = mapped_column(ForeignKey("households.id", ondelete="SET NULL"), index=True)
    from_id: Mapped[int | None] = mapped_column(ForeignKey("households.id", ondelete="SET NULL"), index=True)
    area_code: Mapped[str] = mapped_column(String(12))
    person: Mapped[str] = mapped_column(String(60), default="")
    moved: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int]
    made_by_name: Mapped[str] = mapped_column(String(60))
    undone_at: Mapped[datetime | None]
    undone_by_name: Mapped[str] = mapped_column(String(60), default="")

    __table_args__ = (
        CheckConstraint("kind IN ('household', 'person')", name="kind"),
        Index("ix_household_merges_area_code_id", "area_code", "id"),
        Index("ix_household_merges_in_force", "dropped_id", unique=True,
              sqlite_where=text("undone_at IS NULL"), postgresql_where=text("undone_at IS NULL")),
    )

"""Earlier versions of a file: what each change took away and brought."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from matching.crypto import Sealed, SealedRow, sealed_column
from matching.extensions import Model

OBJECTS = ("household", "member", "need")
KINDS = ("created", "updated", "removed")


class FileChange(SealedRow, Model):
    """One row of a file was created, changed or removed: who, when, why, and what it said before and after.

    `before` and `after` are JSON objects, sealed because they hold what the row's sealed fields hold. Of an
    updated row they name the changed fields only; a created row has no `before`, a removed one no `after`, and
    empty values are left out of both. `why` is a code or a few words of a person. `import_id` names the
    import that made the change; `is_undone`: that import was taken back, this change with it or not.
    """

    __tablename__ = "file_changes"
    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"))
    object_type: Mapped[str] = mapped_column(String(10))
    object_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(60), default="")
    actor_role: Mapped[str] = mapped_column(String(16), default="system")
    import_id: Mapped[int | None] = mapped_column(index=True)
    is_undone: Mapped[bool] = mapped_column(default=False)
    why_sealed: Mapped[bytes | None] = sealed_column()
    why = Sealed()
    before_sealed: Mapped[bytes | None] = sealed_column()
    before = Sealed()
    after_sealed: Mapped[bytes | None] = sealed_column()
    after = Sealed()

    __table_args__ = (
        Index("ix_file_changes_household_id_id", "household_id", "id"),
        CheckConstraint(f"object_type IN {OBJECTS}", name="object_type"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
    )

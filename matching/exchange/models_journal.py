"""What an import changed outside of households' files, so that it can be taken back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from matching.extensions import Model

KINDS = ("created", "updated")


class ImportChange(Model):
    """One row that an import created or changed; it goes as soon as it has been taken back.

    `object_type` is the row's table, `object_key` its key in text. `before` and `after` hold the fields that changed
    (of a created row all that are not empty) as JSON can hold them; sealed fields are left out.
    """

    __tablename__ = "import_changes"
    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    object_type: Mapped[str] = mapped_column(String(20))
    object_key: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(8))
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    __table_args__ = (
        Index("ix_import_changes_import_id_object_type_id", "import_id", "object_type", "id"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
    )

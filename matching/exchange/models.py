"""Imports by officers: the file that was brought, how far it is, what was found in it, what columns mean."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matching.exchange.models_journal import ImportChange
from matching.extensions import Model
from matching.vault import key_column

__all__ = ["Import", "ImportChange", "ImportFinding", "ImportWording"]

STATES = ("waiting", "reading", "ready", "confirmed", "applying", "done", "undoing", "undone", "refused", "failed",
          "cancelled")
LISTS = ("fault", "line", "double", "change", "kept")


class Import(Model):
    """One register file that an officer brought, from upload to done, cancelled or taken back.

    waiting → reading → ready → confirmed → applying → done → undoing → undone; `refused`: the file cannot be used.
    `asked_by_id` None: a command brings it, and it begins with applying.
    Stopped or failed while it is applied, what was written is taken back first; `ending` is then the state after
    undoing. `file_key` names the file in the vault; it is None once the file was removed. `claim` is the token of the
    process that works it: who has lost it changes nothing. `choices`: wording of a header → field. `columns`:
    [sheet, letter, header, wording, field]. `report` holds figures only, `fault` the reason for refusing.
    """

    __tablename__ = "imports"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"), index=True)
    file_name: Mapped[str] = mapped_column(String(120))
    file_key: Mapped[str | None] = key_column()
    state: Mapped[str] = mapped_column(String(10), default="waiting", index=True)
    progress: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str] = mapped_column(String(32), default="")
    claimed_at: Mapped[datetime | None]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    finished_at: Mapped[datetime | None]
    ending: Mapped[str] = mapped_column(String(10), default="undone")
    choices: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    columns: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    fault: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    __table_args__ = (CheckConstraint(f"state IN {STATES}", name="state"),)


class ImportFinding(Model):
    """One line of an import's preview. Personal values are masked before they are written here.

    `fault`: a fault in a cell; `line`: the cells of a row with a fault or a double; `double`: one person in several
    households; `change`: what would change in a file; `kept`: what an undo had to leave.
    """

    __tablename__ = "import_findings"
    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    list: Mapped[str] = mapped_column(String(8))
    position: Mapped[int]
    row: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(String(30), default="")
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    __table_args__ = (
        Index("ix_import_findings_import_id_list_position", "import_id", "list", "position"),
        CheckConstraint(f"list IN {LISTS}", name="list"),
    )


class ImportWording(Model):
    """What a column of this wording means in an area's registers, as an officer there said; empty: nothing."""

    __tablename__ = "import_wordings"
    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"))
    kind: Mapped[str] = mapped_column(String(12))
    wording: Mapped[str] = mapped_column(String(120))
    field: Mapped[str] = mapped_column(String(20))
    chosen_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("area_code", "kind", "wording"),)

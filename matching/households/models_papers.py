"""Papers and photos of a household: what they are, who brought them, where in the vault they lie."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from matching.crypto import Sealed, SealedRow, sealed_column
from matching.extensions import Model
from matching.vault import key_column

PAPER_KINDS = ("identity", "disability", "diagnosis", "bill", "house", "consent", "other")


class Paper(SealedRow, Model):
    """One paper or photo. Its bytes lie in the vault under `vault_key`.

    `content_blind` is the blind index of what was sent: the same file twice is one paper (adding locks the
    household; no constraint says so, since a merge of two files may bring together what both had). A removed paper
    keeps its row (what it was, who removed it, when and why) and has neither bytes nor `content_blind`.
    `from_household`: the household brought it itself; `seen_at`: when an officer opened such a one first.
    """

    __tablename__ = "papers"
    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    name_sealed: Mapped[bytes | None] = sealed_column()
    name = Sealed()
    mime: Mapped[str] = mapped_column(String(20))
    size_bytes: Mapped[int]
    content_blind: Mapped[str | None] = mapped_column(String(32))
    vault_key: Mapped[str | None] = key_column(blind="content_blind")
    added_at: Mapped[datetime]
    from_household: Mapped[bool] = mapped_column(default=False, server_default=false())
    seen_at: Mapped[datetime | None]
    added_by_id: Mapped[int | None] = mapped_column(index=True)
    added_by_name: Mapped[str] = mapped_column(String(60), default="")
    removed_at: Mapped[datetime | None]
    removed_by_name: Mapped[str] = mapped_column(String(60), default="")
    removed_why: Mapped[str] = mapped_column(String(12), default="")

    __table_args__ = (
        Index("ix_papers_from_household_seen_at", "from_household", "seen_at", "household_id"),
        Index("ix_papers_household_id_content_blind", "household_id", "content_blind"),
        CheckConstraint(f"kind IN {PAPER_KINDS}", name="kind"),
        CheckConstraint("(removed_at IS NULL) = (vault_key IS NOT NULL)", name="removed"),
    )

    @property
    def is_photo(self) -> bool:
        """Whether a page can show it; everything else is only handed out."""
        return self.mime == "image/jpeg"

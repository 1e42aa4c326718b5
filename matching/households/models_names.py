"""Under which words a file is found: names of its people, their pinyin and initials, and its number."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from matching.extensions import Model

TERM = String(60).with_variant(String(60, collation="C"), "postgresql")
"""Ordered by code points on both databases, so that words that begin alike stand together."""


class NameKey(Model):
    """One word under which one file is found (`matching.pinyin.name_terms`).

    `name` says whose word it is, empty for the file's number. County and place repeat the file's, so that a search
    in a county is one walk along an index, the exact word first, then those that begin with it.
    """

    __tablename__ = "name_keys"
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), primary_key=True)
    term: Mapped[str] = mapped_column(TERM, primary_key=True)
    county_code: Mapped[str] = mapped_column(String(6))
    area_code: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(60), default="")

    __table_args__ = (
        Index("ix_name_keys_county_code_term", "county_code", "term", "household_id", "area_code"),
        {"sqlite_with_rowid": False},
    )

"""The official division tree; every other slice names a place by its code here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from matching.clock import utc_now
from matching.extensions import Model

LEVELS = ("province", "city", "county", "town", "village")
PRECISIONS = ("exact", "village", "town", "county")


class Area(Model):
    """One division: a province, city, county, town or village.

    `code` has 2, 4, 6, 9 or 12 digits; the code of an area is the prefix of all below it.
    `lat` and `lon` are WGS-84 degrees of the area's own point; `precision` says how well that
    point is known: `exact`, `village`, `town` or `county`. An area without a point of its own
    has all three empty. `is_local` marks a community that is missing in the official list and
    was created under its town (codes from 900 on).
    """

    __tablename__ = "areas"
    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    level: Mapped[str] = mapped_column(String(10))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("areas.code"))
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    precision: Mapped[str | None] = mapped_column(String(10))
    is_local: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    __table_args__ = (
        CheckConstraint(f"level IN {LEVELS}", name="level"),
        CheckConstraint(f"precision IN {PRECISIONS}", name="precision"),
        CheckConstraint("(lat IS NULL) = (lon IS NULL) AND (lat IS NULL) = (precision IS NULL)",
                        name="point"),
        Index("ix_areas_parent_code_name", "parent_code", "name"),
    )

"""Counts that are kept: of files and needs by village, and of files that share something.

The database itself writes down what changes (`CountMark`, by triggers), in the transaction that changes it. Whatever
is kept is true unless it is marked; what is marked is counted anew by whoever reads (decision 0023).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from matching.extensions import Model


class CountMark(Model):
    """Something was changed in a file, or in a village: their kept counts may be old.

    Only triggers write these rows, one for each changed row of households, members, needs and pairings.
    `household_id` may be a file that is gone; `area_code` stands where a row has left a village.
    """

    __tablename__ = "count_marks"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    household_id: Mapped[int | None]
    area_code: Mapped[str | None] = mapped_column(String(12))

    # A number is never used again: who takes away the marks that it has seen must not take one that came later.
    __table_args__ = ({"sqlite_autoincrement": True},)


class PlaceFiles(Model):
    """The files of one village (or of a town itself) that are not put away.

    `verified`: the verified ones. `waiting`: those with a need of which a part is not held by any pairing. `located`
    have a point; `lat` and `lon` are the sums of their degrees.
    """

    __tablename__ = "place_files"
    area_code: Mapped[str] = mapped_column(String(12), primary_key=True)
    files: Mapped[int]
    verified: Mapped[int]
    waiting: Mapped[int]
    located: Mapped[int]
    lat: Mapped[float]
    lon: Mapped[float]


class PlaceNeeds(Model):
    """The needs of one help type of one village's verified files, and its pairings of that type.

    `needs_open`: with units still to give. `wanted`, `given`: units of all needs that stand. `lonely`: open needs
    without a proposal either, `lonely_units` what they lack. `proposals`, `waiting`, `under_way`, `closed`: pairings.
    """

    __tablename__ = "place_needs"
    area_code: Mapped[str] = mapped_column(String(12), primary_key=True)
    help_type: Mapped[str] = mapped_column(String(12), primary_key=True)
    needs_open: Mapped[int]
    wanted: Mapped[int]
    given: Mapped[int]
    lonely: Mapped[int]
    lonely_units: Mapped[int]
    proposals: Mapped[int]
    waiting: Mapped[int]
    under_way: Mapped[int]
    closed: Mapped[int]


class SharingPair(Model):
    """Two files that share something, and what: `kind` is the place in `queries_sharing.KINDS`. `low_id` < `high_id`.

    Holds no value that they share, and refers to no file that must be there.
    """

    __tablename__ = "sharing_pairs"
    kind: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    low_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    high_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)

    __table_args__ = (Index("ix_sharing_pairs_low_id", "low_id"), Index("ix_sharing_pairs_high_id", "high_id"))

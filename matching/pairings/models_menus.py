"""A household's assistance menu: all that it is to get from every side, discussed, signed, and looked at again."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matching.extensions import Model
from matching.households.models import Household

MENU_STATES = ("discussed", "agreed", "replaced")
ITEM_SOURCES = ("grant", "gap", "pairing", "offer", "need", "own")
"""Where an item comes from: promised, a policy not received, under way, an open offer, no offer yet, by hand."""
SIGNED_WAYS = ("screen", "paper", "account")


class Menu(Model):
    """One menu of a household. `discussing` is its household while it is discussed: one at a time, says the database.

    `version` counts the changes: whoever signs, signs what was shown. `paper_id` is the signature, or the signed sheet,
    among the household's papers; none where it signed with its own account. `review_on`: the next look at it.
    """

    __tablename__ = "menus"
    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"))
    discussing: Mapped[int | None] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(String(9), default="discussed")
    version: Mapped[int] = mapped_column(default=1)
    drawn_at: Mapped[datetime]
    drawn_by_id: Mapped[int | None]
    drawn_by_name: Mapped[str] = mapped_column(String(60), default="")
    agreed_at: Mapped[datetime | None]
    signed_way: Mapped[str] = mapped_column(String(7), default="")
    signer_name: Mapped[str] = mapped_column(String(60), default="")
    witness_name: Mapped[str] = mapped_column(String(60), default="")
    paper_id: Mapped[int | None]
    review_on: Mapped[date | None]
    household: Mapped[Household] = relationship()
    items: Mapped[list[MenuItem]] = relationship(
        back_populates="menu", cascade="all, delete-orphan", order_by="MenuItem.id")
    reviews: Mapped[list[MenuReview]] = relationship(cascade="all, delete-orphan", order_by="MenuReview.id")

    __table_args__ = (
        CheckConstraint(f"state IN {MENU_STATES}", name="state"),
        Index("ix_menus_household_id_state", "household_id", "state"),
        Index("ix_menus_state_review_on", "state", "review_on"),
    )

    @property
    def kept(self) -> list[MenuItem]:
        """The items that the household wants."""
        return [item for item in self.items if not item.is_declined]


class MenuItem(Model):
    """One help on a menu. `amount_fen` 0 for help that is no money; `per`: once, month, year.

    `origin` names what it was drawn from. Declined it stays, with the why.
    """

    __tablename__ = "menu_items"
    id: Mapped[int] = mapped_column(primary_key=True)
    menu_id: Mapped[int] = mapped_column(ForeignKey("menus.id", ondelete="CASCADE"), index=True)
    source: Mapped[str] = mapped_column(String(7))
    origin: Mapped[str] = mapped_column(String(40), default="")
    help_type: Mapped[str] = mapped_column(String(12))
    what: Mapped[str] = mapped_column(String(200))
    giver: Mapped[str] = mapped_column(String(120), default="")
    amount_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    per: Mapped[str] = mapped_column(String(5), default="once")
    is_declined: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(200), default="")
    changed_by_name: Mapped[str] = mapped_column(String(60), default="")
    menu: Mapped[Menu] = relationship(back_populates="items")

    __table_args__ = (CheckConstraint(f"source IN {ITEM_SOURCES}", name="source"),)


class MenuReview(Model):
    """One look at an agreed menu: what has come of it, and when it is looked at next."""

    __tablename__ = "menu_reviews"
    id: Mapped[int] = mapped_column(primary_key=True)
    menu_id: Mapped[int] = mapped_column(ForeignKey("menus.id", ondelete="CASCADE"), index=True)
    reviewed_on: Mapped[date]
    words: Mapped[str] = mapped_column(String(300))
    next_on: Mapped[date | None]
    reviewed_by_name: Mapped[str] = mapped_column(String(60), default="")
    recorded_at: Mapped[datetime]

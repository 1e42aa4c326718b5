"""The outbox: what is told to whom, by which channels it goes out, and where and how people want to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matching.crypto import Sealed, SealedRow, blind_column, sealed_column
from matching.extensions import Model

CHANNELS = ("email", "sms", "wechat")
"""Ways out of the house. The list in the site is no channel: every notice to an account stands there."""
STATES = ("waiting", "sent", "failed", "dropped")


class Notice(SealedRow, Model):
    """One message to one person, as a code and values that say nothing of a household; its words are translations.

    `recipient` is `user:12` for an account (then `user_id` is set), else the reference of somebody without one, such as
    `report:7`, whose phone or e-mail address is sealed in this row. A step (`kind` and `key`) is told to a recipient
    once. It is shown and sent from `not_before` on; `read_at` counts for the site's list alone.
    """

    __tablename__ = "notices"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(80))
    recipient: Mapped[str] = mapped_column(String(80))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    phone_sealed: Mapped[bytes | None] = sealed_column()
    email_sealed: Mapped[bytes | None] = sealed_column()
    phone = Sealed()
    email = Sealed()
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    language: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(index=True)
    not_before: Mapped[datetime]
    read_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("kind", "key", "recipient"),
        Index("ix_notices_user_id_not_before_id", "user_id", "not_before", "id"),
        Index("ix_notices_user_id_read_at_not_before", "user_id", "read_at", "not_before"),
        Index("ix_notices_recipient", "recipient"),
    )


class Delivery(Model):
    """One notice on its way out by one channel.

    A sender claims it by raising `attempts` and moving `next_try_at` on, and commits, before anything leaves the house;
    only the claim whose number still stands may write what came of it. `reason`: a code of `service_channels.Trouble`.
    """

    __tablename__ = "notice_deliveries"
    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    provider_id: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(20), default="")
    notice: Mapped[Notice] = relationship()

    __table_args__ = (
        UniqueConstraint("notice_id", "channel"),
        CheckConstraint(f"channel IN {CHANNELS}", name="channel"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_notice_deliveries_state_next_try_at", "state", "next_try_at"),
    )


class NoticeAddress(SealedRow, Model):
    """Where an account is told by a channel. It is used only once its owner has written the code that came there.

    `code` lives until `code_until`; `tries` counts wrong ones.
    """

    __tablename__ = "notice_addresses"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(8))
    address_sealed: Mapped[bytes | None] = sealed_column()
    address_blind: Mapped[str | None] = blind_column()
    address = Sealed(blind=True)
    code_sealed: Mapped[bytes | None] = sealed_column()
    code = Sealed()
    code_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("user_id", "channel"),
        CheckConstraint(f"channel IN {CHANNELS}", name="channel"),
    )


class NoticePreference(Model):
    """How an account wants to be told; without a row nothing is silenced and the usual quiet hours hold.

    `silenced` maps a group of kinds to the channels that shall be still about it, `site` among them. No text message
    between `quiet_from` and `quiet_until`, hours of Asia/Shanghai; both alike: at any hour.
    """

    __tablename__ = "notice_preferences"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    silenced: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    quiet_from: Mapped[int]
    quiet_until: Mapped[int]

    __table_args__ = (
        CheckConstraint("quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23", name="quiet"),
    )

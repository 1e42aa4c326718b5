"""Sent twice, done once: every creating form carries a key, and a key is good for one act."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import String, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from matching.actor import Actor
from matching.extensions import Model, db


class Submission(Model):
    """A form that was sent: its key, whose it was and where the answer leads."""

    __tablename__ = "submissions"
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    location: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(index=True)


def new_key() -> str:
    """A fresh key for a form that is about to be shown."""
    return secrets.token_urlsafe(18)


def _scoped(key: str, actor: Actor | None) -> str:
    """A key counts for one person only; whatever was sent, what is stored has one length."""
    return hashlib.sha256(f"{actor.user_id if actor else 0} {key}".encode()).hexdigest()


def claim(key: str, actor: Actor | None, now: datetime) -> str | None:
    """Claim a form's key inside the present transaction.

    Returns None when this is the first time (go on, then call `settle`), else the address to which
    the first sending led. A second sending that arrives meanwhile waits for the first one's commit.
    """
    try:
        with db.session.begin_nested():
            db.session.execute(insert(Submission).values(key=_scoped(key, actor), location="", created_at=now))
    except IntegrityError:
        row = db.session.get(Submission, _scoped(key, actor))
        return row.location if row else ""
    return None


def settle(key: str, actor: Actor | None, location: str) -> None:
    """Remember where the act of this key leads (same transaction as `claim`)."""
    row = db.session.get(Submission, _scoped(key, actor))
    if row is not None:
        row.location = location


def once(key: str, actor: Actor | None, now: datetime, act: Callable[[], str]) -> str:
    """Run `act` unless this form was sent before; either way return the address to which the act led.

    The caller commits. When `act` raises, the caller's rollback frees the key again.
    """
    led = claim(key, actor, now)
    if led is None:
        led = act()
        settle(key, actor, led)
    return led

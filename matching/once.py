"""Sent twice, done once: every creating form carries a key, and a key is good for one act."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from matching.actor import Actor
from matching.extensions import Model, db, insert_if_absent


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


def once(key: str, actor: Actor | None, now: datetime, act: Callable[[], str], leads_to: str = "") -> str:
    """Run `act` unless this form was sent before; either way return the address to which the act led.

    The key is claimed inside the present transaction: a second sending that arrives meanwhile waits for the first
    one's commit. The caller commits; when `act` raises, the caller's rollback frees the key again. `leads_to`:
    the address that `act` will return, where it is known before, which spares a statement.
    """
    mine = _scoped(key, actor)
    if not insert_if_absent(Submission, key=mine, location=leads_to, created_at=now):
        return db.session.scalar(select(Submission.location).where(Submission.key == mine)) or ""
    led = act()
    if led != leads_to:
        db.session.execute(update(Submission).where(Submission.key == mine).values(location=led)
                           .execution_options(synchronize_session=False))
    return led

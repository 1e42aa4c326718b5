"""Against floods and guessing: tries are counted by bucket, and beyond a number they cost something.

A whole village may share one address, so nobody is refused for it: after `QUESTION_AFTER` askings an hour from one
address the form asks a simple sum, after `DOUBT_AFTER` what comes is looked at by an officer before anybody sets
out. Buckets are digests; an address is written down nowhere.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import delete, func, insert, select

from matching.buckets import digest, network
from matching.errors import Invalid
from matching.extensions import db
from matching.intake.models_tries import IntakeTry

__all__ = ["DOUBT_AFTER", "QUESTION_AFTER", "Crowd", "address_bucket", "bucket", "crowd", "forget_old_tries",
           "is_right", "new_question", "note_try", "stamp", "tries"]

HOUR = timedelta(hours=1)
QUESTION_AFTER, DOUBT_AFTER = 20, 60
"""Askings an hour from one address: from here on a sum is asked; from here on an officer looks first."""
QUICKEST = timedelta(seconds=3)
"""Nobody reads three questions and answers them faster."""
KEEP = timedelta(days=2)


class SumForm(Protocol):
    """A form that can ask a sum."""

    sum_note: Any
    sum_answer: Any

    def take_fault(self, fault: Invalid) -> None:
        """Show a fault at its field."""


def bucket(kind: str, *parts: str) -> str:
    """The digest under which tries of one kind are counted."""
    return digest("intake", kind, *parts)


def address_bucket(kind: str, address: str) -> str:
    """The digest under which tries of one kind from one address are counted."""
    return bucket(kind, network(address))


def tries(name: str, now: datetime, within: timedelta = HOUR) -> int:
    """How many tries a bucket holds."""
    return db.session.scalar(select(func.count()).select_from(IntakeTry).where(
        IntakeTry.bucket == name, IntakeTry.tried_at > now - within)) or 0


def note_try(name: str, now: datetime) -> None:
    """Count one try in the present transaction."""
    db.session.execute(insert(IntakeTry).values(bucket=name, tried_at=now))


def forget_old_tries(now: datetime) -> None:
    """Delete tries that no longer count."""
    db.session.execute(delete(IntakeTry).where(IntakeTry.tried_at < now - KEEP))


def new_question() -> tuple[str, int, int]:
    """A sum of two small numbers: a signed note of it, and the two numbers."""
    first, second = 1 + secrets.randbelow(9), 1 + secrets.randbelow(9)
    return _signer("sum").dumps([first, second, secrets.token_hex(4)]), first, second


def is_right(note: str, answer: str, now: datetime) -> bool:
    """Whether an answer is the sum of a signed note not older than an hour; a note is good for one right answer."""
    try:
        first, second, _salt = _signer("sum").loads(note, max_age=3600)
        right = int(answer) == first + second and not tries(bucket("sum", note), now)
    except (BadData, ValueError, TypeError):
        return False
    if right:
        note_try(bucket("sum", note), now)
    return right


def stamp() -> str:
    """A signed note of when a form was shown."""
    return _signer("shown").dumps("")


def _since_shown(note: str, now: datetime) -> timedelta | None:
    """How long ago a form was shown; None when its note is not ours."""
    try:
        _empty, shown_at = _signer("shown").loads(note, return_timestamp=True)
    except BadData:
        return None
    passed: timedelta = now - shown_at
    return passed


def _is_hasty(note: str, now: datetime) -> bool:
    """Whether a form came back faster than anybody reads, or was never shown."""
    passed = _since_shown(note, now)
    return passed is None or passed < QUICKEST


def _signer(salt: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"intake {salt}")


@dataclass(frozen=True, slots=True)
class Crowd:
    """How full it is where an asking comes from, and what that costs."""

    asks_sum: bool
    is_doubtful: bool
    keeps_files: bool

    def lets_through(self, form: SumForm, now: datetime) -> bool:
        """Whether the sum was answered where one is asked; else the form says so."""
        if not self.asks_sum or is_right(form.sum_note.data or "", form.sum_answer.data or "", now):
            return True
        form.take_fault(Invalid(_("同时来的人很多。答对下面这道题，马上就送到。"), "sum_answer"))
        return False


def crowd(address: str, shown: str, honey: str, now: datetime) -> Crowd:
    """What the next asking from an address costs. `shown`: the note of when its form was shown; `honey`: what stood
    in the field that people do not see.
    """
    asked = tries(address_bucket("ask", address), now)
    return Crowd(asks_sum=asked >= QUESTION_AFTER, keeps_files=asked < DOUBT_AFTER,
                 is_doubtful=asked >= DOUBT_AFTER or bool(honey) or _is_hasty(shown, now))

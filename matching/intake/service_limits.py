"""Against floods and guessing: tries are counted by bucket, and beyond a number they cost something.

A whole village may share one address, so nobody is refused for it: beyond a number of askings an hour the form asks a
simple sum, and beyond another what comes is looked at by an officer before anybody sets out (`LIMITS`). They are
counted by address, by the telephone that is written (else a stranger's would ring all day), and by county, for floods
from everywhere. Photos and messages are counted by address and in all. Who is signed in is no stranger, and never
held up. Buckets are digests; an address is written down nowhere.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import delete, func, insert, select

from matching.buckets import digest, network
from matching.errors import Invalid
from matching.extensions import db
from matching.intake.models_tries import IntakeTry

__all__ = ["LIMITS", "Crowd", "Limit", "Sender", "SumForm", "address_bucket", "bucket", "crowd", "forget_old_tries",
           "has_answered", "is_right", "keeps_files", "new_question", "note_asking", "note_files", "note_try",
           "put_question", "stamp", "tries"]

HOUR = timedelta(hours=1)
FILES_OF_ADDRESS, FILES_OF_ALL = 60, 600
"""Photos and messages that are taken in an hour."""
EVERYWHERE = "everywhere"
QUICKEST = timedelta(seconds=3)
"""Nobody reads three questions and answers them faster."""
KEEP = timedelta(days=2)


class Limit(NamedTuple):
    """Askings an hour: from `sums` on a sum is asked, from `doubts` on an officer looks before anybody sets out."""

    sums: int
    doubts: int


LIMITS = {"address": Limit(20, 60), "phone": Limit(3, 6), "county": Limit(100, 200)}


@dataclass(frozen=True, slots=True)
class Sender:
    """Who asks, as far as it is counted: the address it comes from, the phone and the county it names."""

    address: str
    phone: str
    county: str

    def buckets(self) -> dict[str, str]:
        """What its askings are counted by, as in `LIMITS`."""
        return {"address": address_bucket("ask", self.address), "phone": bucket("ask phone", self.phone),
                "county": bucket("ask county", self.county)}


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


def put_question(form: SumForm) -> tuple[int, int]:
    """Ask a new sum in a form; the two numbers, for its page."""
    form.sum_note.data, first, second = new_question()
    form.sum_answer.data = ""
    return first, second


def has_answered(form: SumForm, now: datetime, otherwise: str) -> bool:
    """Whether the sum that a form asked was answered; else the form says so, in the words of `otherwise`."""
    if is_right(form.sum_note.data or "", form.sum_answer.data or "", now):
        return True
    form.take_fault(Invalid(otherwise, "sum_answer"))
    return False


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
        return not self.asks_sum or has_answered(form, now, _("同时来的人很多。答对下面这道题，马上就送到。"))


def crowd(sender: Sender, shown: str, honey: str, now: datetime, *, is_known: bool = False) -> Crowd:
    """What the next asking of a sender costs. `shown`: the note of when its form was shown; `honey`: what stood in the
    field that people do not see; `is_known`: it is signed in.
    """
    if is_known:
        return Crowd(asks_sum=False, is_doubtful=False, keeps_files=True)
    asked = {kind: tries(name, now) for kind, name in sender.buckets().items()}
    floods = [kind for kind, many in asked.items() if many >= LIMITS[kind].doubts]
    return Crowd(asks_sum=any(many >= LIMITS[kind].sums for kind, many in asked.items()),
                 is_doubtful=bool(floods or honey) or _is_hasty(shown, now),
                 keeps_files=not floods and keeps_files(sender.address, now))


def note_asking(sender: Sender, now: datetime) -> None:
    """Count an asking that was taken."""
    for name in sender.buckets().values():
        note_try(name, now)


def keeps_files(address: str, now: datetime) -> bool:
    """Whether one more photo or message from an address is taken."""
    return (tries(address_bucket("file", address), now) < FILES_OF_ADDRESS
            and tries(bucket("file", EVERYWHERE), now) < FILES_OF_ALL)


def note_files(address: str, number: int, now: datetime) -> None:
    """Count photos and messages that were put into the vault, whatever becomes of their form."""
    for _file in range(number):
        note_try(address_bucket("file", address), now)
        note_try(bucket("file", EVERYWHERE), now)

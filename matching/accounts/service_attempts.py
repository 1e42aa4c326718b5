"""Tries to sign in: few enough that nobody guesses a password, and nobody locks another person out for good.

Each try is counted and committed before its password is tested, so that many tries at once are not more than
many tries one after another. Tries with a user name from anywhere share one bucket, and so do tries from one
address. A browser in which that person has signed in before carries a signed cookie and has a bucket of its
own, so strangers who use up the user name's bucket do not keep its owner out.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import delete, func, insert, select

from matching.accounts.models import SignInAttempt, User
from matching.accounts.service import normal_username, own_transaction
from matching.accounts.service_passwords import hashed, is_outdated, matches
from matching.buckets import digest, network
from matching.errors import JieduiError
from matching.extensions import db

WINDOW = timedelta(minutes=15)
TESTED_PER_NAME = 10
TESTED_PER_ADDRESS = 60
DEVICE_AGE = timedelta(days=180)
PEOPLE_PER_DEVICE = 8


class TooManyTries(JieduiError):
    """So many failed tries that the next one is not even tested; the same for known and unknown names."""

    status = 429


def verify_sign_in(username: str, password: str, address: str, device: str | None, now: datetime) -> User | None:
    """The user whose name and password these are, or None; raises TooManyTries when a bucket is full.

    `address` is the peer's (promise 18: forwarded ones are believed only when configured), `device` the cookie
    of `remember_device`. Runs in transactions of its own and holds none while it reckons the hash; answers
    known and unknown names alike and in the same time.
    """
    name = normal_username(username)
    tries = _count_try(_buckets(name, address, device), now)
    with own_transaction(writes=False) as connection:
        row = connection.execute(
            select(User.id, User.password_hash, User.is_enabled).where(User.username == name)).one_or_none()
    right = matches(row.password_hash if row else None, password)
    if not right or row is None or not row.is_enabled:
        return None
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.id.in_(tries)))
    user = db.session.get_one(User, row.id)
    if is_outdated(user.password_hash):
        user.password_hash = hashed(password)
    return user


def remember_device(user: User, device: str | None) -> str:
    """The signed cookie of a browser in which this user has just signed in; others who did so are kept in it."""
    known, people = _read_device(device)
    here = _owner(user.username)
    people = [here, *(person for person in people if person != here)][:PEOPLE_PER_DEVICE]
    return _signer().dumps([known or secrets.token_urlsafe(12), people])


def forget_old_attempts(now: datetime) -> int:
    """Delete tries that no longer count; returns how many."""
    gone = db.session.execute(delete(SignInAttempt).where(SignInAttempt.tried_at <= now - WINDOW))
    return gone.rowcount  # type: ignore[attr-defined,no-any-return]


def _buckets(name: str, address: str, device: str | None) -> dict[str, int]:
    """The buckets a try counts against, as digests, with how many tries each holds in `WINDOW`."""
    known, people = _read_device(device)
    if known and _owner(name) in people:
        return {digest("device", known, name): TESTED_PER_NAME}
    return {digest("name", name): TESTED_PER_NAME, digest("address", network(address)): TESTED_PER_ADDRESS}


def _count_try(buckets: dict[str, int], now: datetime) -> list[int]:
    """Write a try down, then count: of many at once each sees at least those written before it."""
    tries = insert(SignInAttempt).returning(SignInAttempt.id)
    _refuse_beyond(buckets, now, most=-1)
    with own_transaction(writes=True) as connection:
        mine = list(connection.scalars(tries, [{"bucket": bucket, "tried_at": now} for bucket in buckets]))
    try:
        _refuse_beyond(buckets, now)
    except TooManyTries:  # what is not tested does not count
        with own_transaction(writes=True) as connection:
            connection.execute(delete(SignInAttempt).where(SignInAttempt.id.in_(mine)))
        raise
    return mine


def _refuse_beyond(buckets: dict[str, int], now: datetime, most: int = 0) -> None:
    """Raise TooManyTries when a bucket holds more than its limit and `most`."""
    counting = select(SignInAttempt.bucket, func.count()).group_by(SignInAttempt.bucket).where(
        SignInAttempt.bucket.in_(buckets), SignInAttempt.tried_at > now - WINDOW)
    with own_transaction(writes=False) as connection:
        counts = connection.execute(counting).all()
    if any(count > buckets[bucket] + most for bucket, count in counts):
        raise TooManyTries(_("试的次数太多了，请 %(n)s 分钟后再试。", n=int(WINDOW.total_seconds() // 60)))


def _owner(name: str) -> str:
    return digest("owner", name)[:16]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="device")


def _read_device(cookie: str | None) -> tuple[str, list[str]]:
    try:
        known, people = _signer().loads(cookie or "", max_age=int(DEVICE_AGE.total_seconds()))
    except (BadData, ValueError, TypeError):
        return "", []
    return known, people

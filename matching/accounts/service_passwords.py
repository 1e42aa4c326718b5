"""Passwords: argon2id, weak ones refused, first ones that can be read out over the telephone."""

from __future__ import annotations

import functools
import hmac
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from flask_babel import gettext as _

from matching.errors import Invalid

SHORTEST, LONGEST, FEWEST_DIFFERENT = 10, 200, 5
EASY_TO_READ = "abcdefghjkmnpqrstuvwxyz23456789"  # without i l o 0 1


def hashed(password: str) -> str:
    """The argon2id hash to be stored, with its own salt and cost (PASSWORD_COST)."""
    return _hasher().hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether a password belongs to a hash. Without a hash (no such user) it takes just as long, and is False."""
    hasher, nobody = _hasher(), _nobody(*_cost())
    try:
        hasher.verify(password_hash or nobody, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with another cost than today's, so that it should be made anew."""
    return _hasher().check_needs_rehash(password_hash)


def refuse_weak(password: str, username: str) -> None:
    """Raise Invalid for a password that is too short, too long, too uniform or holds the user name.

    The demo's own password is whatever the person who runs it has set; outside the demo there is none.
    """
    if password and password == current_app.config["DEMO_PASSWORD"]:
        return
    if len(password) < SHORTEST:
        raise Invalid(_("密码至少 %(n)s 个字。", n=SHORTEST), field="password")
    if len(password) > LONGEST:
        raise Invalid(_("密码最多 %(n)s 个字。", n=LONGEST), field="password")
    if len(set(password)) < FEWEST_DIFFERENT or (len(username) > 3 and username in password.lower()):
        raise Invalid(_("这个密码太容易猜，请换一个：不要用账号，也不要重复几个字。"), field="password")


def one_time_password() -> str:
    """A random password to be told to somebody: four groups, about 79 bits, without letters that look alike."""
    return _readable(secrets.token_bytes(16))


def first_password(actor_id: int, key: str) -> str:
    """The password that an act of giving one leads to: random to everybody, the same for a form sent twice.

    `key` is the form's submission key.
    """
    secret = current_app.config["SECRET_KEY"].encode()
    return _readable(hmac.digest(secret, f"first password\n{actor_id}\n{key}".encode(), "sha256"))


def _readable(drawn: bytes) -> str:
    letters = [EASY_TO_READ[byte % len(EASY_TO_READ)] for byte in drawn[:16]]
    return "-".join("".join(letters[start:start + 4]) for start in range(0, 16, 4))


def _cost() -> tuple[int, int, int]:
    cost: tuple[int, int, int] = current_app.config["PASSWORD_COST"]
    return cost


def _hasher() -> PasswordHasher:
    return _hasher_of(*_cost())


@functools.cache
def _hasher_of(time_cost: int, memory_kib: int, parallelism: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism)


@functools.cache
def _nobody(time_cost: int, memory_kib: int, parallelism: int) -> str:
    """The hash of a password that nobody knows, of the same cost as a real one."""
    return _hasher_of(time_cost, memory_kib, parallelism).hash(secrets.token_urlsafe(32))

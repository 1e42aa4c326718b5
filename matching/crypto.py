"""Sensitive fields: encrypted in the column, found by a blind index, bound to their row.

A value is stored as `version(1) | key id(4) | nonce(12) | AES-256-GCM ciphertext`. The additional data is
`table.field` and the row's own random `seal`, so that a ciphertext moved to another field or row fails to
open. The blind index is HMAC-SHA256 of the normalised value under a key derived from the field key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import unicodedata
from typing import Any, overload

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from matching.extensions import Model, db

_VERSION = b"\x01"
_KEY_ID = 4
MARK = 1 + _KEY_ID
"""How many bytes at the beginning of a sealed value tell its key."""
_NONCE = 12


class CannotOpen(Exception):
    """A stored value cannot be decrypted: wrong key, tampered, or moved from another row."""


class FieldKey:
    """One AES-256 key with its id and the blind-index key derived from it."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:
            raise ValueError("a field key is 32 bytes, written in base64")
        self.id = hashlib.sha256(b"jiedui key id" + secret).digest()[:_KEY_ID]
        self.number = int.from_bytes(self.id, "big") >> 1  # its id as a row's number
        self.cipher = AESGCM(secret)
        self.blind_secret = hmac.digest(secret, b"jiedui blind index", "sha256")


class Keyring:
    """All field keys, newest first: the newest seals, every one opens."""

    def __init__(self, written: str) -> None:
        """`written`: base64 keys of 32 bytes, comma-separated, newest first (FIELD_KEYS)."""
        self.keys = [FieldKey(base64.b64decode(part, validate=True))
                     for part in written.replace(" ", "").split(",") if part]
        if not self.keys:
            raise ValueError("FIELD_KEYS is empty")
        self._by_id = {key.id: key for key in self.keys}

    @property
    def mark(self) -> bytes:
        """How everything begins that the newest key has sealed."""
        return _VERSION + self.keys[0].id

    def holds(self, sealed: bytes) -> bool:
        """Whether the key that sealed this, by its id, is one of ours."""
        return sealed[:1] == _VERSION and bytes(sealed[1:MARK]) in self._by_id

    def seal(self, value: str, context: bytes) -> bytes:
        """Encrypt a text under the newest key, bound to `context`."""
        return self.seal_bytes(value.encode(), context)

    def open(self, sealed: bytes, context: bytes) -> str:
        """Decrypt a text; raises CannotOpen as `open_bytes`."""
        return self.open_bytes(sealed, context).decode()

    def seal_bytes(self, content: bytes, context: bytes) -> bytes:
        """Encrypt bytes under the newest key, bound to `context`."""
        key, nonce = self.keys[0], os.urandom(_NONCE)
        return _VERSION + key.id + nonce + key.cipher.encrypt(nonce, content, context)

    def open_bytes(self, sealed: bytes, context: bytes) -> bytes:
        """Decrypt; raises CannotOpen for a wrong key, a changed content or a foreign context."""
        key = self._by_id.get(bytes(sealed[1:1 + _KEY_ID]))
        if sealed[:1] != _VERSION or key is None:
            raise CannotOpen("sealed with a key that FIELD_KEYS does not hold")
        start = 1 + _KEY_ID
        try:
            return key.cipher.decrypt(sealed[start:start + _NONCE], sealed[start + _NONCE:], context)
        except InvalidTag:
            raise CannotOpen("does not belong to this row and field, or was changed") from None

    def blinds(self, value: str) -> list[str]:
        """The blind indexes of a value under every key, newest first (search with all, store the first)."""
        return [blind_of(value, key.blind_secret) for key in self.keys]


def normalised(value: str) -> str:
    """How a value is compared: full-width folded, blanks and hyphens dropped, upper case."""
    return "".join(c for c in unicodedata.normalize("NFKC", value) if not c.isspace() and c != "-").upper()


def blind_of(value: str, secret: bytes) -> str:
    """The blind index of a value under one blind secret: 32 hexadecimal digits."""
    return hmac.digest(secret, normalised(value).encode(), "sha256").hex()[:32]


def keyring() -> Keyring:
    """The running application's keys."""
    ring: Keyring = current_app.extensions["keyring"]
    return ring


class SealedRow:
    """Mixin of models with sealed fields: `seal` ties their ciphertexts to this one row."""

    seal: Mapped[bytes] = mapped_column(LargeBinary(16), default=lambda: os.urandom(16))


class Sealed:
    """A sensitive text field: `phone = Sealed()` works on the columns `phone_sealed` and, with
    `blind=True`, `phone_blind`. Reading decrypts, writing encrypts, None and "" store NULL.
    """

    def __init__(self, *, blind: bool = False) -> None:
        self.blind = blind

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.context = f"{getattr(owner, '__tablename__', owner.__name__)}.{name}:".encode()

    @overload
    def __get__(self, row: None, owner: type) -> Sealed: ...
    @overload
    def __get__(self, row: object, owner: type) -> str | None: ...

    def __get__(self, row: Any, owner: type) -> Sealed | str | None:
        if row is None:
            return self
        sealed = getattr(row, f"{self.name}_sealed")
        return None if sealed is None else self.opened(sealed, row)

    def opened(self, sealed: bytes, row: Any) -> str:
        """What a ciphertext of this field in this row says, also one that the row no longer holds."""
        return keyring().open(sealed, self.context + row.seal)

    def sealed_anew(self, sealed: bytes, seal: bytes) -> tuple[bytes, str]:
        """The same value under the newest key, and its blind index. Raises CannotOpen."""
        value = keyring().open(sealed, self.context + seal)
        return keyring().seal(value, self.context + seal), keyring().blinds(value)[0] if self.blind else ""

    def __set__(self, row: Any, value: str | None) -> None:
        if row.seal is None:
            row.seal = os.urandom(16)
        if self.__get__(row, type(row)) == (value or None):
            return  # a fresh nonce for an unchanged value would look like a change
        sealed = keyring().seal(value, self.context + row.seal) if value else None
        setattr(row, f"{self.name}_sealed", sealed)
        if self.blind:
            setattr(row, f"{self.name}_blind", keyring().blinds(value)[0] if value else None)


def sealed_column() -> Mapped[bytes | None]:
    """The column that holds a sealed value."""
    return mapped_column(LargeBinary, nullable=True)


def blind_column() -> Mapped[str | None]:
    """The column that holds a blind index (32 hexadecimal digits)."""
    return mapped_column(String(32), nullable=True, index=True)


def sealed_fields() -> dict[type[Model], list[Sealed]]:
    """The sealed fields of every model that has some."""
    found = {mapper.class_: [field for field in vars(mapper.class_).values() if isinstance(field, Sealed)]
             for mapper in Model.registry.mappers}
    return {model: fields for model, fields in found.items() if fields}


class KeyCheck(SealedRow, Model):
    """One sealed word for each key that may have sealed something here: all must open before the site starts."""

    __tablename__ = "key_checks"
    id: Mapped[int] = mapped_column(primary_key=True)
    word_sealed: Mapped[bytes | None] = sealed_column()
    word = Sealed()


class RetiredKey(SealedRow, Model):
    """The blind secret of a key that was taken out. It opens nothing; numbers that files were once given under
    it are recognised by it, when the same register comes again.
    """

    __tablename__ = "retired_keys"
    id: Mapped[int] = mapped_column(primary_key=True)
    secret_sealed: Mapped[bytes | None] = sealed_column()
    secret = Sealed()


def retired_secrets() -> list[bytes]:
    """The blind secrets of all keys that were taken out."""
    return [bytes.fromhex(key.secret or "") for key in db.session.scalars(select(RetiredKey).order_by(RetiredKey.id))]

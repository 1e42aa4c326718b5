"""Where papers and photos are kept: encrypted files outside the web root, each bound to its key.

A key is 32 random hexadecimal digits; the file is `INSTANCE/vault/<first two>/<key>`, AES-256-GCM under
FIELD_KEYS (`matching.crypto`), and its key is part of what is authenticated: a file that was renamed,
moved or changed does not open. A file is there whole or not at all: it is written under another name, synced
and renamed. Whoever removes a row removes its file after the commit; what a crash leaves behind is found by
`forget_strays`.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import Column, String, select
from sqlalchemy.orm import Mapped, mapped_column

from matching.crypto import MARK, CannotOpen, keyring
from matching.extensions import db

__all__ = ["STRAY_AFTER", "CannotOpen", "Missing", "blinds", "forget_strays", "get", "get_sealed", "key_column",
           "key_columns", "keys", "mark_of", "named", "place_of", "put",
           "put_sealed", "remove", "sealed", "sync"]

STRAY_AFTER = timedelta(days=1)
"""A file that no row names by then was left behind: its row was removed, or never written."""
_KEY = re.compile(r"[0-9a-f]{32}")


class Missing(Exception):
    """There is no such file in the vault."""


def put(content: bytes) -> str:
    """Keep a file; returns its key. When this returns, the file is on disk."""
    key = secrets.token_hex(16)
    put_sealed(key, sealed(key, content))
    return key


def sealed(key: str, content: bytes) -> bytes:
    """A content as the file of a key holds it, under the newest key."""
    return keyring().seal_bytes(content, _context(key))


def put_sealed(key: str, encrypted: bytes) -> None:
    """Keep what is sealed for a key already, in place of what was there. When this returns, it is on disk."""
    place = place_of(key)
    for folder in (place.parent.parent, place.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = place.with_suffix(".draft")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(encrypted)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, place)
    finally:
        draft.unlink(missing_ok=True)
    for folder in (place.parent, place.parent.parent):
        sync(folder)


def get_sealed(key: str) -> bytes:
    """The file of a key as it lies there. Raises Missing."""
    try:
        return place_of(key).read_bytes()
    except FileNotFoundError:
        raise Missing(key) from None


def mark_of(key: str) -> bytes:
    """How the file of a key begins, which tells what sealed it; empty when there is none."""
    try:
        with place_of(key).open("rb") as file:
            return file.read(MARK)
    except FileNotFoundError:
        return b""


def blinds(content: bytes) -> list[str]:
    """The blind indexes of a file's content under every key, newest first."""
    return keyring().blinds(hashlib.sha256(content).hexdigest())


def get(key: str) -> bytes:
    """The file of a key. Raises Missing, and CannotOpen when it was moved or changed or its field key is gone."""
    return keyring().open_bytes(get_sealed(key), _context(key))


def remove(key: str) -> bool:
    """Remove a file for good; False when there was none."""
    place = place_of(key)
    try:
        place.unlink()
    except FileNotFoundError:
        return False
    sync(place.parent)
    return True


def keys() -> Iterator[str]:
    """The keys of all files that are there."""
    for place in _folder().glob("??/*"):
        if _KEY.fullmatch(place.name):
            yield place.name


def key_column(blind: str = "") -> Mapped[str | None]:
    """The column of a row that names a file; None once the file is gone. `key_columns` finds every such column.

    `blind` names the column of the same row that holds the blind index of the file's content.
    """
    return mapped_column(String(32), nullable=True, info={"vault": True, "blind": blind})


def key_columns() -> list[Column[str]]:
    """Every column that names files of the vault."""
    return [column for table in db.metadata.sorted_tables for column in table.columns if column.info.get("vault")]


def named() -> set[str]:
    """The keys that rows of any table name."""
    return {key for column in key_columns()
            for key in db.session.scalars(select(column).where(column.is_not(None))) if key}


def forget_strays(known: Collection[str], before: datetime) -> int:
    """Remove files written before an instant that nobody knows, half-written ones included; returns how many."""
    gone = 0
    for place in _folder().glob("??/*"):
        if place.name not in known and place.stat().st_mtime < before.timestamp():
            place.unlink(missing_ok=True)
            gone += 1
    for place in _folder().parent.glob(".backup-*"):  # what a backup held when it was killed
        if place.stat().st_mtime < before.timestamp():
            shutil.rmtree(place, ignore_errors=True)
    return gone


def _folder() -> Path:
    return Path(current_app.config["INSTANCE"]) / "vault"


def place_of(key: str) -> Path:
    """Where the file of a key lies, whether it is there or not."""
    if not _KEY.fullmatch(key):
        raise ValueError("not a key of the vault")
    return _folder() / key[:2] / key


def _context(key: str) -> bytes:
    return b"vault:" + key.encode()


def sync(folder: Path) -> None:
    """Let the folder's own entries reach the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""The whole site in one file: every row, every paper, checksums, and not one key.

A backup is a ZIP file with
- `database.sqlite3`, copied by SQLite's own backup in one step, or `rows/<table>` for each table of PostgreSQL,
  copied in one snapshot: either way one consistent moment, while everybody goes on writing;
- `vault/<key>`, the files that this moment names, encrypted as they lie;
- `manifest.json`: kind, time, migration, rows, and size and SHA-256 of each part; and `manifest.mac`, its
  HMAC under the newest field key, so that no part can be changed, left out or added.

Files of the vault are never changed, only added, removed and sealed anew. So they are held by hard links at the
moment of the copy; when one has just gone, the copy is taken again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

import psycopg
from flask import current_app
from psycopg import sql
from sqlalchemy import func, select, table, text

from matching import vault
from matching.crypto import FieldKey, Keyring, keyring
from matching.extensions import db, is_sqlite, reading

__all__ = ["BLOCK", "BROKEN", "DATABASE", "MANIFEST", "Refusal", "Tables", "Written", "age_out", "back_up",
           "current_migration", "names_of_tables", "own_folder", "plain_url", "read_manifest"]

FORMAT = "jiedui backup 1"
MANIFEST, MAC, DATABASE = "manifest.json", "manifest.mac", "database.sqlite3"
BLOCK = 1024 * 1024
TRIES = 5
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, KeyError, ValueError, TypeError, EOFError, OSError,
          RuntimeError)
"""What reading a damaged ZIP file may raise."""
Tables = dict[str, dict[str, Any]]
"""Rows of each table, and on PostgreSQL its columns in the order in which they were copied."""


class Refusal(Exception):
    """A backup cannot be made, or not be used; the message says why, in Chinese and English."""


@dataclass(frozen=True, slots=True)
class _Moment:
    tables: Tables
    files: int
    missing: list[str]


@dataclass(frozen=True, slots=True)
class Written:
    """What a backup holds: rows of all tables, files, and its size; `missing` files were gone before."""

    rows: int
    files: int
    missing: int
    size_bytes: int


def back_up(file: Path, now: datetime) -> Written:
    """Write the whole site into a new file that its owner alone may read; whole or not at all.

    Raises Refusal when the file is there already.
    """
    if file.exists():
        raise Refusal(f"已经有这个文件，没有备份 · the file is there already, nothing was written: {file}")
    draft = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        with own_folder() as folder:
            moment = _moment(folder)
            with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as out:
                _write(out, folder, moment, now)
                out.flush()
                os.fsync(out.fileno())
        os.replace(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    vault.sync(file.parent)
    rows = sum(table["rows"] for table in moment.tables.values())
    return Written(rows, moment.files, len(moment.missing), file.stat().st_size)


def read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    """What a backup says it holds. Raises Refusal unless one of our keys vouches for it."""
    try:
        written, mac = archive.read(MANIFEST), archive.read(MAC).decode()
        manifest: dict[str, Any] = json.loads(written)
        known = manifest["format"] == FORMAT
    except BROKEN as error:
        raise Refusal("这不是完整的备份文件 · not a whole backup file") from error
    if not known:
        raise Refusal("这种备份这个版本读不了 · this version cannot read backups of this format")
    if manifest["key"] not in {key.id.hex() for key in keyring().keys}:
        raise Refusal("备份是用别的密钥做的，FIELD_KEYS 里没有 · "
                      "the backup was made under a key that FIELD_KEYS does not hold")
    if not hmac.compare_digest(mac, mac_of(written, keyring(), manifest["key"])):
        raise Refusal("备份被改过或坏了 · the backup was changed or is damaged")
    return manifest


def mac_of(manifest: bytes, ring: Keyring, key_id: str) -> str:
    """The HMAC that vouches for a manifest, under one of the field keys."""
    key: FieldKey = next(key for key in ring.keys if key.id.hex() == key_id)
    return hmac.digest(hmac.digest(key.blind_secret, b"jiedui backup", "sha256"), manifest, "sha256").hex()


def age_out(folder: Path, keep: timedelta, now: datetime) -> list[Path]:
    """Remove backups of ours in a folder that were made longer ago than they are kept; returns them."""
    gone = []
    for file in sorted(place for place in folder.iterdir() if place.is_file()):
        try:
            with zipfile.ZipFile(file) as archive:
                made = json.loads(archive.read(MANIFEST))
            old = made["format"] == FORMAT and datetime.fromisoformat(made["made_at"]) < now - keep
        except BROKEN:
            continue  # not a backup
        if old:
            file.unlink()
            gone.append(file)
    return gone


# --- one moment ---------------------------------------------------------------------------------------------


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder beside the vault, on the same disk, for what the moment needs; what a kill left goes first."""
    instance = Path(current_app.config["INSTANCE"])
    folder = instance / f".backup-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "vault").mkdir(mode=0o700, parents=True)
    folder.chmod(0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _moment(folder: Path) -> _Moment:
    """Copy the rows and hold the files they name."""
    gone: list[str] = []
    for _ in range(TRIES):
        before = gone
        tables, named = (_copy_sqlite if is_sqlite(db.engine) else _copy_postgres)(folder)
        gone = [key for key in sorted(named) if not _hold(key, folder / "vault" / key)]
        if gone == before:
            break  # none is missing, or the same as before: not removed just now, but lost long ago
    for link in (folder / "vault").iterdir():
        if link.name not in named:  # removed between two copies
            link.unlink()
    return _Moment(tables, len(named) - len(gone), gone)


def _hold(key: str, link: Path) -> bool:
    """Hold a file of the vault by another name, so that it stays for us when it is removed; False: it is gone."""
    if link.exists():
        return True
    try:
        os.link(vault.place_of(key), link)
    except FileNotFoundError:
        return False
    except OSError:  # a disk that knows no hard links
        link.write_bytes(vault.get_sealed(key))
    return True


def _copy_sqlite(folder: Path) -> tuple[Tables, set[str]]:
    """A copy of the database file in one step: in WAL mode nobody waits for it, and it waits for nobody."""
    copy = folder / DATABASE
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(db.engine.url.database or "")) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
        tables = {name: {"rows": target.execute(str(select(func.count()).select_from(table(name)))).fetchone()[0]}
                  for name in names_of_tables()}
        named = {key for column in vault.key_columns() for (key,) in target.execute(
            str(select(column).where(column.is_not(None))))}
    return tables, named


def _copy_postgres(folder: Path) -> tuple[Tables, set[str]]:
    """Every table copied in one snapshot."""
    (folder / "rows").mkdir(mode=0o700, exist_ok=True)
    tables: Tables = {}
    with psycopg.connect(plain_url()) as source:
        source.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        source.read_only = True
        for name in names_of_tables():
            columns = [column for (column,) in source.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema()"
                " AND table_name = %s ORDER BY ordinal_position", [name])]
            with (folder / "rows" / name).open("wb") as out, source.cursor() as cursor:
                with cursor.copy(sql.SQL("COPY {} ({}) TO STDOUT").format(
                        sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns)))) as blocks:
                    for block in blocks:
                        out.write(block)
                tables[name] = {"rows": cursor.rowcount, "columns": columns}
        named = {key for column in vault.key_columns() for (key,) in source.execute(
            sql.SQL("SELECT {0} FROM {1} WHERE {0} IS NOT NULL").format(
                sql.Identifier(column.name), sql.Identifier(column.table.name)))}
    return tables, named


def names_of_tables() -> list[str]:
    """All tables, parents first."""
    return [*(table.name for table in db.metadata.sorted_tables), "alembic_version"]


def plain_url() -> str:
    """The database's address as psycopg itself reads it."""
    return db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


# --- the file -----------------------------------------------------------------------------------------------


def _write(out: IO[bytes], folder: Path, moment: _Moment, now: datetime) -> None:
    """All parts, then the manifest that lists them, then what vouches for the manifest."""
    ring = keyring()
    parts: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                name = file.relative_to(folder).as_posix()
                parts[name] = _add(archive, file, name)
        manifest = json.dumps({
            "format": FORMAT, "made_at": now.isoformat(), "database": db.engine.dialect.name,
            "migration": current_migration(), "key": ring.keys[0].id.hex(), "tables": moment.tables,
            "missing": moment.missing, "parts": parts}, sort_keys=True).encode()
        archive.writestr(MANIFEST, manifest)
        archive.writestr(MAC, mac_of(manifest, ring, ring.keys[0].id.hex()))


def _add(archive: zipfile.ZipFile, file: Path, name: str) -> dict[str, Any]:
    """Add one part; its size and checksum. What is encrypted already is not pressed."""
    told = zipfile.ZipInfo(name)
    told.compress_type = zipfile.ZIP_STORED if name.startswith("vault/") else zipfile.ZIP_DEFLATED
    told.file_size = file.stat().st_size
    digest = hashlib.sha256()
    with file.open("rb") as source, archive.open(told, "w", force_zip64=True) as part:
        while block := source.read(BLOCK):
            digest.update(block)
            part.write(block)
    return {"size": told.file_size, "sha256": digest.hexdigest()}


def current_migration() -> str:
    """The migration that the database stands at."""
    with reading():
        return str(db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one())

"""A backup (`matching.backup`) is read back: checked first, then put in place whole or not at all.

1. The manifest is vouched for by one of our keys, and every part has its size and checksum.
2. The backup is of this kind of database and of the migration that this program works with, its keys open it.
3. Files go into the vault; until rows name them they are strays that the nightly job removes.
4. All rows come in one transaction: on SQLite by its own backup turned round, on PostgreSQL by COPY.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from flask import current_app
from psycopg import sql
from sqlalchemy import inspect, literal, select, table

from matching import vault
from matching.backup import (
    BLOCK,
    BROKEN,
    DATABASE,
    Refusal,
    current_migration,
    names_of_tables,
    own_folder,
    plain_url,
    read_manifest,
)
from matching.crypto import CannotOpen, KeyCheck, keyring
from matching.extensions import SQLITE_BUSY_MS, db, is_sqlite, reading

__all__ = ["Restored", "restore"]

OURS = {"alembic_version", "key_checks"}
"""Tables that have rows in a database that nobody has used."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: rows of all tables, files, and when the backup was made."""

    rows: int
    files: int
    made_at: str


def restore(file: Path, *, replace: bool = False) -> Restored:
    """Put the whole site back to what a backup holds.

    The database is migrated and empty, or `replace` is given. Raises Refusal, with nothing changed.
    """
    if not replace and _in_use():
        raise Refusal("数据库里已经有数据，没有恢复；要替换请加 --replace · the database is not empty, nothing was "
                      "restored; to replace what it holds say --replace")
    with _opened(file) as archive:
        manifest = read_manifest(archive)
        _check_kind(manifest)
        _check_parts(archive, manifest)
        with own_folder() as folder:
            rows = _sqlite_rows if is_sqlite(db.engine) else _postgres_rows
            with rows(archive, manifest, folder) as put:
                _put_files(archive, manifest)
                put()
    files = sum(name.startswith("vault/") for name in manifest["parts"])
    return Restored(sum(table["rows"] for table in manifest["tables"].values()), files, manifest["made_at"])


def _opened(file: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except FileNotFoundError:
        raise Refusal(f"没有这个文件 · there is no such file: {file}") from None
    except BROKEN as error:
        raise Refusal("这不是完整的备份文件 · not a whole backup file") from error


def _in_use() -> bool:
    """Whether any table holds rows of somebody's."""
    with reading():
        there = set(inspect(db.engine).get_table_names())
        return any(db.session.execute(select(literal(1)).select_from(table(name)).limit(1)).first()
                   for name in names_of_tables() if name in there and name not in OURS)


def _check_kind(manifest: dict[str, Any]) -> None:
    if manifest["database"] != db.engine.dialect.name:
        raise Refusal(f"备份来自 {manifest['database']}，这里是 {db.engine.dialect.name} · the backup is of "
                      f"{manifest['database']}, this database is {db.engine.dialect.name}")
    if manifest["migration"] != current_migration():
        raise Refusal(f"备份的结构是 {manifest['migration']}，现在是 {current_migration()}："
                      "请用当时的版本恢复，再 db upgrade"
                      f" · the backup is of migration {manifest['migration']}, this program works with "
                      f"{current_migration()}: restore with the version it came from, then `db upgrade`")


def _check_parts(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Read everything once: nothing is missing, nothing is more, every checksum is right."""
    for name, told in manifest["parts"].items():
        digest, size = hashlib.sha256(), 0
        try:
            with archive.open(name) as part:
                while block := part.read(BLOCK):
                    digest.update(block)
                    size += len(block)
        except BROKEN as error:
            raise _damaged(name) from error
        if (size, digest.hexdigest()) != (told["size"], told["sha256"]):
            raise _damaged(name)


def _damaged(part: str) -> Refusal:
    return Refusal(f"备份坏了，没有恢复 · the backup is damaged, nothing was restored: {part}")


def _check_keys(checks: list[tuple[bytes, bytes]]) -> None:
    """Every key's word (row seal, sealed word) in a backup must open with the keys we have."""
    try:
        for seal, sealed in checks:
            keyring().open(sealed, KeyCheck.word.context + seal)
    except CannotOpen:
        raise Refusal("备份里的内容要用 FIELD_KEYS 里没有的密钥打开 · the backup needs a key that FIELD_KEYS does not "
                      "hold") from None


def _put_files(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    for name in manifest["parts"]:
        if name.startswith("vault/"):
            vault.put_sealed(name.removeprefix("vault/"), archive.read(name))


@contextmanager
def _sqlite_rows(archive: zipfile.ZipFile, _manifest: dict[str, Any], folder: Path) -> Iterator[Callable[[], None]]:
    """Lay the backup's rows ready as a file; what is given puts them over the database in one transaction."""
    file = folder / DATABASE
    with archive.open(DATABASE) as source, file.open("wb") as out:
        shutil.copyfileobj(source, out, BLOCK)
    with closing(sqlite3.connect(file)) as copy:
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise _damaged(DATABASE)
        _check_keys(copy.execute("SELECT seal, word_sealed FROM key_checks").fetchall())

        def put() -> None:
            db.session.remove()
            db.engine.dispose()
            with closing(sqlite3.connect(db.engine.url.database or "")) as target:
                target.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_MS}")
                target.execute(f"PRAGMA synchronous={current_app.config['SQLITE_SYNCHRONOUS']}")
                copy.backup(target)

        yield put


@contextmanager
def _postgres_rows(archive: zipfile.ZipFile, manifest: dict[str, Any], _folder: Path) -> Iterator[Callable[[], None]]:
    """Copy the backup's rows in a transaction; what is given commits it, else it is as if it had never been."""
    db.session.remove()
    with closing(psycopg.connect(plain_url())) as link:
        try:
            link.execute("SET lock_timeout = '20s'")
            link.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(
                sql.SQL(", ").join(map(sql.Identifier, manifest["tables"]))))
        except psycopg.errors.LockNotAvailable:
            raise Refusal("网站还在用数据库，请先停下 · the site is using the database: stop it first") from None
        for name in names_of_tables():
            _mark(link, name, "DISABLE")  # marks come with the rows, from their own table
        for name in names_of_tables():
            told = manifest["tables"][name]
            columns = sql.SQL(", ").join(map(sql.Identifier, told["columns"]))
            question = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), columns)
            with archive.open(f"rows/{name}") as part, link.cursor() as cursor, cursor.copy(question) as copy:
                while block := part.read(BLOCK):
                    copy.write(block)
            if "id" in told["columns"]:
                _go_on_counting(link, name)
        for name in names_of_tables():
            _mark(link, name, "ENABLE")
        _check_keys(link.execute("SELECT seal, word_sealed FROM key_checks").fetchall())
        yield link.commit


def _mark(link: psycopg.Connection, name: str, whether: str) -> None:
    """Whether the database marks what is written into a table (`CountMark`), for the rest of the transaction."""
    link.execute(sql.SQL("ALTER TABLE {} {} TRIGGER USER").format(sql.Identifier(name), sql.SQL(whether)))


def _go_on_counting(link: psycopg.Connection, name: str) -> None:
    """Let new rows be numbered after those that came."""
    link.execute(sql.SQL(
        "SELECT setval(pg_get_serial_sequence({0}, 'id'), coalesce((SELECT max(id) FROM {1}), 1),"
        " EXISTS (SELECT 1 FROM {1})) WHERE pg_get_serial_sequence({0}, 'id') IS NOT NULL").format(
        sql.Literal(name), sql.Identifier(name)))

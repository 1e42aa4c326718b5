"""Working the registers that officers have brought: reading, applying, taking back, with progress to show.

Reading and rehearsing hold nobody up. Applying is one transaction: on SQLite other writers wait for it (readers do
not), on PostgreSQL only those who want the same rows.
"""

from __future__ import annotations

import contextlib
from pathlib import PurePath

import structlog

from matching import vault
from matching.clock import utc_now
from matching.errors import NotThere
from matching.exchange import service_imports as imports
from matching.exchange.models import Import
from matching.exchange.service import apply_register, read_register
from matching.exchange.workbook import FileRefused, read_content
from matching.extensions import db, reading

log = structlog.get_logger()
STEP = 5


class _Lost(Exception):
    """The import was cancelled, or another process has it now: stop, and write nothing."""


def work_waiting() -> None:
    """Work the imports that wait, the oldest first; each step commits on its own."""
    while True:
        with reading():
            import_id = imports.next_waiting(utc_now())
        if import_id is None:
            return
        token = imports.claim(import_id, utc_now())
        db.session.commit()
        if not token:
            return
        work(import_id, token)


def work(import_id: int, token: str) -> None:
    """Work a claimed import to the end of its step."""
    try:
        with contextlib.suppress(_Lost):
            _work(import_id, token)
    except (FileRefused, NotThere) as refusal:
        db.session.rollback()
        known = refusal if isinstance(refusal, FileRefused) else FileRefused("area_foreign")
        imports.refuse(import_id, token, known, utc_now())
    except Exception as error:
        db.session.rollback()
        imports.fail(import_id, token, type(error).__name__, utc_now())
        log.error("import_failed", number=import_id, error=type(error).__name__)
    db.session.commit()
    _forget_file(import_id)


def _work(import_id: int, token: str) -> None:
    row = db.session.get_one(Import, import_id)
    actor, kind, state, area = imports.actor_of_import(row), row.kind, row.state, row.area_code
    choices, key, suffix = imports.remembered(row), row.file_key or "", PurePath(row.file_name).suffix
    db.session.rollback()
    if actor is None:
        raise FileRefused("not_allowed")
    if state == "undoing":
        _settle(imports.finish_undoing(import_id, token, actor, utc_now()))
        return
    try:
        sheets = read_content(vault.get(key), suffix)
    except (vault.Missing, ValueError):
        raise FileRefused("file_gone") from None
    _show(import_id, token, 30)
    with reading():
        register, county = read_register(kind, sheets, area, actor, utc_now(), choices)
    del sheets
    _show(import_id, token, 50)
    if state == "reading":
        outcome = apply_register(register, county, actor, utc_now(), rehearse=True,
                                 told=_Teller(import_id, token))
        db.session.rollback()
        done = imports.finish_reading(import_id, token, register, outcome, county.code, utc_now())
    else:
        outcome = apply_register(register, county, actor, utc_now(), import_id=import_id)
        db.session.flush()
        done = imports.finish_applying(import_id, token, register, outcome, county.code, utc_now())
    _settle(done)


def _settle(done: bool) -> None:
    if done:
        db.session.commit()
    else:
        db.session.rollback()


def _show(import_id: int, token: str, progress: int) -> None:
    """Let the page see how far it is; raises _Lost when there is no more to do."""
    db.session.rollback()
    held = imports.show(import_id, token, progress, utc_now())
    db.session.commit()
    if not held:
        raise _Lost


class _Teller:
    """Shows the progress of a rehearsal, a step at a time."""

    def __init__(self, import_id: int, token: str) -> None:
        self._of, self._last = (import_id, token), 0

    def __call__(self, share: float) -> None:
        progress = 50 + int(share * 45)
        if progress >= self._last + STEP:
            self._last = progress
            _show(*self._of, progress)


def _forget_file(import_id: int) -> None:
    """A file that is no longer needed goes at once, after the commit that ended its import."""
    row = db.session.get(Import, import_id)
    if row is not None and row.file_key and row.state in ("done", "cancelled", "failed"):
        key, row.file_key = row.file_key, None
        db.session.commit()
        vault.remove(key)
    db.session.rollback()

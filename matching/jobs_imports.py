"""Working the registers that officers have brought: reading, applying, taking back, with progress to show.

Nobody waits long for any of it: reading and rehearsing hold nothing, applying and taking back write in many short
transactions. One that was stopped, failed or died half-way is taken back before anything else happens to it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path, PurePath
from typing import Any

import structlog

from matching import vault
from matching.actor import Actor
from matching.clock import utc_now
from matching.errors import NotThere
from matching.exchange import service_imports as imports
from matching.exchange.areas import County
from matching.exchange.columns import Choices
from matching.exchange.models import Import
from matching.exchange.report import AnyRegister
from matching.exchange.service import apply_register, note_import, read_register
from matching.exchange.service_journal import journalled
from matching.exchange.service_undo import finish_taking_back, take_back_next
from matching.exchange.turns import Turns
from matching.exchange.workbook import FileRefused, Sheet, read_content, read_workbook
from matching.extensions import db, reading

log = structlog.get_logger()
STEP = 5


class Stopped(Exception):
    """The import was cancelled, or another process has it now: stop, and write nothing."""


def bring_in(kind: str, path: Path, area_code: str, waits: Callable[[], None], shows: Callable[[int], None]
             ) -> dict[str, Any]:
    """Bring a register in by command: in turns, under a number by which it can be taken back; returns its report.

    `waits` is called again and again while something else of the county has to end first, `shows` with the progress
    in per cent. Raises FileRefused when the file cannot be used as a whole, Stopped when an officer stopped it.
    However it breaks off, what it had written is taken back: at once, or, killed, by whoever comes next.
    """
    with reading():
        register, county = read_register(kind, read_workbook(path), area_code, None, utc_now())
    import_id, token = _begun(kind, county.code, path.name, waits)
    turns = _Turns(import_id, token, journal=True, shows=shows)
    try:
        outcome = apply_register(register, county, None, utc_now(), import_id=import_id, turns=turns)
        found = note_import(register, outcome, county, None, utc_now(), import_id)
        _settle(imports.finish_applying(import_id, token, found, utc_now()))
    except BaseException:
        db.session.rollback()
        imports.interrupt(import_id, token)
        db.session.commit()
        _take_up(import_id)
        raise
    return found


def _begun(kind: str, county_code: str, name: str, waits: Callable[[], None]) -> tuple[int, str]:
    while (begun := imports.begin(kind, county_code, name, utc_now())) is None:
        db.session.rollback()
        work_waiting(imports.WRITING)  # where no site runs, nobody else ends what was left behind
        waits()
    db.session.commit()
    return begun


def work_waiting(states: Sequence[str] = ("waiting", "confirmed", *imports.WORKING)) -> None:
    """Work the imports that wait in these states, the oldest first; each step commits on its own."""
    while True:
        with reading():
            import_id = imports.next_waiting(utc_now(), states)
        if import_id is None or not _take_up(import_id):
            return


def _take_up(import_id: int) -> bool:
    """Claim an import and work it to the end of its step; False when somebody else has it."""
    token = imports.claim(import_id, utc_now())
    db.session.commit()
    if token:
        work(import_id, token)
    return bool(token)


def work(import_id: int, token: str) -> None:
    """Work a claimed import to the end of its step."""
    try:
        with contextlib.suppress(Stopped):
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
    with reading():
        row = db.session.get_one(Import, import_id)
        actor, state, ending = imports.actor_of_import(row), row.state, row.ending
        by_command = row.asked_by_id is None
    if state == "undoing":
        by_hand = ending == "undone"
        if by_hand and actor is None:
            raise FileRefused("not_allowed")
        _take_back(import_id, token, actor if by_hand else None)
        _settle(finish_taking_back(import_id, token, actor if by_hand else None, utc_now()))
        return
    if state == "applying" and by_command:
        _settle(imports.interrupt(import_id, token))
        return
    if state == "applying":
        _take_back(import_id, token, None)
    if actor is None:
        raise FileRefused("not_allowed")
    register, county = _read(import_id, token, actor)
    turns = _Turns(import_id, token, journal=state == "applying")
    if state == "reading":
        outcome = apply_register(register, county, actor, utc_now(), rehearse=True, turns=turns)
        db.session.rollback()
        done = imports.finish_reading(import_id, token, register, outcome, county.code, utc_now())
    else:
        outcome = apply_register(register, county, actor, utc_now(), import_id=import_id, turns=turns)
        found = note_import(register, outcome, county, actor, utc_now(), import_id)
        done = imports.finish_applying(import_id, token, found, utc_now())
    _settle(done)


def _read(import_id: int, token: str, actor: Actor) -> tuple[AnyRegister, County]:
    with reading():
        row = db.session.get_one(Import, import_id)
        kind, area, choices = row.kind, row.area_code, imports.remembered(row)
        key, suffix = row.file_key or "", PurePath(row.file_name).suffix
    try:
        sheets = read_content(vault.get(key), suffix)
    except (vault.Missing, ValueError):
        raise FileRefused("file_gone") from None
    _show(import_id, token, 30)
    found = _sorted_out(kind, sheets, area, actor, choices)
    _show(import_id, token, 50)
    return found


def _sorted_out(kind: str, sheets: Sequence[Sheet], area: str, actor: Actor, choices: Choices
                ) -> tuple[AnyRegister, County]:
    with reading():
        return read_register(kind, sheets, area, actor, utc_now(), choices)


def _take_back(import_id: int, token: str, actor: Actor | None) -> None:
    """Take back what an import has written so far, transaction by transaction."""
    while take_back_next(import_id, actor, utc_now()):
        _settle(imports.show(import_id, token, 50, utc_now()))
    db.session.rollback()


def _settle(done: bool) -> None:
    if not done:
        db.session.rollback()
        raise Stopped
    db.session.commit()


def _show(import_id: int, token: str, progress: int) -> None:
    """Let the page see how far it is; raises Stopped when there is no more to do."""
    db.session.rollback()
    _settle(imports.show(import_id, token, progress, utc_now()))


class _Turns(Turns):
    """Looking holds nobody up; each stretch of writing is a transaction that ends with the claim or not at all."""

    apart = True

    def __init__(self, import_id: int, token: str, journal: bool, shows: Callable[[int], None] | None = None) -> None:
        self._of, self._last, self._journal = (import_id, token), 0, import_id if journal else None
        self._shows = shows

    def reading(self) -> AbstractContextManager[None]:
        return reading()

    @contextlib.contextmanager
    def writing(self, share: float) -> Iterator[None]:
        db.session.rollback()
        with journalled(self._journal):
            yield
        db.session.flush()
        self._last = _progress(share)
        _settle(imports.show(*self._of, self._last, utc_now()))

    def told(self, share: float) -> None:
        if (progress := _progress(share)) >= self._last + STEP:
            self._last = progress
            _show(*self._of, progress)
        if self._shows:
            self._shows(int(share * 100))


def _progress(share: float) -> int:
    return 50 + int(share * 45)


def _forget_file(import_id: int) -> None:
    """A file that is no longer needed goes at once, after the commit that ended its import."""
    row = db.session.get(Import, import_id)
    if row is not None and row.file_key and row.state in ("done", "cancelled", "failed"):
        key, row.file_key = row.file_key, None
        db.session.commit()
        vault.remove(key)
    db.session.rollback()

"""The life of an import: brought, read, confirmed, applied, taken back. `jobs_imports` works it; nothing here commits.

Whoever works an import holds its claim. Everything is written on condition that the claim still holds and nobody has
cancelled, in the same transaction as the work itself. What is written in many transactions is kept under the import's
number, and taken back unless it comes to its end: so it is done whole and once, or not at all.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, delete, exists, insert, or_, select, update
from sqlalchemy.orm import aliased

from matching import vault
from matching.accounts.models import User
from matching.actor import Actor, Right, Role
from matching.audit.service import record
from matching.errors import Conflict, Invalid
from matching.exchange.columns import Choices
from matching.exchange.findings import columns_of, findings
from matching.exchange.models import Import, ImportFinding, ImportWording
from matching.exchange.report import AnyRegister, Outcome, report
from matching.exchange.workbook import FileRefused
from matching.extensions import db
from matching.notices.service import tell
from matching.pairings.service_runs import is_working
from matching.places.queries import hold_county, same_county

__all__ = ["actor_of_import", "ask_import", "ask_undo", "begin", "cancel", "choose_columns", "claim", "confirm",
           "fail", "finish_applying", "finish_reading", "forget_old", "hold", "interrupt", "is_held_up", "kinds_of",
           "next_waiting", "refuse", "remembered", "show"]

STALE_AFTER = timedelta(minutes=5)
"""Work that has shown no sign for so long was left behind by a process that died."""
KEEP_FILE = timedelta(days=7)
"""A register file is removed as soon as its import has ended, and so many days after it was brought at the latest."""
KEEP_FINDINGS = timedelta(days=90)
NEXT = {"waiting": "reading", "confirmed": "applying", "undoing": "undoing"}
WORKING = ("reading", "applying", "undoing")
WRITING = ("applying", "undoing")
TAKEN_BACK: dict[str, Any] = {"state": "undoing", "claim": "", "claimed_at": None, "progress": 0}
CHUNK = 1000
_TOO_LATE = _l("这份台账已经写完或者结束了，没有什么可停的。")


def kinds_of(actor: Actor) -> tuple[str, ...]:
    """The kinds of register that a person may bring: households and aid all, offers and places the counties."""
    if not actor.may(Right.IMPORT):
        return ()
    return ("households", "aid", "offers", "places") if actor.role is Role.COUNTY else ("households", "aid")


def ask_import(kind: str, file_name: str, content: bytes, actor: Actor, now: datetime) -> Import:
    """Keep a register file, encrypted, and ask for it to be read; the scheduler does so within seconds."""
    if kind not in kinds_of(actor):
        raise Invalid(_("请从列表里选一个。"), "kind")
    if not content:
        raise Invalid(_("这是一个空文件。"), "file")
    row = Import(kind=kind, area_code=actor.area_code, file_name=PurePath(file_name).name[-120:] or "-", asked_at=now,
                 asked_by_id=actor.user_id, file_key=vault.put(content))
    db.session.add(row)
    db.session.flush()
    record(actor, "import.ask", now, object_type="import", object_id=row.id, area_code=row.area_code,
           changes={"kind": kind})
    return row


def begin(kind: str, county_code: str, file_name: str, now: datetime) -> tuple[int, str] | None:
    """Let a command write a register of a county at once: its number and claim; None while something else has to end.

    It is an import like any other from then on: it can be stopped, taken over and taken back.
    """
    hold_county(county_code)
    if db.session.scalar(select(or_(_half_written(0, county_code), is_working(county_code, now)))):
        return None
    row = Import(kind=kind, area_code=county_code, file_name=PurePath(file_name).name[-120:] or "-", asked_at=now,
                 state="applying", claim=secrets.token_hex(16), claimed_at=now, progress=50)
    db.session.add(row)
    db.session.flush()
    return row.id, row.claim


def next_waiting(now: datetime, states: Sequence[str] = ("waiting", "confirmed", *WORKING)) -> int | None:
    """The oldest import that may be worked or was left behind, in one of these states; None when there is none."""
    return db.session.scalar(select(Import.id).where(Import.state.in_(states), _waits(now))
                             .order_by(Import.id).limit(1))


def is_held_up(row: Import, now: datetime) -> bool:
    """Whether a confirmed import waits until a run of its county has ended, or another register is written."""
    return row.state == "confirmed" and not db.session.scalar(select(Import.id).where(Import.id == row.id, _waits(now)))


def _waits(now: datetime) -> ColumnElement[bool]:
    """SQL condition: an import waits for work that may begin now. In a county one writes at a time, and while no run
    of the engine reads; what was left half written goes first.
    """
    left_behind = or_(Import.claimed_at.is_(None), Import.claimed_at < now - STALE_AFTER)
    free = ~is_working(Import.area_code, now)
    return or_(
        Import.state == "waiting", and_(Import.state == "reading", left_behind),
        and_(Import.state == "confirmed", free, ~_half_written(Import.id, Import.area_code)),
        and_(Import.state.in_(WRITING), left_behind, free, ~_half_written(Import.id, Import.area_code, now)))


def _half_written(but: Any, area_code: Any, since: datetime | None = None) -> ColumnElement[bool]:
    """SQL condition: another import of the county is half written; `since`: and somebody is at it."""
    other = aliased(Import)
    at_it = [] if since is None else [other.claimed_at >= since - STALE_AFTER]
    return exists().where(other.id != but, other.state.in_(WRITING), same_county(other.area_code, area_code), *at_it)


def claim(import_id: int, now: datetime) -> str:
    """Claim an import that waits or was left behind; the claim's token, empty when somebody else has it.

    One that was left behind is worked again from its beginning, after what it had written was taken back.
    """
    hold_county(db.session.scalar(select(Import.area_code).where(Import.id == import_id)) or "")
    token = secrets.token_hex(16)
    for state, working in (*NEXT.items(), ("reading", "reading"), ("applying", "applying")):
        taken = db.session.execute(
            update(Import).where(Import.id == import_id, Import.state == state, _waits(now))
            .values(state=working, claim=token, claimed_at=now, progress=5)
            .execution_options(synchronize_session=False))
        if taken.rowcount == 1:  # type: ignore[attr-defined]
            return token
    return ""


def show(import_id: int, token: str, progress: int, now: datetime) -> bool:
    """Note how far it is, and that its process lives; False when it was cancelled or somebody else has it now."""
    return hold(import_id, token, {"progress": progress, "claimed_at": now})


def hold(import_id: int, token: str, values: dict[str, Any], states: Sequence[str] = WORKING) -> bool:
    """Write to an import on condition that its claim still holds; whether it did."""
    changed = db.session.execute(update(Import).where(
        Import.id == import_id, Import.claim == token, Import.state.in_(states)).values(**values)
        .execution_options(synchronize_session=False))
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def finish_reading(import_id: int, token: str, register: AnyRegister, outcome: Outcome, area: str,
                   now: datetime) -> bool:
    """Put the preview in the place of an earlier one; False when the import is no longer this process's."""
    figures = _figures(report(register, outcome, area))
    rows = [found | {"import_id": import_id, "kind": found.get("kind", "")} for found in findings(register, outcome)]
    if not hold(import_id, token, {"state": "ready", "progress": 100, "report": figures, "fault": {}, "claim": "",
                                   "columns": columns_of(register), "finished_at": now}):
        return False
    db.session.execute(delete(ImportFinding).where(ImportFinding.import_id == import_id))
    for start in range(0, len(rows), CHUNK):
        db.session.execute(insert(ImportFinding), rows[start:start + CHUNK])
    _tell(import_id, token, "import_ready", now)
    return True


def _figures(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in ("faults", "duplicates", "columns")}


def refuse(import_id: int, token: str, refusal: FileRefused, now: datetime) -> None:
    """Refuse a file as a whole; what a left-behind process had written of it is taken back."""
    _give_up(import_id, token, "refused", {"code": refusal.code, "values": refusal.values}, now)


def fail(import_id: int, token: str, kind: str, now: datetime) -> None:
    """Give an import up after a fault of ours; what it had written is taken back.

    Taking back is not given up: it is tried again as soon as the claim is stale.
    """
    _give_up(import_id, token, "failed", {"kind": kind}, now)


def interrupt(import_id: int, token: str) -> bool:
    """Let what a command has written be taken back: it was stopped, or died; False when it is no longer its own."""
    return hold(import_id, token, {**TAKEN_BACK, "ending": "cancelled"}, ("applying",))


def _give_up(import_id: int, token: str, ending: str, fault: dict[str, Any], now: datetime) -> None:
    if (hold(import_id, token, {"state": ending, "finished_at": now, "claim": "", "progress": 0, "fault": fault},
             ("reading",))
            or hold(import_id, token, {**TAKEN_BACK, "ending": ending, "fault": fault}, ("applying",))):
        _tell(import_id, token, "import_failed", now)


def finish_applying(import_id: int, token: str, found: dict[str, Any], now: datetime) -> bool:
    """Close an import whose rows are written (`found`: its report); False (then roll back) when it was cancelled."""
    if not hold(import_id, token, {"state": "done", "progress": 100, "report": _figures(found), "finished_at": now,
                                   "claim": ""}, ("applying",)):
        return False
    _tell(import_id, token, "import_done", now)
    return True


def _tell(import_id: int, token: str, kind: str, now: datetime) -> None:
    """Tell whoever brought the register how far it came; once for each time it was worked."""
    row = db.session.get_one(Import, import_id)
    if row.asked_by_id is not None:
        tell(row.asked_by_id, kind, {"path": f"/exchange/{import_id}/show-import"}, now, key=f"{import_id}:{token}")


def _step(row: Import, states: Sequence[str], values: dict[str, Any], words: str | LazyString) -> None:
    changed = db.session.execute(update(Import).where(Import.id == row.id, Import.state.in_(states)).values(**values)
                                 .execution_options(synchronize_session=False))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(str(words))
    db.session.refresh(row)


def confirm(row: Import, actor: Actor, now: datetime) -> None:
    """Let a preview be applied. Raises Conflict when there is none to confirm any more."""
    _step(row, ("ready",), {"state": "confirmed", "confirmed_by_id": actor.user_id, "progress": 0},
          _("这份台账已经不在等确认了，请看现在的状态。"))
    record(actor, "import.confirm", now, object_type="import", object_id=row.id, area_code=row.area_code)


def cancel(row: Import, actor: Actor, now: datetime) -> None:
    """Stop an import. What it has written already is taken back. Raises Conflict when it is done or has ended."""
    if row.state == "applying":
        _step(row, ("applying",), {**TAKEN_BACK, "ending": "cancelled"}, _TOO_LATE)
    else:
        _step(row, ("waiting", "reading", "ready", "confirmed"), {
            "state": "cancelled", "claim": "", "finished_at": now}, _TOO_LATE)
        db.session.execute(delete(ImportFinding).where(ImportFinding.import_id == row.id))
    record(actor, "import.cancel", now, object_type="import", object_id=row.id, area_code=row.area_code)


def ask_undo(row: Import, actor: Actor, now: datetime) -> None:
    """Ask for a whole import to be taken back."""
    _step(row, ("done",), {**TAKEN_BACK, "ending": "undone", "confirmed_by_id": actor.user_id},
          _("这份台账现在不能撤回，请看现在的状态。"))
    record(actor, "import.ask_undo", now, object_type="import", object_id=row.id, area_code=row.area_code)


def choose_columns(row: Import, choices: Choices, actor: Actor, now: datetime) -> None:
    """Remember for the officer's area what columns mean, and read the file again with it."""
    known = {wording.wording: wording for wording in db.session.scalars(select(ImportWording).where(
        ImportWording.area_code == row.area_code, ImportWording.kind == row.kind))}
    for name, field in choices.items():
        if name in known:
            known[name].field, known[name].chosen_at = field, now
        else:
            db.session.add(ImportWording(area_code=row.area_code, kind=row.kind, wording=name, field=field,
                                         chosen_at=now))
    _step(row, ("ready", "refused"), {"state": "waiting", "progress": 0, "choices": {**row.choices, **choices}},
          _("这份台账已经不在等确认了，请看现在的状态。"))
    record(actor, "import.choose_columns", now, object_type="import", object_id=row.id, area_code=row.area_code)


def remembered(row: Import) -> Choices:
    """What columns mean: as chosen for this import, else as an officer of the same area said before."""
    said = db.session.execute(select(ImportWording.wording, ImportWording.field).where(
        ImportWording.area_code == row.area_code, ImportWording.kind == row.kind))
    return {str(wording): str(field) for wording, field in said} | row.choices


def actor_of_import(row: Import) -> Actor | None:
    """Who brought (or confirmed) an import, with its reach; None: a command, or that account may not do so any more."""
    user = db.session.get(User, row.confirmed_by_id or row.asked_by_id or 0)
    if user is None:
        return None
    actor = Actor(user.id, user.username, user.name, Role(user.role), user.area_code or "", locale=user.locale)
    allowed = user.is_enabled and row.kind in kinds_of(actor) and actor.reaches(row.area_code)
    return replace(actor, area_code=row.area_code) if allowed else None


def forget_old(now: datetime) -> None:
    """Remove the files of imports that have ended or waited too long, and old previews."""
    ended = ("done", "undone", "refused", "failed", "cancelled")
    for row in db.session.scalars(select(Import).where(Import.file_key.is_not(None), or_(
            Import.state.in_(ended), Import.asked_at < now - KEEP_FILE))):
        vault.remove(row.file_key or "")
        row.file_key = None
        if row.state == "applying":
            row.state, row.ending, row.claim, row.claimed_at = "undoing", "cancelled", "", None
        elif row.state not in (*ended, "undoing"):
            row.state, row.finished_at, row.claim = "cancelled", now, ""
    old = select(Import.id).where(Import.asked_at < now - KEEP_FINDINGS)
    db.session.execute(delete(ImportFinding).where(ImportFinding.import_id.in_(old)))

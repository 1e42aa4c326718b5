"""Bring a register file into the database: read, apply, report. Nothing here commits; nothing is half applied."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from matching.actor import Actor
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import NotThere
from matching.exchange.aid import AidRegister, read_aid
from matching.exchange.areas import County
from matching.exchange.columns import Choices
from matching.exchange.households import read_households
from matching.exchange.offers import read_offers
from matching.exchange.places import read_places
from matching.exchange.queries import county_of_register
from matching.exchange.register import HouseholdsRegister, OffersRegister, PlacesRegister
from matching.exchange.report import AnyRegister, Outcome, report
from matching.exchange.service_aid import apply_aid
from matching.exchange.service_households import apply_households
from matching.exchange.service_offers import apply_offers
from matching.exchange.service_places import apply_places
from matching.exchange.sheets import tables_of
from matching.exchange.turns import REHEARSAL, Turns
from matching.exchange.workbook import FileRefused, Sheet, read_workbook

__all__ = ["KINDS", "apply_register", "note_import", "read_register", "rehearse_register"]

REGISTERS: dict[str, type[AnyRegister]] = {
    "places": PlacesRegister, "households": HouseholdsRegister, "aid": AidRegister, "offers": OffersRegister}
KINDS = tuple(REGISTERS)


def rehearse_register(kind: str, path: Path, area_code: str, actor: Actor | None, now: datetime) -> dict[str, Any]:
    """Read a register file and report what it would bring; holds nobody up, and the caller rolls back.

    `area_code`: the county, or an area above it, or empty when the register says it itself. `actor` None: a
    command run for that county. Raises FileRefused when the file cannot be used as a whole, NotThere when the county
    is out of the actor's reach.
    """
    register, county = read_register(kind, read_workbook(path), area_code, actor, now)
    return report(register, apply_register(register, county, actor, now, rehearse=True, turns=REHEARSAL), county.code)


def read_register(kind: str, sheets: Sequence[Sheet], area_code: str, actor: Actor | None, now: datetime,
                  choices: Choices | None = None) -> tuple[AnyRegister, County]:
    """What the sheets of a register say, and the county it is about. `choices`: what an officer said of columns."""
    tables = tables_of(sheets, kind)
    if not tables:
        raise FileRefused("no_table")
    county = county_of_register(tables, kind, area_code)
    if actor is not None:
        if not (actor.reaches(county.code) or actor.area_code.startswith(county.code)):
            raise NotThere
        county = replace(county, own=actor.area_code[:9] if len(actor.area_code) >= 9 else "")
    if kind == "households":
        register = read_households(tables, county, day_of(now), choices)
        if actor is not None and not register.households and register.faults and all(
                fault.kind == "foreign_area" for fault in register.faults):
            raise FileRefused("area_foreign")
        return register, county
    if kind == "aid":
        return read_aid(tables, county, choices), county
    return read_offers(tables, county, choices) if kind == "offers" else read_places(tables, county, choices), county


def apply_register(register: AnyRegister, county: County, actor: Actor | None, now: datetime, *,
                   turns: Turns, rehearse: bool = False, import_id: int | None = None) -> Outcome:
    """Bring a register's rows into the database, in `turns`.

    A rehearsal is rolled back by the caller. What it changed in files is kept under `import_id`, so that the whole
    import can be taken back.
    """
    if isinstance(register, HouseholdsRegister):
        return apply_households(register, county, actor, now, rehearse=rehearse, import_id=import_id, turns=turns)
    if isinstance(register, AidRegister):
        return apply_aid(register, county, actor, now, rehearse=rehearse, turns=turns)
    with nullcontext() if rehearse else turns.writing(1):
        if isinstance(register, OffersRegister):
            return apply_offers(register, county, actor, now)
        return apply_places(register, county, actor, now)


def note_import(register: AnyRegister, outcome: Outcome, county: County, actor: Actor | None, now: datetime,
                import_id: int | None = None) -> dict[str, Any]:
    """Write into the log that a register came in and changed something; returns its report."""
    found = report(register, outcome, county.code)
    if outcome.created or outcome.updated:
        kind = next(kind for kind, of in REGISTERS.items() if isinstance(register, of))
        record(actor, "register.import", now, object_type="register", object_id=import_id, area_code=county.code,
               changes={"kind": kind, **{name: found[name] for name in (
                   "rows", "created", "updated", "unchanged", "rejected")}})
    return found

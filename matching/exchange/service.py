"""Bring a register file into the database: read, apply, report. Nothing here commits; nothing is half applied."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from matching.actor import Actor
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import NotThere
from matching.exchange.aid import AidRegister, read_aid
from matching.exchange.areas import County
from matching.exchange.households import read_households
from matching.exchange.offers import read_offers
from matching.exchange.places import read_places
from matching.exchange.queries import county_of_register
from matching.exchange.register import HouseholdsRegister, OffersRegister
from matching.exchange.report import AnyRegister, Outcome, report
from matching.exchange.service_aid import apply_aid
from matching.exchange.service_households import apply_households
from matching.exchange.service_offers import apply_offers
from matching.exchange.service_places import apply_places
from matching.exchange.sheets import Table, tables_of
from matching.exchange.workbook import FileRefused, read_workbook

KINDS = ("places", "households", "aid", "offers")


def import_register(kind: str, path: Path, area_code: str, actor: Actor | None, now: datetime) -> dict[str, Any]:
    """Read a register file, bring its rows into the database in the present transaction, and report.

    `area_code`: the county, or an area above it, or empty when the register says it itself. `actor` None: a
    command run for that county. The caller commits, or rolls back what was only to be reported.
    Raises FileRefused when the file cannot be used as a whole, NotThere when the county is out of the actor's reach.
    """
    tables = tables_of(read_workbook(path), kind)
    if not tables:
        raise FileRefused("no_table")
    county = county_of_register(tables, kind, area_code)
    if actor is not None and not actor.reaches(county.code):
        raise NotThere
    register = _read(kind, tables, county, now)
    outcome = _apply(register, county, actor, now)
    found = report(register, outcome, county.code)
    if outcome.created or outcome.updated:
        record(actor, "register.import", now, object_type="register", area_code=county.code, changes={
            "kind": kind, **{name: found[name] for name in ("rows", "created", "updated", "unchanged", "rejected")}})
    return found


def _read(kind: str, tables: Sequence[Table], county: County, now: datetime) -> AnyRegister:
    if kind == "households":
        return read_households(tables, county, day_of(now))
    if kind == "aid":
        return read_aid(tables, county)
    return read_offers(tables, county) if kind == "offers" else read_places(tables, county)


def _apply(register: AnyRegister, county: County, actor: Actor | None, now: datetime) -> Outcome:
    if isinstance(register, HouseholdsRegister):
        return apply_households(register, county, actor, now)
    if isinstance(register, AidRegister):
        return apply_aid(register, county, actor, now)
    if isinstance(register, OffersRegister):
        return apply_offers(register, county, actor, now)
    return apply_places(register, county, actor, now)

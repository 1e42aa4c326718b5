"""Figures of an area and of the areas right below it, by grouped counts: five SELECTs at any size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, select

from matching.extensions import db
from matching.households.models import Household, Need
from matching.offers.models import HELP_TYPES
from matching.pairings.models import Pairing
from matching.pairings.models_ledger import LedgerLine
from matching.places.queries import area_names, within

BELOW = {2: 6, 4: 6, 6: 9, 9: 12, 12: 12}
"""How many digits the areas have that a page compares: a province its counties, a county its towns, …"""
DEEPEST = 12
PAGE = 30
STATES = {"proposed": "proposals", "offered": "waiting", "accepted": "waiting", "consented": "under_way",
          "under_way": "under_way", "delivered": "under_way", "confirmed": "under_way", "closed": "closed"}
"""In which figure a state is counted: the groups of the pairing desk, which shows the rows."""


@dataclass(slots=True)
class Figures:
    """The figures of one area or one help type.

    households: verified files. needs_open: needs with units still to give. wanted, given: units of all needs
    that stand (of one help type: units of different types do not add up to anything). proposals: waiting for
    an officer's yes. waiting: for an answer or for the household's consent. under_way: from consent to
    confirmation. closed: signed off.
    reopened: difficulties that were signed off and came back, in all; the closing ledger shows how often.
    """

    code: str
    name: str = ""
    households: int = 0
    needs_open: int = 0
    wanted: int = 0
    given: int = 0
    proposals: int = 0
    waiting: int = 0
    under_way: int = 0
    closed: int = 0
    reopened: int = 0


@dataclass(slots=True)
class Overview:
    """An area's figures: in all, by area below, by help type (in the field's order)."""

    total: Figures
    areas: list[Figures] = field(default_factory=list)
    types: list[Figures] = field(default_factory=list)

    def page(self, number: int) -> list[Figures]:
        """One page (from 1) of the areas; empty beyond the last."""
        return self.areas[max(0, number - 1) * PAGE:][:PAGE]


def figures_of(code: str) -> Overview:
    """Count an area. Areas below that have no rows are left out; help types all appear."""
    areas: dict[str, Figures] = {}
    types = {code: Figures(code) for code in HELP_TYPES}
    total = Figures(code)

    def each(area: str, help_type: str | None = None) -> Iterable[Figures]:
        yield total
        yield areas.setdefault(area, Figures(area))
        if help_type is not None:
            yield types.setdefault(help_type, Figures(help_type))

    for area, number in _households(code):
        for figures in each(area):
            figures.households += number
    for area, help_type, unmet, wanted, given in _needs(code):
        for figures in each(area, help_type):
            figures.needs_open += unmet
            figures.wanted += wanted
            figures.given += given
    for area, help_type, state, number in _pairings(code):
        for figures in each(area, help_type):
            setattr(figures, STATES[state], getattr(figures, STATES[state]) + number)
    total.reopened = _reopened(code)
    names = area_names([code, *areas])
    for figures in (total, *areas.values()):
        figures.name = names.get(figures.code, figures.code)
    return Overview(total, [areas[area] for area in sorted(areas)], list(types.values()))


def _part(column: ColumnElement[str], code: str) -> ColumnElement[str]:
    return func.substr(column, 1, BELOW[len(code)])


def _households(code: str) -> list[tuple[str, int]]:
    part = _part(Household.area_code.expression, code)
    rows = db.session.execute(
        select(part, func.count()).where(Household.status == "verified", within(Household.area_code, code))
        .group_by(part))
    return [(row[0], row[1]) for row in rows]


def _needs(code: str) -> list[tuple[str, str, int, int, int]]:
    part = _part(Household.area_code.expression, code)
    unmet = func.count().filter(Need.status == "open", Need.given < Need.quantity)
    rows = db.session.execute(
        select(part, Need.help_type, unmet, func.sum(Need.quantity), func.sum(Need.given))
        .join(Household, Household.id == Need.household_id)
        .where(Need.status != "withdrawn", Household.status == "verified", within(Household.area_code, code))
        .group_by(part, Need.help_type))
    return [(row[0], row[1], row[2], int(row[3]), int(row[4])) for row in rows]


def _reopened(code: str) -> int:
    return db.session.scalar(select(func.count()).select_from(LedgerLine).where(
        LedgerLine.times_reopened > 0, within(LedgerLine.area_code, code))) or 0


def _pairings(code: str) -> list[tuple[str, str, str, int]]:
    part = _part(Pairing.area_code.expression, code)
    rows = db.session.execute(
        select(part, Need.help_type, Pairing.state, func.count())
        .join(Need, Need.id == Pairing.need_id)
        .where(Pairing.state.in_(STATES), within(Pairing.area_code, code))
        .group_by(part, Need.help_type, Pairing.state))
    return [(row[0], row[1], row[2], row[3]) for row in rows]

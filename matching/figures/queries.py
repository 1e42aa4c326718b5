"""Figures of an area and of the areas right below it, from what is kept of each village: five SELECTs at any size."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import add

from sqlalchemy import func, select

from matching.extensions import db
from matching.figures.queries_counts import place_needs
from matching.households.queries_counts import place_files, stale_villages
from matching.offers.models import HELP_TYPES
from matching.pairings.models_ledger import LedgerLine
from matching.places.queries import area_names, within

BELOW = {2: 6, 4: 6, 6: 9, 9: 12, 12: 12}
"""How many digits the areas have that a page compares: a province its counties, a county its towns, …"""
DEEPEST = 12
PAGE = 30
NOTHING = [0] * 7


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
    stale, digits = stale_villages(code), BELOW[len(code)]
    households = {row.place: int(row.verified) for row in place_files(code, digits, stale) if row.verified}
    by_area: dict[str, list[int]] = dict.fromkeys(households, NOTHING)
    by_type: dict[str, list[int]] = dict.fromkeys(HELP_TYPES, NOTHING)
    for place, help_type, *counts in place_needs(code, digits, stale):
        by_area[place] = list(map(add, by_area.get(place, NOTHING), counts))
        by_type[help_type] = list(map(add, by_type.get(help_type, NOTHING), counts))
    areas = {place: Figures(place, "", households.get(place, 0), *map(int, counts))
             for place, counts in by_area.items()}
    types = {help_type: Figures(help_type, "", 0, *map(int, counts)) for help_type, counts in by_type.items()}
    total = Figures(code, "", sum(households.values()), *(int(sum(column)) for column in zip(
        *by_type.values(), strict=True)))
    total.reopened = _reopened(code)
    names = area_names([code, *areas])
    for figures in (total, *areas.values()):
        figures.name = names.get(figures.code, figures.code)
    return Overview(total, [areas[area] for area in sorted(areas)], list(types.values()))


def _reopened(code: str) -> int:
    return db.session.scalar(select(func.count()).select_from(LedgerLine).where(
        LedgerLine.times_reopened > 0, within(LedgerLine.area_code, code))) or 0

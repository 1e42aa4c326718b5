"""The closing ledger as an area's officers read it: difficulties by where they stand, one line with its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager

from matching.actor import Actor
from matching.clock import day_of
from matching.extensions import db
from matching.formatting import day_iso, number
from matching.households.models import Household, Need
from matching.households.queries import in_state
from matching.keyset import NEAR, Asked, Key, Order, Page, instant, whole
from matching.pairings import queries_needs
from matching.pairings.models import Pairing
from matching.pairings.models_ledger import LINE_STATES, FollowUp, LedgerLine
from matching.pairings.models_voice import HouseholdWord
from matching.pairings.queries_cards import paths, summary_of
from matching.places.queries import area_paths, within
from matching.words import help_type_word
from matching.words_ledger import line_state_word

__all__ = ["MOST_EXPORTED", "TABS", "Row", "Sought", "asked_of", "counts_of", "ledger_page", "ledger_table",
           "looks_of"]

PAGE = 25
MOST_EXPORTED = 20_000
TABS = ("open", *LINE_STATES)
OLDEST_FIRST = Order(Key(LedgerLine.changed_at, instant), Key(LedgerLine.id, whole))
NEWEST_FIRST = Order(Key(LedgerLine.changed_at, instant, falls=True), Key(LedgerLine.id, whole, falls=True))


@dataclass(frozen=True, slots=True)
class Sought:
    """What the ledger shows: `state` one of `TABS`, an area in the reader's reach, a help type or all.

    Under `reopened` stand all that were ever reopened, wherever they stand now.
    """

    state: str
    area_code: str
    help_type: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One difficulty as the ledger lists it. `line` None: nobody has said yet that it is solved."""

    need: Need
    line: LedgerLine | None
    place: str
    title: str

    @property
    def state(self) -> str:
        """Where it stands, of `TABS`."""
        return self.line.state if self.line is not None else "open"


def ledger_page(actor: Actor, sought: Sought, asked: Asked) -> Page[Row]:
    """One page: open difficulties with the most urgent first; what is to be signed or watched with the oldest first;
    what was closed or reopened with the newest first.
    """
    if sought.state == "open":
        needs, _count = queries_needs.open_needs(
            actor, asked, queries_needs.Sought(sought.area_code, sought.help_type, "unsolved"))
        lines = {line.need_id: line for line in db.session.scalars(
            select(LedgerLine).where(LedgerLine.need_id.in_([need.id for need in needs.rows])))}
        return Page(_rows([(need, lines.get(need.id)) for need in needs.rows]), needs.before, needs.after)
    order = OLDEST_FIRST if sought.state in ("to_sign", "watched") else NEWEST_FIRST
    found = db.session.scalars(order.take(_lines(sought), asked, PAGE)).all()
    page = order.page(found, asked, PAGE, lambda line: (line.changed_at, line.id))
    return Page(_rows([(line.need, line) for line in page.rows]), page.before, page.after)


def counts_of(sought: Sought) -> Mapping[str, str]:
    """How many stand under each tab, as a page shows it, counted to `NEAR`; one SELECT."""
    of_lines = [_wanted(Sought(state, sought.area_code, sought.help_type)) for state in LINE_STATES]
    counted = [select(LedgerLine.id).where(*which).limit(NEAR + 1) for which in of_lines]
    opened = queries_needs.unsolved(sought.area_code, sought.help_type).limit(NEAR + 1)
    parts = [select(func.count()).select_from(part.subquery()).scalar_subquery() for part in (opened, *counted)]
    counts = zip(TABS, db.session.execute(select(*parts)).one(), strict=True)
    return {tab: f"{number(NEAR)}+" if many > NEAR else number(many) for tab, many in counts}


def asked_of(need_id: int) -> Sequence[tuple[Pairing, HouseholdWord | None]]:
    """The pairings of a need of which the household is asked how they helped, with what it said; the oldest first."""
    found = db.session.execute(
        select(Pairing, HouseholdWord).join(Pairing.organisation).join(Pairing.offer)
        .outerjoin(HouseholdWord, HouseholdWord.pairing_id == Pairing.id)
        .options(contains_eager(Pairing.organisation), contains_eager(Pairing.offer))
        .where(Pairing.need_id == need_id, Pairing.state.in_(("confirmed", "closed", "reopened")))
        .order_by(Pairing.id)).all()
    return [(pairing, word) for pairing, word in found]


def looks_of(need_id: int) -> Sequence[FollowUp]:
    """A need's follow-ups, the newest day first."""
    return db.session.scalars(select(FollowUp).where(FollowUp.need_id == need_id).order_by(
        FollowUp.due_on.desc(), FollowUp.id.desc())).all()


def ledger_table(actor: Actor, sought: Sought) -> list[list[str | int | float | None]]:
    """The lines of one state as a table for a file: a head, then at most `MOST_EXPORTED` rows."""
    if sought.state == "open":
        rows = db.session.execute(
            select(Need, LedgerLine).join(Need.household).outerjoin(LedgerLine, LedgerLine.need_id == Need.id)
            .options(contains_eager(Need.household))
            .where(in_state("unsolved"), Household.status != "archived", within(Household.area_code, sought.area_code),
                   *([Need.help_type == sought.help_type] if sought.help_type else []))
            .order_by(Need.reported_on, Need.id).limit(MOST_EXPORTED)).all()
        found = [(need, line) for need, line in rows]
    else:
        lines = db.session.scalars(_lines(sought).order_by(LedgerLine.changed_at, LedgerLine.id).limit(MOST_EXPORTED))
        found = [(line.need, line) for line in lines]
    places = area_paths({need.household.area_code for need, _line in found}, str(get_locale()))
    return [_head(), *(_cells(need, line, places[need.household.area_code]) for need, line in found)]


def _head() -> list[str | int | float | None]:
    return [_("档案号"), _("户主"), _("地方"), _("帮扶类型"), _("难处"), _("登记日子"), _("现在"), _("谁说解决了"),
            _("哪天说的"), _("谁签的字"), _("哪天签的"), _("观察到哪天"), _("又打开几次"), _("为什么又打开")]


def _cells(need: Need, line: LedgerLine | None, place: str) -> list[str | int | float | None]:
    told = [need.household.number, need.household.head_name, place, help_type_word(need.help_type), summary_of(need),
            day_iso(need.reported_on), line_state_word(line.state if line is not None else "open")]
    if line is None:
        return [*told, "", "", "", "", "", 0, ""]
    return [*told, line.recorded_by_name, day_iso(day_of(line.recorded_at)), line.signed_by_name,
            day_iso(day_of(line.signed_at)) if line.signed_at else "",
            day_iso(line.watch_until) if line.watch_until else "", line.times_reopened, line.reason]


def _rows(found: Sequence[tuple[Need, LedgerLine | None]]) -> list[Row]:
    places = paths(need.household.area_code for need, _line in found)
    return [Row(need, line, places[need.household.area_code], summary_of(need)) for need, line in found]


def _wanted(sought: Sought) -> list[ColumnElement[bool]]:
    stands = LedgerLine.times_reopened > 0 if sought.state == "reopened" else LedgerLine.state == sought.state
    wanted = [stands, within(LedgerLine.area_code, sought.area_code)]
    return [*wanted, LedgerLine.help_type == sought.help_type] if sought.help_type else wanted


def _lines(sought: Sought) -> Select[Any]:
    return (select(LedgerLine).join(LedgerLine.need).join(Need.household).options(
        contains_eager(LedgerLine.need).contains_eager(Need.household)).where(*_wanted(sought)))

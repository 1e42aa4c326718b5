"""The rows that a figure of the yearly report opens: households, persons or payments, by page or all for a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from matching.assistance.models_grants import Grant, Payment
from matching.errors import Invalid
from matching.extensions import db
from matching.figures.queries_yearly import Chosen, Counts, Span, count_rows, lines, report
from matching.formatting import day_iso, number
from matching.households.models import Household
from matching.keyset import Asked, Key, Order, Page, plain, whole
from matching.places.queries import area_paths
from matching.words import help_type_word
from matching.words_policies import progress_word, source_word

__all__ = ["Row", "figures_table", "page_of", "table_of"]

PAGE = 40
FEN_PER_YUAN = 100
MOST_ROWS = 100_000
Table = list[Sequence[str | int | float | None]]
BY_HOUSEHOLD = Order(Key(Household.area_code, plain), Key(Household.id, whole))
BY_PERSON = Order(Key(Household.id, whole), Key(Grant.person_name, plain))
BY_DAY = Order(Key(Payment.paid_on, date.fromisoformat), Key(Payment.id, whole))


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a household, a person or a payment. `times` and `amount_fen` of it; the rest is for payments only."""

    household_id: int
    number: str
    head_name: str
    place: str
    person: str = ""
    times: int = 1
    amount_fen: int = 0
    grant_id: int = 0
    payment_id: int = 0
    paid_on: date | None = None
    help_type: str = ""
    purpose: str = ""
    source: str = ""
    giver: str = ""
    progress: str = ""


_HOME = (Household.id, Household.number, Household.head_name, Household.area_code)
_SUMS = (func.count().label("times"), func.sum(Payment.amount_fen).label("fen"))
_PAYMENT = (*_HOME, Grant.person_name, Payment.amount_fen.label("fen"), Grant.id.label("grant_id"),
            Payment.id.label("payment_id"), Payment.paid_on, Grant.help_type, Grant.purpose, Grant.source, Grant.giver,
            Payment.progress)


def page_of(span: Span, chosen: Chosen, asked: Asked, size: int = PAGE) -> Page[Row]:
    """One page of the rows that a figure counts: two SELECTs."""
    statement, order = _statement(span, chosen)
    found = db.session.execute(order.take(statement, asked, size)).all()
    paths = area_paths({row.area_code for row in found}, str(get_locale()))
    rows = [(_row(row, paths[row.area_code]), row.area_code) for row in found]
    page = order.page(rows, asked, size, lambda row: _position(chosen, *row))
    return Page([row for row, _code in page.rows], page.before, page.after)


def _statement(span: Span, chosen: Chosen) -> tuple[Select[*tuple[Any, ...]], Order]:
    if chosen.figure == "households":
        return lines(select(*_HOME, *_SUMS), span, chosen).group_by(*_HOME), BY_HOUSEHOLD
    if chosen.figure == "persons":
        person = (*_HOME, Grant.person_name)
        return lines(select(*person, *_SUMS), span, chosen).group_by(*person), BY_PERSON
    return lines(select(*_PAYMENT), span, chosen), BY_DAY


def _position(chosen: Chosen, row: Row, area_code: str) -> tuple[Any, ...]:
    if chosen.figure == "households":
        return area_code, row.household_id
    if chosen.figure == "persons":
        return row.household_id, row.person
    return row.paid_on, row.payment_id


def _row(found: Any, place: str) -> Row:
    given = found._mapping
    told = {name: given[name] for name in ("grant_id", "payment_id", "paid_on", "help_type", "purpose", "source",
                                           "giver", "progress") if name in given}
    return Row(found.id, found.number, found.head_name, place, given.get("person_name", ""),
               int(given.get("times", 1)), int(found.fen), **told)


def table_of(span: Span, chosen: Chosen) -> Table:
    """All rows of a figure as a sheet, its head first, sums in yuan. Raises Invalid for more than a sheet should hold.
    """
    if count_rows(span, chosen) > MOST_ROWS:
        raise Invalid(_("超过 %(rows)s 行，请把日子选短一些，或者分镇街下载。", rows=number(MOST_ROWS)))
    rows = page_of(span, chosen, Asked(), MOST_ROWS).rows
    head = [_("户号"), _("户主"), _("地点")]
    if chosen.figure == "households":
        return [[*head, _("人次"), _("金额（元）")], *map(_counted, rows)]
    if chosen.figure == "persons":
        return [[*head, _("给谁"), _("人次"), _("金额（元）")],
                *((*_home(row), row.person, *_counted(row)[3:]) for row in rows)]
    return [[_("哪天发的"), *head, _("给谁"), _("什么帮助"), _("做什么用"), _("谁出"), _("来源"), _("到哪一步"),
             _("金额（元）")], *map(_paid, rows)]


def _counted(row: Row) -> Sequence[str | int | float | None]:
    return (*_home(row), row.times, row.amount_fen / FEN_PER_YUAN)


def _paid(row: Row) -> Sequence[str | int | float | None]:
    return (day_iso(row.paid_on) if row.paid_on else "", *_home(row), row.person, help_type_word(row.help_type),
            row.purpose, row.giver, source_word(row.source), progress_word(row.progress), row.amount_fen / FEN_PER_YUAN)


def figures_table(span: Span, area: str) -> Table:
    """The figures of a span as a sheet, its head first, sums in yuan."""
    found = report(span)
    head = [_("%(area)s %(first)s 到 %(last)s", area=area, first=day_iso(span.first), last=day_iso(span.last)),
            _("户"), _("人"), _("人次"), _("金额（元）")]
    return [head, [_("一共"), *_sheet_counts(found.total)],
            *([help_type_word(code), *_sheet_counts(counts)] for code, counts in found.by_type.items()),
            *([source_word(code), None, None, None, fen / FEN_PER_YUAN] for code, fen in found.by_source.items()),
            *([progress_word(word), count, None, None, None] for word, count in found.by_progress.items())]


def _sheet_counts(counts: Counts) -> tuple[int | float, ...]:
    return counts.households, counts.persons, counts.person_times, counts.money_fen / FEN_PER_YUAN


def _home(row: Row) -> tuple[str, str, str]:
    return row.number, row.head_name, row.place

"""Every table that leaves the site, found by what its routes answer: no cell of it is ever a formula (promise 12).

A new export without a line in `EXPORTS` fails here, whether it answers a table at once or only when asked for one.
"""

from __future__ import annotations

import csv
import inspect
import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import update

from matching import tables
from matching.assistance import service_lists as lists
from matching.assistance.models_lists import PaymentList
from matching.clock import utc_now
from matching.exchange import service_imports as imports
from matching.extensions import db
from matching.places.models import Area
from matching.places.queries import forget_names
from tests.assistance.test_make_payment_list import monthly
from tests.exchange.steps import book, person, worked
from tests.factories import make_household, make_line, make_need, make_report
from tests.figures.giving import give
from tests.matrix import Visitor, make_things
from tests.people import People, sign_in
from tests.test_access import methods, path_of, rules

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "\t=", " =", "　＝", "﹣", "\u200b=")
EVIL = [f"{start}cmd|' /C calc'!A0" for start in STARTS]
TABLES = re.compile("csv|spreadsheet|excel|tab-separated|opendocument", re.IGNORECASE)
WRITES_A_TABLE = re.compile(r"\bcsv\b|csv_bytes|xlsx|spreadsheet|Content-Disposition|as_attachment", re.IGNORECASE)
NO_TABLES = {"households.paper_content", "households.household_pdf", "pairings.menu_pdf", "intake.report_file",
             "intake.minutes_pdf", "intake.poster_pdf"}
"""Routes that send files which are no tables: papers and photos as they were re-encoded, voices, PDF."""


def faults(people: People, app: Flask) -> Iterator[str]:
    """The faults of a register whose cells, file name and sheet are evil."""
    rows = [person(f"QH9{at:04}", at % 10, 救助类型=evil, town=evil if at % 2 else "双溪镇", 月收入=evil, 电话=evil)
            for at, evil in enumerate(EVIL)]
    for sheet in ("=SUM(1)", "+86", "-1", "@x", "＝1"):
        number = _brought(app, people, book(*rows, sheet=sheet))
        yield f"/exchange/{number}/download-import-faults"
        yield f"/exchange/{number}/download-import-faults?form=csv"


def _brought(app: Flask, people: People, content: bytes) -> int:
    row = imports.ask_import("households", "=1+1.xlsx", content, people.county, utc_now())
    db.session.commit()
    return worked(row.id).id


def payments(people: People, app: Flask) -> Iterator[str]:
    """A list for the bank whose households, people, accounts and purposes are evil."""
    for at, evil in enumerate(EVIL):
        home = make_household(number=f"{evil[:20]}{at}", head_name=evil[:30], bank_account=evil)
        monthly(household=home, purpose=evil, person_name=evil if at % 2 else "", amount_fen=100 + at)
    found = lists.make_list("2026-02", people.county, utc_now())
    lists.freeze_list(found, people.county, utc_now())
    db.session.commit()
    yield f"/assistance/{found.id}/export-payment-list"


def yearly(people: People, app: Flask) -> Iterator[str]:
    """The yearly report of a county with an evil name, and the rows of its figures."""
    db.session.get_one(Area, people.county.area_code).name = EVIL[0]
    for evil in EVIL:
        home = make_household(head_name=evil[:60])
        give(home, "medical", 50_01, date(2020, 12, 31), person=evil, purpose=evil, giver=evil)
    db.session.commit()
    span = "from=2020-01-01&to=2020-12-31"
    yield f"/figures/download-yearly-report?{span}"
    for figure in ("households", "persons", "money"):
        yield f"/figures/download-yearly-rows?figure={figure}&{span}"


def sources(people: People, app: Flask) -> Iterator[str]:
    """Who found whom, in towns with evil names."""
    for at, evil in enumerate(EVIL):
        code = f"9701018{at:02}"
        db.session.add(Area(code=code, name=evil, level="town", parent_code="970101"))
        db.session.flush()
        make_report(code)
    db.session.commit()
    forget_names()
    yield "/figures/download-sources"


def ledger(people: People, app: Flask) -> Iterator[str]:
    """Lines of the closing ledger of evil households, as both kinds of file."""
    for at, evil in enumerate(EVIL):
        need = make_need(make_household(number=f"{evil[:20]}L{at}", head_name=evil[:30]), summary=evil)
        make_line(need, recorded_by_name=evil[:60], signed_by_name=evil[:60], reason=evil)
    db.session.commit()
    for form in ("csv", "xlsx"):
        yield f"/pairings/export-ledger?state=to_sign&form={form}"


EXPORTS: dict[str, Callable[[People, Flask], Iterator[str]]] = {
    "exchange.download_import_faults": faults, "assistance.export_payment_list": payments,
    "figures.download_yearly_report": yearly, "figures.download_yearly_rows": yearly,
    "figures.download_sources": sources, "pairings.export_ledger": ledger}


def cells(content: bytes, mimetype: str) -> Iterator[tuple[str, bool]]:
    """Every cell of a table, as (text, whether a spreadsheet takes it for a formula)."""
    if "csv" in mimetype:
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            yield from ((cell, is_live(cell)) for cell in row)
        return
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        for cells_of_row in sheet.iter_rows():
            yield from ((str(cell.value or ""), cell.data_type == "f") for cell in cells_of_row)


def is_live(cell: str) -> bool:
    """Whether a spreadsheet, or one that folds full-width signs or drops blanks, reads a CSV cell as a formula."""
    folded = unicodedata.normalize("NFKC", re.sub("[\u200b-\u200f\ufeff]", "", cell))
    begins = folded.startswith(("\t", "\r", "\n")) or folded.strip().startswith(("=", "+", "-", "@"))
    return begins and not re.fullmatch(r"-?\d+(\.\d+)?", folded)


@pytest.mark.slow
def test_every_route_that_answers_a_table_is_covered(app: Flask, people: People) -> None:
    things, found = make_things(people), set()
    db.session.execute(update(PaymentList).values(state="frozen", frozen_at=utc_now()))
    db.session.commit()
    for name in ("county", "town", "auditor", "admin", "province", "charity", "household"):
        visitor = Visitor(app)
        sign_in(visitor.client, people[name])
        for rule in (rule for rule in rules(app) if "GET" in methods(rule)):
            number = things[next(iter(rule.arguments))][0].id if rule.arguments else None
            answer = visitor.send("GET", path_of(app, rule, number))
            if answer.status_code == 200 and TABLES.search(answer.mimetype):
                found.add(rule.endpoint)
    assert found == set(EXPORTS)


def test_every_view_that_can_write_a_table_is_covered(app: Flask) -> None:
    able = {endpoint for endpoint, view in app.view_functions.items() if endpoint != "static"
            and WRITES_A_TABLE.search(inspect.getsource(inspect.unwrap(view)))}
    assert able - NO_TABLES <= set(EXPORTS)


@pytest.mark.parametrize("endpoint", EXPORTS)
@pytest.mark.slow
def test_no_cell_of_any_export_is_a_formula(app: Flask, people: People, endpoint: str) -> None:
    paths = list(EXPORTS[endpoint](people, app))
    visitor = Visitor(app)
    sign_in(visitor.client, people.county)
    evil_seen = 0
    for path in paths:
        answer = visitor.send("GET", path)
        assert (answer.status_code, bool(TABLES.search(answer.mimetype))) == (200, True)
        for cell, live in cells(answer.data, answer.mimetype):
            assert not live, (path, cell)
            evil_seen += "calc" in cell
    assert evil_seen >= len(EVIL)


@pytest.mark.one_database
def test_control_an_unguarded_table_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "harmless", lambda value: value)
    for evil in EVIL:
        assert any(live for _, live in cells(tables.csv_bytes([[evil]]), "text/csv")), evil

"""The ledger as a file: the lines that the page shows, and a record that it was taken."""

from __future__ import annotations

import csv
import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.extensions import db
from tests.factories import make_household, make_line, make_need
from tests.people import COMMUNITY_A1A, COMMUNITY_A2A


@pytest.mark.one_database
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_ledger(client_of, people, form):
    make_line(make_need(make_household(COMMUNITY_A1A, head_name="罗一村"), summary="米"), recorded_by_name="何干部",
              times_reopened=2)
    make_line(make_need(make_household(COMMUNITY_A2A, head_name="罗二镇")))
    answer = client_of("community").get(f"/pairings/export-ledger?state=to_sign&form={form}")
    if form == "csv":
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    else:
        sheet = load_workbook(io.BytesIO(answer.data)).active
        rows = [[str("" if cell is None else cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert [row[1] for row in rows] == ["户主", "罗一村"]
    assert (rows[1][4], rows[1][7], rows[1][12]) == ("米", "何干部", "2")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "ledger.export")).one()
    assert (entry.area_code, entry.changes["rows"]) == (COMMUNITY_A1A, "1")


@pytest.mark.one_database
def test_open_difficulties_are_exported_too(client_of, people):
    make_need(make_household(head_name="罗没帮"))
    assert "罗没帮" in client_of("county").get("/pairings/export-ledger?form=csv").data.decode("utf-8-sig")

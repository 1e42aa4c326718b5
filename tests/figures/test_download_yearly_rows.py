"""The rows of a figure as a sheet: no live formula, and recorded."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.extensions import db
from matching.figures import queries_yearly_rows
from tests.factories import make_household
from tests.figures.giving import give

DAYS = "from=2020-01-01&to=2020-12-31"


@pytest.mark.slow
@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1"])
def test_texts_stay_texts_and_the_download_is_recorded(client_of, people, text):
    give(make_household(head_name=text), "medical", 50_01, date(2020, 12, 31), person=text, purpose=text, giver=text)
    for figure in ("households", "persons", "money"):
        answer = client_of("town").get(f"/figures/download-yearly-rows?figure={figure}&{DAYS}")
        cells = [cell for row in load_workbook(io.BytesIO(answer.data)).active.iter_rows(min_row=2) for cell in row]
        assert {cell.data_type for cell in cells} <= {"inlineStr", "s", "n"}, "no live formula"
        assert text in [cell.value for cell in cells]
        assert cells[-1].value == 50.01
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "figures.export")).all()
    assert [entry.changes["rows"] for entry in entries] == ["1", "1", "1"]


def test_more_rows_than_a_sheet_should_hold_are_refused(client_of, people, monkeypatch):
    for _ in range(3):
        give(make_household(), "medical", 1, date(2020, 5, 1))
    monkeypatch.setattr(queries_yearly_rows, "MOST_ROWS", 2)
    answer = client_of("county").get(f"/figures/download-yearly-rows?{DAYS}")
    assert answer.status_code == 422
    assert "超过 2 行" in answer.text

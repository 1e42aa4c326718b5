"""The faults to take along, as XLSX and CSV: no cell of it is ever a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from matching.tables import csv_bytes, harmless, xlsx_bytes
from tests.conftest import CheckedClient
from tests.exchange.steps import brought, person

ClientOf = Callable[[str], CheckedClient]
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "　＝", "﹣")
EVIL = [f"{start}cmd|' /C calc'!A0" for start in STARTS]


@pytest.mark.slow
@pytest.mark.parametrize("evil", EVIL)
def test_no_cell_is_a_formula(evil: str) -> None:
    table = [["说明"], [evil], [f"好{evil}"], [-5]]
    for row in csv.reader(io.StringIO(csv_bytes(table).decode("utf-8-sig"))):
        if row and row[0] not in ("-5", "说明") and not row[0].startswith("好"):
            assert row[0].startswith("'"), row
    sheet = load_workbook(io.BytesIO(xlsx_bytes(table))).active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows(max_row=3) for cell in row} == {"s"}
    assert sheet["A4"].value == -5


def test_control_without_the_guard_a_formula_lives() -> None:
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(["=1+1"])
    book.save(out)
    sheet = load_workbook(io.BytesIO(out.getvalue())).active
    assert sheet is not None
    assert sheet["A1"].data_type == "f"
    assert harmless("=1+1") == "'=1+1"


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_list_of_faults_goes_out_harmless(client_of: ClientOf, form: str) -> None:
    client = client_of("county")
    row = brought(client, person("QH00001", 1, 救助类型="+甲乙丙"), person("QH00002", 2, town="＝枫林镇"))
    answer = client.get(f"/exchange/{row.id}/download-import-faults?form={form}")
    assert "attachment" in answer.headers["Content-Disposition"]
    if form == "csv":
        lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    else:
        sheet = load_workbook(io.BytesIO(answer.data)).active
        assert sheet is not None
        assert all(cell.data_type != "f" for cells in sheet.iter_rows() for cell in cells)
        lines = [[str(cell.value) for cell in cells] for cells in sheet.iter_rows()]
    assert [line[:3] for line in lines[1:]] == [["台账", "2", "H"], ["台账", "3", "B"]]

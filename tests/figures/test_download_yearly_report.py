"""The figures as a sheet."""

from __future__ import annotations

import io
from datetime import date

from openpyxl import load_workbook

from tests.factories import make_household
from tests.figures.giving import give


def test_the_sheet_says_what_the_page_says(client_of, people):
    home = make_household()
    give(home, "medical", 50_01, date(2020, 12, 31), source="charity")
    give(home, "housing", 8_000_000, date(2020, 1, 1), progress="building")
    answer = client_of("province").get("/figures/download-yearly-report?from=2020-01-01&to=2020-12-31")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.values)
    assert rows[0][1:] == ("户", "人", "人次", "金额（元）")
    assert rows[1:] == [("一共", 1, 1, 2, 80050.01), ("安居", 1, 1, 1, 80000), ("就医", 1, 1, 1, 50.01),
                        ("财政", None, None, None, 80000), ("慈善", None, None, None, 50.01),
                        ("在建", 1, None, None, None)]
    assert client_of("community").get("/figures/download-yearly-report").status_code == 403

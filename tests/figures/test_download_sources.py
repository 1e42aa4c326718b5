"""Who found whom as a CSV file: every source of the area and of each area below, the same figures as the page."""

from __future__ import annotations

import csv
import io

from tests import factories
from tests.people import COMMUNITY_A1A


def test_the_file_says_what_the_page_says(client_of, people):
    factories.make_report(COMMUNITY_A1A, origin="informant", state="helping")
    factories.make_report(COMMUNITY_A1A)
    answer = client_of("county").get("/figures/download-sources")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="sources-970101-')
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0] == ["地方", "谁报的", "报了多少件", "其中第一个报的", "核实了", "帮上了", "占帮上的"]
    assert len(rows) == 1 + 6 + 6
    assert ["青禾县", "信息员", "1", "1", "0", "1", "100.0%"] in rows
    assert ["双溪镇", "自己求助", "1", "1", "0", "0", "0.0%"] in rows


def test_out_of_reach_there_is_none(client_of, people):
    assert client_of("county").get("/figures/download-sources?area=970102").status_code == 404
    assert client_of("community").get("/figures/download-sources").status_code == 403

"""Every fault by sheet, row and column in plain words; filtered; a page at a time; personal values masked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import CheckedClient
from tests.exchange.registers import identity
from tests.exchange.steps import brought, person

ClientOf = Callable[[str], CheckedClient]


@pytest.mark.slow
def test_it_names_row_column_and_reason_and_shows_the_cells(client_of: ClientOf) -> None:
    client = client_of("county")
    row = brought(client, person("QH00001", 1, 身份证号=identity("970101", "19700101", 991)[:17]),
                  person("QH00002", 2, town="枫林镇"))
    page = client.get(f"/exchange/{row.id}/list-import-faults").get_data(as_text=True)
    assert "身份证号位数不够（***" in page
    assert "不是本地的镇街" in page
    assert "jd-cell-bad" in page
    assert "jd-cell-warn" in page
    assert "七里塘" not in page
    assert identity("970101", "19700101", 992) not in page
    only = client.get(f"/exchange/{row.id}/list-import-faults?verdict=reject").get_data(as_text=True)
    assert "不是本地的镇街" in only
    assert "身份证号位数不够（***" not in only
    assert "没有这样的问题" in client.get(
        f"/exchange/{row.id}/list-import-faults?kind=phone_short").get_data(as_text=True)


@pytest.mark.slow
def test_many_faults_are_read_a_page_at_a_time(client_of: ClientOf) -> None:
    client = client_of("county")
    row = brought(client, *[person(f"QH{i:05}", i % 10, 身份证号="", 月收入="不详") for i in range(40)])
    path, pages, seen = f"/exchange/{row.id}/list-import-faults", 0, 0
    while path:
        text = client.get(path).get_data(as_text=True)
        assert len(text.encode()) < 40_960
        pages, seen = pages + 1, seen + text.count("看不懂（不详），先空着导入，按 0 计算。</small></span>")
        following = text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
        path = following
    assert pages == 4
    assert seen == 40

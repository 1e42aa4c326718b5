"""A bad file is refused with file, line, column and reason; sound ones are read whatever their dress."""

import math
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.engine import FileFault, pair_files
from matching.engine.files import NEED_KINDS, _Table, read_needs, read_offers
from matching.engine.scan import scan
from tests.engine.markets import NEED_HEAD, OFFER_HEAD, write_county

NEED = "N1,cash,27.5,113.5,2,3,40,"


def needs_file(folder, *lines, head=NEED_HEAD):
    path = folder / "needs.csv"
    path.write_bytes("\n".join([head, *lines, ""]).encode())
    return path


@pytest.mark.parametrize(("lines", "line", "column", "code"), [
    ([NEED, NEED], 3, "need_id", "twice"),
    ([",cash,27.5,113.5,2,3,40,"], 2, "need_id", "blank"),
    (["N1,,27.5,113.5,2,3,40,"], 2, "type", "blank"),
    (["N1,cash,90.1,113.5,2,3,40,"], 2, "lat", "outside"),
    (["N1,cash,north,113.5,2,3,40,"], 2, "lat", "not_number"),
    (["N1,cash,nan,113.5,2,3,40,"], 2, "lat", "not_number"),
    (["N1,cash,1e400,113.5,2,3,40,"], 2, "lat", "not_number"),
    (["N1,cash,27.5,-inf,2,3,40,"], 2, "lon", "not_number"),
    (["N1,cash,27.5,1e18,2,3,40,"], 2, "lon", "outside"),
    (["N1,cash,27.5,113.5,2e3,3,40,"], 2, "quantity", "not_whole"),
    (["N1,cash,27.5,113.5,2,3.0,40,"], 2, "urgency", "not_whole"),
    (["N1,cash,1_0,113.5,2,3,40,"], 2, "lat", "not_number"),
    (["N1,cash,27.5,,2,3,40,"], 2, "lon", "not_number"),
    (["N1,cash,27.5,-180.5,2,3,40,"], 2, "lon", "outside"),
    (["N1,cash,27.5,113.5,0,3,40,"], 2, "quantity", "outside"),
    (["N1,cash,27.5,113.5,-1,3,40,"], 2, "quantity", "outside"),
    (["N1,cash,27.5,113.5,1.5,3,40,"], 2, "quantity", "not_whole"),
    (["N1,cash,27.5,113.5,２,3,40,"], 2, "quantity", "not_whole"),
    (["N1,cash,27.5,113.5,1000000001,3,40,"], 2, "quantity", "outside"),
    ([NEED, "N2,cash,27.5,113.5,1,6,40,"], 3, "urgency", "outside"),
    ([NEED, "", "N2,cash,27.5,113.5,1,5,-1,"], 4, "waiting_days", "outside"),
    ([NEED, "N2,cash,27.5,113.5,1,5"], 3, "", "fields"),
    (['"N\n1",cash,27.5,113.5,1,5,3,', "N2,cash,27.5,113.5,1,x,3,"], 4, "urgency", "not_whole"),
    (['N1,"ca"sh,27.5,113.5,1,5,3,'], 2, "", "quotes"),
    ([NEED, "N\x002,cash,27.5,113.5,1,5,3,"], 3, "", "not_utf8"),
])
def test_a_bad_need_is_named(tmp_path, lines, line, column, code):
    with pytest.raises(FileFault) as refused:
        read_needs(needs_file(tmp_path, *lines))
    assert (refused.value.line, refused.value.column, refused.value.code) == (line, column, code)


def test_bytes_that_are_not_utf8(tmp_path):
    path = needs_file(tmp_path, NEED)
    path.write_bytes(path.read_bytes() + "N2,现金,27.5,113.5,1,5,3,\n".encode("gb18030"))
    with pytest.raises(FileFault) as refused:
        read_needs(path)
    assert (refused.value.line, refused.value.code) == (3, "not_utf8")


@pytest.mark.parametrize(("head", "column", "code"), [
    (NEED_HEAD.replace(",lon", ""), "lon", "no_column"),
    (NEED_HEAD + ",lat", "lat", "twice_column"),
])
def test_a_bad_header(tmp_path, head, column, code):
    with pytest.raises(FileFault) as refused:
        read_needs(needs_file(tmp_path, head=head))
    assert (refused.value.line, refused.value.column, refused.value.code) == (1, column, code)


def test_no_file_and_an_empty_one(tmp_path):
    with pytest.raises(FileFault, match="missing"):
        read_needs(tmp_path / "none.csv")
    (tmp_path / "empty.csv").touch()
    with pytest.raises(FileFault, match="empty"):
        read_needs(tmp_path / "empty.csv")


@pytest.mark.parametrize(("line", "column", "code"), [
    ("O1,cash,27.5,113.5,-1,2,", "radius_km", "outside"),
    ("O1,cash,27.5,113.5,inf,2,", "radius_km", "not_number"),
    ("O1,cash,27.5,113.5,5,0,", "capacity", "outside"),
    ("O1,cash,27.5,113.5,5,a,", "capacity", "not_whole"),
])
def test_a_bad_offer_is_named(tmp_path, line, column, code):
    path = tmp_path / "offers.csv"
    path.write_text(f"{OFFER_HEAD}\n{line}\n")
    with pytest.raises(FileFault) as refused:
        read_offers(path)
    assert (refused.value.line, refused.value.column, refused.value.code) == (2, column, code)


def test_mark_quotes_crlf_further_columns_and_their_order_are_tolerated(tmp_path):
    path = tmp_path / "needs.csv"
    path.write_bytes(("\ufeffnote," + NEED_HEAD + "\r\n\"a, \"\"b\"\"\"," + '"N,1"' + NEED[2:] + "\r\n").encode())
    needs = read_needs(path)
    assert (needs.ids.tolist(), needs.types, needs.lat.tolist()) == ([b"N,1"], ("cash",), [27.5])
    assert (needs.quantity.tolist(), needs.urgency.tolist(), needs.waiting_days.tolist()) == ([2], [3], [40])
    assert (needs.attr.tolist(), needs.area) == ([-1], None)


def test_a_refusal_leaves_the_old_result(tmp_path):
    needs, offers = write_county(tmp_path)
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("as it was")
    offers.write_text(offers.read_text() + "O1,cash,99,113.5,1,1,\n")
    with pytest.raises(FileFault):
        pair_files(needs, offers, pairs)
    assert pairs.read_text() == "as it was"


def test_a_folder_that_is_not_there_is_a_refusal_and_leaves_nothing(tmp_path):
    needs, offers = write_county(tmp_path)
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(FileFault, match="unwritable"):
        pair_files(needs, offers, tmp_path / "pairs.csv", report_path=tmp_path / "none" / "report.json")
    assert sorted(os.listdir(tmp_path)) == before


def test_identifiers_that_need_quotes_come_out_as_they_went_in(tmp_path):
    import csv

    needs = needs_file(tmp_path, '"N,""1""",cash,27.5,113.5,2,3,40,')
    (tmp_path / "offers.csv").write_text(f"{OFFER_HEAD}\n资源甲,cash,27.5,113.5,5,2,\n")
    pair_files(needs, tmp_path / "offers.csv", tmp_path / "pairs.csv")
    with (tmp_path / "pairs.csv").open(newline="", encoding="utf-8") as f:
        assert list(csv.reader(f))[1:] == [['N,"1"', "资源甲", "2"]]


CELL = st.sampled_from(["", "cash", "0", "1", "5", "007", "-3", "27.5", "-0.125", ".5", "5.", "1e2", "1234567890123456",
                        "x", "现金", "a b", "99999999999", "27.123456", "\r"])


@given(st.lists(st.lists(CELL, min_size=8, max_size=9), max_size=5), st.sampled_from(["\n", "\r\n"]), st.booleans())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.slow
def test_the_fast_reader_reads_as_the_careful_one(tmp_path, rows, end, last):
    lines = [NEED_HEAD, *(",".join([f"N{i}", *row[1:]]) for i, row in enumerate(rows))]
    path = tmp_path / "needs.csv"
    path.write_text(end.join(lines) + end * last, newline="")
    fast = scan(str(path), NEED_KINDS)
    if fast is None:
        return
    table = _Table(path, NEED_HEAD.split(","))
    assert fast.ids.tolist() == table.ids("need_id").tolist()
    for name, (numbers, words) in fast.names.items():
        assert (numbers.tolist(), words) == (table.names(name)[0].tolist(), table.names(name)[1])
    for name, wholes in fast.wholes.items():
        assert wholes.tolist() == table.wholes(name, 0, 10**9).tolist()
    for name, numbers in fast.numbers.items():
        assert numbers.tolist() == table.numbers(name, -math.inf, math.inf).tolist()


def test_the_fast_reader_reads_plain_files(tmp_path):
    needs, _ = write_county(tmp_path)
    assert scan(str(needs), NEED_KINDS) is not None

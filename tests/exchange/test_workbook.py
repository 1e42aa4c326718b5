"""Files are opened safely: what must not be opened is refused with its reason, every encoding is read right."""

from __future__ import annotations

import contextlib
import io
import json
import resource
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from matching.exchange import workbook
from matching.exchange.messages import REFUSALS
from matching.exchange.workbook import FileRefused, read_workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET = (b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
         b'<c r="A1" t="inlineStr"><is><t>%s</t></is></c></row></sheetData></worksheet>')
ROWS = [["姓名", "镇街"], ["陈䶮", "双溪镇"], ["王𫖯", "石桥镇"]]


def xlsx(rows: list[list[object]] | None = None) -> bytes:
    book, content = Workbook(), io.BytesIO()
    assert book.active is not None
    for row in rows or ROWS:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


def repacked(content: bytes, parts: dict[str, bytes]) -> bytes:
    """An archive with further parts, or other ones in the place of its own."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename not in parts:
                new.writestr(part, old.read(part))
        for name, written in parts.items():
            new.writestr(name, written)
    return packed.getvalue()


def refusal(path: Path) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read_workbook(path)
    assert str(REFUSALS[caught.value.code]) % caught.value.values  # every reason has its sentence
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_is_right_in_every_encoding(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes("\r\n".join(delimiter.join(row) for row in ROWS).encode(encoding))
    assert read_workbook(path)[0].cells == ROWS


def test_a_record_may_hold_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text('"姓名\n（必填）",镇街\n"陈,䶮",双溪镇\n', "utf-8")
    assert read_workbook(path)[0].cells == [["姓名\n（必填）", "镇街"], ["陈,䶮", "双溪镇"]]


def test_merged_ranges_come_along(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["甲", "乙"])
    book.active.append(["", "丙"])
    book.active.merge_cells("A1:A2")
    book.save(tmp_path / "m.xlsx")
    assert read_workbook(tmp_path / "m.xlsx")[0].merges == ((0, 0, 1, 0),)


def test_hidden_sheets_are_left_alone(tmp_path: Path) -> None:
    book = Workbook()
    book.create_sheet("隐藏").sheet_state = "hidden"
    book.save(tmp_path / "h.xlsx")
    assert [sheet.name for sheet in read_workbook(tmp_path / "h.xlsx")] == ["Sheet"]


@pytest.mark.slow
def test_a_bomb_is_refused_before_anything_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(repacked(xlsx(), {"xl/worksheets/sheet9.xml": b"0" * (workbook.MAX_UNPACKED_BYTES + 1)}))
    assert path.stat().st_size < 2 * 1024 ** 2
    start = time.monotonic()
    assert refusal(path).code == "unpacks_too_big"
    assert time.monotonic() - start < 3


def test_control_the_same_archive_below_the_limit_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "no-bomb.xlsx"
    path.write_bytes(repacked(xlsx(), {"xl/worksheets/sheet9.xml": b"0" * 1024}))
    assert read_workbook(path)[0].cells == ROWS


@pytest.mark.slow
def test_an_archive_that_lies_about_its_size_hurts_only_the_child(tmp_path: Path) -> None:
    """Its directory says a hundred bytes, the sheet holds two hundred megabytes of text: refused, or ended."""
    sheet = SHEET % (b"x" * 200 * 1024 ** 2)
    content = bytearray(repacked(xlsx(), {"xl/worksheets/sheet1.xml": sheet}))
    at = content.rfind(b"PK\x01\x02")
    content[at + 24:at + 28] = (100).to_bytes(4, "little")
    (tmp_path / "liar.xlsx").write_bytes(content)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with contextlib.suppress(FileRefused):
        read_workbook(tmp_path / "liar.xlsx")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024  # kilobytes


@pytest.mark.parametrize(("name", "content", "code"), [
    ("macro.xlsx", repacked(xlsx(), {"xl/vbaProject.bin": b"x"}), "macros"),
    ("macro.xlsm", xlsx(), "macros"), ("locked.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ("old.xls", OLE + "_VBA_PROJECT".encode("utf-16-le"), "macros"), ("broken.xls", OLE + b"\0" * 600, "damaged"),
    ("cut.xlsx", xlsx()[:-400], "damaged"), ("text.xlsx", "姓名,镇街\n".encode(), "suffix_wrong"),
    ("table.csv", xlsx(), "suffix_wrong"), ("page.xls", b"<html><table><tr><td>1</td></tr></table>", "suffix_wrong"),
    ("list.ods", xlsx(), "suffix_unknown"), ("photo.csv", b"\xff\xfe\xff\xff\x00\xd8", "encoding_unknown"),
    ("zero.csv", b"a,b\n1,\x002\n", "damaged"), ("empty.csv", b"", "empty"),
    ("quote.csv", '姓名,"镇街\n'.encode(), "damaged")])
def test_what_must_not_be_opened_is_refused_with_its_reason(tmp_path: Path, name: str, content: bytes,
                                                            code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert refusal(path).code == code


def test_an_archive_of_ten_thousand_parts_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.xlsx").write_bytes(repacked(xlsx(), {f"part{i}": b"" for i in range(workbook.MAX_PARTS + 1)}))
    assert refusal(tmp_path / "p.xlsx").code == "too_many_parts"


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.xlsx", "w") as archive:
        archive.writestr("readme.txt", "x")
    assert refusal(tmp_path / "z.xlsx").code == "not_a_workbook"


def test_far_too_many_columns_are_refused(tmp_path: Path) -> None:
    (tmp_path / "wide.xlsx").write_bytes(xlsx([["x"] * (workbook.MAX_COLUMNS + 1)]))
    assert refusal(tmp_path / "wide.xlsx").code == "too_many_cells"
    (tmp_path / "wide.csv").write_text("x," * (workbook.MAX_COLUMNS + 1))
    assert refusal(tmp_path / "wide.csv").code == "too_many_cells"


def test_an_entity_from_outside_is_never_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET-CANARY")
    doctype = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'.encode()
    (tmp_path / "xxe.xlsx").write_bytes(repacked(
        xlsx(), {"xl/worksheets/sheet1.xml": doctype + SHEET % b"&e;"}))
    try:
        sheets = read_workbook(tmp_path / "xxe.xlsx")
    except FileRefused:
        return
    assert "SECRET-CANARY" not in str(sheets)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.xlsx").code == "unreadable"


def test_one_cell_far_out_is_refused_and_not_unrolled(tmp_path: Path) -> None:
    far = (b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
           b'<c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>')
    (tmp_path / "far.xlsx").write_bytes(repacked(xlsx(), {"xl/worksheets/sheet1.xml": far}))
    assert refusal(tmp_path / "far.xlsx").code in ("too_many_cells", "too_much_memory", "damaged")


def many_rows(rows: int, columns: int) -> bytes:
    """A workbook of so many rows, written piece by piece."""
    out = io.BytesIO()
    line = b"<row>" + b'<c t="inlineStr"><is><t>a</t></is></c>' * columns + b"</row>"
    with zipfile.ZipFile(io.BytesIO(xlsx())) as old, zipfile.ZipFile(
            out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for part in old.infolist():
            if part.filename != "xl/worksheets/sheet1.xml":
                new.writestr(part, old.read(part))
        with new.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
            for _ in range(rows // 1000):
                sheet.write(line * 1000)
            sheet.write(b"</sheetData></worksheet>")
    return out.getvalue()


def test_too_many_filled_cells_are_refused_before_they_are_unrolled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_VALUES", 10_000)
    with pytest.raises(FileRefused) as caught:
        workbook.read_content(many_rows(11_000, 1), ".xlsx")
    assert caught.value.code == "too_many_values"
    assert len(workbook.read_content(many_rows(9_000, 1), ".xlsx")[0].cells) == 9_000


def test_a_text_file_is_read_no_further_than_it_may_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 1_000)
    with pytest.raises(FileRefused) as caught:
        workbook.read_content(b"a,b\n" * 2_000 + b'"never closed', ".csv")
    assert caught.value.code == "too_many_cells"


@pytest.mark.promise
@pytest.mark.parametrize(("columns", "suffix"), [(1, ".xlsx"), (5, ".xlsx"), (30, ".xlsx"), (4, ".csv")])
def test_a_million_rows_are_refused_at_once(columns: int, suffix: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 10: in three seconds and half a gigabyte, measured as time of the processor."""
    content = many_rows(1_000_000, columns) if suffix == ".xlsx" else b"a,b,c,d\n" * 1_000_000
    answer = subprocess.run([sys.executable, "-c", ALONE, suffix], input=content, capture_output=True, check=True)
    code, seconds, here, parser = json.loads(answer.stdout)
    with capsys.disabled():
        print(f"\n1,000,000 rows of {columns}, {suffix}: {code} in {seconds:.1f} s of the processor, peak {here} MiB, "
              f"parser {parser} MiB")
    assert code in ("too_many_values", "too_many_cells", "unpacks_too_big")
    assert seconds < 3
    assert max(here, parser) < 512


ALONE = """
import json, sys
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from matching.exchange.workbook import FileRefused, read_content
content, code = sys.stdin.buffer.read(), ""
before = getrusage(RUSAGE_SELF)
try:
    read_content(content, sys.argv[1])
except FileRefused as refusal:
    code = refusal.code
here, parser = getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN)
seconds = here.ru_utime + here.ru_stime + parser.ru_utime + parser.ru_stime - before.ru_utime - before.ru_stime
print(json.dumps([code, seconds, here.ru_maxrss // 1024, parser.ru_maxrss // 1024]))
"""
"""Reads a file in a process of its own, so that its peaks are nobody else's."""

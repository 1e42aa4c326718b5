"""Opens a register file safely: what it is, how big it would become, and its sheets as plain cells.

Nothing is trusted: the kind comes from the content, the unpacked size from the archive's directory before
anything is unpacked, and spreadsheets are parsed in a child process with a memory limit and a time limit.
"""

from __future__ import annotations

import codecs
import csv
import io
import pickle
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from matching.exchange.cells import Cell

__all__ = ["FileRefused", "Sheet", "read_content", "read_workbook"]

MAX_FILE_BYTES = 40 * 1024 * 1024
MAX_UNPACKED_BYTES = 300 * 1024 * 1024
MAX_PARTS = 1000
MAX_ROWS = 200_000
MAX_COLUMNS = 400
MAX_VALUES = 3_000_000
"""Cells with something in them; more do not fit into the memory that parsing may take."""
PARSE_SECONDS = 120
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class FileRefused(Exception):
    """The file is refused as a whole; `code` names the reason (words in `messages`), `values` fill it in."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: `cells[row][column]`, merged ranges as (top, left, bottom, right) from 0, both ends in."""

    name: str
    cells: list[list[Cell]]
    merges: tuple[tuple[int, int, int, int], ...] = ()
    is_text: bool = False


def read_workbook(path: Path) -> list[Sheet]:
    """All visible sheets of an .xlsx, .xls or .csv file. Raises FileRefused with the reason."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise FileRefused("too_big", limit=MAX_FILE_BYTES // 1024 ** 2)
        return read_content(path.read_bytes(), path.suffix)
    except OSError:
        raise FileRefused("unreadable") from None


def read_content(content: bytes, suffix: str) -> list[Sheet]:
    """The same of a file's content and the end of its name; nothing is written to disk."""
    suffix = suffix.lower()
    kind = _kind(content)
    if suffix in (".xlsm", ".xltm", ".xlsb"):
        raise FileRefused("macros")
    if suffix not in (".xlsx", ".xls", ".csv"):
        raise FileRefused("suffix_unknown", suffix=suffix or "-")
    if not content:
        raise FileRefused("empty")
    if kind == "csv" and suffix == ".csv":
        return [_read_csv(content)]
    if f".{kind}" != suffix:
        raise FileRefused("damaged" if kind == "csv" and b"\x00" in content[:64] else "suffix_wrong", suffix=suffix)
    return _parse_in_child(content)


def _kind(content: bytes) -> str:
    """`xlsx`, `xls` or `csv` by the content; FileRefused for what must not be opened."""
    if content.startswith(_ZIP):
        _check_archive(content)
        return "xlsx"
    if content.startswith(_OLE):
        if _utf16("EncryptedPackage") in content:
            raise FileRefused("encrypted")
        if _utf16("_VBA_PROJECT") in content:
            raise FileRefused("macros")
        return "xls"
    return "csv"


def _utf16(word: str) -> bytes:
    return word.encode("utf-16-le")


def _check_archive(content: bytes) -> None:
    """Look at the archive's directory only: number of parts, unpacked size, macros, encryption."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise FileRefused("damaged") from None
    if len(parts) > MAX_PARTS:
        raise FileRefused("too_many_parts", limit=MAX_PARTS)
    if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise FileRefused("unpacks_too_big", limit=MAX_UNPACKED_BYTES // 1024 ** 2)
    if any(part.flag_bits & 1 for part in parts):
        raise FileRefused("encrypted")
    names = {part.filename.lower() for part in parts}
    if any(name.endswith("vbaproject.bin") for name in names):
        raise FileRefused("macros")
    if "xl/workbook.xml" not in names:
        raise FileRefused("not_a_workbook")


def _parse_in_child(content: bytes) -> list[Sheet]:
    """Parse a spreadsheet in a child process, so that a hostile file can only hurt the child."""
    command = [sys.executable, "-m", "matching.exchange.parse_child", str(MAX_ROWS), str(MAX_COLUMNS),
               str(MAX_VALUES)]
    root = Path(__file__).resolve().parents[2]
    try:
        answer = subprocess.run(command, input=content, capture_output=True, timeout=PARSE_SECONDS, check=False,
                                cwd=root)
    except subprocess.TimeoutExpired:
        raise FileRefused("too_slow") from None
    if answer.returncode != 0:
        raise FileRefused("too_much_memory" if answer.returncode < 0 else "damaged")
    found = pickle.loads(answer.stdout)  # noqa: S301  # nosec B301  # written by our own child a moment ago
    if isinstance(found, str):
        raise FileRefused(found, rows=MAX_ROWS, columns=MAX_COLUMNS, limit=MAX_VALUES)
    return [Sheet(name, cells, tuple(merges)) for name, cells, merges in found]


def _read_csv(content: bytes) -> Sheet:
    written = decoded(content)
    if "\x00" in written:
        raise FileRefused("damaged")
    lines = io.StringIO(written, newline="")
    sample = written[:20_000].splitlines()[:20]
    delimiter = max(",;\t|", key=lambda mark: sorted(line.count(mark) for line in sample)[len(sample) // 2])
    try:
        reader = islice(csv.reader(lines, delimiter=delimiter, strict=True), MAX_ROWS + 1)
        rows: list[list[Cell]] = [list[Cell](row) for row in reader]
    except csv.Error:
        raise FileRefused("damaged") from None
    check_size(len(rows), max(map(len, rows), default=0))
    return Sheet("", rows, is_text=True)


def check_size(rows: int, columns: int) -> None:
    """Raise FileRefused for a sheet with more rows or columns than any register has."""
    if rows > MAX_ROWS or columns > MAX_COLUMNS:
        raise FileRefused("too_many_cells", rows=MAX_ROWS, columns=MAX_COLUMNS)


def decoded(content: bytes) -> str:
    """The text of a CSV file: UTF-8 (with or without BOM), UTF-16 or GB18030. Raises FileRefused."""
    encodings = ["utf-8-sig", "gb18030"]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif (zeros := content[:4000].count(0)) > len(content[:4000]) // 8:
        odd = content[1:4000:2].count(0)
        encodings = ["utf-16-le" if odd * 2 > zeros else "utf-16-be"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("encoding_unknown")

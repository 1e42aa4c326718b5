"""Tables out: CSV and XLSX whose cells a spreadsheet never takes for formulas. Every export goes through here.

In CSV a text that a spreadsheet could read as a formula gets an apostrophe in front (OWASP, CSV injection); full-width
signs and unseen marks count too, since some programs fold and drop them. In XLSX texts are written as texts, whatever
they begin with.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

__all__ = ["CSV", "XLSX", "csv_bytes", "harmless", "xlsx_bytes"]

CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
Table = Sequence[Sequence[str | int | float | None]]


def harmless(value: Any) -> Any:
    """A cell for CSV: texts that begin like a formula, also after blanks or in full-width signs, get an apostrophe."""
    if not isinstance(value, str) or not value:
        return value
    folded = _UNSEEN.sub("", unicodedata.normalize("NFKC", value))
    begins = folded.startswith(_STARTS) or folded.lstrip().startswith(_STARTS)
    return f"'{value}" if begins else value


def csv_bytes(table: Table) -> bytes:
    """UTF-8 with a mark at its beginning, so that Excel and WPS read it rightly."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([[harmless(value) for value in row] for row in table])
    return out.getvalue().encode("utf-8-sig")


def xlsx_bytes(table: Table) -> bytes:
    """A workbook of one sheet; every text is a text."""
    book, out = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in table:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value)
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    book.save(out)
    return out.getvalue()

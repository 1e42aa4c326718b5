"""The child process of `workbook`: parses the spreadsheet on stdin under a memory limit, pickles its cells."""

from __future__ import annotations

import io
import pickle
import resource
import sys
import zipfile
from collections.abc import Sequence

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 100
PIECE = 1 << 20


def main(max_rows: int, max_columns: int, max_values: int) -> None:
    """Write `[(sheet name, rows of cells, merged ranges)]`, or the code of the reason for refusing."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    content = sys.stdin.buffer.read()
    found = "too_many_values" if too_many_values(content, max_values) else parsed(content, max_rows, max_columns)
    sys.stdout.buffer.write(pickle.dumps(found, protocol=5))


def too_many_values(content: bytes, most: int) -> bool:
    """Whether a sheet of an archive holds more filled cells than that: looked through once, nothing is kept."""
    if not content.startswith(b"PK"):
        return False
    found = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in archive.infolist():
            if not part.filename.startswith("xl/worksheets/sheet"):
                continue
            with archive.open(part) as sheet:
                while found <= most and (piece := sheet.read(PIECE)):
                    found += piece.count(b"<v>") + piece.count(b"<is>")
    return found > most


def parsed(content: bytes, max_rows: int, max_columns: int
           ) -> str | list[tuple[str, Sequence[object], Sequence[object]]]:
    """The visible sheets of a workbook, or `encrypted`, `damaged`, `too_many_cells`, `too_much_memory`."""
    from python_calamine import (
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        found: list[tuple[str, Sequence[object], Sequence[object]]] = []
        for about in book.sheets_metadata:
            if about.typ != SheetTypeEnum.WorkSheet or about.visible != SheetVisibleEnum.Visible:
                continue
            sheet = book.get_sheet_by_name(about.name)
            last_row, last_column = sheet.end or (0, 0)
            if last_row >= max_rows or last_column >= max_columns:
                return "too_many_cells"
            merges = [(top, left, bottom, right)
                      for (top, left), (bottom, right) in sheet.merged_cell_ranges or []]
            found.append((about.name, sheet.to_python(skip_empty_area=False), merges))
    except PasswordError:
        return "encrypted"
    except MemoryError:
        return "too_much_memory"
    except (CalamineError, OSError, ValueError):
        return "damaged"
    return found


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))

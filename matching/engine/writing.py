"""Result files: their lines, and how they are written whole or not at all."""

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.engine.arrays import Ints, Parts
from matching.engine.compiled import kernel
from matching.engine.faults import FileFault
from matching.engine.files import FilePath

__all__ = ["csv_lines", "write_whole"]

Texts = NDArray[np.bytes_]
COMMA, LF, CR, QUOTE, ZERO = 44, 10, 13, 34, 48
MOST_BESIDE_IDS = 23
"""Bytes of a line beside its identifiers: a number of 64 bits, two commas, the end."""


def csv_lines(head: str, ids: Texts, values: Ints, *more_ids: Texts) -> bytes:
    """A CSV file: identifiers (in UTF-8), further identifiers if given, and a whole number >= 0 a line."""
    columns = (ids, *more_ids)
    cells = [np.ascontiguousarray(c).view(np.uint8).reshape(len(c), c.dtype.itemsize) for c in columns]
    if not any(_needs_quotes(c) for c in cells):
        more = cells[1] if more_ids else np.zeros((len(ids), 0), np.uint8)
        out = np.empty(len(values) * (cells[0].shape[1] + more.shape[1] + MOST_BESIDE_IDS), np.uint8)
        return f"{head}\n".encode() + out[: _put_lines(cells[0], more, values, out)].tobytes()
    texts = [[_quoted(x.decode()) for x in c.tolist()] for c in columns]
    lines = (",".join(cells) for cells in zip(*texts, map(str, values.tolist()), strict=True))
    return "\n".join([head, *lines, ""]).encode()


def _quoted(text: str) -> str:
    """A cell as CSV wants it."""
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n') else text


@kernel
def _needs_quotes(cells: Parts) -> bool:
    for row in range(cells.shape[0]):
        for i in range(cells.shape[1]):
            byte = cells[row, i]
            if byte in (COMMA, LF, CR, QUOTE):
                return True
    return False


@kernel
def _put_lines(ids: Parts, more: Parts, values: Ints, out: Parts) -> int:
    """Lines of identifier, further identifier (if it has a width) and number; how many bytes they take."""
    at = 0
    for row in range(len(values)):
        at = _put_text(out, at, ids, row)
        if more.shape[1] > 0:
            at = _put_text(out, at, more, row)
        value, power = values[row], 1
        while value // power >= 10:
            power *= 10
        while power > 0:
            out[at] = ZERO + value // power % 10
            at += 1
            power //= 10
        out[at] = LF
        at += 1
    return at


@kernel
def _put_text(out: Parts, at: int, cells: Parts, row: int) -> int:
    for i in range(cells.shape[1]):
        if cells[row, i] == 0:
            break
        out[at] = cells[row, i]
        at += 1
    out[at] = COMMA
    return at + 1


def write_whole(files: Iterable[tuple[FilePath, bytes]]) -> None:
    """Write files so that each is there whole or as it was before: beside it first, then in its place.

    All of them reach the disk before the first one takes its place. Raises FileFault (unwritable).
    """
    waiting: list[tuple[str, Path]] = []
    try:
        for path, content in files:
            waiting.append((_beside(Path(path), content), Path(path)))
        for temporary, path in waiting:
            os.replace(temporary, path)
    except OSError as error:
        raise FileFault(str(error.filename2 or path), 0, "", "unwritable", reason=error.strerror or "") from None
    finally:
        for temporary, _ in waiting:
            with suppress(FileNotFoundError):
                os.unlink(temporary)


def _beside(path: Path, content: bytes) -> str:
    """A temporary file in the same folder, with the content on the disk and an ordinary file's rights."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fchmod(out.fileno(), path.stat().st_mode if path.exists() else 0o666 & ~_umask())
            os.fsync(out.fileno())
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

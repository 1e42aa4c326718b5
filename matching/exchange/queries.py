"""Reads that importing needs: which county a register belongs to, and its towns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sqlalchemy import select

from matching.exchange.areas import County
from matching.exchange.cells import split, squeezed, text
from matching.exchange.columns import recognise
from matching.exchange.sheets import Table
from matching.exchange.workbook import FileRefused
from matching.extensions import db
from matching.places.models import Area
from matching.places.queries import ancestors, area_names, children

__all__ = ["county_of_register", "load_county"]

SAMPLE = 500


def load_county(code: str) -> County:
    """A county with its towns. Raises FileRefused when the code is no county or its towns are not loaded."""
    area = db.session.get(Area, code)
    if area is None or area.level != "county":
        raise FileRefused("area_unknown")
    towns = {town.code: town.name for town in children(code)}
    if not towns:
        raise FileRefused("divisions_missing")
    chain = ancestors(code)[:-1]
    names = area_names(chain)
    return County(code, area.name, towns, tuple(names[above] for above in chain if above in names))


def county_of_register(tables: Sequence[Table], kind: str, area_code: str) -> County:
    """The county that a register belongs to: the one given, or the one below `area_code` that its own words name.

    Evidence is counted per county: names of its towns in the town columns, in headings and on the sheets' tabs,
    its own name in the title and the addresses, codes of its towns. A tie is no answer: FileRefused (`area_unknown`).
    """
    if len(area_code) >= 6:
        return load_county(area_code[:6])
    found = Counter[str]()
    towns, words, codes = set[str](), list[str](), Counter[str]()
    for table in tables:
        _tell(table, kind, towns, words, codes)
    counted = select(Area.code).where(Area.level == "town", Area.name.in_(sorted(towns)))
    for code in db.session.scalars(counted):
        found[code[:6]] += 2
    counties = dict(db.session.execute(select(Area.code, Area.name).where(Area.level == "county")).all())
    for code, name in counties.items():
        found[code] += sum(name in word for word in words) * 3
    for code, times in codes.items():
        found[code] += min(times, 5) if code in counties else 0
    best = [(score, code) for code, score in found.most_common() if score and code.startswith(area_code)][:2]
    if not best or (len(best) == 2 and best[0][0] == best[1][0]):
        raise FileRefused("area_unknown")
    return load_county(best[0][1])


def _tell(table: Table, kind: str, towns: set[str], words: list[str], codes: Counter[str]) -> None:
    """Add a table's names in the columns of towns, its title and some addresses, county parts of its codes."""
    columns = recognise(table, kind)
    rows = table.rows[::max(1, len(table.rows) // SAMPLE)]

    def values(*fields: str) -> Iterator[str]:
        for field in fields:
            if field in columns:
                yield from (text(row.at(columns[field])) for row in rows)

    towns |= {part for value in values("town", "area") for part in split(value)}
    towns |= {row.town for row in rows if row.town} | {table.sheet}
    words += [*table.texts[:5], *list(dict.fromkeys(values("addr")))[:5]]
    codes.update(squeezed(value)[:6] for value in values("no", "town_code") if squeezed(value)[:9].isdigit())
    codes.update(value[2:8] for value in values("code") if len(value) == 18)

"""Reads on the division tree: names, children, reach, and finding an area by its written name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, or_, select
from sqlalchemy.engine import Engine

from matching.extensions import db, read
from matching.places.divisions import CODE_LENGTHS
from matching.places.models import Area
from matching.places.names import match_name, town_core, village_core, village_kind

_official_names: WeakKeyDictionary[Engine, dict[str, str]] = WeakKeyDictionary()


def within(column: Any, code: str) -> ColumnElement[bool]:
    """SQL condition: the area code in `column` is `code` or lies below it. A range, so that indexes serve.

    Raises ValueError when `code` is no area code: an empty reach must never mean everything.
    """
    last = last_code(code)
    if last == code:  # nothing lies below a village
        return column == code  # type: ignore[no-any-return]
    return and_(column >= code, column <= last)


def within_reach(column: Any) -> ColumnElement[bool]:
    """The same for a statement that is built once: the code comes with `reach` when it is asked."""
    return column.between(bindparam("first_code"), bindparam("last_code"))  # type: ignore[no-any-return]


def reach(code: str) -> dict[str, str]:
    """The values of `within_reach`. Raises ValueError as `within`."""
    return {"first_code": code, "last_code": last_code(code)}


def within_any(column: Any, codes: Collection[str]) -> ColumnElement[bool]:
    """SQL condition: the area code in `column` lies in one of `codes`; false when there are none."""
    return or_(false(), *(within(column, code) for code in codes))


def last_code(code: str) -> str:
    """The last possible code in an area: 350823 → 350823999999. Codes from `code` to it are those below.

    The next area's code would be no border: 350823102 lies between 350823101999 and 350823102000.
    """
    if len(code) not in CODE_LENGTHS or not (code.isascii() and code.isdigit()):
        raise ValueError(f"not an area code: {code!r}")
    return code.ljust(CODE_LENGTHS[-1], "9")


def same_county(one: Any, other: Any) -> ColumnElement[bool]:
    """SQL condition: two area codes, of columns or values, lie in one county."""
    return func.substr(one, 1, 6) == func.substr(other, 1, 6)


def hold_county(code: str) -> None:
    """Let nobody else pass here for the county of an area until the transaction ends.

    Of two that each go on only when the other has not begun, one sees the other's beginning.
    """
    db.session.execute(select(Area.code).where(Area.code == code[:6]).with_for_update(key_share=True))


def ancestors(code: str) -> list[str]:
    """Codes from the province down to the area itself: 350823101 → 35, 3508, 350823, 350823101."""
    return [code[:length] for length in CODE_LENGTHS if length <= len(code)]


def county_of(code: str) -> str:
    """Code of the county an area lies in; empty for a province or city."""
    return code[:6] if len(code) >= 6 else ""


def area(code: str) -> Area | None:
    """The area of a code, or None."""
    return db.session.get(Area, code)


def nearest_point(code: str) -> tuple[float, float, str] | None:
    """Point (WGS-84 degrees) of an area, or of the next area above it that has one up to its county.

    The third value says how well that place is known: village, town or county. None: not even the county's.
    """
    chain = [above for above in ancestors(code) if len(above) >= 6]
    row = db.session.execute(select(Area.lat, Area.lon, Area.precision, Area.level).where(
        Area.code.in_(chain), Area.lat.is_not(None)).order_by(Area.code.desc()).limit(1)).one_or_none()
    return None if row is None else (row.lat, row.lon, row.precision or row.level)


def children(*codes: str) -> list[Area]:
    """The areas right below one area, or several, by code; the provinces for an empty code."""
    parent = Area.parent_code.in_(codes) if len(codes) > 1 else Area.parent_code == (codes[0] or None)
    below = select(Area).where(parent).order_by(Area.code)
    return list(db.session.scalars(below))


def child_names(*codes: str) -> dict[str, str]:
    """Code → name of the areas right below one area, or several, by code."""
    return {row.code: row.name for row in read(_below(codes))}


@lru_cache(maxsize=500)
def _below(codes: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    return select(Area.code, Area.name).where(Area.parent_code.in_(codes)).order_by(Area.code)


def area_names(codes: Iterable[str]) -> dict[str, str]:
    """Code → name for the codes that exist, in one SELECT at most.

    Names of official areas are remembered by the process (they change only with `places load`); local
    communities are read each time, for the transaction that made one may still be rolled back.
    """
    known = _official_names.setdefault(db.engine, {})
    wanted = set(codes)
    names = {code: known[code] for code in wanted & known.keys()}
    missing = wanted - names.keys()
    if missing:
        columns = (Area.code, Area.name, Area.is_local)
        for code, name, is_local in db.session.execute(select(*columns).where(Area.code.in_(missing))):
            names[code] = name
            if not is_local:
                known[code] = name
    return names


def forget_names() -> None:
    """Forget remembered names; called when divisions are loaded anew."""
    _official_names.pop(db.engine, None)


def area_name(code: str) -> str:
    """Name of one area, its code when it is not known."""
    return area_names([code]).get(code, code)


def area_path(code: str, locale: str = "zh_Hans") -> str:
    """Town and village of an area as people say it (临城镇玉女村); for wider areas their own name."""
    return area_paths([code], locale)[code]


def area_paths(codes: Collection[str], locale: str = "zh_Hans") -> dict[str, str]:
    """`area_path` of many areas in one SELECT at most; what a list needs."""
    parts = {code: [above for above in ancestors(code) if len(above) > 6] or [code] for code in codes}
    names = area_names(part for chain in parts.values() for part in chain)
    between = "" if locale.startswith("zh") else " "
    return {code: between.join(names.get(part, part) for part in chain) for code, chain in parts.items()}


def find_town(county_code: str, written_name: str) -> str | None:
    """Code of the town in a county that a written name means, or None.

    The suffix may be missing (临城 = 临城镇), names of areas above may stand in front, full-width and
    blanks are tolerated. Two towns that fit equally: None.
    """
    return match_name(written_name, _names_below(county_code), town_core, in_front=_names_above(county_code))


def find_village(town_code: str, written_name: str) -> str | None:
    """Code of the village or community in a town that a written name means, or None.

    社区, 村, 村委会, 居委会 may be missing; a 社区 is never taken for a 村 of the same name.
    """
    return match_name(
        written_name,
        _names_below(town_code),
        village_core,
        in_front=_names_above(town_code),
        kind=village_kind,
    )


def _names_below(code: str) -> dict[str, str]:
    below = select(Area.code, Area.name).where(Area.parent_code == code).order_by(Area.code)
    return {row.code: row.name for row in db.session.execute(below)}


def _names_above(code: str) -> list[str]:
    chain = ancestors(code)
    names = area_names(chain)
    return [names[above] for above in chain if above in names]

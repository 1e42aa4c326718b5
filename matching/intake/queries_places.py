"""Finding the place that somebody means, by a few typed characters or by a point; only places where somebody can come.

The names of all served counties are kept in the process, with the pinyin under which they are found, and read
again when a place was added or renamed there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Row, func, select
from sqlalchemy.engine import Engine

from matching.extensions import db
from matching.intake.service_owners import served_counties
from matching.pinyin import folded, name_terms
from matching.places.models import Area
from matching.places.names import town_core, village_core
from matching.places.queries import within_any

__all__ = ["NEAR_KM", "Place", "find_places", "nearest_place", "place_of", "the_place"]

NEAR_KM = 30.0
"""A point farther than this from every known place says nothing."""
_KM_A_DEGREE = 111.2
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Place:
    """A town or community: its code, how it is written out, and under which terms it is found, the best first."""

    code: str
    label: str
    exact: frozenset[str]
    terms: frozenset[str]
    lat: float | None
    lon: float | None


_kept: WeakKeyDictionary[Engine, tuple[object, dict[str, Place]]] = WeakKeyDictionary()


def find_places(written: str, limit: int = SHOWN) -> Sequence[Place]:
    """Places that somebody may mean, the likeliest first: by name, town and name, pinyin or its initials."""
    words = [word for word in map(folded, written.split()) if word]
    whole = folded(written)
    if not whole:
        return []
    ranked = ((_rank(place, whole, words), place.code, place) for place in _places().values())
    return [place for rank, _code, place in sorted(
        ((rank, code, place) for rank, code, place in ranked if rank is not None), key=lambda one: one[:2])[:limit]]


def the_place(written: str) -> Place | None:
    """The one place that is meant, None when there is none or more than one."""
    found = find_places(written)
    whole = folded(written)
    exact = [place for place in found if whole in place.exact]
    return exact[0] if len(exact) == 1 else found[0] if len(found) == 1 else None


def place_of(code: str) -> Place | None:
    """The served place of a code."""
    return _places().get(code)


def nearest_place(lat: float, lon: float) -> Place | None:
    """The served place whose own point lies nearest to a point (WGS-84 degrees), at most `NEAR_KM` away."""
    squeeze = math.cos(math.radians(lat))
    found = min(((math.hypot(place.lat - lat, (place.lon - lon) * squeeze), -len(place.code), place.code)
                 for place in _places().values() if place.lat is not None and place.lon is not None), default=None)
    if found is None or found[0] * _KM_A_DEGREE > NEAR_KM:
        return None
    return place_of(found[2])


def _rank(place: Place, whole: str, words: Sequence[str]) -> int | None:
    """0: exactly this; 1: begins so; 2: holds it, or every word of it; None: not meant. Towns before communities."""
    if whole in place.exact:
        return 0
    if any(term.startswith(whole) for term in place.terms):
        return 1
    if all(any(word in term for term in place.terms) for word in words):
        return 2
    return None


def _places() -> dict[str, Place]:
    counties = served_counties()
    if not counties:
        return {}
    here = within_any(Area.code, counties)
    stamp = tuple(db.session.execute(select(func.count(), func.max(Area.created_at), func.sum(func.length(Area.name)),
                                            func.count(Area.lat)).where(here)).one()), tuple(counties)
    kept = _kept.get(db.engine)
    if kept is None or kept[0] != stamp:
        rows = db.session.execute(select(Area.code, Area.name, Area.lat, Area.lon).where(here)).all()
        kept = stamp, {place.code: place for place in _made(rows)}
        _kept[db.engine] = kept
    return kept[1]


def _made(rows: Sequence[Row[str, str, float | None, float | None]]) -> Iterable[Place]:
    named = {row[0]: row[1] for row in rows}
    for row in rows:
        code, name, lat, lon = row
        if len(code) < 9:
            continue
        above = [named[part] for part in (code[:6], code[:9]) if part in named and part != code]
        town = above[-1] if len(code) == 12 and len(above) > 1 else ""
        core = village_core(name) if len(code) == 12 else town_core(name)
        names = {name, core, f"{town}{name}", f"{town_core(town)}{core}" if town else core}
        exact = {folded(written) for written in names if written}
        terms = {term for written in names if written for term in name_terms(folded(written))}
        terms |= {folded("".join((*above, name)))}
        yield Place(code, f"{town} {name}".strip(), frozenset(exact), frozenset(terms), lat, lon)

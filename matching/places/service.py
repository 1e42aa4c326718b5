"""Changes to the division tree: loading it, adding communities, setting points. Nothing here commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from matching.actor import Actor
from matching.audit.service import record
from matching.errors import Conflict, Invalid, NotThere
from matching.extensions import db
from matching.places.coordinates import outside_china
from matching.places.divisions import LEVEL_OF_LENGTH, Division, parent_of, read_divisions
from matching.places.gazetteer import Point, county_points, town_points
from matching.places.models import PRECISIONS, Area
from matching.places.names import display_village, match_name, village_core, village_kind
from matching.places.queries import children, forget_names

FIRST_LOCAL, LAST_LOCAL = 900, 999


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading changed, in rows."""

    created: int
    renamed: int
    pointed: int
    unchanged: int


def load_divisions(divisions: Iterable[Division], points: Mapping[str, Point], now: datetime) -> Loaded:
    """Bring the tree up to `divisions` (parents before children), with own points for counties and towns.

    Areas are added and renamed, never deleted: files and offers hang on them. A point is only filled in
    where there is none, so what an officer has set stays. Loading the same again changes nothing.
    """
    columns = (Area.code, Area.name, Area.is_local, Area.lat)
    stored = {row.code: row for row in db.session.execute(select(*columns))}
    new, renamed, pointed, unchanged = [], [], [], 0
    for division in divisions:
        old = stored.get(division.code)
        place = _place(division, points.get(division.code))
        if old is None:
            new.append({"code": division.code, "name": division.name, "level": division.level, **place,
                        "parent_code": parent_of(division.code), "is_local": False, "created_at": now})
            continue
        changes = old.name != division.name, old.lat is None and place["lat"] is not None
        if changes[0]:
            renamed.append({"code": division.code, "name": division.name})
        if changes[1]:
            pointed.append({"code": division.code, **place})
        unchanged += not any(changes)
    if new:
        db.session.execute(insert(Area), new)
    for changed in (renamed, pointed):
        if changed:
            db.session.execute(update(Area), changed)
    forget_names()
    return Loaded(len(new), len(renamed), len(pointed), unchanged)


def load_country(folder: Path, villages_of: Sequence[str], now: datetime) -> Loaded:
    """Load the published divisions of the country with the packages' points; villages for some areas only.

    Takes about eight seconds, most of it for the towns' points. Raises FileNotFoundError without the files.
    """
    divisions = list(read_divisions(folder, villages_of=villages_of))
    towns = {division.code: division.name for division in divisions if division.level == "town"}
    return load_divisions(divisions, {**county_points(), **town_points(towns)}, now)


def local_community(town_code: str, name: str, now: datetime) -> Area:
    """The community of this name under a town; created with a local code (900–999) when it is missing.

    Two people who add the same community at once get the same one: the codes are taken in order, so the
    second insert meets the first one's code, waits, and then finds its name.
    Raises NotThere when the town is not known, Invalid without a name, Conflict when all local codes of
    the town are used.
    """
    if db.session.get(Area, town_code) is None or LEVEL_OF_LENGTH.get(len(town_code)) != "town":
        raise NotThere
    name = display_village(name)
    if not name:
        raise Invalid(_("请填写村社的名称。"), field="village")
    while True:
        below = {area.code: area for area in children(town_code)}
        names = {code: area.name for code, area in below.items()}
        if found := match_name(name, names, village_core, kind=village_kind):
            return below[found]
        number = max([int(code[-3:]) + 1 for code in below if below[code].is_local], default=FIRST_LOCAL)
        if number > LAST_LOCAL:
            raise Conflict(_("这个镇的本地村社编码已经用完，请先合并重复的村社。"))
        community = Area(code=f"{town_code}{number}", name=name, level="village", parent_code=town_code,
                         is_local=True, created_at=now)
        try:
            with db.session.begin_nested():
                db.session.add(community)
        except IntegrityError:
            continue  # somebody else took this code meanwhile: look again
        return community


def set_point(code: str, lat: float, lon: float, precision: str, actor: Actor | None, now: datetime) -> bool:
    """Set the own point of an area in the actor's reach, as an officer does on a map; True when it changed.

    `actor` None: an import from the command line. Raises NotThere outside the actor's reach, Invalid for a
    point outside China, ValueError for an unknown precision.
    """
    area = db.session.get(Area, code)
    if area is None or (actor is not None and not actor.reaches(code)):
        raise NotThere
    if precision not in PRECISIONS:
        raise ValueError(f"no such precision: {precision!r}")
    if outside_china(lat, lon):
        raise Invalid(_("这个点不在中国境内，经度和纬度是不是写反了？"), field="lat")
    if (area.lat, area.lon, area.precision) == (lat, lon, precision):
        return False
    area.lat, area.lon, area.precision = lat, lon, precision
    record(actor, "area.set_point", now, object_type="area", area_code=code, changes={"precision": precision})
    return True


def _place(division: Division, point: Point | None) -> dict[str, float | str | None]:
    if point is None:
        return {"lat": None, "lon": None, "precision": None}
    return {"lat": point[0], "lon": point[1], "precision": division.level}

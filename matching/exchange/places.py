"""Turns a list of towns and villages with their points into records."""

from __future__ import annotations

from collections.abc import Sequence

from matching.exchange.areas import County
from matching.exchange.cells import Cell, text
from matching.exchange.columns import Choices
from matching.exchange.joining import join
from matching.exchange.offers import read_point
from matching.exchange.register import Faults, PlaceRow, PlacesRegister
from matching.exchange.sheets import Table
from matching.exchange.vocabulary import is_nothing
from matching.exchange.workbook import FileRefused

__all__ = ["read_places"]


def read_places(tables: Sequence[Table], county: County, choices: Choices | None = None) -> PlacesRegister:
    """Read a list of points. A row without a town of the county or without a point is rejected."""
    joined = join(tables, "places", county, choices)
    columns = joined.columns
    if not {"lat", "lon"} <= columns.keys() or not {"town", "town_code"} & columns.keys():
        raise FileRefused("columns_missing")
    faults = Faults(joined)
    places: dict[tuple[str, str], PlaceRow] = {}
    for row in joined.table.rows:
        at: dict[str, Cell] = {field: row.at(column) for field, column in columns.items()}
        written = text(at.get("town_code")) or text(at.get("town"))
        code = county.town(written) or county.town(text(at.get("town")))
        if code is None:
            faults.reject(row.number, "town", "foreign_area", text(at.get("town")) or written)
            continue
        lat, lon = read_point(row, at, faults)
        if lat is None or lon is None:
            faults.reject(row.number, "lat", "no_point")
            continue
        village = "" if is_nothing(text(at.get("village"))) else text(at.get("village"))
        if (code, village) in places:
            faults.reject(row.number, "village" if village else "town", "row_twice", village)
            continue
        places[code, village] = PlaceRow(row.number, code, village, lat, lon)
    return PlacesRegister(joined, tuple(faults.found), tuple(places.values()))

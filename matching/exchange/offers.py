"""Turns a table of offers into records: who gives what, how much, where, to whom and when."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from matching.exchange.areas import County
from matching.exchange.cells import Cell, number, read_date, split, squeezed, text, whole
from matching.exchange.columns import Choices
from matching.exchange.identity import masked, read_credit_code, read_phone
from matching.exchange.joining import join
from matching.exchange.register import Faults, OfferRow, OffersRegister
from matching.exchange.sheets import Column, Row, Table
from matching.exchange.vocabulary import is_nothing, lexicon
from matching.exchange.wants import help_type_of
from matching.exchange.workbook import FileRefused

__all__ = ["read_offers", "read_point"]

_KINDS = {"1": "department", "3": "agency", "51": "charity", "52": "agency", "53": "charity", "9": "enterprise"}
"""Kind of organisation by the first digits of a credit code (GB 32100: registering body and class)."""


def read_offers(tables: Sequence[Table], county: County, choices: Choices | None = None) -> OffersRegister:
    """Read a register of offers. Raises FileRefused when organisation, kind of help or quantity are not found."""
    joined = join(tables, "offers", county, choices)
    columns = joined.columns
    if not {"org", "qty"} <= columns.keys() or not {"type", "project"} & columns.keys():
        raise FileRefused("columns_missing")
    faults = Faults(joined)
    offers = []
    names: dict[str, list[str]] = {}
    for row in joined.table.rows:
        offer = _offer(row, columns, county, faults)
        if offer is None:
            continue
        offers.append(offer)
        if offer.credit_code and offer.organisation not in names.setdefault(offer.credit_code, []):
            names[offer.credit_code].append(offer.organisation)
    return OffersRegister(joined, tuple(faults.found), tuple(offers),
                          {code: tuple(written) for code, written in names.items()})


def _offer(row: Row, columns: Mapping[str, Column], county: County, faults: Faults) -> OfferRow | None:
    """One offer, or None when its row is rejected (the reason is in `faults`)."""
    at: dict[str, Cell] = {field: row.at(column) for field, column in columns.items()}
    organisation, title = squeezed(at["org"]), text(at.get("project"))
    help_type = help_type_of(text(at["type"])) if not is_nothing(text(at.get("type"))) else help_type_of(title)
    capacity = whole(at["qty"])
    for field, kind, fails in (("org", "no_organisation", is_nothing(organisation)),
                               ("type", "type_unknown", help_type is None),
                               ("qty", "quantity_unknown", capacity is None)):
        if fails:
            faults.reject(row.number, field, kind, text(at.get(field)))
            return None
    code, fault = read_credit_code(at.get("code"))
    if fault:
        faults.warn(row.number, "code", fault, text(at["code"]))
    unit = text(at.get("unit")) or re.sub(r"[\d,.\s]+", "", text(at["qty"]))
    town = county.town_in(text(at.get("addr")))
    reach, radius, towns = _reach(row, at, county, faults)
    lat, lon = read_point(row, at, faults)
    starts, ends, period_certain = _period(row, at, faults)
    provides, only_for, other = _conditions(at.get("cond"))
    return OfferRow(
        row=row.number, organisation=organisation, organisation_kind=_kind(text(at.get("otype")), code, organisation),
        credit_code=code, title=title or organisation, help_type=help_type or "", capacity=_in_units(capacity, unit),
        unit=unit.removeprefix("万"), reach=reach, radius_km=radius, town_codes=towns, address=text(at.get("addr")),
        address_town=town, lat=lat, lon=lon, provides=provides, only_for=only_for, other_conditions=other,
        starts_on=starts, ends_on=ends, period_certain=period_certain, contact_name=squeezed(at.get("contact")),
        contact_phone=_phone(row, at, faults), note=text(at.get("note")))


def _in_units(capacity: int | None, unit: str) -> int:
    return (capacity or 0) * (10000 if unit.startswith("万") else 1)


def _phone(row: Row, at: Mapping[str, Cell], faults: Faults) -> str | None:
    reading = read_phone(at.get("phone"))
    if reading.fault:
        faults.warn(row.number, "phone", reading.fault, masked(text(at["phone"])))
    return reading.number


def _kind(written: str, code: str | None, name: str) -> str:
    """Kind of an organisation: by the register's word, else by its credit code, else by its name."""
    if found := lexicon("organisation").find(written):
        return found
    if code:
        return _KINDS.get(code[:2]) or _KINDS.get(code[0]) or "charity"
    if re.search("公司|厂|店|合作社|集团|银行", name):
        return "enterprise"
    if re.search("社会工作|社工", name):
        return "agency"
    return "department" if re.search("局|办公室|委员会|政府|中心$|学校|医院", name) else "charity"


def _reach(row: Row, at: Mapping[str, Cell], county: County, faults: Faults
           ) -> tuple[str, float | None, tuple[str, ...]]:
    """(reach, kilometres, town codes): named towns go before a radius; nothing told is the fault no_reach."""
    area = text(at.get("area"))
    if not is_nothing(area):
        if everywhere := lexicon("everywhere").find(area):
            return everywhere, None, ()
        codes = {part: county.town(part) for part in split(area)}
        if area == county.name or all(part == county.name for part in codes):
            return "county", None, ()
        if unknown := [part for part, code in codes.items() if code is None]:
            faults.warn(row.number, "area", "area_unknown", "、".join(unknown))
        if known := tuple(dict.fromkeys(code for code in codes.values() if code)):
            return "areas", None, known
    radius = _kilometres(at.get("radius"))
    if radius is not None:
        return "radius", radius, ()
    if lexicon("everywhere").find(text(at.get("radius"))):
        return "county", None, ()
    if is_nothing(area):
        faults.warn(row.number, "radius" if "radius" in at else "area", "no_reach", text(at.get("radius")))
    return "", None, ()


def _kilometres(cell: Cell) -> float | None:
    """A radius in kilometres (15, 15公里, 800米), or None."""
    match = re.fullmatch(r"([\d.,]+)(公里|千米|KM|米|M|里)?(以内|内|范围内)?", re.sub(r"\s", "", text(cell)).upper())
    value = number(match[1]) if match else None
    if match is None or value is None or value <= 0:
        return None
    return float(value) * {"米": 0.001, "M": 0.001, "里": 0.5}.get(match[2] or "", 1.0)


def read_point(row: Row, at: Mapping[str, Cell], faults: Faults) -> tuple[float | None, float | None]:
    """Latitude and longitude in WGS-84 degrees, both or none.

    Swapped ones are certain in China (latitudes 3 to 54, longitudes 73 to 136): they are put right, with a
    warning (`lonlat_swapped`); others out of range are left empty (`lonlat_unknown`).
    """
    lat, lon = (number(text(at.get(field)).rstrip("°NEne度")) for field in ("lat", "lon"))
    if is_nothing(text(at.get("lat"))) and is_nothing(text(at.get("lon"))):
        return None, None
    if lat is not None and lon is not None:
        if 3 <= lat <= 54 and 73 <= lon <= 136:
            return float(lat), float(lon)
        if 3 <= lon <= 54 and 73 <= lat <= 136:
            faults.warn(row.number, "lon", "lonlat_swapped", f"{lat}, {lon}")
            return float(lon), float(lat)
    faults.warn(row.number, "lat" if lat is None else "lon", "lonlat_unknown")
    return None, None


def _period(row: Row, at: Mapping[str, Cell], faults: Faults) -> tuple[date | None, date | None, bool]:
    """First day, last day, and whether they make sense; an end before the start is left empty (`period_reversed`)."""
    days: dict[str, date | None] = {}
    for field in ("start", "end"):
        reading = read_date(at.get(field))
        if reading.fault and not re.search("长期|永久|不限", text(at.get(field))):
            faults.warn(row.number, field, reading.fault, text(at.get(field)))
        days[field] = reading.on
        if field == "end" and reading.on and not reading.has_day:
            days[field] = _last_of_month(reading.on)
    if days["start"] and days["end"] and days["end"] < days["start"]:
        faults.warn(row.number, "end", "period_reversed", days["end"].isoformat())
        return days["start"], None, False
    return days["start"], days["end"], True


def _last_of_month(day: date) -> date:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def _conditions(cell: Cell) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """(provides, only_for, other words) of a cell of conditions; words without a code are kept as written."""
    found: dict[str, list[str]] = {"provides": [], "only_for": [], "": []}
    for part in split(text(cell)):
        if is_nothing(part):
            continue
        meaning = lexicon("condition").find(part)
        if meaning is None:
            found[""].append(part)
        elif meaning:
            group, _, code = meaning.partition(":")
            found[group].append(code)
    return tuple(dict.fromkeys(found["provides"])), tuple(dict.fromkeys(found["only_for"])), tuple(found[""])

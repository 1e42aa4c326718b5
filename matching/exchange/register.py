"""What reading a register yields: records, faults and structure, before anything touches a database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from matching.exchange.joining import Joined, row_in_sheet
from matching.exchange.sheets import Column, Row, Table, letter_of

__all__ = ["Duplicate", "Fault", "Faults", "HouseholdRow", "HouseholdsRegister", "MemberRow", "NeedRow", "OfferRow",
           "OffersRegister", "PlaceRow", "PlacesRegister", "fault_of"]

Verdict = Literal["warning", "reject"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in one cell. `shown` is the value as a message may show it: personal values are masked.

    `row` tells sheets apart (see `joining`), `sheet_row` is the number that the sheet itself shows.
    """

    sheet: str
    row: int
    column: str
    field: str
    kind: str
    verdict: Verdict
    shown: str = ""

    @property
    def sheet_row(self) -> int:
        """The row's number in its sheet, first line = 1."""
        return row_in_sheet(self.row)


class Faults:
    """Collects the faults of one register."""

    def __init__(self, joined: Joined) -> None:
        self._joined = joined
        self.found: list[Fault] = []
        self.at: Row | None = None
        """The row that is being read: it may know where its values stood."""

    def add(self, row: int, field_name: str, kind: str, verdict: Verdict, shown: str = "") -> None:
        """Note a fault of a row in the column of a field (no column letter when its sheet lacks it)."""
        fault = fault_of(self._joined, row, field_name, kind, verdict, shown)
        column = self._joined.columns.get(field_name)
        if self.at is not None and self.at.number == row and column is not None and column.index in self.at.origins:
            fault = replace(fault, column=letter_of(self.at.origins[column.index]))
        self.found.append(fault)

    def warn(self, row: int, field_name: str, kind: str, shown: str = "") -> None:
        """Note that a value was left empty or repaired; the row is imported."""
        self.add(row, field_name, kind, "warning", shown)

    def reject(self, row: int, field_name: str, kind: str, shown: str = "") -> None:
        """Note that a row is not imported."""
        self.add(row, field_name, kind, "reject", shown)


def fault_of(joined: Joined, row: int, field_name: str, kind: str, verdict: Verdict, shown: str = "") -> Fault:
    """A fault with its sheet and the letter of its column there."""
    part = joined.part(row)
    column = part.columns.get(field_name)
    return Fault(part.sheet, row, column.letter if column else "", field_name, kind, verdict, shown[:40])


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One person's row. Codes are those of `words/values.json`; a word without a code stands as written."""

    row: int
    name: str
    relation: str = ""
    identity_number: str | None = None
    certificate: str | None = None
    phone: str | None = None
    phone_kind: str = ""
    illness: str = ""
    born_on: date | None = None
    sex: str = ""
    health: str = ""
    disability_kind: str = ""
    disability_grade: int | None = None
    work_ability: str = ""
    employment: str = ""
    school_stage: str = ""
    child_kind: str = ""
    monthly_income_fen: int | None = None
    policies: tuple[str, ...] = ()
    bank_account: str = ""


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One need. `quantity` is in the natural unit of its help type; `reported_on` None means not told."""

    help_type: str
    quantity: int
    urgency: int = 2
    reported_on: date | None = None
    asks: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """One household. `members` are the people who belong to it, `also_listed` those listed elsewhere before.

    `number` is empty when the register gives none that lasts; `category` is empty when it is not told or not known.
    """

    number: str
    town_code: str
    village: str
    head_name: str
    address: str
    category: str
    residence: str
    cause: str
    housing: str
    support: str
    note: str
    registered_on: date | None
    members: tuple[MemberRow, ...]
    also_listed: tuple[MemberRow, ...]
    needs: tuple[NeedRow, ...]

    @property
    def first_row(self) -> int:
        """The sheet row that stands for the household itself."""
        return min(member.row for member in self.members + self.also_listed)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """One person listed in several households: the sheet rows and the household numbers, in order."""

    rows: tuple[int, ...]
    households: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Register:
    joined: Joined
    faults: tuple[Fault, ...]

    @property
    def table(self) -> Table:
        """All data rows under one header."""
        return self.joined.table

    @property
    def columns(self) -> dict[str, Column]:
        """Field → column."""
        return self.joined.columns

    @property
    def rejected_rows(self) -> frozenset[int]:
        """Sheet rows that are not imported."""
        return frozenset(fault.row for fault in self.faults if fault.verdict == "reject")

    @property
    def warned_rows(self) -> frozenset[int]:
        """Sheet rows that are imported with at least one warning."""
        return frozenset(fault.row for fault in self.faults) - self.rejected_rows


@dataclass(frozen=True, slots=True)
class HouseholdsRegister(_Register):
    """A register of households as read."""

    households: tuple[HouseholdRow, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()

    @property
    def people(self) -> int:
        """People, each counted once."""
        return sum(len(household.members) for household in self.households)


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One offer and who gives it. `reach`: radius, areas, county, country or empty (not told)."""

    row: int
    organisation: str
    organisation_kind: str
    credit_code: str | None
    title: str
    help_type: str
    capacity: int
    unit: str
    reach: str
    radius_km: float | None
    town_codes: tuple[str, ...]
    address: str
    address_town: str | None
    lat: float | None
    lon: float | None
    provides: tuple[str, ...]
    only_for: tuple[str, ...]
    other_conditions: tuple[str, ...]
    starts_on: date | None
    ends_on: date | None
    period_certain: bool = True
    contact_name: str = ""
    contact_phone: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class OffersRegister(_Register):
    """A register of offers as read; `names` maps each credit code to every name it appears under."""

    offers: tuple[OfferRow, ...] = ()
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One point that an officer set: of a town (`village` empty) or of a village. WGS-84 degrees."""

    row: int
    town_code: str
    village: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class PlacesRegister(_Register):
    """A list of points as read."""

    places: tuple[PlaceRow, ...] = ()

"""Rows of files as an import handles them: numbered, and compared for the preview."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from matching.crypto import Sealed, blind_of, keyring
from matching.exchange.identity import masked
from matching.exchange.register import HouseholdRow
from matching.exchange.report import Changed
from matching.households.models import Household, Member, Need
from matching.households.service_changes import FOLLOWING, OBJECT_TYPES, state

__all__ = ["Kept", "changes_of", "listed", "own_numbers"]

NUMBERS = frozenset({"identity_number", "certificate", "phone", "bank_account"})
HIDDEN = "···"
Kept = Household | Member | Need


def own_numbers(row: HouseholdRow, retired: Sequence[bytes] = ()) -> list[str]:
    """The numbers that a household without one of its own may have here, under each key, newest first.

    The same household in the same register gets the same number again; it tells nothing about the household.
    `retired`: blind secrets of keys that were taken out, under which a number may have been given once.
    """
    head = row.members[0].identity_number if row.members else None
    told = head or f"{row.village}|{row.head_name}|{row.address}"
    blinds = [*keyring().blinds(told), *(blind_of(told, secret) for secret in retired)]
    return [f"{row.town_code}-{blind[:10]}" for blind in blinds]


def listed(number: str | list[str]) -> list[str]:
    """One number or several as a list."""
    return [number[:40]] if isinstance(number, str) else number


def changes_of(row: HouseholdRow, household: Household, before: Sequence[tuple[Kept, dict[str, Any]]],
               people: Sequence[Member], needs: Sequence[Need]) -> Iterator[Changed]:
    """What a row of a register changes in a file that is there, as a preview may show it."""
    for kept, was in before:
        now = state(kept)
        fields = tuple((name, shown(kept, name, was[name]), shown(kept, name, now.get(name))) for name in was
                       if was[name] != now.get(name) and name not in FOLLOWING)
        if "household_id" in was:
            fields = (("household", "", household.number), *fields)
        if fields:
            yield Changed(row.first_row, household.number, household.head_name, OBJECT_TYPES[type(kept)],
                          _name(kept), fields)
    made: list[Kept] = [*people, *needs]
    for new in made:
        yield Changed(row.first_row, household.number, household.head_name, OBJECT_TYPES[type(new)], _name(new),
                      (("", None, True),))


def _name(row: Kept) -> str:
    return row.help_type if isinstance(row, Need) else row.name if isinstance(row, Member) else row.head_name


def shown(row: Kept, name: str, value: Any) -> Any:
    """A value as a preview may show it: numbers masked, what is sealed otherwise only that it is there."""
    if value in (None, "", []):
        return None
    if name in NUMBERS:
        return f"****{masked(str(value)).lstrip('*')}"
    return HIDDEN if isinstance(vars(type(row)).get(name), Sealed) else value

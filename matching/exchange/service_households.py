"""Applies a register of households: files, members and needs, all in the caller's transaction.

The register's word goes before what the file says, but an empty or unreadable cell never takes anything away,
nothing is deleted, and a need that pairings hold never shrinks below what they hold.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import selectinload

from matching.actor import Actor
from matching.clock import day_of
from matching.crypto import keyring
from matching.exchange.areas import County
from matching.exchange.register import (
    Duplicate,
    HouseholdRow,
    HouseholdsRegister,
    MemberRow,
    NeedRow,
    fault_of,
)
from matching.exchange.report import Outcome
from matching.exchange.service_places import Communities, changed_fields, place_at
from matching.extensions import db
from matching.households.models import Household, Member, Need, TimelineEntry
from matching.words import UNITS

__all__ = ["apply_households"]

CHUNK = 250
_SAME_NAME = ("relation", "certificate", "phone", "illness", "born_on", "sex", "health", "disability_kind",
              "disability_grade", "work_ability", "employment", "school_stage", "child_kind", "monthly_income_fen")


def apply_households(register: HouseholdsRegister, county: County, actor: Actor | None, now: datetime) -> Outcome:
    """Create and update the files of a register. Imported files count as verified: the register is the county's own.

    Persons whose number stands in another file of the county that the register does not correct are not
    entered twice; they are reported as duplicates.
    """
    applier = _Applier(register, county, actor, now)
    for start in range(0, len(register.households), CHUNK):
        with db.session.no_autoflush:
            applier.apply(register.households[start:start + CHUNK])
    return applier.outcome


@dataclass(frozen=True, slots=True)
class _Entered:
    """What one household of the register brought: its file, changed fields, new people and new needs."""

    household: Household
    is_new: bool
    changed: list[str]
    people: list[Member]
    needs: list[Need]


class _Applier:
    """The state of one import: caches, outcome, and who acts when."""

    def __init__(self, register: HouseholdsRegister, county: County, actor: Actor | None, now: datetime) -> None:
        self.register, self.county, self.actor, self.now = register, county, actor, now
        self.outcome = Outcome()
        self.communities = Communities(county, now, self.outcome)
        self.numbers = {household.number for household in register.households}

    def apply(self, rows: Sequence[HouseholdRow]) -> None:
        """Bring one chunk of households into the database."""
        known = self._known(rows)
        elsewhere = self._people_known(rows)
        entered: list[_Entered] = []
        for row in rows:
            household = known.get(row.first_row)
            new = household is None
            household = household or self._new(row)
            self._write(household, row)
            db.session.add(household)  # only now: entering a community flushes what is already there
            people = self._members(household, row, elsewhere)
            needs = self._needs(household, row, new)
            changed = [] if new else changed_fields(household)
            if changed:
                household.updated_at = self.now
            if new or changed or needs:
                (self.outcome.created if new else self.outcome.updated).add(row.first_row)
            entered.append(_Entered(household, new, changed, people, needs))
        db.session.flush()
        self._enter(entered)

    def _known(self, rows: Sequence[HouseholdRow]) -> dict[int, Household]:
        """First sheet row → the household's file, found by its number, else by its people's numbers."""
        wanted = select(Household).where(Household.county_code == self.county.code).options(
            selectinload(Household.members), selectinload(Household.needs))
        numbered = {household.number: household for household in db.session.scalars(
            wanted.where(Household.number.in_([row.number for row in rows if row.number])).with_for_update())}
        found = {row.first_row: numbered[row.number] for row in rows if row.number in numbered}
        for row in rows:
            if not row.number and (blinds := [b for member in row.members for b in _blinds(member)]):
                file = db.session.scalar(wanted.join(Household.members).where(
                    Member.identity_number_blind.in_(blinds)).limit(1))
                if file is not None:
                    found[row.first_row] = file
        return found

    def _people_known(self, rows: Sequence[HouseholdRow]) -> dict[str, tuple[Member, str]]:
        """Blind index → (member, household number) of the register's people who stand in any file of the county."""
        blinds = [blind for row in rows for member in row.members for blind in _blinds(member)]
        found = db.session.execute(select(Member, Household.number).join(Member.household).where(
            Member.identity_number_blind.in_(blinds), Household.county_code == self.county.code))
        return {member.identity_number_blind or "": (member, number) for member, number in found}

    def _new(self, row: HouseholdRow) -> Household:
        """An empty file. A household without a number in the register gets one of its own."""
        return Household(
            number=row.number or f"{row.town_code}-{secrets.token_hex(3)}", county_code=self.county.code,
            head_name=row.head_name, category=row.category or "none", status="verified", precision=None,
            created_at=self.now, updated_at=self.now)

    def _write(self, household: Household, row: HouseholdRow) -> None:
        area_code, full = self.communities.code(row.town_code, row.village)
        if full:
            self._warn(row.first_row, "village", "village_full", row.village)
        place_at(household, area_code, self.communities)
        head = next((member for member in row.members if member.relation == "head"), None)
        phone = (head or next(iter(row.members), None))
        told: dict[str, Any] = {
            "head_name": row.head_name[:60], "category": row.category, "residence": row.residence,
            "cause": row.cause[:40], "housing": row.housing[:40], "support": row.support[:20],
            "registered_on": row.registered_on, "address": row.address, "note": row.note,
            "phone": phone.phone if phone else None, "bank_account": head.bank_account if head else ""}
        _set(household, told)

    def _members(self, household: Household, row: HouseholdRow, elsewhere: dict[str, tuple[Member, str]]
                 ) -> list[Member]:
        """Bring the people to what the register says; returns the new ones, not yet in the session."""
        free = list(household.members) if household.id else []
        new = []
        for position, told in enumerate(row.members, start=1):
            member = _match(told, free)
            if member is None and (taken := _first_known(told, elsewhere)) is not None:
                if taken[1] not in self.numbers:
                    self.outcome.duplicates.append(Duplicate((told.row,), (taken[1], household.number)))
                    continue
                member = taken[0]  # the register itself now lists this person here: it has moved
                household.members.append(member)
                self.outcome.updated.add(told.row)
            if member is None:
                member = Member(name=told.name[:60], position=position)
                new.append(member)
                self.outcome.created.add(told.row)
            else:
                free = [other for other in free if other is not member]
            if _write_member(member, told):
                self.outcome.updated.add(told.row)
        return new

    def _needs(self, household: Household, row: HouseholdRow, is_new: bool) -> list[Need]:
        """Bring the needs to what the register says; returns the new ones, not yet in the session."""
        known = {} if is_new else {(need.help_type, need.sequence): need for need in household.needs}
        new, counts = [], dict.fromkeys(UNITS, 0)
        for told in row.needs:
            counts[told.help_type] += 1
            need = known.get((told.help_type, counts[told.help_type]))
            if need is None:
                need = Need(help_type=told.help_type, sequence=counts[told.help_type], quantity=told.quantity,
                            unit=UNITS[told.help_type], urgency=told.urgency, asks=list(told.asks),
                            traits=list(told.traits), created_at=self.now,
                            reported_on=told.reported_on or day_of(self.now))
                new.append(need)
            elif need.status == "open" and self._change_need(need, told, row.first_row):
                self.outcome.updated.add(row.first_row)
        return new

    def _change_need(self, need: Need, told: NeedRow, row: int) -> bool:
        """Whether the register changed an open need.

        Growing older is no change; traits that are only missing now take nothing away.
        """
        if told.quantity < need.given:
            self._warn(row, "qty", "below_given", str(need.given))
        wanted: dict[str, Any] = {"quantity": max(told.quantity, need.given), "urgency": told.urgency,
                                  "asks": list(told.asks), "reported_on": told.reported_on or need.reported_on}
        if set(told.traits) - {"over60", "under60"} - set(need.traits):
            wanted["traits"] = list(told.traits)
        changes = {name: value for name, value in wanted.items() if getattr(need, name) != value}
        for name, value in changes.items():
            setattr(need, name, value)
        return bool(changes)

    def _enter(self, entered: Sequence[_Entered]) -> None:
        """Write new people, new needs and what happened, many rows at a time; the households have their ids."""
        db.session.flush()
        for model, rows in ((Member, [(e.household, row) for e in entered for row in e.people]),
                            (Need, [(e.household, row) for e in entered for row in e.needs])):
            if rows:
                db.session.execute(insert(model), [_values(row) | {"household_id": home.id} for home, row in rows])
        events = [event for e in entered for event in self._events(e)]
        if events:
            db.session.execute(insert(TimelineEntry), events)
        for e in entered:
            if not e.is_new and (e.people or e.needs):
                db.session.expire(e.household, ["members", "needs"])

    def _events(self, entered: _Entered) -> Iterator[dict[str, Any]]:
        """Entries for a household's story: that it came in or changed, and each new need."""
        story = {"household_id": entered.household.id, "at": self.now,
                 "actor_name": self.actor.name if self.actor else "",
                 "actor_role": str(self.actor.role) if self.actor else "system"}
        if entered.is_new:
            yield story | {"kind": "household.imported", "data": {}}
        elif entered.changed:
            yield story | {"kind": "household.edited", "data": {"fields": entered.changed}}
        for need in entered.needs:
            yield story | {"kind": "need.imported", "data": {
                "help_type": need.help_type, "quantity": need.quantity, "unit": need.unit}}

    def _warn(self, row: int, field: str, kind: str, shown: str) -> None:
        self.outcome.faults.append(fault_of(self.register.joined, row, field, kind, "warning", shown))


def _values(row: Member | Need) -> dict[str, Any]:
    """All columns of a row that is not in the session, with the models' defaults, for an insert of many."""
    values: dict[str, Any] = {}
    for column in type(row).__table__.columns:
        if column.primary_key:
            continue
        value = getattr(row, column.key)
        if value is None and column.default is not None:
            default: Any = column.default.arg
            value = default(None) if callable(default) else default
        values[column.key] = value
    return values


def _blinds(told: MemberRow) -> list[str]:
    return keyring().blinds(told.identity_number) if told.identity_number else []


def _first_known(told: MemberRow, elsewhere: dict[str, tuple[Member, str]]) -> tuple[Member, str] | None:
    return next((elsewhere[blind] for blind in _blinds(told) if blind in elsewhere), None)


def _match(told: MemberRow, free: Sequence[Member]) -> Member | None:
    """The member of a file who is this person: by number, else the only one of this name without another number."""
    blinds = _blinds(told)
    by_number = next((member for member in free if member.identity_number_blind in blinds), None)
    if by_number is not None:
        return by_number
    named = [member for member in free if member.name == told.name
             and not (blinds and member.identity_number_blind)]
    return named[0] if named else None


def _write_member(member: Member, told: MemberRow) -> bool:
    """Bring a person's entry to what the register tells; whether an entry that was there before changed."""
    is_new = member.id is None
    values = {name: getattr(told, name) for name in _SAME_NAME}
    values |= {"name": told.name[:60], "identity_number": told.identity_number, "policies": list(told.policies)}
    for name, limit in _LIMITS:
        values[name] = values[name][:limit]
    changed = _set(member, values)
    return bool(changed) and not is_new


_LIMITS = (("relation", 20), ("health", 20), ("disability_kind", 20), ("work_ability", 20), ("employment", 40),
           ("school_stage", 20), ("child_kind", 40))


def _set(row: Household | Member, told: dict[str, Any]) -> list[str]:
    """Set the fields that are told and differ; returns their names. Empty values never take anything away."""
    changed = [name for name, value in told.items()
               if value not in (None, "", []) and getattr(row, name) != value]
    for name in changed:
        setattr(row, name, told[name])
    return changed

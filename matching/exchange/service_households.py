"""Applies a register of households: files, members and needs, in one transaction or in many short turns (`turns`).

The register's word goes before what the file says, but an empty or unreadable cell never takes anything away,
nothing is deleted, and a need that pairings hold never shrinks below what they hold. What an officer brings stays
within that officer's reach. A rehearsal reckons the same outcome and writes nothing, so that nobody has to wait for it.

In turns, a chunk is reckoned first, as in a rehearsal: its new files are sealed and ready before the write lock is
taken, files that change are read again under it, and where nothing changes nobody waits at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager, selectinload

from matching.actor import Actor
from matching.clock import day_of
from matching.conditions import PERSON, without
from matching.crypto import keyring, retired_secrets
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
from matching.exchange.service_batches import Fresh, insert_fresh
from matching.exchange.service_places import Communities, place_at
from matching.exchange.service_rows import Kept, changes_of, listed, own_numbers
from matching.exchange.turns import Turns
from matching.extensions import db
from matching.households.models import Household, Member, Need, TimelineEntry
from matching.households.service_changes import keep, keep_all, state_before
from matching.households.service_names import key_files
from matching.words import UNITS

__all__ = ["apply_households"]

CHUNK, CHUNK_IN_TURNS = 250, 60
"""Households at a time; in turns so few that others wait a tenth of a second at most."""
TRIES = 3
Elsewhere = dict[str, tuple[Member, str]]
"""Blind index → a person of the county and the number of the household's file."""
_SAME_NAME = ("relation", "certificate", "phone", "illness", "born_on", "sex", "health", "disability_kind",
              "disability_grade", "work_ability", "employment", "school_stage", "child_kind", "monthly_income_fen")


def apply_households(register: HouseholdsRegister, county: County, actor: Actor | None, now: datetime, *,
                     turns: Turns, rehearse: bool = False, import_id: int | None = None) -> Outcome:
    """Create and update the files of a register. Imported files count as verified: the register is the county's own.

    Persons whose number stands in another file of the county that the register does not correct are not
    entered twice; they are reported as duplicates. `rehearse`: reckon only.
    """
    applier = _Applier(register, county, actor, now, rehearse, import_id, turns)
    if turns.apart:
        applier.find_places()
    step = CHUNK_IN_TURNS if turns.apart and not rehearse else CHUNK
    for start in range(0, len(register.households), step):
        share = start / len(register.households)
        turns.told(share)
        with db.session.no_autoflush:
            applier.apply(register.households[start:start + step], share)
    return applier.total


@dataclass(frozen=True, slots=True)
class _Entered:
    """What one household of the register brought: its file, new people and needs, what changed rows said before."""

    row: HouseholdRow
    household: Household
    is_new: bool
    people: list[Member]
    needs: list[Need]
    before: list[tuple[Kept, dict[str, Any]]]

    @property
    def is_bare(self) -> bool:
        """Whether it is nothing but new rows."""
        return self.is_new and not self.before

    @property
    def is_change(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.is_new or self.before or self.people or self.needs)


class _Applier:
    """The state of one import: caches, outcome, and who acts when."""

    def __init__(self, register: HouseholdsRegister, county: County, actor: Actor | None, now: datetime,
                 rehearse: bool, import_id: int | None, turns: Turns) -> None:
        self.register, self.county, self.actor, self.now = register, county, actor, now
        self.rehearse, self.import_id, self.turns = rehearse, import_id, turns
        self.total, self.outcome = Outcome(), Outcome()
        self.communities = Communities(county, now, self.total, rehearse, actor)
        self.numbers = {household.number for household in register.households}
        self.retired = retired_secrets()

    def find_places(self) -> None:
        """Look all villages up; those that are missing are created before any file, a few in each turn."""
        named = list(dict.fromkeys((row.town_code, row.village) for row in self.register.households))
        with self.turns.reading():
            missing = [place for place in named if not self.communities.is_known(*place)]
        for start in range(0, 0 if self.rehearse else len(missing), CHUNK_IN_TURNS):
            with self.turns.writing(0):
                for place in missing[start:start + CHUNK_IN_TURNS]:
                    self.communities.code(*place)

    def apply(self, rows: Sequence[HouseholdRow], share: float) -> None:
        """Bring one chunk of households into the database, or find out what it would bring."""
        for left in reversed(range(TRIES)):
            try:
                done = self._apply(rows, share)
            except IntegrityError:  # somebody entered the same meanwhile: look again
                db.session.rollback()
                if not (left and self.turns.apart):
                    raise
            else:
                break
        for outcome in done.values():
            self.total.add(outcome)

    def _apply(self, rows: Sequence[HouseholdRow], share: float) -> dict[int, Outcome]:
        """The same; returns what each household came to, by its first row."""
        with self.turns.reading():
            entered, done = self._reckon(rows, lock=not (self.rehearse or self.turns.apart))
        if self.rehearse:
            return done
        if not self.turns.apart:
            self._write_down([], entered)
            return done
        bare = [e for e in entered if e.is_bare]
        ready = [Fresh.of(e.household, True, e.people, e.needs) for e in bare]
        again = [e.row for e in entered if e.is_change and not e.is_bare]
        if bare or again:
            with self.turns.writing(share):
                changed, done_again = self._reckon(again, lock=True)
                self._write_down(ready, bare + changed)
            done |= done_again
        return done

    def _reckon(self, rows: Sequence[HouseholdRow], lock: bool) -> tuple[list[_Entered], dict[int, Outcome]]:
        """What households bring, by what their files say now (`lock`: and nobody else changes them meanwhile)."""
        if not rows:
            return [], {}
        elsewhere = self._people_known(rows)
        known = self._known(rows, elsewhere, lock)
        entered, done = [], {}
        for row in rows:
            self.outcome = done[row.first_row] = Outcome()
            if found := self._bring(row, known.get(row.first_row), elsewhere):
                self._note(found)
                entered.append(found)
        return entered, done

    def _bring(self, row: HouseholdRow, household: Household | None, elsewhere: Elsewhere) -> _Entered | None:
        """Bring one household to what the register says; None when it lies outside the officer's reach."""
        area_code, full = self.communities.code(row.town_code, row.village)
        reaches = self.actor.reaches if self.actor else lambda _code: True
        if not reaches(area_code) or (household is not None and not reaches(household.area_code)):
            self._refuse(row)
            return None
        if full:
            self._warn(row.first_row, "village", "village_full", row.village)
        new = household is None
        household = household or self._new(row)
        place_at(household, area_code, self.communities)
        self._write(household, row)
        moved: list[tuple[Member, int]] = []
        people = self._members(household, row, elsewhere, moved)
        needs = self._needs(household, row, new)
        old: list[Kept] = [] if new else [household, *household.members, *household.needs]
        before = [(kept, said) for kept in old if (said := state_before(kept))]
        before += [(member, {"household_id": home} | state_before(member)) for member, home in moved]
        return _Entered(row, household, new, people, needs, before)

    def _note(self, entered: _Entered) -> None:
        """Count what a household brought."""
        row, own = entered.row.first_row, any(kept is entered.household for kept, _ in entered.before)
        if entered.is_new or own or entered.needs:
            (self.outcome.created if entered.is_new else self.outcome.updated).add(row)
        if own:
            entered.household.updated_at = self.now
        if entered.is_new or entered.before or entered.people or entered.needs:
            self.outcome.homes[not entered.is_new].add(row)
        if self.rehearse and not entered.is_new:
            self.outcome.changes += changes_of(entered.row, entered.household, entered.before, entered.people,
                                               entered.needs)

    def _refuse(self, row: HouseholdRow) -> None:
        """Leave a household out with all its rows."""
        self.outcome.refused[row.first_row] = len(row.members)
        for number in sorted({member.row for member in row.members + row.also_listed}):
            self.outcome.faults.append(fault_of(self.register.joined, number, "town", "out_of_reach", "reject",
                                                f"{self.county.towns.get(row.town_code, '')}{row.village}"))

    def _known(self, rows: Sequence[HouseholdRow], elsewhere: Elsewhere, lock: bool) -> dict[int, Household]:
        """First sheet row → the household's file: by its number, else by its people, else by what it is made of."""
        numbers = {row.first_row: row.number or own_numbers(row, self.retired) for row in rows}
        wanted = select(Household).where(Household.county_code == self.county.code).options(
            selectinload(Household.members), selectinload(Household.needs))
        wanted = wanted.with_for_update(of=Household) if lock else wanted
        numbered = {household.number: household for household in db.session.scalars(wanted.where(
            Household.number.in_([number for told in numbers.values() for number in listed(told)])))}
        found = {}
        for row in rows:
            file = next((numbered[number] for number in listed(numbers[row.first_row]) if number in numbered), None)
            if (file is None or not row.number) and (home := self._home_of_people(row, elsewhere)) is not None:
                file = home
            if file is not None:
                found[row.first_row] = file
        return found

    def _home_of_people(self, row: HouseholdRow, elsewhere: Elsewhere) -> Household | None:
        """The one file in which the head and most of a household's people stand, unless the register lists it too."""
        homes = [taken[0].household for member in row.members
                 if (taken := _first_known(member, elsewhere)) is not None]
        if not homes or len({home.id for home in homes}) > 1 or len(homes) * 2 < len(row.members):
            return None
        same_head = homes[0].head_name == row.head_name[:60]
        return homes[0] if homes[0].number not in self.numbers and (same_head or not row.number) else None

    def _people_known(self, rows: Sequence[HouseholdRow]) -> Elsewhere:
        """Blind index → (member, household number) of the register's people who stand in any file of the county."""
        blinds = [blind for row in rows for member in row.members for blind in _blinds(member)]
        found = db.session.execute(select(Member, Household.number).join(Member.household).options(
            contains_eager(Member.household)).where(
            Member.identity_number_blind.in_(blinds), Household.county_code == self.county.code))
        return {member.identity_number_blind or "": (member, number) for member, number in found}

    def _new(self, row: HouseholdRow) -> Household:
        """An empty file. A household without a number in the register gets one of its own."""
        return Household(
            number=row.number[:40] or own_numbers(row)[0], county_code=self.county.code,
            head_name=row.head_name, category=row.category or "none", status="verified", precision=None,
            created_at=self.now, updated_at=self.now)

    def _write(self, household: Household, row: HouseholdRow) -> None:
        head = next((member for member in row.members if member.relation == "head"), None)
        phone = (head or next(iter(row.members), None))
        told: dict[str, Any] = {
            "number": row.number[:40], "head_name": row.head_name[:60], "category": row.category,
            "residence": row.residence,
            "cause": row.cause[:40], "housing": row.housing[:40], "support": row.support[:20],
            "registered_on": row.registered_on, "address": row.address, "note": row.note,
            "phone": phone.phone if phone else None, "bank_account": head.bank_account if head else ""}
        _set(household, told)

    def _members(self, household: Household, row: HouseholdRow, elsewhere: Elsewhere,
                 moved: list[tuple[Member, int]]) -> list[Member]:
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
                moved.append((member, member.household_id))
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
                                  "asks": [*need.asks, *(code for code in told.asks if code not in need.asks)],
                                  "reported_on": told.reported_on or need.reported_on}
        if set(told.traits) - {"over60", "under60"} - set(need.traits):
            wanted["traits"] = [*told.traits, *without(need.traits, PERSON)]
        changes = {name: value for name, value in wanted.items() if getattr(need, name) != value}
        for name, value in changes.items():
            setattr(need, name, value)
        return bool(changes)

    def _write_down(self, ready: Sequence[Fresh], entered: Sequence[_Entered]) -> None:
        """Write households (`ready`: those that are nothing but new rows), what they said before, what happened."""
        prepared = {id(fresh.household) for fresh in ready}
        others = [e for e in entered if e.is_change and id(e.household) not in prepared]
        for e in others:
            db.session.add(e.household)
            e.household.members.extend(row for row, before in e.before
                                       if isinstance(row, Member) and "household_id" in before)
        db.session.flush()
        insert_fresh([*ready, *(Fresh.of(e.household, False, e.people, e.needs) for e in others)])
        key_files(e.household.id for e in others if e.people)
        for e in others:
            for row, before in e.before:
                keep(row, before, self.actor, self.now, import_id=self.import_id)
        keep_all((row for e in entered for row in (*((e.household,) if e.is_new else ()), *e.people, *e.needs)),
                 self.actor, self.now, import_id=self.import_id)
        if events := [event for e in entered for event in self._events(e)]:
            db.session.execute(insert(TimelineEntry), events)
        for e in others:
            if e.people or e.needs:
                db.session.expire(e.household, ["members", "needs"])

    def _events(self, entered: _Entered) -> Iterator[dict[str, Any]]:
        """Entries for a household's story: that it came in or changed, and each new need."""
        story = {"household_id": entered.household.id, "at": self.now,
                 "actor_name": self.actor.name if self.actor else "",
                 "actor_role": str(self.actor.role) if self.actor else "system"}
        fields = sorted({name for row, before in entered.before if row is entered.household for name in before})
        if entered.is_new:
            yield story | {"kind": "household.imported", "data": {}}
        elif fields:
            yield story | {"kind": "household.edited", "data": {"fields": fields}}
        for need in entered.needs:
            yield story | {"kind": "need.imported", "data": {
                "help_type": need.help_type, "quantity": need.quantity, "unit": need.unit}}

    def _warn(self, row: int, field: str, kind: str, shown: str) -> None:
        self.outcome.faults.append(fault_of(self.register.joined, row, field, kind, "warning", shown))


def _blinds(told: MemberRow) -> list[str]:
    return keyring().blinds(told.identity_number) if told.identity_number else []


def _first_known(told: MemberRow, elsewhere: Elsewhere) -> tuple[Member, str] | None:
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

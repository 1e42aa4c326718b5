"""Applies a register of aid already given: a grant for each giver and purpose, a payment for each line."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import select

from matching.actor import Actor
from matching.assistance.models_grants import Grant, Payment
from matching.assistance.service_rhythm import rhythm_of
from matching.exchange.aid import AidRegister, AidRow
from matching.exchange.areas import County
from matching.exchange.register import fault_of
from matching.exchange.report import Outcome
from matching.exchange.turns import Turns
from matching.extensions import db
from matching.households.models import Household, Member, TimelineEntry

__all__ = ["apply_aid"]

CHUNK = 300


def apply_aid(register: AidRegister, county: County, actor: Actor | None, now: datetime, *,
              turns: Turns, rehearse: bool = False) -> Outcome:
    """Write the lines of a register that are not there yet; `rehearse`: reckon only.

    A line of a household that the county does not have, or that the officer does not reach, is rejected. One that
    names nobody of its household is written for the household, with a warning. A line that is there already changes
    at most how far it has come.
    """
    total = Outcome()
    done = 0
    for rows in _chunks(register.aid, county.code):
        share = done / len(register.aid)
        turns.told(share)
        chunk = _Chunk(register, county, actor, now, rehearse)
        with turns.reading() if rehearse else turns.writing(share):
            chunk.apply(rows)
        total.add(chunk.outcome)
        done += len(rows)
    return total


def _chunks(lines: Sequence[AidRow], county_code: str) -> Iterator[list[AidRow]]:
    """The lines, about `CHUNK` at a time; those of one grant stay together, in their order."""
    grants: dict[str, list[AidRow]] = defaultdict(list)
    for row in lines:
        grants[_key(county_code, row)].append(row)
    chunk: list[AidRow] = []
    for rows in grants.values():
        chunk += rows
        if len(chunk) >= CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class _Chunk:
    """Some lines, brought into the database or reckoned in one stretch."""

    def __init__(self, register: AidRegister, county: County, actor: Actor | None, now: datetime,
                 rehearse: bool) -> None:
        self.register, self.county, self.actor, self.now = register, county, actor, now
        self.rehearse, self.outcome = rehearse, Outcome()

    def apply(self, rows: Sequence[AidRow]) -> None:
        """Bring the lines into the database."""
        homes = self._homes({row.number for row in rows})
        people = _people(homes.values())
        known: list[tuple[AidRow, str]] = []
        for row in rows:
            if row.number not in homes:
                kind = "out_of_reach" if row.number in self._beyond else "unknown_household"
                self._fault(row.row, "no", kind, row.number, "reject")
                continue
            if row.name and (homes[row.number], row.name) not in people:
                self._fault(row.row, "name", "unknown_person", row.name, "warning")
            known.append((row, _key(self.county.code, row)))
        with db.session.no_autoflush:
            self._pay(known, self._grants(known, homes, people))

    def _homes(self, numbers: set[str]) -> dict[str, int]:
        """Number → file of the households within reach; those beyond it are remembered."""
        found = db.session.execute(select(Household.number, Household.id, Household.area_code).where(
            Household.county_code == self.county.code, Household.number.in_(numbers))).all()
        reaches = self.actor.reaches if self.actor else lambda _code: True
        self._beyond = {number for number, _id, area in found if not reaches(area)}
        return {number: home for number, home, _area in found if number not in self._beyond}

    def _grants(self, rows: Sequence[tuple[AidRow, str]], homes: dict[str, int],
                people: dict[tuple[int, str], int]) -> dict[str, Grant]:
        """Origin key → the grant that the line belongs to, new ones flushed but for a rehearsal."""
        keys = {key for _row, key in rows}
        grants = {grant.origin_key or "": grant for grant in db.session.scalars(
            select(Grant).where(Grant.origin_key.in_(keys)))}
        new = []
        for row, key in rows:
            if key not in grants:
                home = homes[row.number]
                grants[key] = Grant(
                    household_id=home, member_id=people.get((home, row.name)), person_name=row.name[:60],
                    help_type=row.help_type, policy=row.policy, purpose=row.purpose[:80], source=row.source,
                    giver=row.giver[:80], amount_fen=row.amount_fen, starts_on=row.given_on, origin_key=key,
                    created_at=self.now)
                new.append(grants[key])
        if not self.rehearse:
            db.session.add_all(new)
            db.session.flush()
        return grants

    def _pay(self, rows: Sequence[tuple[AidRow, str]], grants: dict[str, Grant]) -> None:
        """Write the payments that are not there yet, and what they say about the rhythm of their grants."""
        there: dict[str, list[Payment]] = defaultdict(list)
        names = {grant.id: key for key, grant in grants.items() if grant.id}
        for payment in db.session.scalars(select(Payment).where(Payment.grant_id.in_(list(names)))):
            there[names[payment.grant_id]].append(payment)
        new: list[Payment] = []
        undated = Counter[tuple[str, int]]()
        for row, key in rows:
            payments = there[key]
            same = [p for p in payments if (p.paid_on, p.amount_fen) == (row.given_on, row.amount_fen)]
            at = undated[key, row.amount_fen] if row.given_on is None else 0
            undated[key, row.amount_fen] += row.given_on is None
            if at < len(same):
                if row.progress and same[at].progress != row.progress[:20]:
                    same[at].progress = row.progress[:20]
                    self._done("updated", row)
                else:
                    self._done("unchanged", row)
                continue
            payments.append(Payment(
                grant_id=grants[key].id, household_id=grants[key].household_id, amount_fen=row.amount_fen,
                paid_on=row.given_on, period=_period(row, payments), progress=row.progress[:20], recorded_at=self.now))
            new.append(payments[-1])
            self._done("created", row)
        if self.rehearse:
            return
        db.session.add_all(new)
        db.session.flush()
        for key, grant in grants.items():
            self._settle(grant, there[key])
        self._tell(new)

    def _done(self, what: str, row: AidRow) -> None:
        """Count a line and its sum."""
        if what != "unchanged":
            (self.outcome.created if what == "created" else self.outcome.updated).add(row.row)
        for name in (what, row.help_type) if what == "created" else (what,):
            self.outcome.count(name, 1, row.amount_fen)

    def _settle(self, grant: Grant, payments: Sequence[Payment]) -> None:
        days = [(payment.paid_on, payment.amount_fen) for payment in payments if payment.paid_on]
        if days:
            grant.rhythm, grant.amount_fen, grant.starts_on = rhythm_of(days), max(days)[1], min(days)[0]

    def _tell(self, new: Sequence[Payment]) -> None:
        """One entry in the story of each household that got something."""
        counts = Counter(payment.household_id for payment in new)
        db.session.add_all(TimelineEntry(
            household_id=household_id, at=self.now, kind="grant.imported", data={"times": times},
            actor_name=self.actor.name if self.actor else "",
            actor_role=str(self.actor.role) if self.actor else "system") for household_id, times in counts.items())
        db.session.flush()

    def _fault(self, row: int, field: str, kind: str, shown: str, verdict: str) -> None:
        self.outcome.faults.append(fault_of(self.register.joined, row, field, kind,
                                            "reject" if verdict == "reject" else "warning", shown))


def _people(homes: Iterable[int]) -> dict[tuple[int, str], int]:
    """(household id, name) → member id; of two of one name the first."""
    rows = db.session.execute(select(Member.household_id, Member.name, Member.id).where(
        Member.household_id.in_(list(homes))).order_by(Member.position.desc(), Member.id.desc()))
    return {(household_id, name): member_id for household_id, name, member_id in rows}


def _key(county_code: str, row: AidRow) -> str:
    """What tells one grant of a register from another: to whom, what for, from whom."""
    told = "|".join((county_code, row.number, row.name, row.help_type, row.purpose, row.source, row.giver))
    return hashlib.sha256(told.encode()).hexdigest()


def _period(row: AidRow, payments: Sequence[Payment]) -> str:
    """The day of the line, numbered when the same grant paid another sum on the same day."""
    taken = {payment.period for payment in payments}
    day = row.given_on.isoformat() if row.given_on else ""
    return next(period for n in range(1, len(taken) + 2)
                if (period := day if n == 1 and day else f"{day}/{n}") not in taken)

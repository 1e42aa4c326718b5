"""Draws the demo's households from the kinds of hardship: facts for rows, nothing written yet.

The same seed draws the same households on every day; only the dates move with the day of loading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from matching.demo.details import details_of
from matching.demo.identity import Numbers
from matching.demo.kinds import KINDS, Kind, Person, Want
from matching.demo.names import Names
from matching.demo.places import Country, Spot
from matching.words import UNITS

DAYS_A_YEAR = 365.25
OLDEST_NEED_DAYS = 280
MEAN_NEED_DAYS = 48
PERSONAL = {"tutoring", "schooling", "job", "care", "counselling", "medical"}
PRECISIONS = (("exact", 86), ("village", 4), ("town", 6), ("county", 2), (None, 2))
STAGES = ((6, "nursery"), (13, "primary"), (16, "junior"), (19, "senior"), (99, "university"))


@dataclass(frozen=True)
class Home:
    """One household as keyword arguments of its rows. `whose[k]`: whom need k is for, None: all of them."""

    household: dict[str, Any]
    members: list[dict[str, Any]]
    needs: list[dict[str, Any]]
    whose: list[int | None]


class Homes:
    """Draws households one after another."""

    def __init__(self, rng: Random, country: Country, numbers: Numbers, today: date) -> None:
        self._rng, self._country, self._numbers, self._today = rng, country, numbers, today
        self._names = Names(rng)
        self._last: dict[str, int] = {}

    def many(self, villages: list[str]) -> Iterator[Home]:
        """A household in each of `villages` (12-digit codes, repeated for several), kinds by their weight."""
        weights = [kind.weight for kind in KINDS]
        for village in villages:
            yield self.one(village, self._rng.choices(KINDS, weights)[0])

    def one(self, village: str, kind: Kind, *, all_wants: bool = False, least_days: int = 1) -> Home:
        """A household of one kind in a village; `all_wants`: with every need that the kind knows.

        `least_days`: its needs were reported so many days ago or earlier.
        """
        members = self._members(kind, village[:6])
        wants = [want for want in kind.wants if all_wants or self._rng.random() < want.chance]
        wants = wants or [self._rng.choice(kind.wants)]
        needs, sequence = [], dict.fromkeys(UNITS, 0)
        for want in wants:
            sequence[want.help_type] += 1
            need = self._need(want, sequence[want.help_type], least_days)
            person = members[want.whose]
            age = (self._today - person["born_on"]).days // 365
            needs.append(need | {"details": details_of(need, person, age)})
        whose = [want.whose if want.help_type in PERSONAL else None for want in wants]
        return Home(self._household(kind, village, members[0]["name"]), members, needs, whose)

    def _household(self, kind: Kind, village: str, head: str) -> dict[str, Any]:
        rng, town = self._rng, village[:9]
        self._last[town] = number = self._last.get(town, 0) + 1
        names = self._country.names
        return {
            "number": f"{town}{number:04}", "county_code": town[:6], "area_code": village, "head_name": head,
            "address": f"{names[town]}{names[village]}{rng.randint(1, 16)}组{rng.randint(1, 260)}号",
            "phone": self._phone(), "bank_account": self._numbers.bank_account() if rng.random() < 0.6 else None,
            "note": rng.choice(kind.notes) or None, "category": rng.choice(kind.categories),
            "residence": "urban" if rng.random() < 0.08 else "rural", "cause": kind.cause,
            "housing": rng.choice(kind.housings), "support": kind.support,
            "registered_on": self._month_ago(rng.randint(3, 90)), **self._place(village),
        }

    def _place(self, village: str) -> dict[str, Any]:
        precision = self._rng.choices([p for p, _ in PRECISIONS], [w for _, w in PRECISIONS])[0]
        house = self._country.house_spot(village)
        spots: dict[str | None, Spot | None] = {
            "exact": house, "village": self._country.village_spot(village),
            "town": self._country.town_spot(village[:9]), "county": self._country.county_spot(village[:6]),
            None: None}
        spot = spots[precision]
        return {"lat": spot.lat if spot else None, "lon": spot.lon if spot else None, "precision": precision}

    def _members(self, kind: Kind, county: str) -> list[dict[str, Any]]:
        surname, sexes = self._names.surname(), list[str]()
        members: list[dict[str, Any]] = []
        for place, person in enumerate(kind.people):
            sex = person.sex or self._sex(person, sexes)
            sexes.append(sex)
            own = person.relation in ("spouse", "mother")
            members.append(self._member(person, sex, "" if own or place == 0 else surname, county))
            if place == 0:
                surname = members[0]["name"][:1]
        return members

    def _sex(self, person: Person, before: list[str]) -> str:
        if person.relation == "spouse":
            return "female" if before[0] == "male" else "male"
        return self._rng.choice(("male", "female"))

    def _member(self, person: Person, sex: str, surname: str, county: str) -> dict[str, Any]:
        rng = self._rng
        age = rng.randint(*person.ages)
        born_on = self._today - timedelta(days=round(age * DAYS_A_YEAR) + rng.randrange(1, 300))
        identity, born_on = self._numbers.identity(county, born_on, sex)
        age = (self._today - born_on).days // 365
        income = None if person.income_yuan is None else rng.randint(*person.income_yuan) * 100
        return {
            "name": self._names.person(sex, surname), "relation": self._relation(person.relation, sex),
            "identity_number": identity, "born_on": born_on, "sex": sex, "health": person.health,
            "phone": self._numbers.mobile() if age >= 16 and rng.random() < 0.3 else None,
            "illness": rng.choice(person.illnesses) if person.illnesses else None,
            "disability_kind": person.disability[0] if person.disability else "",
            "disability_grade": person.disability[1] if person.disability else None,
            "certificate": f"{identity}{self._certificate(person)}" if person.disability else None,
            "work_ability": person.ability if age >= 16 else "", "employment": person.employment,
            "school_stage": next(s for most, s in STAGES if age < most) if person.employment == "pupil" else "",
            "child_kind": person.child, "monthly_income_fen": income, "policies": list(person.policies),
        }

    def _certificate(self, person: Person) -> str:
        """The two digits by which a disability certificate goes on from the identity number: kind and grade."""
        kinds = ("sight", "hearing", "speech", "limb", "intellect", "mental", "multiple")
        kind, grade = person.disability or ("limb", 4)
        return f"{kinds.index(kind) + 1}{grade}"

    def _relation(self, relation: str, sex: str) -> str:
        both = {"child": ("son", "daughter"), "grandchild": ("grandson", "granddaughter")}
        return both[relation][sex == "female"] if relation in both else relation

    def _need(self, want: Want, sequence: int, least_days: int) -> dict[str, Any]:
        rng = self._rng
        low, high = want.quantity
        step = 100 if high >= 600 else 10 if high >= 100 else 1
        days = min(OLDEST_NEED_DAYS, least_days + int(rng.expovariate(1 / MEAN_NEED_DAYS)))
        return {
            "help_type": want.help_type, "sequence": sequence, "unit": UNITS[want.help_type],
            "quantity": rng.randrange(low, high + 1, step), "urgency": rng.choice(want.urgencies),
            "reported_on": self._today - timedelta(days=days), "asks": list(want.asks),
            "summary": rng.choice(want.summaries),
        }

    def _phone(self) -> str | None:
        drawn = self._rng.random()
        return None if drawn < 0.08 else self._numbers.landline() if drawn < 0.14 else self._numbers.mobile()

    def _month_ago(self, months: int) -> date:
        year, month = divmod(self._today.year * 12 + self._today.month - 1 - months, 12)
        return date(year, month + 1, 1)

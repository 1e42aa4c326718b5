"""What one page says of one household: how it lives, what it has a month, what it received, who checked it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, or_, select, true

from matching.actor import Actor
from matching.extensions import read
from matching.households.models import Household, Member, TimelineEntry
from matching.households.models_erasure import Erasure
from matching.households.queries_doubles import SUSPECTED
from matching.households.queries_timeline import HELPED, Helper
from matching.households.service_files import ACCOUNT, STEPS, age_on
from matching.places.queries import reach

__all__ = ["Aid", "Aside", "Check", "Income", "Life", "Story", "aside_of", "income_of", "life_of", "story_of"]

MONTHS = 12
RECEIVED = ("delivered", "confirmed", "closed")
CHECKS = tuple(f"household.{step}" for step in STEPS.values())
UNABLE, PUPILS = ("none", "partial"), ("nursery", "primary", "junior", "senior", "university")


@dataclass(frozen=True, slots=True)
class Income:
    """The reckoning per head: the sum of what is known divided by all people, in whole fen, rounded down.

    `unknown`: whose income is not known; they count as people and add nothing.
    """

    total_fen: int
    people: int
    per_head_fen: int
    per_head_year_fen: int
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """Who of a household is ill, disabled, at school, unable to work or receives something: people by subject."""

    ages: dict[int, int | None]
    names: dict[int, str]
    ill: list[Member]
    disabled: list[Member]
    at_school: list[Member]
    unable: list[Member]
    receiving: list[Member]


@dataclass(frozen=True, slots=True)
class Aid:
    """Something that a pairing brought: what, how much, from whom, since when, and whether the household said so."""

    pairing_id: int
    at: datetime
    help_type: str
    organisation: str
    quantity: int
    unit: str
    state: str


@dataclass(frozen=True, slots=True)
class Check:
    """One step of verification that was done: which, when, by whom in which role."""

    step: str
    at: datetime
    actor_name: str
    actor_role: str


@dataclass(frozen=True, slots=True)
class Story:
    """What the timeline tells of help and checks: helpers by need, what arrived, what was checked."""

    helpers: dict[int, list[Helper]]
    aid: list[Aid]
    checks: list[Check]

    @property
    def money(self) -> int:
        """Yuan that arrived, from all sources."""
        return sum(aid.quantity for aid in self.aid if aid.help_type == "cash" and aid.unit == "元")

    @property
    def givers(self) -> int:
        """How many organisations gave money that arrived."""
        return len({aid.organisation for aid in self.aid if aid.help_type == "cash"})


@dataclass(frozen=True, slots=True)
class Aside:
    """What stands beside a file: its sign-in (empty: none), a file that may be its double, who wants it erased.

    None: no double is known, nobody does.
    """

    username: str
    erasure_asked_by: str | None
    suspect_id: int | None
    suspect_name: str | None


_DOUBLE = SUSPECTED.subquery()
_ASIDE = select(ACCOUNT.scalar_subquery(), Erasure.asked_by_name, _DOUBLE.c.id, _DOUBLE.c.head_name).select_from(
    Household).outerjoin(Erasure, Erasure.household_id == Household.id).outerjoin(_DOUBLE, true()).where(
    Household.id == bindparam("household_id"))


def aside_of(household: Household, actor: Actor) -> Aside:
    """Sign-in, request for erasure and suspected double of a file, in one SELECT."""
    [(username, *others)] = read(_ASIDE, {"household_id": household.id, **reach(actor.area_code)})
    return Aside(username or "", *others)


def income_of(members: Sequence[Member]) -> Income:
    """The household's monthly income a head, and twelve times that."""
    total = sum(member.monthly_income_fen or 0 for member in members)
    people = len(members)
    return Income(total, people, total // people if people else 0, total * MONTHS // people if people else 0,
                  tuple(member.name for member in members if member.monthly_income_fen is None))


def life_of(household: Household, today: date) -> Life:
    """The people of a household by what a caseworker asks first."""
    people = household.members
    return Life(
        ages={member.id: age_on(member.born_on, today) for member in people},
        names={member.id: member.name for member in people},
        ill=[m for m in people if m.health in ("chronic", "serious", "weak") or m.illness_sealed],
        disabled=[m for m in people if m.disability_kind or m.health == "disabled"],
        at_school=[m for m in people if m.school_stage in PUPILS],
        unable=[m for m in people if m.work_ability in UNABLE],
        receiving=[m for m in people if m.policies])


_TOLD = select(*TimelineEntry.__table__.c).where(
    TimelineEntry.household_id == bindparam("household_id"),
    or_(TimelineEntry.pairing_id.is_not(None), TimelineEntry.kind.in_(CHECKS))).order_by(TimelineEntry.id)


def story_of(household_id: int) -> Story:
    """Who helps with which need, what has arrived, and which checks were done; one SELECT."""
    rows = read(_TOLD, {"household_id": household_id})
    latest = {row.pairing_id: row for row in rows if row.pairing_id is not None}
    delivered = {row.pairing_id: row.at for row in rows if row.kind == "pairing.deliver"}
    helpers: dict[int, list[Helper]] = {}
    aid: list[Aid] = []
    for number, row in latest.items():
        state, data = HELPED.get(row.kind, ""), row.data
        if state and "need_id" in data:
            helpers.setdefault(data["need_id"], []).append(Helper(number, data.get("organisation", ""), state))
        if state in RECEIVED:
            aid.append(Aid(number, delivered.get(number, row.at), data.get("help_type", ""),
                           data.get("organisation", ""), data.get("quantity", 0), data.get("unit", ""), state))
    checks = [Check(row.kind.removeprefix("household."), row.at, row.actor_name, row.actor_role)
              for row in rows if row.kind in CHECKS]
    return Story(helpers, sorted(aid, key=lambda one: one.at), checks)

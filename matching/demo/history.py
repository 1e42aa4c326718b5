"""What has happened in the demo county since its first run: each step by the person whose step it is.

Steps are played in the order of their days, so that timelines and the audit log read as they would have grown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from matching.actor import Actor
from matching.clock import SHANGHAI, day_of
from matching.demo import papers
from matching.demo.accounts import HOUSEHOLDS, cast
from matching.demo.base import HISTORY_DAYS, Draft, needs_of
from matching.demo.desk import decisions
from matching.demo.places import FIRST, FIRST_TOWN, FIRST_VILLAGE, SECOND, SECOND_TOWN, SECOND_VILLAGE
from matching.demo.steps import Case, take
from matching.extensions import db
from matching.households.models import Household
from matching.households.service_files import verify_household
from matching.households.service_needs import NeedFacts, add_need, confirm_need
from matching.households.service_papers import add_papers
from matching.offers.models import Offer, OfferClearance
from matching.offers.service_clearance import clear_offer
from matching.pairings import service_runs as runs
from matching.pairings.models import Pairing, Run
from matching.places.queries import within_any

PATHS: dict[str, tuple[tuple[int, str], ...]] = {  # days ago, step
    "closed": ((12, "approve"), (11, "accept"), (10, "consent"), (9, "start"), (6, "deliver"), (5, "confirm"),
               (4, "look"), (3, "close")),
    "signed": ((12, "approve"), (11, "accept"), (10, "consent"), (9, "start"), (6, "deliver"), (5, "confirm"),
               (4, "say"), (4, "look"), (3, "close"), (2, "sign")),
    "reopened": ((12, "approve"), (11, "accept"), (10, "consent"), (9, "start"), (6, "deliver"), (5, "confirm"),
                 (4, "say"), (4, "look"), (3, "close"), (2, "sign"), (1, "reopen")),
    "unhappy": ((11, "approve"), (10, "accept"), (9, "consent"), (8, "start"), (4, "deliver"), (2, "confirm"),
                (1, "say_no")),
    "partial": ((9, "approve"), (8, "accept"), (6, "consent"), (4, "start"), (2, "part")),
    "confirmed": ((11, "approve"), (10, "accept"), (9, "consent"), (8, "start"), (4, "deliver"), (2, "confirm")),
    "delivered": ((10, "approve"), (9, "accept"), (7, "consent"), (6, "start"), (2, "deliver")),
    "under_way": ((9, "approve"), (8, "accept"), (6, "consent"), (4, "start")),
    "consented": ((6, "approve"), (4, "accept"), (1, "consent")),
    "accepted": ((5, "approve"), (2, "accept")),
    "offered": ((3, "approve"),),
    "late": ((8, "approve"),),
    "declined": ((9, "approve"), (7, "decline")),
    "refused": ((7, "approve"), (5, "accept"), (4, "refuse")),
}
STORIES: dict[str, tuple[str, ...]] = {  # account of the organisation → what became of its proposals, best first
    "charity": ("signed", "accepted", "reopened", "under_way", "offered", "delivered", "consented", "signed", "late",
                "accepted", "confirmed", "offered", "declined", "under_way", "offered", "refused", "partial",
                "unhappy", "partial", *["closed"] * 6),
    "enterprise": ("under_way", "signed", "offered", "accepted", "consented", "declined", "offered", "under_way",
                   "partial", *["closed"] * 3),
    "agency": ("under_way", "reopened", "delivered", "offered", "accepted", "under_way", "closed", "late", "consented",
               "signed", *["closed"] * 4),
    "volunteer": ("under_way", "offered", "signed", "accepted"),
    "department": ("signed", "offered", "delivered", "accepted", "offered", "under_way"),
    "charity2": ("closed", "accepted", "under_way", "offered", "delivered", "late"),
    "enterprise2": ("under_way", "offered", "accepted"),
    "agency2": ("closed", "under_way", "delivered", "offered"),
    "volunteer2": ("offered", "under_way"),
    "department2": ("offered", "closed", "accepted"),
}
HOME_STORIES = {"medical": ("charity", "accepted"), "job": ("enterprise", "under_way"),
                "care": ("agency", "delivered"), "tutoring": ("volunteer", "offered")}
"""What an officer paired by hand for the two households with an account: help type → who gives, what became of it."""
URGENT, URGENT_DAYS = 4, 12
"""A need of this urgency or more is wanted within so many days of its report."""
OFFICERS = {FIRST: "county", SECOND: "county2", FIRST_TOWN: "town", SECOND_TOWN: "town2",
            FIRST_VILLAGE: "community", SECOND_VILLAGE: "community2"}

People = dict[str, Actor]
Happening = tuple[datetime, Callable[[datetime], object]]


@dataclass(frozen=True, order=True)
class Event:
    """One thing that happened; `number` keeps the order of things of one moment."""

    at: datetime
    number: int
    act: Callable[[datetime], object]


def first_run(now: datetime) -> None:
    """The engine's first run over both counties, `HISTORY_DAYS` ago at two in the morning. Commits."""
    for county in (FIRST, SECOND):
        _run(county, _moment(now, HISTORY_DAYS, time(2, 0)))


def run_today(now: datetime) -> None:
    """A run over both counties now, for the desks of today. Commits."""
    for county in (FIRST, SECOND):
        _run(county, now)


def ran(county: str) -> int:
    """How many runs over a county have been finished."""
    return len(db.session.scalars(select(Run.id).where(Run.area_code == county, Run.state == "done")).all())


def is_played() -> bool:
    """Whether the steps since the first run have been taken."""
    return db.session.scalar(select(Pairing.id).where(Pairing.decided_at.is_not(None)).limit(1)) is not None


def play(draft: Draft, now: datetime) -> Counter[str]:
    """Take all steps up to now, day by day; returns how many pairings end in each state. Does not commit."""
    people = cast()
    events = [*_clearances(people, now), *_verifications(people, now), *_newer_needs(draft, people, now),
              *_papers(people, now), *_pairing_steps(people, now), *_desk(people, now)]
    for event in sorted(Event(at, number, act) for number, (at, act) in enumerate(events)):
        event.act(event.at)
    db.session.flush()
    return Counter(db.session.scalars(select(Pairing.state)).all())


def _run(county: str, now: datetime) -> None:
    runs.run_within(county, now)


def _pairing_steps(people: People, now: datetime) -> Iterator[Happening]:
    """The steps of all pairings that have a story, each with its moment."""
    for serial, (case, story) in enumerate([*_home_stories(people), *_stories(people)]):
        case.serial = serial
        for days_ago, step in PATHS[story]:
            yield _moment(now, days_ago, time(8 + serial % 9, serial * 7 % 60)), partial(take, step, case)


def _desk(people: People, now: datetime) -> Iterator[Happening]:
    """Where officers did not follow the engine, a day apart."""
    homes = [people[name].household_id or 0 for name in HOUSEHOLDS]
    ours = [people[account].organisation_id or 0 for account in STORIES]
    for serial, act in enumerate(decisions(lambda code: officer_for(code, people), ours, homes)):
        yield _moment(now, 8 - serial, time(10 + serial, 35)), act


def _case(account: str, area_code: str, people: People) -> Case:
    return Case(officer_for(area_code, people), people[account], people[account.replace("agency", "socialworker")],
                None, 0, people.get("county2" if area_code.startswith(SECOND) else "county"))


def _home_stories(people: People) -> Iterator[tuple[Case, str]]:
    """What was paired by hand for the households with an account."""
    for name in HOUSEHOLDS:
        home = db.session.get_one(Household, people[name].household_id)
        for need in home.needs:
            giver, story = HOME_STORIES[need.help_type]
            case = _case(giver + name.removeprefix("household"), home.area_code, people)
            offer = db.session.scalars(select(Offer).where(
                Offer.organisation_id == case.member.organisation_id, Offer.help_type == need.help_type)
                .order_by(Offer.id).limit(1)).one()
            case.household, case.by_hand = people[name], (need, offer)
            yield case, story


def _stories(people: People) -> Iterator[tuple[Case, str]]:
    """Proposals of the first run with what became of them, those in the demo officers' towns first."""
    homes = [people[name].household_id for name in HOUSEHOLDS]
    ours = {people[account].organisation_id: account for account in STORIES}
    waiting = {account: list(stories) for account, stories in STORIES.items()}
    in_towns = within_any(Pairing.area_code, (FIRST_TOWN, SECOND_TOWN))
    for pairing in db.session.scalars(
            select(Pairing).where(Pairing.state == "proposed", Pairing.organisation_id.in_(ours),
                                  Pairing.household_id.not_in(homes))
            .order_by(in_towns.desc(), Pairing.score.desc(), Pairing.id)):
        account = ours[pairing.organisation_id]
        if waiting[account]:
            case = _case(account, pairing.area_code, people)
            case.pairing = pairing
            yield case, waiting[account].pop(0)


def officer_for(area_code: str, people: People) -> Actor:
    """The demo officer nearest to an area: of the community, else of the town, else of the county."""
    return people[OFFICERS.get(area_code) or OFFICERS.get(area_code[:9]) or OFFICERS[area_code[:6]]]


def _newer_needs(draft: Draft, people: People, now: datetime) -> Iterator[Happening]:
    """The needs reported since the first run, added by the officer nearest to the household."""
    since = day_of(now) - timedelta(days=HISTORY_DAYS)
    households = {row.number: row for row in db.session.scalars(select(Household))}
    for serial, home in enumerate(draft.homes):
        household = households[home.household["number"]]
        officer = officer_for(household.area_code, people)
        for facts in needs_of(home, household.members, lambda day: day > since):
            at = _moment(now, (day_of(now) - facts["reported_on"]).days, time(9 + serial % 8, serial * 11 % 60))
            told: dict[str, Any] = facts | {name: tuple(facts[name]) for name in ("asks", "traits")}
            del told["sequence"]
            if told["urgency"] >= URGENT:
                told["wanted_by"] = told["reported_on"] + timedelta(days=URGENT_DAYS)
            yield at, partial(_report, household, NeedFacts(**told), officer,
                              None if told["reported_on"] == day_of(now) else _colleague(household, officer, people))


def _report(household: Household, facts: NeedFacts, officer: Actor, colleague: Actor | None, now: datetime) -> None:
    """An officer writes a need down; a colleague has looked the same day, but not yet at those of today.

    Where the county has no other account that reaches there, the village had told it on paper.
    """
    need = add_need(household, facts, officer, now)
    if colleague == officer:
        need.reported_by_id = None
        db.session.flush()
    if colleague is not None and household.status == "verified":
        confirm_need(need, colleague, now)


def _colleague(household: Household, officer: Actor, people: People) -> Actor:
    """Another officer whose reach the household lies in: one tier up, at the top the officer itself."""
    above = household.area_code[:9] if len(officer.area_code) == 12 else household.area_code[:6]
    return officer_for(above, people)


def _clearances(people: People, now: datetime) -> Iterator[Happening]:
    """Each county's yes to the offers that reach into it, but for one big buyer in each: those still wait."""
    waiting = db.session.scalars(select(OfferClearance).where(
        OfferClearance.status == "waiting").order_by(OfferClearance.id)).all()
    for clearance in waiting:
        offer = db.session.get_one(Offer, clearance.offer_id)
        if offer.help_type != "purchase" or offer.reach == "radius":
            yield _moment(now, 12, time(16, 30)), partial(
                clear_offer, offer, True, "", officer_for(clearance.county_code, people))


def _verifications(people: People, now: datetime) -> Iterator[Happening]:
    """Half-way verifications in the demo's own villages: two files screened, one of them surveyed as well."""
    for village in (FIRST_VILLAGE, SECOND_VILLAGE):
        waiting = list(db.session.scalars(select(Household).where(
            Household.area_code == village, Household.status == "reported").order_by(Household.id)))
        for household in waiting[1:3]:
            yield _moment(now, 6, time(10, 15)), partial(verify_household, household, officer_for(village, people))
        for household in waiting[2:3]:
            yield _moment(now, 4, time(15, 40)), partial(verify_household, household, officer_for(village[:9], people))


def _papers(people: People, now: datetime) -> Iterator[Happening]:
    """What the households with an account have brought or had photographed."""
    for serial, name in enumerate(HOUSEHOLDS):
        home = db.session.get_one(Household, people[name].household_id)
        officer = officer_for(home.area_code, people)
        for days_ago, kind, drawn in ((11, "house", papers.house(serial)), (5, "bill", papers.bill())):
            yield _moment(now, days_ago, time(11, 20)), partial(add_papers, home, kind, None, [drawn], officer)


def _moment(now: datetime, days_ago: int, at: time) -> datetime:
    """A time of day in Shanghai so many days before today; never later than now."""
    return min(now, datetime.combine(day_of(now) - timedelta(days=days_ago), at, SHANGHAI).astimezone(now.tzinfo))

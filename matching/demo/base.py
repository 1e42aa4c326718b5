"""Loads the demo county, stage by stage; each stage is done once and a second load changes nothing.

1. `write_base`: organisations, offers, households as they stood thirteen days ago, accounts.
2. `history.first_run`: the engine's first run on that day.
3. `history.play`: officers, organisations and households take their steps, day by day; the needs that were
   reported since come in.
4. `history.run_today`: the proposals that lie on the desks now.

Everything people did goes through the services that people use. What a register would bring in (households,
needs, offers) is written as rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from matching.accounts.models import User
from matching.clock import day_of
from matching.demo.accounts import create_accounts
from matching.demo.givers import CREDIT_KINDS, FIRST_GIVERS, SECOND_GIVERS, Gift, Giver
from matching.demo.homes import Home, Homes
from matching.demo.identity import Numbers
from matching.demo.kinds import KINDS
from matching.demo.names import Names
from matching.demo.places import (
    FIRST,
    FIRST_TOWN,
    FIRST_VILLAGE,
    SECOND,
    SECOND_TOWN,
    SECOND_VILLAGE,
    Country,
    Spot,
)
from matching.demo.volunteers import draw_volunteers
from matching.extensions import db
from matching.households.models import Household, Member, Need
from matching.households.service import add_to_timeline
from matching.households.service_details import asks_of, kept, traits_by
from matching.households.service_needs import traits_of
from matching.offers.models import Offer, OfferArea
from matching.offers.service_clearance import ask_counties
from matching.organisations import service as organisations
from matching.organisations.models import Organisation
from matching.words import UNITS

SEED = 20261122
HISTORY_DAYS = 13
"""So many days ago the demo's first run was; what was reported since is added after it."""
HOUSEHOLDS = {FIRST: 320, SECOND: 60}
IN_TOWN, IN_VILLAGE = {FIRST: 40, SECOND: 18}, {FIRST: 14, SECOND: 8}
VOLUNTEERS = {FIRST: 86, SECOND: 16}
STREETS = ("人民路", "解放路", "兴镇路", "汀江路", "文昌街")
UNVERIFIED = {FIRST: 14, SECOND: 4}
CARER = KINDS[3]
"""The kind of the accounts `household`: a wife who cannot leave the house, her husband in bed, a child."""


@dataclass(frozen=True)
class Draft:
    """All that the demo invents, drawn but not written: the same on every day but for its dates."""

    givers: list[Giver]
    homes: list[Home]
    rng: Random
    numbers: Numbers
    country: Country


def draw(today: date) -> Draft:
    """Draw organisations, volunteers and households. Reads the places, writes nothing."""
    rng = Random(SEED)  # nosec B311  # invented people
    country, numbers = Country(rng), Numbers(rng)
    homes = Homes(rng, country, numbers, today)
    drawn = [homes.one(village, CARER, all_wants=True, least_days=HISTORY_DAYS + 7)
             for village in (FIRST_VILLAGE, SECOND_VILLAGE)]
    for county, town, village in ((FIRST, FIRST_TOWN, FIRST_VILLAGE), (SECOND, SECOND_TOWN, SECOND_VILLAGE)):
        some = list(homes.many(_villages(rng, country, county, town, village)))
        for home in some[IN_VILLAGE[county] - 4:][:UNVERIFIED[county]]:
            home.household["status"] = "reported"
        drawn += some
    givers = [*FIRST_GIVERS, *SECOND_GIVERS,
              *draw_volunteers(rng, country, FIRST, VOLUNTEERS[FIRST], "volunteer", FIRST_TOWN),
              *draw_volunteers(rng, country, SECOND, VOLUNTEERS[SECOND], "volunteer2", SECOND_TOWN)]
    return Draft(givers, drawn, rng, numbers, country)


def is_written() -> bool:
    """Whether the demo's base is in this database."""
    return db.session.scalar(select(User.id).where(User.username == "household2")) is not None


def write_base(draft: Draft, password: str, now: datetime) -> Counter[str]:
    """Write the demo as it stood `HISTORY_DAYS` ago, with its accounts; returns how many of each."""
    began = now - timedelta(days=60)
    names = Names(draft.rng)
    written = [(giver, _write_giver(giver, draft, names, began)) for giver in reversed(draft.givers)]
    for giver, organisation in written:
        if giver.vetted:
            organisations.vet(organisation, True, "", None, began + timedelta(days=2))
    before = day_of(now) - timedelta(days=HISTORY_DAYS)
    households = [_write_home(home, began + timedelta(days=3), before) for home in draft.homes]
    db.session.flush()
    for household in households:
        kind = "household.imported" if household.status == "verified" else "household.added"
        add_to_timeline(household.id, kind, None, household.created_at)
    behind = {giver.account: (row.id, row.contact_name) for giver, row in written if giver.account}
    create_accounts(behind, {"household": households[0], "household2": households[1]}, password,
                    began + timedelta(days=3))
    for offer in db.session.scalars(select(Offer).order_by(Offer.id)).all():
        ask_counties(offer)
    return Counter(giver.kind for giver in draft.givers) + Counter(
        offers=sum(len(giver.gifts) for giver in draft.givers), households=len(households),
        needs=sum(len(home.needs) for home in draft.homes))


def needs_of(home: Home, members: list[Member], wanted: Callable[[date], bool]) -> list[dict[str, Any]]:
    """The facts of a home's needs that were reported on wanted days, with the conditions that follow from them."""
    found = []
    for facts, whose in zip(home.needs, home.whose, strict=True):
        if wanted(facts["reported_on"]):
            person = traits_of(members[whose], facts["reported_on"]) if whose is not None else ()
            details = kept(facts["help_type"], facts["details"])
            found.append(facts | {
                "details": details, "traits": traits_by(facts["help_type"], details, person),
                "asks": asks_of(facts["help_type"], details, facts["asks"])})
    return found


def _write_home(home: Home, now: datetime, until: date) -> Household:
    """Write a household with its members and the needs that were reported up to a day."""
    household = Household(**{"status": "verified"} | home.household, created_at=now, updated_at=now)
    household.members = [Member(position=place, **facts) for place, facts in enumerate(home.members, start=1)]
    household.needs = [Need(**facts, created_at=now, status="open" if household.status == "verified" else "reported")
                       for facts in needs_of(home, household.members, lambda day: day <= until)]
    db.session.add(household)
    return household


def _write_giver(giver: Giver, draft: Draft, names: Names, now: datetime) -> Organisation:
    """Register an organisation with its offers."""
    rng, numbers, place = draft.rng, draft.numbers, draft.country.names
    spot = draft.country.shop_spot(giver.town)
    address = f"{place[giver.town]}{rng.choice(STREETS)}{rng.randint(1, 190)}号"
    is_person = giver.kind == "volunteer"
    code = None if is_person else numbers.credit_code(CREDIT_KINDS[giver.kind], giver.county)
    organisation = organisations.register_organisation(
        giver.name, giver.kind, giver.county, None, now, address=address, lat=spot.lat, lon=spot.lon,
        precision="exact", credit_code=code,
        contact_name=giver.name if is_person else names.person(rng.choice(("female", "male"))),
        contact_phone=numbers.mobile() if is_person or rng.random() < 0.5 else numbers.landline())
    for gift in giver.gifts:
        db.session.add(_offer(organisation, gift, giver, spot, now))
    return organisation


def _offer(organisation: Organisation, gift: Gift, giver: Giver, spot: Spot, now: datetime) -> Offer:
    started, ends = gift.days
    areas = () if gift.km or gift.country else gift.areas or (giver.county,)
    return Offer(
        organisation_id=organisation.id, help_type=gift.help_type, title=gift.title, description=gift.about,
        unit=UNITS[gift.help_type], capacity=gift.capacity, radius_km=gift.km,
        reach="radius" if gift.km else "country" if gift.country else "areas",
        areas=[OfferArea(area_code=code) for code in areas], area_code=giver.town, address=organisation.address,
        lat=spot.lat, lon=spot.lon, precision="exact", provides=list(gift.provides), only_for=list(gift.only_for),
        starts_on=day_of(now) - timedelta(days=started - 60),
        ends_on=None if ends is None else day_of(now) + timedelta(days=60 + ends),
        status="open", created_at=now, updated_at=now)


def _villages(rng: Random, country: Country, county: str, town: str, village: str) -> list[str]:
    """A village for each household: some in the demo officers' own, the others all over the county."""
    others = [code for code in country.villages[town] if code != village]
    near = [village] * IN_VILLAGE[county] + [rng.choice(others) for _ in range(IN_TOWN[county] - IN_VILLAGE[county])]
    towns = [code for code in country.towns[county] if code != town]
    far = [rng.choice(country.villages[rng.choice(towns)]) for _ in range(HOUSEHOLDS[county] - len(near) - 1)]
    return near + far

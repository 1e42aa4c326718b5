"""Anyuan's registers in the database: exact, once, again without a change, on both databases."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from matching.audit.models import AuditEntry
from matching.clock import day_of
from matching.extensions import db
from matching.households.models import Household, Member, Need, TimelineEntry
from matching.offers.models import Offer
from matching.organisations.models import Organisation
from matching.places.models import Area
from tests.exchange.conftest import NOW, Import
from tests.exchange.keys import CATEGORIES, RESIDENCES, faults, key

KEY = key("anyuan")


def counted(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that an import writes, sealed bytes included."""
    return {model.__tablename__: [tuple(row) for row in db.session.execute(
        select(*model.__table__.columns).order_by(model.__table__.c[0]))]
        for model in (Household, Member, Need, Offer, Organisation, Area)}


@pytest.mark.slow
def test_the_three_registers_come_in_exactly_and_again_without_a_change(bring_in: Import) -> None:
    first = {kind: bring_in(kind, file) for kind, file in FILES}
    assert {kind: (found["rows"], found["created"], found["updated"], found["unchanged"], found["rejected"])
            for kind, found in first.items()} == {
        "places": (78, 65, 13, 0, 0), "households": (1496, 1484, 0, 7, 5), "offers": (78, 76, 0, 0, 2)}
    check_households(first["households"])
    check_offers(first["offers"])
    before, log = everything(), (counted(TimelineEntry), counted(AuditEntry))
    for kind, file in FILES:
        again = bring_in(kind, file, now=NOW + timedelta(days=9))
        assert (again["created"], again["updated"]) == (0, 0)
        assert again["unchanged"] == again["rows"] - again["rejected"]
        assert again["faults"] == first[kind]["faults"]
        assert again["duplicates"] == first[kind]["duplicates"]
    assert everything() == before
    assert (counted(TimelineEntry), counted(AuditEntry)) == log


FILES = (("places", "places.csv"), ("households", "households.xlsx"), ("offers", "offers.xlsx"))


def check_households(found: dict[str, Any]) -> None:
    assert (found["households"], found["people"]) == (937, 1484) == (counted(Household), counted(Member))
    assert {(f["row"], f["column"], f["field"], f["kind"], f["verdict"]) for f in found["faults"]} == faults(
        "anyuan", "households.xlsx")
    assert found["warned"] == len({row for row, *_, verdict in faults("anyuan", "households.xlsx")
                                   if verdict == "warning"})
    assert [(double["rows"], double["households"]) for double in found["duplicates"]] == [
        (double["rows"], double["households"]) for double in KEY["duplicates"]]
    files = {household.number: [
        household.area_code[:9], len(household.members), CATEGORIES[household.category],
        RESIDENCES[household.residence], household.registered_on and household.registered_on.strftime("%Y-%m"),
        [[need.help_type, need.quantity] for need in household.needs]]
        for household in db.session.scalars(select(Household))}
    assert files == KEY["household_files"]
    numbers = Counter(member.identity_number for member in db.session.scalars(select(Member)))
    wanted = {row[3] for row in KEY["people_rows"] if row[3]}
    assert {number for number in numbers if number} == wanted
    assert all(count == 1 for number, count in numbers.items() if number)
    assert {household.status for household in db.session.scalars(select(Household))} == {"verified"}
    assert {need.reported_on for need in db.session.scalars(select(Need))} == {day_of(NOW)}
    assert {(household.precision, household.lat is None) for household in db.session.scalars(select(Household))} == {
        ("village", False)}


def check_offers(found: dict[str, Any]) -> None:
    wanted = KEY["offers"]
    assert {(f["row"], f["column"], f["field"], f["kind"], f["verdict"]) for f in found["faults"]} == faults(
        "anyuan", "offers.xlsx")
    offers = list(db.session.scalars(select(Offer)))
    assert (len(offers), counted(Organisation)) == (wanted["importable"], wanted["organisations"])
    assert {(o.status, o.vetted_on) for o in db.session.scalars(select(Organisation))} == {("vetted", day_of(NOW))}
    as_of = date(2020, 12, 31)
    assert sum(offer.status == "open" and offer.starts_on <= as_of and (offer.ends_on is None or offer.ends_on >= as_of)
               for offer in offers) == wanted["open_on_as_of"]
    assert sum(offer.precision != "exact" for offer in offers) == wanted["without_coordinates"]
    reaches = Counter((offer.reach, len(offer.areas) > 0) for offer in offers)
    assert reaches == {("radius", False): 42, ("areas", True): 33, ("areas", False): 1}
    assert sum([area.area_code for area in offer.areas] == ["360302"] for offer in offers) == 12
    swapped = next(offer for offer in offers if offer.title == "就医项目13")
    assert (swapped.lat, swapped.lon) == (27.620547, 113.809634)


@pytest.mark.slow
@pytest.mark.one_database
def test_jinjiang_comes_in_exactly_too(bring_in: Import) -> None:
    wanted = key("jinjiang")
    found = bring_in("households", "../jinjiang/households.xlsx", "350582")
    assert (found["households"], found["people"]) == (wanted["households"], wanted["people"])
    assert (counted(Household), counted(Member)) == (wanted["households"], wanted["people"])
    offers = bring_in("offers", "../jinjiang/offers.xlsx", "350582")
    assert (offers["created"], counted(Organisation)) == (150, wanted["offers"]["organisations"])

"""The registers of both made-up districts are read exactly as their answer keys say."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cache

import pytest

from matching.exchange.households import read_households
from matching.exchange.offers import read_offers
from matching.exchange.places import read_places
from matching.exchange.register import HouseholdsRegister, OffersRegister
from matching.exchange.sheets import Table, tables_of
from matching.exchange.workbook import read_workbook
from tests.exchange.keys import CATEGORIES, DATA, DISTRICTS, RESIDENCES, county, faults, key

AS_OF = date(2020, 12, 31)
pytestmark = pytest.mark.parametrize("district", DISTRICTS)


@cache
def tables(district: str, file: str) -> list[Table]:
    return tables_of(read_workbook(DATA / district / file), file.split(".")[0])


@cache
def households(district: str) -> HouseholdsRegister:
    return read_households(tables(district, "households.xlsx"), county(district), AS_OF)


@cache
def offers(district: str) -> OffersRegister:
    return read_offers(tables(district, "offers.xlsx"), county(district))


@pytest.mark.parametrize("file", ["households.xlsx", "offers.xlsx"])
@pytest.mark.slow
def test_header_blank_and_total_rows_are_found(district: str, file: str) -> None:
    structure = key(district)["structure"][file]
    found = tables(district, file)[0]
    assert list(found.header_rows) == structure["header_rows"]
    assert list(found.blank_rows) == structure["blank_rows"]
    assert list(found.total_rows) == ([structure["total_row"]] if structure["total_row"] else [])


@pytest.mark.parametrize("file", ["households.xlsx", "offers.xlsx"])
@pytest.mark.slow
def test_every_column_is_recognised_and_decoys_are_left_alone(district: str, file: str) -> None:
    register = households(district) if file.startswith("households") else offers(district)
    wanted = {field: tuple(where) for field, where in key(district)["columns"][file].items() if field != "extra"}
    assert {field: (column.letter, column.header) for field, column in register.columns.items()} == wanted


@pytest.mark.slow
def test_every_fault_is_named_and_nothing_else_is(district: str) -> None:
    for file, register in (("households.xlsx", households(district)), ("offers.xlsx", offers(district))):
        found = [(f.row, f.column, f.field, f.kind, f.verdict) for f in register.faults]
        assert len(found) == len(set(found))
        assert set(found) == faults(district, file)


@pytest.mark.slow
def test_every_household_is_as_it_should_be(district: str) -> None:
    found = {household.number: [
        household.town_code, len(household.members), CATEGORIES[household.category], RESIDENCES[household.residence],
        household.registered_on and household.registered_on.strftime("%Y-%m"),
        [[need.help_type, need.quantity] for need in household.needs]] for household in households(district).households}
    assert found == key(district)["household_files"]


@pytest.mark.slow
def test_every_person_is_as_they_should_be_second_listings_included(district: str) -> None:
    found = sorted([person.row, household.number, person.name, person.identity_number, person.certificate,
                    person.phone] for household in households(district).households
                   for person in household.members + household.also_listed)
    assert found == sorted(key(district)["people_rows"])


@pytest.mark.slow
def test_people_are_counted_once_and_doubles_reported(district: str) -> None:
    register, answers = households(district), key(district)
    assert (len(register.households), register.people) == (answers["households"], answers["people"])
    assert [(list(double.rows), list(double.households)) for double in register.duplicates] == [
        (double["rows"], double["households"]) for double in answers["duplicates"]]


def test_people_of_one_name_are_not_merged(district: str) -> None:
    people = defaultdict(int)
    for household in households(district).households:
        for person in household.members:
            people[person.name] += 1
    for name, count in key(district)["same_name_other_person"].items():
        assert people[name] >= count, name


def test_figures_by_town_category_and_need(district: str) -> None:
    by_town: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    by_category: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    by_need: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for household in households(district).households:
        for figures in (by_town[household.town_code], by_category[CATEGORIES[household.category]]):
            figures[0] += 1
            figures[1] += len(household.members)
        for need in household.needs:
            by_need[need.help_type][0] += 1
            by_need[need.help_type][1] += need.quantity
    answers = key(district)
    assert by_town == {code: [town["households"], town["people"]] for code, town in answers["by_town"].items()}
    assert by_category == {name: [row["households"], row["people"]] for name, row in answers["by_category"].items()}
    assert by_need == {name: [row["needs"], row["quantity"]] for name, row in answers["by_need"].items()}
    assert sum(not household.needs for household in households(district).households) == answers["without_need"]


def test_telephones_are_sorted_by_kind(district: str) -> None:
    short = sum(fault.kind == "phone_short" for fault in households(district).faults)
    kinds: dict[str, int] = defaultdict(int)
    for household in households(district).households:
        for person in household.members:
            kinds[person.phone_kind or "none"] += 1
    wanted = key(district)["phones"]
    assert kinds == {"none": wanted["none"] + short, "landline": wanted["landline"],
                     "mobile": wanted["mobile"] - short}  # the key counts what stood there before digits were lost


@pytest.mark.slow
def test_offers_are_as_the_key_counts_them(district: str) -> None:
    register, wanted = offers(district), key(district)["offers"]
    by_type: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for offer in register.offers:
        by_type[offer.help_type][0] += 1
        by_type[offer.help_type][1] += offer.capacity
    assert (len(register.table.rows), len(register.offers)) == (wanted["rows"], wanted["importable"])
    assert by_type == {name: [row["offers"], row["quantity"]] for name, row in wanted["by_type"].items()}
    assert sum(offer.lat is None for offer in register.offers) == wanted["without_coordinates"]
    assert [offer.title for offer in register.offers if "home_based" in offer.provides] == wanted["home_based_jobs"]
    assert sum(offer.period_certain and offer.starts_on is not None and offer.ends_on is not None
               and offer.starts_on <= AS_OF <= offer.ends_on for offer in register.offers) == wanted["open_on_as_of"]


@pytest.mark.slow
def test_organisations_are_told_apart_by_their_code(district: str) -> None:
    register, wanted = offers(district), key(district)["offers"]
    assert len({offer.credit_code or offer.organisation for offer in register.offers}) == wanted["organisations"]
    assert {code: list(names) for code, names in register.names.items() if len(names) > 1} == {
        wanted["near_duplicate"]["code"]: wanted["near_duplicate"]["names"]}
    assert {offer.organisation for offer in register.offers if offer.credit_code is None} == {
        wanted["invalid_credit_code"]["name"]}


def test_places_have_all_their_points(district: str) -> None:
    register = read_places(tables(district, "places.csv"), county(district))
    assert not register.faults
    assert len(register.places) == len(register.table.rows)
    assert {place.town_code for place in register.places} == set(key(district)["by_town"])

"""The one table of conditions: whole, without doubles, and the same for everybody who uses it."""

from __future__ import annotations

import json
from collections import Counter
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import conditions
from matching.conditions import ASKED, BY_TYPE, CODES, GROUPS, grouped, provided
from matching.engine.conditions import fits_sets
from matching.households.service_details import DETAILS
from matching.offers.models import HELP_TYPES

ROOT = Path(__file__).resolve().parent.parent
days, parts = st.sets(st.sampled_from(GROUPS["day"])), st.sets(st.sampled_from(GROUPS["part"]))


def fits(traits, only_for, asks=(), provides=(), help_type="care") -> bool:
    """Whether the engine lets a need and an offer together."""
    needs, offers = [(frozenset(asks), grouped(traits))], [(provided(help_type, provides), grouped(only_for))]
    return bool(fits_sets(needs, offers)[0, 0])


def test_every_code_has_one_place() -> None:
    codes = [code for table in (GROUPS, ASKED) for codes in table.values() for code in codes]
    assert [code for code, times in Counter(codes).items() if times > 1] == []
    assert set(codes) == CODES
    assert not CODES & GROUPS.keys()


def test_every_type_compares_what_its_form_asks() -> None:
    assert list(BY_TYPE) == list(DETAILS) == list(HELP_TYPES)
    for help_type, details in DETAILS.items():
        asked = {detail.name for detail in details if detail.kind in ("one", "some")} - set(conditions.PERSON)
        assert asked == set(BY_TYPE[help_type]), help_type
        boxes = {code for detail in details if detail.kind in ("workplace", "ability") for code in detail.codes}
        assert boxes - {"either"} == set(ASKED.get(help_type, ())), help_type


def test_registers_are_read_into_codes_of_the_table() -> None:
    lexicon = json.loads((ROOT / "matching" / "exchange" / "words" / "values.json").read_text("utf-8"))["condition"]
    assert {code.partition(":")[2] for code in lexicon if code} <= CODES


@pytest.mark.slow
@given(days, parts, days, parts)
def test_days_and_parts_overlap_exactly_when_an_hour_does(day_a, part_a, day_b, part_b) -> None:
    slots_a, slots_b = set(product(day_a, part_a)), set(product(day_b, part_b))
    if slots_a and slots_b:
        assert fits(day_a | part_a, day_b | part_b) is bool(slots_a & slots_b)


@pytest.mark.parametrize(("traits", "only_for", "expected"), [
    (["maths"], ["maths", "english"], True), (["maths"], ["chemistry"], False), ([], ["chemistry"], True),
    (["maths"], [], True), (["primary", "maths"], ["primary", "english"], False),
    (["sewing"], ["sewing", "female"], True),
])
def test_groups_that_both_name_must_meet(traits, only_for, expected) -> None:
    assert fits(traits, only_for) is expected


@pytest.mark.parametrize(("asks", "provides", "expected"), [
    (["home_based"], ["home_based"], True), (["home_based"], [], False), (["on_site"], [], True),
    (["on_site"], ["home_based"], False), (["on_site"], ["home_based", "on_site"], True), ([], ["home_based"], True),
    (["home_based"], ["on_site"], False),
])
def test_a_job_without_a_place_is_on_site(asks, provides, expected) -> None:
    assert fits([], [], asks, provides, "job") is expected

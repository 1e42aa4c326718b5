"""What is kept of villages and of doubles says what counting says, whoever writes; whatever changes is marked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from matching import jobs_counts
from matching.extensions import db
from matching.figures import service_counts
from matching.figures.queries import figures_of
from matching.figures.queries_counts import lonely_needs
from matching.households import queries_doubles
from matching.households.models import Household, Member, Need
from matching.households.models_counts import CountMark, PlaceFiles, PlaceNeeds, SharingPair
from matching.households.queries_counts import place_files, stale_villages
from matching.pairings.models import Pairing
from tests import factories
from tests.households.numbers import identity
from tests.people import (
    COMMUNITY_A1A,
    COMMUNITY_A1B,
    COMMUNITY_A2A,
    COMMUNITY_B1A,
    COUNTY_A,
    PROVINCE,
    TOWN_A1,
    People,
)

NUMBER, OTHER = identity(sequence="552"), identity(sequence="553")
VILLAGES = (COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A, COMMUNITY_B1A)


def told(people: People) -> list[Any]:
    """Everything that pages say from kept counts."""
    db.session.commit()
    found: list[Any] = []
    for code in (PROVINCE, COUNTY_A, TOWN_A1, COMMUNITY_A1A):
        stale = stale_villages(code)
        found += [figures_of(code), [tuple(row) for row in sorted(place_files(code, 12, stale))],
                  sorted(tuple(row) for row in lonely_needs(code, stale))]
    doubles, more = queries_doubles.doubles(people.county)
    return [*found, [(double.low.id, double.high.id, double.reasons) for double in doubles], more]


def counted_from_nothing(people: People) -> list[Any]:
    """The same, with nothing kept and everything marked."""
    for model in (PlaceFiles, PlaceNeeds, SharingPair):
        db.session.execute(delete(model))
    db.session.add_all([CountMark(household_id=number) for number in db.session.scalars(select(Household.id))])
    db.session.add_all([CountMark(area_code=code) for code in db.session.scalars(select(Pairing.area_code))])
    return told(people)


def is_said(values: list[Any]) -> list[Any]:
    """Places without files may be left out of what is told, or stand there with nothing."""
    return [[row for row in value if not isinstance(row, tuple) or any(row[1:])] if isinstance(value, list) else value
            for value in values]


def marks() -> int:
    return db.session.scalar(select(func.count(CountMark.id))) or 0


def steps(random: Random) -> dict[str, Callable[[], object]]:
    """Ways in which rows change, each with the session, with an UPDATE or a DELETE of many."""
    def one(model: type[Any]) -> Any:
        return random.choice(db.session.scalars(select(model).order_by(model.id)).all())

    def new_pairing() -> None:
        need = factories.make_need(one(Household), random.choice(("care", "job")), quantity=2, status="open")
        factories.make_pairing(need, state=random.choice(("proposed", "offered", "closed")))

    def file_goes() -> None:
        household = factories.make_household(random.choice(VILLAGES))
        factories.make_need(household)
        db.session.commit()
        jobs_counts.keep_all()
        db.session.execute(delete(Household).where(Household.id == household.id))

    return {
        "new file": lambda: factories.make_household(random.choice(VILLAGES), phone="13700008123", head_name="钟桂香"),
        "new person": lambda: factories.make_member(
            one(Household), name=random.choice(("雷甲", "雷乙")), born_on=random.choice((None, date(1961, 2, 3))),
            identity_number=random.choice((None, NUMBER, OTHER))),
        "person goes": lambda: db.session.delete(one(Member)),
        "person moves": lambda: db.session.execute(update(Member).where(Member.id == one(Member).id).values(
            household_id=one(Household).id)),
        "file moves": lambda: setattr(one(Household), "area_code", random.choice(VILLAGES)),
        "files change": lambda: db.session.execute(update(Household).where(
            Household.id % 3 == random.randrange(3)).values(
            status=random.choice(("verified", "verified", "reported", "archived")))),
        "new need": lambda: factories.make_need(one(Household), random.choice(("care", "cash")), quantity=3),
        "needs change": lambda: db.session.execute(update(Need).where(Need.id % 4 == random.randrange(4)).values(
            status=random.choice(("open", "open", "withdrawn")), help_type="goods", sequence=Need.id)),
        "need moves": lambda: db.session.execute(update(Need).where(Need.id == one(Need).id).values(
            household_id=one(Household).id, sequence=Need.id + 1000)),
        "new pairing": new_pairing,
        "pairings change": lambda: db.session.execute(update(Pairing).where(Pairing.id % 2 == 0).values(
            state=random.choice(("proposed", "approved", "declined", "under_way")))),
        "proposals go": lambda: db.session.execute(delete(Pairing).where(Pairing.state == "proposed")),
        "file goes": file_goes,
    }


@pytest.mark.slow
def test_what_is_kept_says_what_counting_says_after_every_step(people: People) -> None:
    random = Random(1)
    for number in range(26):
        ways = steps(random)
        way = list(ways)[number % len(ways)] if number < len(ways) else random.choice(list(ways))
        if number < 3 or way in ("person goes", "person moves"):
            factories.make_pairing(factories.make_need(factories.make_household(random.choice(VILLAGES)), quantity=2))
            factories.make_member(factories.make_household(random.choice(VILLAGES)), identity_number=NUMBER)
        ways[way]()
        marked = told(people)
        jobs_counts.keep_all()
        assert marks() == 0
        kept = told(people)
        assert kept == marked, f"{way}: marked and kept differ"
        assert is_said(kept) == is_said(counted_from_nothing(people)), f"{way}: kept and counted differ"
        jobs_counts.keep_all()


@pytest.mark.slow
def test_control_without_its_mark_a_change_would_not_be_seen(people: People) -> None:
    need = factories.make_need()
    db.session.commit()
    jobs_counts.keep_all()
    before = told(people)
    need.status = "withdrawn"
    db.session.commit()
    assert told(people) != before
    db.session.execute(delete(CountMark))
    assert told(people) == before


def test_what_no_count_asks_leaves_no_mark(people: People) -> None:
    household = factories.make_household()
    factories.make_member(household, name="雷甲")
    db.session.commit()
    jobs_counts.keep_all()
    household.address, household.updated_at = "坳下村 9 组", household.created_at
    household.members[0].health, household.status = "一般", str(household.status)
    db.session.commit()
    assert marks() == 0


def test_of_two_that_count_at_once_one_writes_and_what_came_meanwhile_stays_marked(people: People) -> None:
    household = factories.make_household(COMMUNITY_A2A)
    db.session.commit()
    [portion] = service_counts.marked()
    slow, quick = service_counts.count_anew(portion), service_counts.count_anew(portion)
    db.session.rollback()
    household.status = "reported"
    db.session.commit()
    assert service_counts.keep(quick)
    db.session.commit()
    assert not service_counts.keep(slow)
    db.session.rollback()
    assert stale_villages(COUNTY_A) == (COMMUNITY_A2A,)
    db.session.rollback()
    assert jobs_counts.keep_all() == 1
    assert jobs_counts.keep_all() == 0


def test_marks_are_written_in_portions_and_a_move_keeps_two_villages_together(
        people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    homes = [factories.make_household(area) for area in VILLAGES]
    db.session.commit()
    jobs_counts.keep_all()
    homes[0].area_code, homes[3].status = COMMUNITY_A2A, "reported"
    homes[2].status = "reported"
    db.session.commit()
    monkeypatch.setattr(service_counts, "PORTION", 1)
    portions = service_counts.marked()
    db.session.rollback()
    assert [portion.villages for portion in portions] == [[COMMUNITY_A1A, COMMUNITY_A2A], [COMMUNITY_B1A]]
    said = told(people)
    assert jobs_counts.keep_all() == sum(len(portion.marks) for portion in portions)
    assert told(people) == said


def test_many_changed_places_and_files_are_counted_as_a_whole(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    for area in VILLAGES:
        factories.make_member(factories.make_household(area, phone="13700008123"), identity_number=NUMBER)
        factories.make_pairing(factories.make_need(factories.make_household(area)))
    one_by_one = told(people)
    for module in ("queries_counts", "queries_sharing"):
        monkeypatch.setattr(f"matching.households.{module}.MANY", 1)
    assert told(people) == one_by_one

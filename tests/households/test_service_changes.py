"""Every earlier version is kept, sealed, and can be put back while nobody has changed the row since."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert, select

from matching.crypto import CannotOpen
from matching.extensions import db
from matching.households.models import Household, Member, Need
from matching.households.models_changes import FileChange
from matching.households.service_changes import (
    changes_of,
    keep,
    keep_all,
    keep_new,
    keep_removed,
    put_back,
    said,
    state,
    state_before,
    undo_some,
)
from matching.households.service_files import (
    HouseholdFacts,
    MemberFacts,
    add_household,
    edit_household,
    edit_member,
    verify_household,
)
from matching.households.service_needs import NeedFacts, add_need, edit_need, withdraw_need
from tests.factories import make_household, make_member, make_need, make_pairing
from tests.households.numbers import identity
from tests.people import COMMUNITY_A1A, COMMUNITY_A1B
from tests.statements import selects

NOW = datetime(2030, 3, 1, 4, tzinfo=UTC)
PHONE, OTHER = "13900001111", "13900002222"


def facts_of(household, **changed):
    return replace(HouseholdFacts(household.area_code, household.head_name, household.number, household.category),
                   **changed)


def test_a_state_is_all_that_a_person_can_change_in_plain_json(people):
    member = make_member(make_household(), born_on=date(1990, 1, 2), illness="尿毒症", policies=["dibao"])
    found = state(member)
    assert (found["born_on"], found["illness"], found["policies"]) == ("1990-01-02", "尿毒症", ["dibao"])
    assert not {"id", "seal", "illness_sealed", "identity_number_blind"} & found.keys()
    assert "given" not in state(make_need())


def test_an_edit_keeps_who_when_why_and_both_versions(people):
    household = make_household(phone=PHONE, cause="illness")
    assert edit_household(household, facts_of(household, phone=OTHER, cause="other"), people.town, NOW,
                          "换了手机") == ["cause", "phone"]
    change, = changes_of(household.id, 5)
    assert said(change) == ({"phone": PHONE, "cause": "illness"}, {"phone": OTHER, "cause": "other"})
    assert (change.actor_id, change.actor_role, change.at, change.why) == (
        people.town.user_id, "town", NOW, "换了手机")
    assert OTHER.encode() not in bytes(change.after_sealed or b"")


def test_an_edit_that_changes_nothing_keeps_nothing(people):
    household = make_household(phone=PHONE)
    assert edit_household(household, facts_of(household, phone=PHONE), people.town, NOW) == []
    assert changes_of(household.id, 5) == []


def test_every_writing_path_of_a_file_keeps_its_change(people):
    number = identity()
    household = add_household(HouseholdFacts(COMMUNITY_A1A, "罗建", identity_number=number), people.town, NOW)
    head = household.members[0]
    edit_household(household, facts_of(household, head_name="罗健"), people.town, NOW)
    edit_member(head, MemberFacts("罗坚", "head", head.sex, head.born_on), people.town, NOW)
    verify_household(household, people.town, NOW)
    need = add_need(household, NeedFacts("care", 2, "人", 3, "要人陪护", date(2026, 1, 2)), people.town, NOW)
    edit_need(need, NeedFacts("care", 3, "人", 3, "要人陪护", date(2026, 1, 2)), people.town, NOW)
    withdraw_need(need, "moved", people.town, NOW)
    db.session.flush()
    told = [(change.object_type, change.kind, sorted(said(change)[1])) for change in changes_of(household.id, 20)]
    assert told[::-1] == [
        ("household", "created", told[-1][2]), ("member", "created", told[-2][2]),
        ("household", "updated", ["head_name"]), ("member", "updated", ["name"]),
        ("household", "updated", ["head_name"]), ("member", "updated", ["name"]),
        ("household", "updated", ["status"]), ("need", "created", told[-8][2]),
        ("need", "updated", ["quantity"]), ("need", "updated", ["status"])]
    assert said(changes_of(household.id, 20)[-2])[1]["identity_number"] == number


def test_what_is_about_to_change_is_found_without_a_read(people):
    household = make_household(phone=PHONE, registered_on=date(2025, 1, 1), cause="illness")
    db.session.commit()
    household = db.session.get_one(Household, household.id)
    with db.session.no_autoflush, selects() as asked:
        household.phone, household.registered_on, household.note = OTHER, date(2026, 1, 1), "搬家"
        household.cause = "illness"
        before = state_before(household)
    assert before == {"phone": PHONE, "registered_on": "2025-01-01", "note": None, "cause": "illness"}
    assert len(asked) == 0
    assert keep(household, before, None, NOW, import_id=7) == ["note", "phone", "registered_on"]


def test_a_change_is_put_back_unless_somebody_has_changed_it_since(people):
    household = make_household(phone=PHONE, cause="illness")
    edit_household(household, facts_of(household, phone=OTHER, cause="other"), people.town, NOW)
    first = changes_of(household.id, 1)[0]
    household.housing = "own"  # another field: does not stand in the way
    assert put_back(first, people.town, NOW)
    assert (household.phone, household.cause, household.housing) == (PHONE, "illness", "own")
    assert changes_of(household.id, 1)[0].why == "undo"
    assert not put_back(first, people.town, NOW)
    edit_household(household, facts_of(household, phone=OTHER), people.town, NOW)
    second = changes_of(household.id, 1)[0]
    household.phone = "13900003333"
    assert not put_back(second, people.town, NOW)
    assert household.phone == "13900003333"


def test_a_move_is_put_back_with_its_point_and_its_list(people):
    household, point = make_household(), (27.61, 113.91, "exact")
    edit_household(household, facts_of(household, area_code=COMMUNITY_A1B), people.town, NOW)
    assert (household.lat, household.lon, household.precision) != point
    assert put_back(changes_of(household.id, 1)[0], people.town, NOW)
    assert (household.area_code, household.lat, household.lon, household.precision) == (COMMUNITY_A1A, *point)


def test_a_number_that_another_file_has_meanwhile_stays_where_it_is(people):
    household = make_household(number="A-1")
    edit_household(household, facts_of(household, number="A-2"), people.town, NOW)
    make_household(number="A-1")
    assert not put_back(changes_of(household.id, 1)[0], people.town, NOW)
    assert household.number == "A-2"


def test_a_need_never_shrinks_below_what_pairings_hold(people):
    need = make_need(quantity=1)
    edit_need(need, NeedFacts("care", 3, "人", 3, "需要帮助", need.reported_on), people.town, NOW)
    change = changes_of(need.household_id, 1)[0]
    need.given = 2
    assert not put_back(change, people.town, NOW)
    need.given = 1
    assert put_back(change, people.town, NOW)
    assert need.quantity == 1


def imported(**fields):
    """A file that import 9 has made: its household, a person and a need."""
    household = make_household(**fields)
    member, need = household.members[0], make_need(household)
    db.session.flush()
    keep_all([household, member, need], None, NOW, import_id=9)
    return household, member, need


def undo_whole(actor) -> list[FileChange]:
    """Take import 9 back to its end, three changes at a time."""
    left = []
    while (found := undo_some(9, actor, NOW, 3))[0]:
        left += [change for change, _reason in found[1]]
    return left


def exists(row_type, number: int) -> bool:
    return db.session.scalar(select(row_type.id).where(row_type.id == number)) is not None


def test_an_import_is_undone_as_a_whole_and_its_story_goes_with_its_files(people):
    files = [imported() for _ in range(5)]
    before = make_household(cause="illness")
    was = state(before)
    before.cause = "other"
    keep(before, was, None, NOW, import_id=9)
    ids = [(household.id, member.id, need.id) for household, member, need in files]
    assert undo_whole(people.county) == []
    assert not any(exists(Household, a) or exists(Member, b) or exists(Need, c) for a, b, c in ids)
    assert db.session.get_one(Household, before.id).cause == "illness"
    assert undo_some(9, people.county, NOW) == (0, [])  # once


def test_what_somebody_changed_or_uses_stays(people):
    touched, paired, grown = imported(), imported(), imported()
    edit_member(touched[1], MemberFacts("罗改名", phone=PHONE), people.town, NOW)
    make_pairing(paired[2])
    make_member(grown[0])
    left = {(change.object_type, change.object_id) for change in undo_whole(people.county)}
    assert left == {("member", touched[1].id), ("household", touched[0].id), ("need", paired[2].id),
                    ("household", paired[0].id), ("household", grown[0].id)}
    assert exists(Household, touched[0].id)
    assert not exists(Need, touched[2].id)


def test_a_removed_person_comes_back_under_the_same_number(people):
    household = make_household()
    member = make_member(household, phone=PHONE, born_on=date(1990, 1, 2))
    was, number = state(member), member.id
    keep_removed(member, people.town, NOW)
    household.members.remove(member)
    db.session.flush()
    change = changes_of(household.id, 1)[0]
    assert put_back(change, people.town, NOW)
    assert state(db.session.get_one(Member, number)) == was
    assert not put_back(change, people.town, NOW)


def test_a_row_outside_the_session_is_kept_as_the_database_will_hold_it(people):
    household = make_household()
    bare = Member(name="罗小", household_id=household.id)
    values = {"name": bare.name, "household_id": household.id, "seal": b"0" * 16, "policies": []}
    bare.id = db.session.scalars(insert(Member).returning(Member.id), [values]).one()
    keep_all([bare], None, NOW)
    change = changes_of(household.id, 1)[0]
    assert put_back(change, None, NOW), "the database filled in defaults that the version does not know"


def test_a_new_row_is_kept_once(people):
    member = make_member(make_household())
    keep_new(member, people.town, NOW)
    assert [(change.kind, said(change)[0]) for change in changes_of(member.household_id, 9)] == [("created", {})]


def test_a_version_moved_to_another_row_does_not_open(people):
    one, two = imported(), imported()
    changes = db.session.scalars(select(FileChange).where(
        FileChange.household_id.in_([one[0].id, two[0].id]), FileChange.object_type == "household")).all()
    changes[0].after_sealed = changes[1].after_sealed
    with pytest.raises(CannotOpen):
        said(changes[0])
    db.session.rollback()

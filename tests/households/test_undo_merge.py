"""A merge is taken back whole, or refused clearly."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from matching.clock import utc_now
from matching.errors import Conflict
from matching.extensions import db
from matching.households import service_doubles
from matching.households.models import Household, Member, TimelineEntry
from matching.households.models_doubles import HouseholdMerge
from matching.pairings.models import Pairing
from tests.factories import make_household, make_need, make_pairing
from tests.households.doubles import two_files, whole
from tests.households.test_merge_household import capacity_holds, merged


def path(merge):
    return f"/households/{merge.id}/undo-merge"


def take_back(client, merge):
    return client.send(f"/households/{merge.id}/show-merge", action=path(merge))


def the_merge():
    return db.session.scalars(select(HouseholdMerge).order_by(HouseholdMerge.id.desc())).first()


@pytest.mark.slow
def test_both_files_are_exactly_as_they_were(client_of):
    left, right = two_files()
    before = whole(left, right)
    client = client_of("county")
    merged(client, left, right)
    assert whole(left, right) != before
    answer = take_back(client, the_merge())
    assert answer.location == f"/households/{the_merge().id}/show-merge"
    assert whole(left, right) == before
    capacity_holds()
    page = client.page(answer.location)
    assert "这次合并已经撤回" in page.text
    assert "撤回这次合并" not in page.text
    assert "QH-777" in client.page("/households/list-households?written=QH-777").text


@pytest.mark.slow
def test_it_can_be_done_and_undone_again(client_of):
    left, right = two_files()
    before = whole(left, right)
    client = client_of("county")
    for keep in ("this", "other", "this"):
        merged(client, left, right, keep)
        take_back(client, the_merge())
    assert whole(left, right) == before


def test_what_happened_to_moved_needs_meanwhile_goes_back_with_them(client_of, people):
    left, right = two_files()
    client = client_of("county")
    merged(client, left, right)
    db.session.expire_all()
    [cash] = [need for need in left.needs if need.help_type == "cash"]
    later = make_pairing(cash, state="offered")
    db.session.add(TimelineEntry(household_id=left.id, at=utc_now(), kind="pairing.approve", pairing_id=later.id,
                                 data={"need_id": cash.id}))
    left.phone = "13900009999"
    take_back(client, the_merge())
    db.session.expire_all()
    assert (later.household_id, later.area_code) == (right.id, right.area_code)
    assert db.session.scalars(select(TimelineEntry.household_id).where(
        TimelineEntry.pairing_id == later.id)).all() == [right.id]
    assert left.phone == "13900009999", "what somebody wrote since stays"
    assert left.cause == ""
    capacity_holds()


def test_proposals_that_a_new_run_has_replaced_do_not_stand_in_the_way(client_of):
    left, right = two_files()
    client = client_of("county")
    merged(client, left, right)
    db.session.execute(delete(Pairing).where(Pairing.state == "proposed"))
    assert take_back(client, the_merge()).status_code == 302
    db.session.expire_all()
    assert right.status == "surveyed"


def gone(left, right):
    db.session.execute(delete(Member).where(Member.name == "钟小龙"))


def moved_on(left, right):
    other = make_household()
    db.session.execute(update(Member).where(Member.name == "钟小龙").values(household_id=other.id))


def opened_again(left, right):
    db.session.execute(update(Household).where(Household.id == right.id).values(status="reported"))


def written_to(left, right):
    db.session.refresh(right)
    make_need(right, "cash")


@pytest.mark.slow
@pytest.mark.parametrize("happened", [gone, moved_on, opened_again, written_to])
def test_it_is_refused_and_nothing_changes_when_something_stands_in_the_way(client_of, happened):
    left, right = two_files()
    client = client_of("county")
    merged(client, left, right)
    happened(left, right)
    before = whole(left, right)
    answer = take_back(client, the_merge())
    assert answer.status_code == 409
    assert "撤回" in answer.get_data(as_text=True)
    assert whole(left, right) == before
    assert the_merge().undone_at is None


def test_a_later_merge_is_undone_first(app, people):
    left, right = two_files()
    third = make_household(head_name="钟桂香")
    now = utc_now()
    first = service_doubles.merge_households(left, right, people.county, now)
    second = service_doubles.merge_households(third, left, people.county, now)
    db.session.commit()
    with pytest.raises(Conflict, match="先撤回"):
        service_doubles.undo_merge(first, people.county, now)
    db.session.rollback()
    service_doubles.undo_merge(second, people.county, now)
    service_doubles.undo_merge(first, people.county, now)
    with pytest.raises(Conflict):
        service_doubles.undo_merge(first, people.county, now)
    assert len(right.needs) == 2


def test_out_of_reach_it_is_not_there(client_of):
    left, right = two_files()
    merged(client_of("county"), left, right)
    token = client_of("county2").page("/households/list-doubles")
    assert token
    assert client_of("county2").get(f"/households/{the_merge().id}/show-merge").status_code == 404
    assert client_of("auditor").page(f"/households/{the_merge().id}/show-merge").text.count("撤回这次合并") == 0

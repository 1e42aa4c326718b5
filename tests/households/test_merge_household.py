"""Two files become one: everything moves, nothing is lost, and of two officers one wins."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from matching.audit.models import AuditEntry
from matching.clock import utc_now
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.households import service_doubles
from matching.households.models import Household, HouseholdAccount, Member, Need, TimelineEntry
from matching.households.models_doubles import HouseholdMerge
from matching.households.models_names import NameKey
from matching.offers.models import Offer
from matching.pairings.models import HOLDING, Pairing
from tests.factories import make_household
from tests.households.doubles import NUMBER, two_files
from tests.pairings.test_races import click_all, visit
from tests.people import COMMUNITY_B1A


def path(household):
    return f"/households/{household.id}/merge-household"


def merged(client, left, right, keep="this"):
    page = f"/households/{left.id}/compare-household?other_id={right.id}"
    return client.send(page, action=path(left), keep=keep)


def test_everything_of_the_other_file_goes_into_the_kept_one(client_of, people):
    left, right = two_files()
    answer = merged(client_of("county"), left, right)
    [merge] = db.session.scalars(select(HouseholdMerge))
    assert answer.location == f"/households/{merge.id}/show-merge"
    db.session.expire_all()
    assert (left.status, right.status) == ("verified", "archived")
    assert [member.name for member in left.members] == ["钟桂香", "钟小龙"]
    assert [(need.help_type, need.sequence) for need in left.needs] == [("care", 1), ("care", 2), ("cash", 1)]
    assert (left.phone, left.cause) == ("13700008123", "illness"), "what the kept file did not know it learns"
    assert (left.members[0].illness, left.members[0].identity_number) == ("尿毒症", NUMBER)
    assert left.members[1].phone == "13700008123", "sealed fields open in their new file"
    assert {p.household_id for p in db.session.scalars(select(Pairing))} == {left.id}
    assert {p.area_code for p in db.session.scalars(select(Pairing))} == {left.area_code}
    account = db.session.scalars(select(HouseholdAccount).where(HouseholdAccount.household_id == left.id)).one()
    assert account.user_id
    assert "household.imported" in db.session.scalars(select(TimelineEntry.kind).where(
        TimelineEntry.household_id == left.id)).all()
    assert [member.name for member in right.members] == ["钟桂香"], "who stood in both stays there, and nothing is lost"
    acts = db.session.execute(select(AuditEntry.household_id, AuditEntry.actor_id).where(
        AuditEntry.action == "household.merge")).all()
    assert set(acts) == {(left.id, people.county.user_id), (right.id, people.county.user_id)}


def test_the_kept_file_can_be_the_other_one(client_of):
    left, right = two_files()
    merged(client_of("county"), left, right, keep="other")
    db.session.expire_all()
    assert (left.status, right.status) == ("archived", "surveyed")
    assert len(right.needs) == 3


def test_units_held_stay_held_on_both_sides(client_of):
    left, right = two_files()
    merged(client_of("county"), left, right)
    capacity_holds()


def capacity_holds():
    """Units taken of each offer and given to each need are those of its pairings, and each pairing knows its home."""
    db.session.expire_all()
    held = {row[0]: row[1] for row in db.session.execute(
        select(Pairing.need_id, func.sum(Pairing.quantity)).where(Pairing.state.in_(HOLDING))
        .group_by(Pairing.need_id))}
    assert all(need.given == held.get(need.id, 0) for need in db.session.scalars(select(Need)))
    taken = {row[0]: row[1] for row in db.session.execute(
        select(Pairing.offer_id, func.sum(Pairing.quantity)).where(Pairing.state.in_(HOLDING))
        .group_by(Pairing.offer_id))}
    assert all(offer.taken == taken.get(offer.id, 0) for offer in db.session.scalars(select(Offer)))
    assert all(p.household_id == p.need.household_id and p.area_code == p.household.area_code
               for p in db.session.scalars(select(Pairing)))


def test_the_dropped_file_leads_to_the_merge_and_is_found_no_more(client_of):
    left, right = two_files()
    client = client_of("county")
    location = merged(client, left, right).location
    assert client.get(f"/households/{right.id}/show-household").location == location
    assert "钟小龙" in client.page("/households/list-households?written=zxl").text
    assert "“QH-777”找到 0 户" in client.page("/households/list-households?written=QH-777").text
    assert db.session.scalars(select(NameKey.term).where(NameKey.household_id == right.id)).all() == []
    assert "没有重复的档案" in client.page("/households/list-doubles").text


def test_sent_twice_it_is_one_merge(client_of):
    left, right = two_files()
    client = client_of("county")
    form = client.page(f"/households/{left.id}/compare-household?other_id={right.id}").form(path(left))
    answers = [client.post(path(left), data={**form.values, "keep": "this"}) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert db.session.scalar(select(func.count()).select_from(HouseholdMerge)) == 1


def test_without_a_choice_nothing_is_merged(client_of):
    left, right = two_files()
    assert merged(client_of("county"), left, right, keep="").status_code == 422
    assert db.session.scalar(select(func.count()).select_from(HouseholdMerge)) == 0


def test_a_file_out_of_reach_is_not_there(client_of):
    left, right = two_files()
    assert client_of("town").get(f"/households/{left.id}/compare-household?other_id={right.id}").status_code == 404
    client = client_of("county")
    form = client.page(f"/households/{left.id}/compare-household?other_id={right.id}").form(path(left))
    far = make_household(COMMUNITY_B1A)
    assert client.post(path(left), data={**form.values, "keep": "this", "other_id": far.id}).status_code == 404
    assert client.post(path(left), data={**form.values, "keep": "this", "other_id": left.id}).status_code == 422


def test_a_file_merged_meanwhile_is_not_merged_again(app, people):
    left, right = two_files()
    third = make_household(head_name="钟桂香")
    service_doubles.merge_households(left, right, people.county, utc_now())
    with pytest.raises(Conflict):
        service_doubles.merge_households(third, right, people.county, utc_now())
    with pytest.raises(Conflict):
        service_doubles.merge_households(right, third, people.county, utc_now())
    with pytest.raises(Invalid):
        service_doubles.merge_households(left, left, people.county, utc_now())


def both_ways_at_once(app, server):
    """Twelve officers' clicks, half of them keeping the one file, half the other; how often each status came."""
    left, right = two_files()
    ids = {"left": left.id, "right": right.id}
    visitors = [visit(app, server, name) for name in ("county", "county")]
    calls = [(f"/households/{ids['left']}/merge-household",
              {"other_id": ids["right"], "keep": "this" if number % 2 else "other", "submission_key": f"key{number}"})
             for number in range(12)]
    statuses = click_all(visitors, calls)
    db.session.rollback()
    db.session.expire_all()
    files = [db.session.get_one(Household, number) for number in ids.values()]
    return statuses, files


@pytest.mark.slow
def test_of_officers_who_merge_at_once_one_wins_and_the_others_are_told(app, people, real_server):
    statuses, files = both_ways_at_once(app, real_server(workers=4))
    assert statuses == {302: 1, 409: 11}
    assert sorted(file.status == "archived" for file in files) == [False, True]
    [kept] = [file for file in files if file.status != "archived"]
    assert len(kept.needs) == 3
    assert len(kept.members) == 2
    assert db.session.scalar(select(func.count()).select_from(Member).where(
        Member.household_id.in_([file.id for file in files]))) == 3
    capacity_holds()


@pytest.mark.slow
def test_control_without_the_claim_more_than_one_would_win(app, people, real_server):
    statuses, _files = both_ways_at_once(app, real_server(workers=4, application="tests.unguarded_merge:app"))
    assert statuses[302] + statuses[500] > 1

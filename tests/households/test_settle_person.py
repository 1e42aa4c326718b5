"""One person in two files: the officer says where the person lives."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.clock import utc_now
from matching.errors import Conflict
from matching.extensions import db
from matching.households import service_persons
from matching.households.models import Household
from matching.households.models_doubles import HouseholdMerge
from tests.factories import make_household, make_member
from tests.households.doubles import whole
from tests.households.numbers import identity
from tests.people import COMMUNITY_A1A, COMMUNITY_A2A

NUMBER = identity(sequence="553")


@pytest.fixture
def homes(people):
    one, other = make_household(COMMUNITY_A1A, head_name="蓝父亲"), make_household(COMMUNITY_A2A, head_name="蓝姑姑")
    make_member(one, name="蓝小妹", identity_number=NUMBER)
    make_member(other, name="蓝小妹", identity_number=NUMBER, illness="哮喘", phone="13700008123")
    db.session.commit()
    return one, other


def settled(client, one, other, stays):
    page = f"/households/{one.id}/compare-household?other_id={other.id}"
    return client.send(page, action=f"/households/{stays.id}/settle-person")


@pytest.mark.slow
def test_the_person_stands_in_one_file_only_and_nothing_is_lost(client_of, homes):
    one, other = homes
    client = client_of("county")
    before = whole(one, other)
    answer = settled(client, one, other, one.members[1])
    db.session.expire_all()
    assert [member.name for member in one.members] == ["蓝父亲", "蓝小妹"]
    assert [member.name for member in other.members] == ["蓝姑姑"]
    assert (one.members[1].illness, one.members[1].phone) == ("哮喘", "13700008123")
    assert "蓝小妹只登记在蓝父亲家" in client.page(answer.location).text
    assert "没有找到重复的档案" in client.page("/households/list-doubles").text
    [merge] = db.session.scalars(select(HouseholdMerge))
    assert db.session.get_one(Household, merge.dropped_id).status == "archived"
    client.send(answer.location, action=f"/households/{merge.id}/undo-merge")
    assert whole(one, other) == before
    assert "这次合并已经撤回" in client.page(answer.location).text
    assert db.session.scalars(select(Household.id).where(Household.status == "archived")).all() == []


def test_a_head_is_not_taken_out_of_the_file(client_of, homes):
    one, _other = homes
    alone = make_household(head_name="蓝小妹")
    alone.members[0].identity_number = NUMBER
    client = client_of("county")
    answer = settled(client, one, alone, one.members[1])
    assert answer.status_code == 422
    assert "请把两份档案并成一份" in answer.get_data(as_text=True)
    make_member(alone)
    assert "户主改成别人" in settled(client, one, alone, one.members[1]).get_data(as_text=True)


def test_of_two_who_move_the_person_one_is_told(app, people, homes):
    one, other = homes
    goes = other.members[1]
    third = make_household(head_name="蓝别家")
    left = goes.household
    service_persons._move(goes, other, third)
    with pytest.raises(Conflict):
        service_persons._move(goes, left, one)


def test_it_is_not_put_back_into_a_file_that_has_gone(app, people, homes):
    one, other = homes
    merge = service_persons.settle_person(one.members[1], other.members[1], people.county, utc_now())
    other.status = "archived"
    db.session.commit()
    with pytest.raises(Conflict):
        service_persons.undo_settling(merge, people.county, utc_now())

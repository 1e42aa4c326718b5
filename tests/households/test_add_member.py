"""Adding a person to a household, and changing the entry."""

from __future__ import annotations

from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.extensions import db
from matching.households.models import Member
from tests.factories import make_household
from tests.households.numbers import identity
from tests.people import COMMUNITY_B1A


def path(household):
    return f"/households/{household.id}/add-member"


def test_a_person_is_added_with_what_the_number_says(client_of):
    household, number = make_household(), identity("20150901", "995")
    answer = client_of("community").send(
        path(household), name="罗晓雨", relation="daughter", identity_number=number, school_stage="primary",
        health="serious", illness="白血病", monthly_income="")
    assert answer.location == f"/households/{household.id}/show-household"
    member = db.session.scalars(select(Member).where(Member.name == "罗晓雨")).one()
    assert (member.position, member.identity_number, member.illness) == (2, number, "白血病")
    assert (str(member.born_on), member.sex, member.monthly_income_fen) == ("2015-09-01", "male", None)
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "member.add"))
    assert (entry.object_type, entry.object_id, entry.changes) == ("member", member.id, {})


def test_income_is_kept_in_whole_fen(client_of):
    household = make_household()
    client_of("community").send(path(household), name="罗打工", relation="spouse", monthly_income="1234.56")
    assert db.session.scalars(select(Member).where(Member.name == "罗打工")).one().monthly_income_fen == 123_456


def test_faults_are_named_at_their_fields(client_of):
    household = make_household()
    answer = client_of("community").send(path(household), name="", relation="", disability_grade="5",
                                         monthly_income="-1")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "有 4 处要改" in text
    assert "残疾等级是 1 到 4" in text


def test_out_of_reach_is_not_there(client_of):
    assert client_of("community").get(path(make_household(COMMUNITY_B1A))).status_code == 404
